//! The driver's own promises: atomic units, snapshots, the cap on their age, the lock, migrations.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use db::{Db, DirLock, Error, Flow, Migration, Options, args, copy, examine, migrate};
use unlade_db as db;

const TABLE: &[Migration] = &[Migration {
    version: 1,
    name: "pair",
    sql: "CREATE TABLE pair (k TEXT PRIMARY KEY, v BIGINT) {clustered};",
    beside: 1,
}];

fn open(dir: &tempfile::TempDir, options: Options) -> Db {
    let db = Db::open(&dir.path().join("test.db"), options).unwrap();
    migrate(&db, TABLE, 1).unwrap();
    db
}

fn put(db: &Db, key: &'static str, value: i64) -> Result<(), Error> {
    db.write_blocking(move |tx| {
        tx.execute("INSERT INTO pair (k, v) VALUES (?1, ?2)", args![key, value])?;
        Ok(())
    })
}

fn sum(db: &Db) -> i64 {
    db.read_blocking(|tx| tx.count("SELECT SUM(v) FROM pair", args![])).unwrap()
}

#[test]
fn a_unit_that_fails_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir, Options::default());
    put(&db, "a", 1).unwrap();
    let refused: Result<(), Error> = db.write_blocking(|tx| {
        tx.execute("UPDATE pair SET v = 100", args![])?;
        Err(Error::Full)
    });
    assert_eq!(refused, Err(Error::Full));
    assert!(matches!(put(&db, "a", 2), Err(Error::Unique(_))));
    let panicked: Result<(), Error> = db.write_blocking(|tx| {
        tx.execute("UPDATE pair SET v = 100", args![])?;
        panic!("a unit that panics")
    });
    assert_eq!(panicked, Err(Error::Gone));
    assert_eq!(sum(&db), 1);
}

#[test]
fn units_that_wait_together_are_committed_together_and_fail_alone() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir, Options::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let done = runtime.block_on(async {
        let calls: Vec<_> = (0..200i64)
            .map(|n| {
                let db = db.clone();
                tokio::spawn(async move {
                    db.write(move |tx| {
                        tx.execute("INSERT INTO pair (k, v) VALUES (?1, 1)", args![&(n % 100).to_string()])
                    })
                    .await
                })
            })
            .collect();
        let mut done = 0;
        for call in calls {
            done += i32::from(call.await.unwrap().is_ok());
        }
        done
    });
    assert_eq!((done, sum(&db)), (100, 100));
}

#[test]
fn a_snapshot_sees_what_was_there_when_it_began() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir, Options::default());
    put(&db, "a", 1).unwrap();
    let writer = Arc::new(db.clone());
    let seen = db.read_blocking(|tx| {
        let before = tx.count("SELECT SUM(v) FROM pair", args![])?;
        put(&writer, "b", 10)?;
        Ok::<_, Error>((before, tx.count("SELECT SUM(v) FROM pair", args![])?))
    });
    assert_eq!(seen, Ok((1, 1)));
    assert_eq!(sum(&db), 11);
}

#[test]
fn a_snapshot_that_is_held_too_long_ends() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir, Options { snapshot_age_max: Duration::ZERO, readers: 1, ..Options::default() });
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
    let held = db.read_blocking(|tx| tx.query(endless, args![], &mut |_| Ok(Flow::More)));
    assert_eq!(held, Err(Error::SnapshotTooOld));
    assert_eq!(sum(&db), 0, "the connection is of use again");
}

#[test]
fn who_may_not_wait_is_told_that_no_connection_is_free() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir, Options { readers: 1, ..Options::default() });
    let one = |db: &Db| db.read_within(Duration::ZERO, |tx| tx.count("SELECT 1", args![]));
    let busy = db.read_blocking(|_| Ok::<_, Error>(one(&db)));
    assert_eq!(busy, Ok(Err(Error::Busy)));
    assert_eq!(one(&db), Ok(1), "the connection is back");
}

#[test]
fn a_full_database_refuses_as_full_and_goes_on_once_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir, Options::default());
    let pages = |most: i64| {
        db.write_blocking(move |tx| tx.script(&format!("PRAGMA max_page_count = {most}"))).unwrap();
    };
    let fill = || {
        db.write_blocking(|tx| {
            let grow = "INSERT INTO pair (k, v) VALUES (hex(zeroblob(500000)), 1)";
            tx.execute(grow, args![]).map(|_| ())
        })
    };
    pages(20);
    assert_eq!(fill(), Err(Error::Full));
    assert_eq!(put(&db, "small", 2), Ok(()), "what fits is still taken");
    pages(100_000);
    assert_eq!(fill(), Ok(()));
    assert_eq!(sum(&db), 3);
}

#[test]
fn readers_cannot_write() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir, Options::default());
    let written = db.read_blocking(|tx| tx.execute("INSERT INTO pair (k, v) VALUES ('a', 1)", args![]));
    assert!(matches!(written, Err(Error::Driver(_))));
}

#[test]
fn a_directory_has_one_owner() {
    let dir = tempfile::tempdir().unwrap();
    let lock = DirLock::take(dir.path()).unwrap();
    assert!(matches!(DirLock::take(dir.path()), Err(Error::Locked(_))));
    drop(lock);
    DirLock::take(dir.path()).unwrap();
}

