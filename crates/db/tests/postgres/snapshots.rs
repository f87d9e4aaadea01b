//! Snapshots: one moment from the first statement to the last, and an end to their age.

use std::time::Duration;

use db::{Error, Flow, Server, Tx, args};

use crate::{backend, backends, db, each, place, until};

#[test]
fn a_snapshot_sees_what_was_there_when_it_began() {
    each(|place| {
        place.put("a", 1);
        let seen = place.db.snapshot_blocking(|tx| {
            let before = tx.count("SELECT SUM(v) FROM pair", args![])?;
            place.put("b", 10);
            Ok::<_, Error>((before, tx.count("SELECT SUM(v) FROM pair", args![])?))
        });
        assert_eq!(seen, Ok((1, 1)));
        assert_eq!(place.sum(), 11);
    });
}

#[test]
fn a_snapshot_that_is_held_too_long_ends() {
    for prepared in [true, false] {
        let snapshot_age_max = Duration::from_secs(2);
        let old = |server| Server { connections: 2, snapshots: 1, snapshot_age_max, prepared, ..server };
        let Some(place) = place(old) else { return };
        let endless = "SELECT generate_series(1, 1000000000000)";
        let mut reader = 0;
        let streamed = place.db.snapshot_blocking(|tx| {
            reader = backend(tx)?;
            tx.query(endless, args![], &mut |_| Ok(Flow::More))
        });
        assert_eq!(streamed, Err(Error::SnapshotTooOld));
        until("the server sends no more of it", || backends(&place.db, reader, "%") == 0);
        let silent = place.db.snapshot_blocking(|tx| tx.exists("SELECT pg_sleep(60)", args![]));
        assert_eq!(silent, Err(Error::SnapshotTooOld));
        place.has_all_connections();
    }
}

#[test]
fn a_snapshot_is_streamed_in_the_order_of_the_key_and_never_sorted_first() {
    each(|place| {
        // A table of one row is sorted, as far as a call is concerned; so is much of a large one.
        place.put("a", 1);
        place.db.write_blocking(|tx| tx.script("ANALYZE pair")).unwrap();
        let explain = "EXPLAIN SELECT k, v FROM pair ORDER BY k";
        let plan = |tx: &mut dyn Tx| tx.all(explain, args![], |row| row.string(0));
        let (call, lasting) = (place.db.read_blocking(plan), place.db.snapshot_blocking(plan));
        let (call, lasting) = (call.unwrap().join("\n"), lasting.unwrap().join("\n"));
        assert!(call.contains("Sort"), "nothing to keep from: {call}");
        assert!(!lasting.contains("Sort") && !lasting.contains("Gather"), "{lasting}");
    });
}

#[test]
fn who_may_not_wait_is_told_that_no_connection_is_free() {
    each(|place| {
        let soon = Duration::from_millis(200);
        let third = place.db.read_blocking(|_| {
            place.db.read_blocking(|_| {
                Ok::<_, Error>(place.db.read_within(soon, |tx| tx.count("SELECT 1", args![])))
            })
        });
        assert_eq!(third, Ok(Err(Error::Busy)));
        let slow = place.db.read_within(soon, |tx| tx.exists("SELECT pg_sleep(60)", args![]));
        assert_eq!(slow, Err(Error::SnapshotTooOld));
        place.has_all_connections();
    });
}

#[test]
fn snapshots_leave_the_calls_their_connections() {
    each(|place| {
        let within = place.db.snapshot_blocking(|tx| {
            tx.count("SELECT 1", args![])?;
            place.db.read_blocking(|_| place.db.read_blocking(|tx| tx.count("SELECT 2", args![])))
        });
        assert_eq!(within, Ok(2));
    });
}

#[test]
fn readers_cannot_write() {
    each(|place| {
        let written =
            place.db.read_blocking(|tx| tx.execute("INSERT INTO pair (k, v) VALUES ('a', 1)", args![]));
        assert!(written.is_err());
        assert_eq!(place.sum(), 0);
    });
}
