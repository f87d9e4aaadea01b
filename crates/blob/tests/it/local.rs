//! What is true of objects below the data directory alone, and of files that are no objects.

use std::io::Write;

use unlade_blob::{Blobs, Pins, disk};

use crate::house::House;

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

#[test]
fn what_is_published_while_the_last_object_beside_it_is_deleted_is_there() {
    let house = House::local();
    let come_and_go = |name: &str| {
        for number in 0..100 {
            let key = format!("uploads/{name}-{number}");
            house.publish(&key, b"x").unwrap();
            assert_eq!(house.read(&key, 0..1).unwrap(), b"x");
            house.delete(&key).unwrap();
        }
    };
    std::thread::scope(|scope| ["a", "b", "c"].map(|name| drop(scope.spawn(move || come_and_go(name)))));
    assert!(house.keys().is_empty());
}
