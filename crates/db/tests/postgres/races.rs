//! What two units do to each other: the one in whose way the other was is run again.

use std::sync::{
    Arc, Barrier,
    atomic::{AtomicUsize, Ordering},
};

use db::{Db, Error, Profile, Server, Tx, args};

use crate::{Place, db, each, place};

/// How often units were run.
#[derive(Clone, Default)]
struct Runs(Arc<AtomicUsize>);

impl Runs {
    fn next(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst)
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Two units that each do `first`, meet, and do `second`; when they are run again they meet nobody. Answers how
/// often units were run.
fn meet(
    place: &Place,
    first: fn(&mut dyn Tx, &str) -> Result<(), Error>,
    second: fn(&mut dyn Tx, &str) -> Result<(), Error>,
) -> usize {
    let runs = Runs::default();
    let barrier = Arc::new(Barrier::new(2));
    std::thread::scope(|scope| {
        for (mine, others) in [("a", "b"), ("b", "a")] {
            let (db, runs, barrier): (Db, _, _) = (place.db.clone(), runs.clone(), barrier.clone());
            scope.spawn(move || {
                let mut met = false;
                let done = db.write_blocking(move |tx| {
                    runs.next();
                    first(tx, mine)?;
                    if !std::mem::replace(&mut met, true) {
                        barrier.wait();
                    }
                    second(tx, others)
                });
                assert_eq!(done, Ok(()));
            });
        }
    });
    runs.count()
}

fn add(tx: &mut dyn Tx, key: &str) -> Result<(), Error> {
    tx.execute("UPDATE pair SET v = v + 1 WHERE k = ?1", args![key]).map(|_| ())
}

#[test]
fn of_two_units_that_wait_for_each_other_one_is_run_again() {
    each(|place| {
        place.put("a", 0);
        place.put("b", 0);
        // It may meet the other one once more.
        let runs = meet(place, add, add);
        assert!(runs >= 3, "a deadlock is broken by running one of them again: {runs} runs");
        assert_eq!(place.sum(), 4);
    });
}

#[test]
fn of_two_units_that_no_order_explains_one_is_run_again() {
    for prepared in [true, false] {
        let serializable =
            |server| Server { connections: 2, profile: Profile::Cockroachdb, prepared, ..server };
        let Some(place) = place(serializable) else { return };
        place.put("a", 0);
        place.put("b", 0);
        let look = |tx: &mut dyn Tx, _: &str| tx.count("SELECT SUM(v) FROM pair", args![]).map(|_| ());
        let set = |tx: &mut dyn Tx, key: &str| {
            let sum = "UPDATE pair SET v = 1 + (SELECT SUM(v) FROM pair) WHERE k = ?1";
            tx.execute(sum, args![key]).map(|_| ())
        };
        let runs = meet(&place, look, set);
        assert!(runs >= 3, "one was run again: {runs} runs");
        assert_eq!(place.sum(), 3, "1, and 1 more than that");
    }
}

#[test]
fn a_unit_whose_key_was_taken_after_it_looked_looks_again() {
    each(|place| {
        let (runs, other) = (Runs::default(), place.other());
        let counted = runs.clone();
        let refused: Result<(), Error> = place.db.write_blocking(move |tx| {
            let run = counted.next();
            if tx.exists("SELECT 1 FROM pair WHERE k = 'a'", args![])? {
                return Err(Error::Full);
            }
            if run == 0 {
                crate::put(&other, "a", 1)?;
            }
            tx.execute("INSERT INTO pair (k, v) VALUES ('a', 2)", args![]).map(|_| ())
        });
        assert_eq!((refused, runs.count()), (Err(Error::Full), 2), "it refuses by its own words");
    });
}

/// `CREATE TABLE IF NOT EXISTS` of two processes at the same moment: the second may find the table, its name in the
/// catalogue, or the type that goes with it.
#[test]
fn a_unit_that_makes_what_another_has_just_made_looks_again() {
    each(|place| {
        let runs = Runs::default();
        let counted = runs.clone();
        let done = place.db.write_blocking(move |tx| match counted.next() {
            // Of a table and a type of one name the server says just what it says in the race.
            0 => tx.script("CREATE DOMAIN made AS BIGINT; CREATE TABLE made (k BIGINT)"),
            _ => Ok(()),
        });
        assert_eq!((done, runs.count()), (Ok(()), 2));
    });
}
