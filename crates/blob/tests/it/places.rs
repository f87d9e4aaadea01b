//! What is staged is seen by nobody; what is published is there whole; wherever it lies.

use std::io::Write;

use crate::house::{House, bucket, bytes};

macro_rules! in_every_place {
    ($($symptom:ident)*) => {
        mod below_the_data_directory {
            $(#[test] fn $symptom() { super::$symptom(&super::House::local()); })*
        }
        mod in_a_bucket {
            $(#[test] fn $symptom() {
                let Some(options) = super::bucket() else { return };
                super::$symptom(&super::House::with(options));
            })*
        }
    };
}

in_every_place! {
    an_object_is_there_whole_or_not_at_all
    what_is_not_published_leaves_nothing
    deleting_twice_is_deleting
    a_large_object_comes_back_byte_for_byte
    every_object_is_listed_however_many_there_are
    a_fetched_object_is_a_file_for_as_long_as_it_is_held
    an_empty_object_is_an_object
    a_copied_file_is_the_object_that_its_digest_says
}

fn an_object_is_there_whole_or_not_at_all(house: &House) {
    let mut staged = house.blobs.stage().unwrap();
    staged.file().write_all(b"hello, results").unwrap();
    assert!(house.read("exports/a/1.zip", 0..5).is_err_and(|error| error.is_missing()));
    let (bytes, sha256) = staged.digest().unwrap();
    assert_eq!((bytes, &sha256[..8]), (14, "adf72f65"));
    house.blobs.publish(staged, "exports/a/1.zip").unwrap();
    assert_eq!(house.read("exports/a/1.zip", 7..14).unwrap(), b"results");
    assert_eq!(house.staged(), 0);
}

fn what_is_not_published_leaves_nothing(house: &House) {
    let path = house.blobs.stage().unwrap().path().to_owned();
    assert!(!path.exists(), "dropped, gone");
    let left = house.blobs.stage().unwrap();
    std::mem::forget(left);
    unlade_blob::Blobs::open(house.directory.path()).unwrap();
    assert_eq!(house.staged(), 0, "what a killed process left is gone at the next start");
}

fn deleting_twice_is_deleting(house: &House) {
    house.publish("uploads/x", b"x").unwrap();
    assert_eq!(house.keys(), ["uploads/x"]);
    house.delete("uploads/x").unwrap();
    house.delete("uploads/x").unwrap();
    assert!(house.keys().is_empty());
}

fn a_large_object_comes_back_byte_for_byte(house: &House) {
    let sent = bytes((21 << 20) + 17);
    house.publish("exports/large/1.zip", &sent).unwrap();
    assert!(house.read("exports/large/1.zip", 0..sent.len() as u64).unwrap() == sent);
    let part = house.read("exports/large/1.zip", (8 << 20) - 3..(16 << 20) + 5).unwrap();
    assert!(part == sent[(8 << 20) - 3..(16 << 20) + 5]);
}

fn every_object_is_listed_however_many_there_are(house: &House) {
    // More than a store lists in one answer.
    let expected: Vec<_> = (0..1100).map(|number| format!("exports/{number:05}/1.zip")).collect();
    std::thread::scope(|scope| {
        for some in expected.chunks(138) {
            scope.spawn(move || some.iter().for_each(|key| house.publish(key, b"").unwrap()));
        }
    });
    assert_eq!(house.keys(), expected);
}

fn a_fetched_object_is_a_file_for_as_long_as_it_is_held(house: &House) {
    assert!(house.blobs.fetch("uploads/x").is_ok_and(|file| !file.path().exists()) || house.staged() == 0);
    let sent = bytes(3 << 20);
    house.publish("uploads/x", &sent).unwrap();
    let fetched = house.blobs.fetch("uploads/x").unwrap();
    assert!(std::fs::read(fetched.path()).unwrap() == sent);
    drop(fetched);
    assert_eq!(house.staged(), 0);
    assert!(house.read("uploads/x", 0..9).unwrap() == sent[..9]);
}

fn an_empty_object_is_an_object(house: &House) {
    house.publish("uploads/empty", b"").unwrap();
    assert_eq!(house.keys(), ["uploads/empty"]);
    let fetched = house.blobs.fetch("uploads/empty").unwrap();
    assert_eq!(std::fs::read(fetched.path()).unwrap(), b"");
}

fn a_copied_file_is_the_object_that_its_digest_says(house: &House) {
    let (elsewhere, sent) = (tempfile::tempdir().unwrap(), bytes((9 << 20) + 1));
    let path = elsewhere.path().join("file");
    let mut staged = unlade_blob::Staged::beside(&path).unwrap();
    staged.file().write_all(&sent).unwrap();
    let digest = staged.digest().unwrap();
    staged.place(&path).unwrap();
    assert_eq!(house.digest("uploads/x").unwrap(), None);
    house.blobs.publish_copy(&path, "uploads/x").unwrap();
    assert_eq!(house.digest("uploads/x").unwrap(), Some(digest));
    assert!(path.exists() && house.staged() == 0);
}
