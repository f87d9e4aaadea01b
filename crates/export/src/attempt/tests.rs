//! What a file ends with whose Source or columns are bad: a reason, and nothing on the disk.

use std::{path::Path, time::Instant};

use blob::Space;
use db::Db;
use jobs::{Bell, Term};
use types::Language;

use super::*;
use crate::source::bad::{Bad, SOUND};

fn files(directory: &Path) -> usize {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

/// Writes the Source in a format; answers how it ended and how many files are left when it is dropped.
fn written(source: Bad, format: &dyn Format) -> (Result<i64, Ended>, usize) {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(&dir.path().join("empty.db"), db::Options::default()).unwrap();
    let place = dir.path().join("blobs");
    let blobs = Blobs::open(&place).unwrap();
    let before = files(&place);
    let claim = Claim { job_id: "0".into(), project_id: "0".into(), epoch: 1, attempt: 1 };
    let lease =
        Lease::new(claim, Term::new(Term::MAX), Bell::default(), Space::of(place.clone(), 0), Instant::now());
    let order = Order {
        export_task_id: String::new(),
        project_id: String::new(),
        resource_type: String::new(),
        resource_condition: String::new(),
        export_format: String::new(),
        only_app: None,
        language: Language::English,
        name: "task".into(),
    };
    let file = File { source: &source, format, order: &order, blobs: &blobs };
    let ended = db.snapshot_blocking(|snapshot| file.write(snapshot, &lease));
    (ended.map(|(_, rows)| rows), files(&place) - before)
}

#[test]
fn a_sound_source_is_written_in_every_format() {
    for format in FORMATS {
        let (ended, left) = written(SOUND, *format);
        assert!(matches!(ended, Ok(70_000)), "{}: {ended:?}", format.name());
        assert_eq!(left, 0, "a file that is not laid down goes");
    }
}

#[test]
fn a_source_that_fails_midway_leaves_nothing_behind() {
    for format in FORMATS {
        for after in [0, 1, 66_000] {
            let (ended, left) = written(Bad { fails_after: Some(after), ..SOUND }, *format);
            assert!(matches!(ended, Err(Ended::Stopped(Stop::Retry(_)))), "{}: {ended:?}", format.name());
            assert_eq!(left, 0, "{}", format.name());
        }
    }
}

#[test]
fn more_columns_than_a_format_has_fail_for_good_and_say_how_many_it_has() {
    let xls = format("xls").unwrap();
    let (ended, left) = written(Bad { columns: 10_000, ..SOUND }, xls);
    let Err(Ended::Failed(why)) = ended else { panic!("{ended:?}") };
    assert_eq!((why.as_str(), left), ("a sheet has at most 256 columns, not 10000", 0));
}

#[test]
fn what_the_counters_deny_leaves_nothing_behind() {
    for format in FORMATS {
        let (ended, left) = written(Bad { counters: Some(70_001), ..SOUND }, *format);
        assert!(matches!(ended, Err(Ended::Stopped(Stop::Retry(_)))), "{}: {ended:?}", format.name());
        assert_eq!(left, 0, "{}", format.name());
    }
}
