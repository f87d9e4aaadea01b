//! An embedded installation becomes one of a database server: its rows are copied in the order of their keys, a slice
//! in each unit of work. What is at the target tells how far a copy is, so one that was killed is gone on with.
//!
//! The target says whose it is before it holds anything else, and that the copy is finished after all else: until then
//! no server serves it ([`Store::is_unfinished_transfer`]). The source is only read.

mod digest;
mod rows;
mod tables;

use db::{Db, Tx, args};

use crate::{Error, Store};
pub use digest::{Digest, digest};
pub use rows::{copy, count};
pub use tables::{LEFT_OUT, TABLES, Table};

/// Which of the two databases is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The embedded one.
    Source,
    /// The server's.
    Target,
}

/// What a target holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Empty,
    /// A copy of this installation that is not finished.
    Unfinished,
    /// A finished one, and since when.
    Finished(i64),
    /// Something else, and what.
    Other(String),
}

/// The installation that a database holds.
pub fn instance_of(db: &Db) -> Result<Option<String>, Error> {
    db.read_blocking(instance)
}

/// What a target, whose schema is made, holds for the installation `instance_id`.
pub fn look(to: &Db, instance_id: &str) -> Result<Found, Error> {
    to.read_blocking(|tx| found(tx, instance_id))
}

/// Takes an empty target for the installation `instance_id`; answers what it held before.
pub fn begin(to: &Db, instance_id: &str, now_ms: i64) -> Result<Found, Error> {
    let instance_id = instance_id.to_owned();
    to.write_blocking(move |tx| {
        let found = found(tx, &instance_id)?;
        if found == Found::Empty {
            tx.execute("INSERT INTO instance (instance_id) VALUES (?1)", args![&instance_id])?;
            tx.execute(
                "INSERT INTO transfer (instance_id, begun_ms) VALUES (?1, ?2)",
                args![&instance_id, now_ms],
            )?;
        }
        Ok(found)
    })
}

/// Lets servers in.
pub fn finish(to: &Db, instance_id: &str, now_ms: i64) -> Result<(), Error> {
    let instance_id = instance_id.to_owned();
    to.write_blocking(move |tx| {
        tx.execute(
            "UPDATE transfer SET finished_ms = ?2 WHERE instance_id = ?1 AND finished_ms IS NULL",
            args![&instance_id, now_ms],
        )?;
        Ok(())
    })
}

impl Store {
    /// Whether the database is the target of a copy that is not finished.
    pub fn is_unfinished_transfer(&self) -> Result<bool, Error> {
        Ok(self
            .db
            .read_blocking(|tx| tx.exists("SELECT 1 FROM transfer WHERE finished_ms IS NULL", args![]))?)
    }
}

fn instance(tx: &mut dyn Tx) -> Result<Option<String>, Error> {
    Ok(tx.first("SELECT instance_id FROM instance", args![], |row| row.string(0))?)
}

fn found(tx: &mut dyn Tx, instance_id: &str) -> Result<Found, Error> {
    match instance(tx)? {
        Some(other) if other != instance_id => Ok(Found::Other(format!("the installation {other}"))),
        Some(_) => {
            let sql = "SELECT finished_ms FROM transfer WHERE instance_id = ?1";
            Ok(match tx.first(sql, args![instance_id], |row| row.opt_int(0))? {
                Some(None) => Found::Unfinished,
                Some(Some(when)) => Found::Finished(when),
                None => Found::Other("this installation, which came there in another way".to_owned()),
            })
        }
        None => {
            for table in TABLES {
                if tx.exists(&format!("SELECT 1 FROM {} LIMIT 1", table.name), args![])? {
                    return Ok(Found::Other(format!("rows in {}, of no installation", table.name)));
                }
            }
            Ok(Found::Empty)
        }
    }
}
