//! What a backup from elsewhere may not do.

use std::path::Path;

use super::{
    archive::{Reader, Writer},
    manifest::{self, Manifest},
    restore,
};
use crate::error::Error;

/// An archive with one entry, whose manifest was changed by somebody.
fn forged(directory: &Path, name: &str, change: impl FnOnce(&mut Manifest)) -> Result<Reader, Error> {
    let path = directory.join("forged.zip");
    let mut archive = Writer::new(blob::disk::create_private(&path).unwrap());
    archive.add(name, &b"content"[..], true).unwrap();
    archive
        .finish(|entries| {
            let mut manifest = Manifest {
                format: manifest::FORMAT,
                program: String::new(),
                schema: store::contents::schema_known(),
                instance_id: None,
                made: String::new(),
                devices: 0,
                batch_tasks: 0,
                export_tasks: 0,
                entries,
            };
            change(&mut manifest);
            manifest
        })
        .unwrap();
    Reader::open(&path)
}

fn refusal<T>(answer: Result<T, Error>) -> String {
    answer.err().unwrap().to_string()
}

#[test]
fn a_backup_of_a_newer_schema_or_layout_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let newer = |change: fn(&mut Manifest)| {
        let _ = std::fs::remove_file(dir.path().join("forged.zip"));
        refusal(forged(dir.path(), "unlade.db", change))
    };
    assert!(newer(|manifest| manifest.schema += 1).contains("use a newer program"));
    assert!(newer(|manifest| manifest.format += 1).contains("use a newer program"));
    assert!(newer(|manifest| manifest.entries.clear()).contains("does not hold the entries"));
}

#[test]
fn an_entry_that_would_lie_elsewhere_is_refused() {
    for name in ["../out", "/out", "objects/../../out", "objects/", "lock", "restoring"] {
        let dir = tempfile::tempdir().unwrap();
        let mut reader = forged(dir.path(), name, |_| {}).unwrap();
        let target = dir.path().join("a/b");
        blob::disk::make_private_dir(&target).unwrap();
        assert!(restore::extract(&mut reader, &target).is_err(), "{name}");
        assert_eq!(std::fs::read_dir(&target).unwrap().count(), 0, "{name}");
        assert!(!dir.path().join("a/out").exists() && !dir.path().join("out").exists());
    }
}

#[test]
fn an_entry_that_is_longer_than_it_says_is_not_read_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let mut reader = forged(dir.path(), "objects/a", |manifest| manifest.entries[0].bytes = 3).unwrap();
    let (entry, mut read) = (reader.manifest.entries[0].clone(), Vec::new());
    assert!(refusal(reader.extract(&entry, &mut read)).contains("objects/a is damaged"));
    assert_eq!(read, b"cont");
}
