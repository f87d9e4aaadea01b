//! A look into a database that another process may be using.

use std::path::Path;

use super::connection::{SqliteTx, open_reader};
use crate::{Error, Tx};

/// Reads the database at `path` without writing or making anything in it, whoever else uses it.
pub fn look<T, E: From<Error>>(path: &Path, work: impl FnOnce(&mut dyn Tx) -> Result<T, E>) -> Result<T, E> {
    let mut connection = open_reader(path)?;
    let snapshot = connection.transaction().map_err(Error::from)?;
    work(&mut SqliteTx(&snapshot))
}
