//! Waits have an end, and the server sees to it: also when whoever holds a lock has been stopped.

use std::sync::mpsc;

use db::{Error, args};

use crate::{backend, backends, db, each, until};

#[test]
fn who_waits_for_a_lock_for_too_long_is_told_of_a_conflict() {
    each(|place| {
        place.put("a", 1);
        let other = place.other();
        let told = std::thread::scope(|scope| {
            let (go, wait) = mpsc::channel::<()>();
            let (held, holds) = mpsc::channel::<()>();
            scope.spawn(move || {
                other.write_blocking(move |tx| {
                    tx.execute("UPDATE pair SET v = 2", args![])?;
                    let _ = held.send(());
                    // Not silent for so long that the server would end it.
                    while wait.recv_timeout(std::time::Duration::from_secs(1)).is_err() {
                        tx.count("SELECT 1", args![])?;
                    }
                    Ok::<_, Error>(())
                })
            });
            holds.recv().unwrap();
            let told = place.db.write_blocking(|tx| tx.execute("UPDATE pair SET v = 3", args![]));
            go.send(()).unwrap();
            told
        });
        assert!(matches!(told, Err(Error::Conflict(_))), "{told:?}");
        assert_eq!(place.sum(), 2);
        place.has_all_connections();
    });
}

#[test]
fn a_unit_that_is_silent_for_too_long_lets_go_of_its_locks_and_is_run_again() {
    each(|place| {
        place.put("a", 1);
        let other = place.other();
        let mut runs = 0;
        let done = place.db.write_blocking(move |tx| {
            runs += 1;
            tx.execute("UPDATE pair SET v = v + 1", args![])?;
            if runs == 1 {
                let pid = backend(tx)?;
                until("the server ends it", || backends(&other, pid, "%") == 0);
            }
            tx.count("SELECT 1", args![])?;
            Ok::<_, Error>(runs)
        });
        assert_eq!(done, Ok(2));
        assert_eq!(place.sum(), 2);
        place.has_all_connections();
    });
}
