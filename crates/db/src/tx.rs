//! The seam between the business's SQL and a driver.
//!
//! **Contract**, which the conformance suite in `store` judges: what a `Tx` does is seen by nobody else until
//! its unit of work has committed, and never if it failed; a read transaction sees one snapshot from its first
//! statement to its last.

use crate::{Error, Value};

/// Whether a query goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The next row, please.
    More,
    /// Enough.
    Stop,
}

/// One row, borrowed from the driver until the next one comes.
pub trait Row {
    /// The value of a column, counted from 0.
    fn value(&self, column: usize) -> Result<Value<'_>, Error>;

    /// A BIGINT.
    fn int(&self, column: usize) -> Result<i64, Error> {
        match self.value(column)? {
            Value::Int(int) => Ok(int),
            _ => Err(Error::Type(column, "BIGINT")),
        }
    }

    /// A TEXT or no value.
    fn opt_text(&self, column: usize) -> Result<Option<&str>, Error> {
        match self.value(column)? {
            Value::Text(text) => Ok(Some(text)),
            Value::Null(_) => Ok(None),
            _ => Err(Error::Type(column, "TEXT")),
        }
    }

    /// A BIGINT or no value.
    fn opt_int(&self, column: usize) -> Result<Option<i64>, Error> {
        match self.value(column)? {
            Value::Int(int) => Ok(Some(int)),
            Value::Null(_) => Ok(None),
            _ => Err(Error::Type(column, "BIGINT")),
        }
    }

    /// A TEXT.
    fn text(&self, column: usize) -> Result<&str, Error> {
        self.opt_text(column)?.ok_or(Error::Type(column, "TEXT"))
    }

    /// A BLOB or no value.
    fn opt_blob(&self, column: usize) -> Result<Option<&[u8]>, Error> {
        match self.value(column)? {
            Value::Blob(blob) => Ok(Some(blob)),
            Value::Null(_) => Ok(None),
            _ => Err(Error::Type(column, "BLOB")),
        }
    }

    /// A TEXT as a `String`.
    fn string(&self, column: usize) -> Result<String, Error> {
        self.text(column).map(str::to_owned)
    }

    /// A TEXT or no value as a `String`.
    fn opt_string(&self, column: usize) -> Result<Option<String>, Error> {
        Ok(self.opt_text(column)?.map(str::to_owned))
    }
}

/// A transaction.
pub trait Tx {
    /// Runs a statement; answers how many rows it changed.
    fn execute(&mut self, sql: &str, args: &[Value<'_>]) -> Result<u64, Error>;

    /// Runs a query and hands over its rows one by one.
    fn query(
        &mut self,
        sql: &str,
        args: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow, Error>,
    ) -> Result<(), Error>;

    /// Runs several statements without arguments, such as a migration. `{clustered}` stands where a table is to be
    /// stored in the order of its primary key.
    fn script(&mut self, sql: &str) -> Result<(), Error>;

    /// Inserts many rows of the same columns; `values` holds them one behind the other.
    fn insert_many(&mut self, table: &str, columns: &[&str], values: &[Value<'_>]) -> Result<u64, Error>;

    /// Runs one statement for each `width` values of `values`; answers how many rows each has changed.
    fn execute_many(&mut self, sql: &str, width: usize, values: &[Value<'_>]) -> Result<Vec<u64>, Error>;

    /// Runs one query for each `width` values of `values` and hands over their rows one by one, each with the number of
    /// its query, counted from 0. Few rows are meant, for they may all be there before the first is handed over.
    fn query_many(
        &mut self,
        sql: &str,
        width: usize,
        values: &[Value<'_>],
        each: &mut dyn FnMut(usize, &dyn Row) -> Result<(), Error>,
    ) -> Result<(), Error>;
}

impl dyn Tx + '_ {
    /// Every row of a query, each made into a `T`.
    pub fn all<T>(
        &mut self,
        sql: &str,
        args: &[Value<'_>],
        mut make: impl FnMut(&dyn Row) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut out = Vec::new();
        self.query(sql, args, &mut |row| {
            out.push(make(row)?);
            Ok(Flow::More)
        })?;
        Ok(out)
    }

    /// The first row of a query, if there is one.
    pub fn first<T>(
        &mut self,
        sql: &str,
        args: &[Value<'_>],
        mut make: impl FnMut(&dyn Row) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut out = None;
        self.query(sql, args, &mut |row| {
            out = Some(make(row)?);
            Ok(Flow::Stop)
        })?;
        Ok(out)
    }

    /// The number that a `count(*)` or the like answers; 0 if it answers nothing.
    pub fn count(&mut self, sql: &str, args: &[Value<'_>]) -> Result<i64, Error> {
        Ok(self.first(sql, args, |row| row.opt_int(0))?.flatten().unwrap_or(0))
    }

    /// Whether a query has a row.
    pub fn exists(&mut self, sql: &str, args: &[Value<'_>]) -> Result<bool, Error> {
        Ok(self.first(sql, args, |_| Ok(()))?.is_some())
    }
}
