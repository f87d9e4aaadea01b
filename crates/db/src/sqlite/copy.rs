//! A copy of a database that another process may be using, and the judgement of a copy.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::connection::{SqliteTx, open_reader};
use crate::{Error, Tx};

/// Copies one snapshot of the database at `from` into the empty file `to`, without its free pages. Whoever uses
/// the database goes on reading and writing meanwhile; only its log is not cut for so long. `to` is not synced.
pub fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let Some(name) = to.to_str() else {
        return Err(Error::Driver(format!("{}: is not a UTF-8 path", to.display())));
    };
    let source = open_reader(from)?;
    // One statement and so one snapshot. It writes nothing to its source, yet counts as a write.
    source.execute_batch("PRAGMA query_only = OFF")?;
    source.execute("VACUUM INTO ?1", [name])?;
    Ok(())
}

/// Reads a copy that nobody else uses, once every page, row and index in it has been checked.
pub fn examine<T, E: From<Error>>(
    path: &Path,
    work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
) -> Result<T, E> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let copy = Connection::open_with_flags(path, flags).map_err(Error::from)?;
    let verdict: String =
        copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(Error::from)?;
    if verdict != "ok" {
        return Err(Error::Driver(format!("the copy is damaged: {verdict}")).into());
    }
    work(&mut SqliteTx(&copy))
}
