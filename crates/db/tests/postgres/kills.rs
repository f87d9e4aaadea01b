//! A server's process that is ended under a unit.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

use db::{Error, args};

use crate::{backend, backends, db, each, kill, put, until};

#[test]
fn a_unit_whose_connection_broke_before_the_commit_is_run_again() {
    each(|place| {
        let (runs, other) = (Arc::new(AtomicUsize::new(0)), place.other());
        let counted = runs.clone();
        let done = place.db.write_blocking(move |tx| {
            tx.execute("INSERT INTO pair (k, v) VALUES ('a', 1)", args![])?;
            if counted.fetch_add(1, Ordering::SeqCst) == 0 {
                kill(&other, backend(tx)?);
            }
            tx.execute("INSERT INTO pair (k, v) VALUES ('b', 2)", args![])
        });
        assert_eq!((done, runs.load(Ordering::SeqCst)), (Ok(1), 2));
        assert_eq!(place.sum(), 3);
        place.has_all_connections();
    });
}

#[test]
fn connections_that_broke_while_they_lay_idle_are_replaced() {
    each(|place| {
        place.has_all_connections();
        let idle = place.db.read_blocking(backend).unwrap();
        kill(&place.other(), idle);
        put(&place.db, "a", 1).unwrap();
        place.has_all_connections();
        assert_eq!(place.sum(), 1);
    });
}

#[test]
fn a_kill_in_the_middle_of_a_commit_is_told_as_unsure() {
    each(|place| {
        let slow = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
                      $$BEGIN PERFORM pg_sleep(60); RETURN NULL; END$$;
                    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON pair DEFERRABLE INITIALLY DEFERRED
                      FOR EACH ROW EXECUTE FUNCTION slow()";
        place.db.write_blocking(|tx| tx.script(slow)).unwrap();
        let pid = Arc::new(AtomicI64::new(0));
        let (told, other, db) = (pid.clone(), place.other(), place.db.clone());
        let writing = std::thread::spawn(move || {
            db.write_blocking(move |tx| {
                told.store(backend(tx)?, Ordering::SeqCst);
                tx.execute("INSERT INTO pair (k, v) VALUES ('a', 1)", args![])
            })
        });
        until("it commits", || backends(&other, pid.load(Ordering::SeqCst), "PgSleep") == 1);
        kill(&other, pid.load(Ordering::SeqCst));
        assert_eq!(writing.join().unwrap(), Err(Error::Unsure));
        assert_eq!(place.sum(), 0);
        place.has_all_connections();
    });
}
