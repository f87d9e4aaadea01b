//! Rows in slices, in the order of their keys.

use std::sync::Arc;

use db::{Db, Flow, Row, Tx, Value, args};

use super::{Side, Table};
use crate::Error;

/// Rows of a slice.
const SLICE: usize = 10_000;
/// Bytes of texts from which on a slice is full: the document of a batch task may have millions.
const SLICE_BYTES: usize = 4 << 20;

/// A value that outlives its row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kept {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Kept {
    fn of(value: Value<'_>) -> Self {
        match value {
            Value::Null(_) => Kept::Null,
            Value::Int(int) => Kept::Int(int),
            Value::Text(text) => Kept::Text(text.to_owned()),
            Value::Blob(blob) => Kept::Blob(blob.to_vec()),
        }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Kept::Null => Value::Null(None),
            Kept::Int(int) => Value::Int(*int),
            Kept::Text(text) => Value::Text(text),
            Kept::Blob(blob) => Value::Blob(blob),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Kept::Null | Kept::Int(_) => 0,
            Kept::Text(text) => text.len(),
            Kept::Blob(blob) => blob.len(),
        }
    }
}

/// Where a slice begins: behind the row with this key, or at the first.
type After = Option<Vec<Kept>>;

/// How many rows a table has.
pub fn count(db: &Db, table: &Table) -> Result<u64, Error> {
    // As a snapshot that lasts, because a large table takes longer to count than a call may take.
    let sql = format!("SELECT COUNT(*) FROM {}", table.name);
    Ok(db.snapshot_blocking(|tx| tx.count(&sql, args![]))?.unsigned_abs())
}

/// Copies what the target does not have yet; tells how many rows each slice brought.
pub fn copy(from: &Db, to: &Db, table: &'static Table, told: &mut dyn FnMut(u64)) -> Result<(), Error> {
    let mut after = last_key(to, table)?;
    loop {
        let (slice, next) = from.read_blocking(|tx| read(tx, table, &after))?;
        let rows = (slice.len() / table.columns.len()) as u64;
        if rows == 0 {
            return Ok(());
        }
        match write(to, table, slice) {
            Ok(()) => {
                after = next;
                told(rows);
            }
            // Whether the slice is there is seen by looking.
            Err(Error::Db(db::Error::Unsure)) => {
                let there = last_key(to, table)?;
                told(if there == next { rows } else { 0 });
                after = there;
            }
            Err(error) => return Err(error),
        }
    }
}

/// The key of the last row that the target has.
fn last_key(to: &Db, table: &Table) -> Result<After, Error> {
    let key = &table.columns[..table.key];
    let backwards: Vec<_> = key.iter().map(|column| format!("{column} DESC")).collect();
    let sql =
        format!("SELECT {} FROM {} ORDER BY {} LIMIT 1", key.join(", "), table.name, backwards.join(", "));
    Ok(to.snapshot_blocking(|tx| tx.first(&sql, args![], |row| kept(row, table.key)))?)
}

/// A slice of the source, its values one behind the other, and the key of its last row.
fn read(tx: &mut dyn Tx, table: &Table, after: &After) -> Result<(Vec<Kept>, After), Error> {
    let (mut slice, mut bytes) = (Vec::new(), 0);
    each_behind(tx, (table, Side::Source), after, &mut |row| {
        let values = kept(row, table.columns.len())?;
        bytes += values.iter().map(Kept::bytes).sum::<usize>();
        slice.extend(values);
        Ok(if bytes < SLICE_BYTES { Flow::More } else { Flow::Stop })
    })?;
    let last = slice.len().checked_sub(table.columns.len()).map(|at| slice[at..at + table.key].to_vec());
    Ok((slice, last))
}

fn write(to: &Db, table: &'static Table, slice: Vec<Kept>) -> Result<(), Error> {
    let slice = Arc::new(slice);
    to.write_blocking(move |tx| {
        let values: Vec<_> = slice.iter().map(Kept::value).collect();
        tx.insert_many(table.name, table.columns, &values)?;
        Ok(())
    })
}

/// Every row of a table within one snapshot, in the order of their keys. In slices, so that no server sorts a whole
/// table before the first row comes.
pub(super) fn each(
    tx: &mut dyn Tx,
    (table, side): (&Table, Side),
    seen: &mut dyn FnMut(&dyn Row) -> Result<(), db::Error>,
) -> Result<(), Error> {
    let mut after = None;
    loop {
        let mut last = None;
        let mut rows = 0;
        each_behind(tx, (table, side), &after, &mut |row| {
            seen(row)?;
            rows += 1;
            if rows == SLICE {
                last = Some(kept(row, table.key)?);
            }
            Ok(Flow::More)
        })?;
        if rows < SLICE {
            return Ok(());
        }
        after = last;
    }
}

fn each_behind(
    tx: &mut dyn Tx,
    (table, side): (&Table, Side),
    after: &After,
    seen: &mut dyn FnMut(&dyn Row) -> Result<Flow, db::Error>,
) -> Result<(), Error> {
    let columns = table.columns.iter().map(|column| match side {
        Side::Source => table.source(column),
        Side::Target => column,
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    let key = table.columns[..table.key].join(", ");
    let behind = match after {
        Some(_) => {
            let places: Vec<_> = (1..=table.key).map(|place| format!("?{place}")).collect();
            format!(" WHERE ({key}) > ({})", places.join(", "))
        }
        None => String::new(),
    };
    let sql = format!("SELECT {columns} FROM {}{behind} ORDER BY {key} LIMIT {SLICE}", table.name);
    let args: Vec<_> = after.iter().flatten().map(Kept::value).collect();
    Ok(tx.query(&sql, &args, seen)?)
}

fn kept(row: &dyn Row, columns: usize) -> Result<Vec<Kept>, db::Error> {
    (0..columns).map(|column| Ok(Kept::of(row.value(column)?))).collect()
}
