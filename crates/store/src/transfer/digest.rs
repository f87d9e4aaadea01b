//! A checksum over all rows of a table, the same on both sides if every value of every row is.

use std::fmt;

use db::{Db, Row, Value};
use sha2::{Digest as _, Sha256};

use super::{Side, Table, rows::each};
use crate::Error;

/// Rows between two words of how far it is.
const TELL_EVERY: u64 = 1000;

/// What was read of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// How many rows.
    pub rows: u64,
    /// The SHA-256 of their values, in the order of their keys.
    pub sha256: [u8; 32],
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} rows, checksum ", self.rows)?;
        self.sha256[..8].iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

/// Reads a whole table in one snapshot; tells how many rows were read meanwhile.
pub fn digest(db: &Db, side: Side, table: &Table, told: &mut dyn FnMut(u64)) -> Result<Digest, Error> {
    db.snapshot_blocking(|tx| {
        let (mut hash, mut rows) = (Sha256::new(), 0);
        each(tx, (table, side), &mut |row| {
            for column in 0..table.columns.len() {
                add(&mut hash, row, column)?;
            }
            rows += 1;
            if rows % TELL_EVERY == 0 {
                told(TELL_EVERY);
            }
            Ok(())
        })?;
        told(rows % TELL_EVERY);
        Ok(Digest { rows, sha256: hash.finalize().into() })
    })
}

/// Each value says what it is and how long, so that no two rows look alike.
fn add(hash: &mut Sha256, row: &dyn Row, column: usize) -> Result<(), db::Error> {
    match row.value(column)? {
        Value::Null(_) => hash.update([0]),
        Value::Int(int) => {
            hash.update([1]);
            hash.update(int.to_be_bytes());
        }
        Value::Text(text) => framed(hash, 2, text.as_bytes()),
        Value::Blob(blob) => framed(hash, 3, blob),
    }
    Ok(())
}

fn framed(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}
