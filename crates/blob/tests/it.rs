//! What is staged is seen by nobody; what is published is there whole.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;

use futures_util::TryStreamExt;
use unlade_blob::{Blobs, Pins, disk};

fn read(blobs: &Blobs, key: &str, range: std::ops::Range<u64>) -> Result<Vec<u8>, unlade_blob::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let pieces: Vec<_> = blobs.read(key, range).await?.try_collect().await?;
        Ok(pieces.concat())
    })
}

#[test]
fn an_object_is_there_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(dir.path()).unwrap();
    let mut staged = blobs.stage().unwrap();
    staged.file().write_all(b"hello, results").unwrap();
    assert!(read(&blobs, "exports/a/1.zip", 0..5).is_err_and(|error| error.is_missing()));
    let (bytes, sha256) = staged.digest().unwrap();
    assert_eq!((bytes, &sha256[..8]), (14, "adf72f65"));
    blobs.publish(staged, "exports/a/1.zip").unwrap();
    assert_eq!(read(&blobs, "exports/a/1.zip", 7..14).unwrap(), b"results");
}

#[test]
fn what_is_not_published_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(dir.path()).unwrap();
    let path = blobs.stage().unwrap().path().to_owned();
    assert!(!path.exists(), "dropped, gone");
    let left = blobs.stage().unwrap();
    std::mem::forget(left);
    Blobs::open(dir.path()).unwrap();
    let staging = std::fs::read_dir(dir.path().join("staging")).unwrap();
    assert_eq!(staging.count(), 0, "what a killed process left is gone at the next start");
}

#[test]
fn deleting_twice_is_deleting() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(dir.path()).unwrap();
    blobs.publish(blobs.stage().unwrap(), "uploads/x").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        assert_eq!(blobs.list().await.unwrap().len(), 1);
        blobs.delete("uploads/x").await.unwrap();
        blobs.delete("uploads/x").await.unwrap();
        assert!(blobs.list().await.unwrap().is_empty());
    });
}

#[test]
fn a_private_file_is_replaced_whole() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("master.key");
    disk::write_private(&path, b"one").unwrap();
    disk::write_private(&path, b"two").unwrap();
    assert_eq!(disk::read_text(&path).unwrap().as_deref(), Some("two"));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_is_pinned_can_be_read_after_it_was_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(dir.path()).unwrap();
    let publish = |key: &str| {
        let mut staged = blobs.stage().unwrap();
        staged.file().write_all(key.as_bytes()).unwrap();
        blobs.publish(staged, key).unwrap();
    };
    let delete = |key: &str| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(blobs.delete(key)).unwrap();
    };
    publish("exports/a/1.zip");
    let pins = Pins::take(dir.path()).unwrap();
    publish("exports/b/1.zip");
    publish("exports/c/1.zip");
    delete("exports/a/1.zip");
    delete("exports/c/1.zip");
    let read = |key: &str| pins.open(key).unwrap().map(|file| std::io::read_to_string(file).unwrap());
    assert_eq!(read("exports/a/1.zip").as_deref(), Some("exports/a/1.zip"), "pinned");
    assert_eq!(read("exports/b/1.zip").as_deref(), Some("exports/b/1.zip"), "published since");
    assert_eq!(read("exports/c/1.zip"), None, "neither");
    std::mem::forget(pins);
    Pins::forget(dir.path()).unwrap();
    assert!(!Pins::place(dir.path()).join("objects").exists(), "what a killed process left is gone");
}
