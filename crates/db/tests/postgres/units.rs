//! Units of work: all or nothing, and what becomes of the connection of one that fails.

use db::{Error, Flow, Migration, Server, Value, args, migrate};

use crate::{TABLE, db, each, place, put};

#[test]
fn a_unit_that_fails_leaves_nothing() {
    each(|place| {
        place.put("a", 1);
        let refused: Result<(), Error> = place.db.write_blocking(|tx| {
            tx.execute("UPDATE pair SET v = 100", args![])?;
            Err(Error::Full)
        });
        assert_eq!(refused, Err(Error::Full));
        assert!(matches!(put(&place.db, "a", 2), Err(Error::Unique(_))));
        assert_eq!(place.sum(), 1);
        place.has_all_connections();
    });
}

#[test]
fn a_unit_that_panics_leaves_nothing_and_its_connection_is_of_use() {
    each(|place| {
        place.put("a", 1);
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        for _ in 0..3 {
            let panicked: Result<(), Error> = runtime.block_on(place.db.write(|tx| {
                tx.execute("UPDATE pair SET v = 100", args![])?;
                tx.query("SELECT generate_series(1, 100000)", args![], &mut |_| panic!("a row that panics"))
            }));
            assert_eq!(panicked, Err(Error::Gone));
        }
        assert_eq!(place.sum(), 1);
        place.has_all_connections();
    });
}

#[test]
fn a_unit_that_swallows_an_error_is_not_taken_for_done() {
    each(|place| {
        place.put("a", 1);
        let swallowed: Result<(), Error> = place.db.write_blocking(|tx| {
            tx.execute("UPDATE pair SET v = 100", args![])?;
            let _ = tx.execute("INSERT INTO pair (k, v) VALUES ('a', 2)", args![]);
            Ok(())
        });
        assert!(matches!(swallowed, Err(Error::Unique(_))), "{swallowed:?}");
        assert_eq!(place.sum(), 1);
    });
}

#[test]
fn a_large_query_that_is_stopped_gives_its_connection_back() {
    each(|place| {
        for _ in 0..3 {
            let mut read = 0;
            let stopped = place.db.read_blocking(|tx| {
                tx.query("SELECT generate_series(1, 3000000)", args![], &mut |_| {
                    read += 1;
                    Ok(if read == 1_000 { Flow::Stop } else { Flow::More })
                })
            });
            assert_eq!((stopped, read), (Ok(()), 1_000));
        }
        place.has_all_connections();
    });
}

#[test]
fn a_text_with_a_nul_is_an_error_and_no_hang() {
    each(|place| {
        let one =
            place.db.write_blocking(|tx| tx.execute("INSERT INTO pair (k, v) VALUES (?1, 1)", args!["a\0b"]));
        assert!(matches!(one, Err(Error::Driver(_))), "{one:?}");
        let values = [Value::Text("a\0b"), Value::Int(1)];
        let many = place.db.write_blocking(move |tx| tx.insert_many("pair", &["k", "v"], &values));
        assert!(matches!(many, Err(Error::Driver(_))), "{many:?}");
        let asked =
            place.db.read_blocking(|tx| tx.count("SELECT count(*) FROM pair WHERE k = ?1", args!["a\0b"]));
        assert!(matches!(asked, Err(Error::Driver(_))), "{asked:?}");
        place.has_all_connections();
    });
}

#[test]
fn many_rows_and_many_statements_are_counted() {
    const ROWS: i64 = 10_000;
    each(|place| {
        let done = place.db.write_blocking(|tx| {
            let keys: Vec<String> = (0..ROWS).map(|row| format!("k{row:05}")).collect();
            let values: Vec<Value<'_>> = keys
                .iter()
                .zip(0..ROWS)
                .flat_map(|(key, row)| [Value::from(key), Value::from(row)])
                .collect();
            let inserted = tx.insert_many("pair", &["k", "v"], &values)?;
            let some: Vec<Value<'_>> = keys.iter().take(300).map(Value::from).collect();
            let deleted = tx.execute_many("DELETE FROM pair WHERE k = ?1 AND v <> 7", 1, &some)?;
            let (mut left, sql) = (Vec::new(), "SELECT v FROM pair WHERE k = ?1");
            tx.query_many(sql, 1, &some, &mut |at, row| {
                left.push((at, row.int(0)?));
                Ok(())
            })?;
            tx.execute("DELETE FROM pair WHERE v = 7", args![])?;
            Ok::<_, Error>((inserted, deleted, left))
        });
        let (inserted, deleted, left) = done.unwrap();
        assert_eq!(inserted, ROWS as u64);
        assert_eq!((deleted[6], deleted[7], deleted[8], deleted.iter().sum::<u64>()), (1, 0, 1, 299));
        assert_eq!(left, [(7, 7)]);
        assert_eq!(place.sum(), (300..ROWS).sum());
    });
}

#[test]
fn a_newer_schema_and_a_changed_migration_are_refused() {
    const NEWER: &[Migration] =
        &[TABLE[0], Migration { version: 2, name: "more", sql: "CREATE TABLE more (k TEXT);", beside: 2 }];
    const CHANGED: &[Migration] =
        &[Migration { version: 1, name: "pair", sql: "CREATE TABLE pair (k TEXT);", beside: 1 }];
    each(|place| {
        assert_eq!(migrate(&place.db, CHANGED, 1), Err(Error::ChangedMigration(1)));
        migrate(&place.db, NEWER, 2).unwrap();
        migrate(&place.db, NEWER, 3).unwrap();
        assert_eq!(migrate(&place.db, TABLE, 4), Err(Error::NewerSchema { found: 2, known: 1 }));
    });
}

#[test]
fn many_processes_that_migrate_at_once_do_it_once() {
    const NEWER: &[Migration] =
        &[TABLE[0], Migration { version: 2, name: "more", sql: "CREATE TABLE more (k TEXT);", beside: 1 }];
    let Some(place) = place(|server| Server { connections: 2, ..server }) else { return };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| migrate(&place.other(), NEWER, 1))).collect();
        for one in all {
            assert_eq!(one.join().unwrap(), Ok(()));
        }
    });
    migrate(&place.db, TABLE, 1).unwrap();
}