#[test]
fn visitors_share_a_directory_with_its_owner_and_not_with_who_wants_to_be_alone() {
    let dir = tempfile::tempdir().unwrap();
    let is_refused = |entered: Result<DirLock, Error>| matches!(entered, Err(Error::Locked(_)));
    let owner = DirLock::take(dir.path()).unwrap();
    let visitors = [DirLock::visit(dir.path()).unwrap(), DirLock::visit(dir.path()).unwrap()];
    drop(owner);
    assert!(is_refused(DirLock::take_alone(dir.path())));
    drop(visitors);
    let alone = DirLock::take_alone(dir.path()).unwrap();
    assert!(is_refused(DirLock::visit(dir.path())) && is_refused(DirLock::take(dir.path())));
    drop(alone);
    DirLock::visit(dir.path()).unwrap();
}

#[test]
fn a_visitor_brings_no_schema_up_to_date() {
    const NEXT: &[Migration] =
        &[TABLE[0], Migration { version: 2, name: "next", sql: "CREATE TABLE next (k TEXT);", beside: 1 }];
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir, Options::default());
    assert_eq!(db::must_be_current(&db, TABLE), Ok(()));
    assert_eq!(db::must_be_current(&db, NEXT), Err(Error::OlderSchema { found: 1, known: 2 }));
    assert_eq!(db.read_blocking(db::schema), Ok(1));
    migrate(&db, NEXT, 0).unwrap();
    // A newer one that says that we may go on beside it.
    assert_eq!(db::must_be_current(&db, TABLE), Ok(()));
}

#[test]
fn a_newer_schema_and_a_changed_migration_are_refused() {
    const NEWER: &[Migration] =
        &[TABLE[0], Migration { version: 2, name: "more", sql: "CREATE TABLE more (k TEXT);", beside: 2 }];
    const CHANGED: &[Migration] =
        &[Migration { version: 1, name: "pair", sql: "CREATE TABLE pair (k TEXT);", beside: 1 }];
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir, Options::default());
    assert_eq!(migrate(&db, CHANGED, 1), Err(Error::ChangedMigration(1)));
    migrate(&db, NEWER, 2).unwrap();
    migrate(&db, NEWER, 3).unwrap();
    assert_eq!(migrate(&db, TABLE, 4), Err(Error::NewerSchema { found: 2, known: 1 }));
}

#[test]
fn closing_finishes_what_waits() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir, Options::default());
    put(&db, "a", 5).unwrap();
    drop(db);
    assert_eq!(sum(&open(&dir, Options::default())), 5);
    assert!(!dir.path().join("test.db-wal").exists(), "the log is folded in when the last handle goes");
}

/// An empty file for a copy.
fn empty(dir: &tempfile::TempDir) -> std::path::PathBuf {
    dir.path().join("copy.db")
}

fn sum_of(copy: &std::path::Path) -> Result<i64, Error> {
    examine(copy, |tx| tx.count("SELECT SUM(v) FROM pair", args![]))
}

#[test]
fn a_copy_is_one_snapshot_and_a_file_by_itself_while_units_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir, Options::default());
    put(&db, "a", 0).unwrap();
    put(&db, "b", 0).unwrap();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let writing = std::thread::spawn({
        let db = db.clone();
        move || {
            while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                db.write_blocking(|tx| {
                    tx.execute("UPDATE pair SET v = v - 1 WHERE k = 'a'", args![])?;
                    tx.execute("UPDATE pair SET v = v + 1 WHERE k = 'b'", args![])
                })
                .unwrap();
            }
        }
    });
    for _ in 0..20 {
        copy(&dir.path().join("test.db"), &empty(&dir)).unwrap();
        assert_eq!(sum_of(&empty(&dir)), Ok(0));
        std::fs::remove_file(empty(&dir)).unwrap();
    }
    drop(stop);
    writing.join().unwrap();
    assert!(!dir.path().join("copy.db-wal").exists());
}

#[test]
fn a_copy_with_a_broken_page_is_not_believed() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir, Options::default());
    put(&db, "a", 1).unwrap();
    copy(&dir.path().join("test.db"), &empty(&dir)).unwrap();
    let mut bytes = std::fs::read(empty(&dir)).unwrap();
    let page = bytes.len() - 4096;
    bytes[page..page + 16].fill(0xff);
    let mut file = std::fs::File::options().write(true).open(empty(&dir)).unwrap();
    std::io::Write::write_all(&mut file, &bytes).unwrap();
    assert!(sum_of(&empty(&dir)).is_err());
}

#[test]
fn snapshots_that_take_turns_for_ever_do_not_keep_the_log_growing() {
    const LOG_MAX: u64 = 1 << 20;
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir, Options { log_bytes_max: LOG_MAX, ..Options::default() });
    let turns = || {
        let mut longest = 0;
        for _ in 0..20 {
            let held = db.snapshot_blocking(|tx| {
                tx.count("SELECT SUM(v) FROM pair", args![])?;
                let text = "x".repeat(100_000);
                for _ in 0..5 {
                    let text = text.clone();
                    db.write_blocking(move |tx| {
                        tx.execute(
                            "INSERT INTO pair (k, v) VALUES ('long', 1) ON CONFLICT (k) DO NOTHING",
                            args![],
                        )?;
                        tx.execute("UPDATE pair SET k = ?1 WHERE k != ?1", args![&text])?;
                        tx.execute("UPDATE pair SET k = 'long'", args![])
                    })?;
                    let log = std::fs::metadata(dir.path().join("test.db-wal")).unwrap();
                    longest = longest.max(log.len());
                }
                Ok::<_, Error>(())
            });
            held.unwrap();
        }
        longest
    };
    let longest = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3).map(|_| scope.spawn(turns)).collect();
        readers.into_iter().map(|reader| reader.join().unwrap()).max()
    });
    // Each of the snapshots that were there already writes half a MiB more before it ends.
    assert!(longest < Some(6 * LOG_MAX), "{longest:?}");
}
