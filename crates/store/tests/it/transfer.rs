//! An embedded installation that becomes one of a database server. Without a server the target is another embedded one:
//! the rows do not know the difference.

use std::collections::BTreeSet;

use db::{Db, Options};

use crate::{
    START_MS, World, drivers, sqlite,
    store::{
        MIGRATIONS,
        transfer::{self, Found, LEFT_OUT, Side, TABLES},
    },
};
use domain::Limits;

const ME: &str = "my-instance";

/// A world in which something is left to do, and the name of its installation.
fn source() -> World {
    let world = sqlite(&Limits::default());
    world.batch_task("finished", &["a", "b", "c"]);
    world.finish_batch();
    world.batch_task("under way", &["d"]);
    world.claim(crate::store::batch_tasks::JOB).unwrap();
    let named =
        |tx: &mut dyn db::Tx| tx.execute("INSERT INTO instance (instance_id) VALUES (?1)", db::args![ME]);
    world.store.db().write_blocking(named).unwrap();
    world
}

/// A database of the present schema that holds nothing.
fn empty(dir: &tempfile::TempDir) -> Db {
    let db = Db::open(&dir.path().join("target.db"), Options::default()).unwrap();
    db::migrate(&db, MIGRATIONS, START_MS).unwrap();
    db
}

fn copy_all(from: &Db, to: &Db) -> u64 {
    let mut rows = 0;
    for table in TABLES {
        transfer::copy(from, to, table, &mut |more| rows += more).unwrap();
    }
    rows
}

fn differing(from: &Db, to: &Db) -> Vec<&'static str> {
    let differs = |table: &&transfer::Table| {
        let at = |db, side| transfer::digest(db, side, table, &mut |_| {}).unwrap();
        at(from, Side::Source) != at(to, Side::Target)
    };
    TABLES.iter().filter(differs).map(|table| table.name).collect()
}

fn change(db: &Db, sql: &'static str) {
    assert_eq!(db.write_blocking(move |tx| tx.execute(sql, &[])).unwrap(), 1, "{sql}");
}

#[test]
fn every_column_of_every_table_is_copied_or_left_out_for_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let columns = "SELECT m.name, c.name, c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c
                   WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";
    let found = empty(&dir)
        .read_blocking(|tx| tx.all(columns, &[], |row| Ok((row.string(0)?, row.string(1)?, row.int(2)?))));
    let found: BTreeSet<_> =
        found.unwrap().into_iter().filter(|(table, ..)| !LEFT_OUT.contains(&table.as_str())).collect();
    let listed = TABLES.iter().flat_map(|table| {
        let place = |at: usize| if at < table.key { at as i64 + 1 } else { 0 };
        table
            .columns
            .iter()
            .enumerate()
            .map(move |(at, column)| (table.name.to_owned(), (*column).to_owned(), place(at)))
    });
    assert_eq!(
        listed.collect::<BTreeSet<_>>(),
        found,
        "crates/store/src/transfer/tables.rs is not the schema"
    );
}

#[test]
fn all_rows_come_over_the_claims_freed_and_a_changed_one_is_found() {
    drivers(&Limits::default(), |target| {
        let from = source();
        let to = target.store.db();
        // The tests' own world has begun to be an installation.
        for table in TABLES.iter().rev() {
            let sql = format!("DELETE FROM {}", table.name);
            to.write_blocking(move |tx| tx.execute(&sql, &[])).unwrap();
        }
        let from = from.store.db();
        assert_eq!(transfer::begin(to, ME, START_MS).unwrap(), Found::Empty);
        assert!(target.store.is_unfinished_transfer().unwrap());
        assert!(copy_all(from, to) > 10);
        assert_eq!(copy_all(from, to), 0, "nothing is left");
        assert_eq!(differing(from, to), Vec::<&str>::new());
        let claims = "SELECT COUNT(*) FROM job WHERE owner IS NOT NULL OR lease_until_ms > 0";
        let claims = |db: &Db| db.read_blocking(|tx| tx.count(claims, &[])).unwrap();
        assert_eq!((claims(from), claims(to)), (1, 0));
        transfer::finish(to, ME, START_MS + 1).unwrap();
        assert!(!target.store.is_unfinished_transfer().unwrap());
        assert_eq!(transfer::look(to, ME).unwrap(), Found::Finished(START_MS + 1));
        change(to, "UPDATE subtask SET output = 'x' WHERE target = 'b'");
        change(to, "DELETE FROM job");
        assert_eq!(differing(from, to), ["subtask", "job"]);
    });
}

#[test]
fn a_copy_that_ended_anywhere_is_gone_on_with() {
    let world = source();
    let from = world.store.db();
    for table in TABLES {
        let dir = tempfile::tempdir().unwrap();
        let to = empty(&dir);
        transfer::begin(&to, ME, START_MS).unwrap();
        // As a kill behind the first rows of this table would leave it.
        let before = TABLES.iter().take_while(|other| other.name != table.name);
        before.for_each(|other| transfer::copy(from, &to, other, &mut |_| {}).unwrap());
        transfer::copy(from, &to, table, &mut |_| {}).unwrap();
        let key = table.columns[..table.key].join(", ");
        let last = format!(
            "DELETE FROM {0} WHERE ({key}) IN (SELECT {key} FROM {0} ORDER BY {key} LIMIT 9 OFFSET 1)",
            table.name
        );
        to.write_blocking(move |tx| tx.execute(&last, &[])).unwrap();
        assert_eq!(transfer::begin(&to, ME, START_MS).unwrap(), Found::Unfinished);
        copy_all(from, &to);
        assert_eq!(differing(from, &to), Vec::<&str>::new(), "{}", table.name);
    }
}

#[test]
fn a_target_that_holds_something_else_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let to = empty(&dir);
    let other = |found| matches!(found, Found::Other(_));
    change(&to, "INSERT INTO project (project_id, created_ms, devices) VALUES ('p', 1, 0)");
    assert!(other(transfer::begin(&to, ME, START_MS).unwrap()), "rows of nobody");
    change(&to, "INSERT INTO instance (instance_id) VALUES ('my-instance')");
    assert!(other(transfer::begin(&to, ME, START_MS).unwrap()), "it was never copied there");
    change(&to, "UPDATE instance SET instance_id = 'another'");
    assert_eq!(
        transfer::begin(&to, ME, START_MS).unwrap(),
        Found::Other("the installation another".to_owned())
    );
}
