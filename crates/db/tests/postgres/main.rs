//! The promises of the driver for PostgreSQL, on the server that `UNLADE_TEST_POSTGRES` names, as `cargo xtask test`
//! does: each with statements that are prepared and, as a pooler wants it, without.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod kills;
mod races;
mod snapshots;
mod tls;
mod units;
mod waits;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use db::{Db, Error, Migration, Server, args, migrate};
use unlade_db as db;

pub(crate) const TABLE: &[Migration] = &[Migration {
    version: 1,
    name: "pair",
    sql: "CREATE TABLE pair (k TEXT PRIMARY KEY, v BIGINT) {clustered};",
    beside: 1,
}];

/// A schema of a test's own.
pub(crate) struct Place {
    pub(crate) db: Db,
    pub(crate) server: Server,
    prepared: bool,
}

/// Runs `test` with few connections, so that one that is lost is missed.
pub(crate) fn each(test: impl Fn(&Place)) {
    for prepared in [true, false] {
        if let Some(place) = place(|server| Server { connections: 2, snapshots: 1, prepared, ..server }) {
            test(&place);
        }
    }
}

/// An empty schema with the table, if there is a server.
pub(crate) fn place(change: impl Fn(Server) -> Server) -> Option<Place> {
    static SCHEMAS: AtomicU64 = AtomicU64::new(0);
    let url = url()?;
    let schema = format!("d{}_{}", std::process::id(), SCHEMAS.fetch_add(1, Ordering::Relaxed));
    let make = format!("CREATE SCHEMA {schema}");
    Db::connect(&Server::at(&url)).unwrap().write_blocking(move |tx| tx.script(&make)).unwrap();
    let server = change(Server::at(&format!("{url}?options=-csearch_path%3D{schema}")));
    let db = Db::connect(&server).unwrap();
    migrate(&db, TABLE, 1).unwrap();
    Some(Place { db, prepared: server.prepared, server })
}

/// Where tests may make schemas.
pub(crate) fn url() -> Option<String> {
    let url = std::env::var("UNLADE_TEST_POSTGRES").ok();
    if url.is_none() {
        eprintln!("skipped: UNLADE_TEST_POSTGRES names no server");
    }
    url
}

impl Place {
    /// Another process, as far as the server knows.
    pub(crate) fn other(&self) -> Db {
        Db::connect(&self.server).unwrap()
    }

    pub(crate) fn put(&self, key: &'static str, value: i64) {
        put(&self.db, key, value).unwrap();
    }

    pub(crate) fn sum(&self) -> i64 {
        self.db.read_blocking(|tx| tx.count("SELECT SUM(v) FROM pair", args![])).unwrap()
    }

    /// Every connection is there and of use: all at a time are asked.
    pub(crate) fn has_all_connections(&self) {
        let most = Duration::from_secs(10);
        let one = |tx: &mut dyn db::Tx| tx.count("SELECT 1", args![]);
        let both = self.db.read_within(most, |tx| {
            one(tx)?;
            self.db.read_within(most, one)
        });
        assert_eq!(both, Ok(1), "prepared: {}", self.prepared);
        assert_eq!(self.db.snapshot_blocking(one), Ok(1));
    }
}

pub(crate) fn put(db: &Db, key: &'static str, value: i64) -> Result<u64, Error> {
    db.write_blocking(move |tx| tx.execute("INSERT INTO pair (k, v) VALUES (?1, ?2)", args![key, value]))
}

/// Waits for a condition, not for a time.
#[expect(clippy::disallowed_methods, reason = "nothing shuts a test down")]
pub(crate) fn until(what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < end, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The server's process that works for a transaction.
pub(crate) fn backend(tx: &mut dyn db::Tx) -> Result<i64, Error> {
    tx.count("SELECT pg_backend_pid()", args![])
}

/// Whether a process of the server is in this state, or at all.
pub(crate) fn backends(db: &Db, pid: i64, wait: &'static str) -> i64 {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE pid = ?1 AND coalesce(wait_event, '') LIKE ?2";
    db.read_blocking(|tx| tx.count(sql, args![pid, wait])).unwrap()
}

/// Ends a process of the server, and is back when it is gone.
pub(crate) fn kill(db: &Db, pid: i64) {
    db.read_blocking(|tx| tx.exists("SELECT pg_terminate_backend(?1::integer)", args![pid])).unwrap();
    until("the server's process is gone", || backends(db, pid, "%") == 0);
}
