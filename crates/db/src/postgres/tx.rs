//! An open transaction of a connection, driven from a thread that may block.

use std::{
    pin::Pin,
    time::{Duration, Instant},
};

use futures_util::{FutureExt, SinkExt, StreamExt, TryStreamExt, future::try_join_all};
use tokio_postgres::{RowStream, Statement};

use super::{
    conflict::Trouble,
    copy_in,
    pool::{Connection, Lent},
    statements::prepare,
    value::declared,
};
use crate::{Error, Flow, Row, Tx, Value};

/// Statements that are on their way at the same time.
const PIPELINED_MAX: usize = 128;
/// Rows between two looks at a snapshot's age.
const ROWS_BETWEEN_LOOKS: usize = 256;
/// Rows that are read to no end when a query was stopped; with more to come its connection is given up.
const UNWANTED_MAX: usize = 64;

/// How long things may take.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// A statement.
    pub(super) statement: Duration,
    /// The next row.
    pub(super) row: Duration,
    /// When the whole must be over.
    pub(super) end: Option<Instant>,
}

pub(super) struct PostgresTx {
    lent: Lent,
    bounds: Bounds,
    /// The first thing that went wrong. What comes after it says only that something has.
    trouble: Option<Trouble>,
    is_open: bool,
}

impl PostgresTx {
    /// Begins a transaction with the statements of `begin`.
    pub(super) fn begin(lent: Lent, begin: &str, bounds: Bounds) -> Result<Self, Trouble> {
        let mut tx = Self { lent, bounds, trouble: None, is_open: true };
        let done = tx.ask(bounds.statement, async |connection| connection.client.batch_execute(begin).await);
        match done {
            Ok(()) => Ok(tx),
            Err(error) => Err(tx.trouble.take().unwrap_or(Trouble::Final(error))),
        }
    }

    pub(super) fn commit(mut self) -> Result<(), Trouble> {
        // A unit may have swallowed an error; the server would answer its COMMIT with a rollback, and no error.
        if let Some(trouble) = self.trouble.take() {
            return Err(trouble);
        }
        self.is_open = false;
        let done = self
            .ask(self.bounds.statement, async |connection| connection.client.batch_execute("COMMIT").await);
        match (done, self.trouble.take()) {
            (Ok(()), _) => Ok(()),
            (Err(_), Some(Trouble::Broken(_)) | None) => Err(Trouble::Unsure),
            (Err(_), Some(trouble)) => Err(trouble),
        }
    }

    /// Undoes everything; answers what came in the way, if anything did.
    pub(super) fn roll_back(mut self) -> Option<Trouble> {
        let trouble = self.trouble.take();
        self.end();
        trouble
    }

    fn end(&mut self) {
        if !std::mem::take(&mut self.is_open) || self.lent.connection().client.is_closed() {
            return;
        }
        let bound = self.bounds.statement;
        if self.ask(bound, async |connection| connection.client.batch_execute("ROLLBACK").await).is_err() {
            self.lent.give_up();
        }
    }

    /// Waits for an answer, for so long.
    fn ask<T>(
        &mut self,
        most: Duration,
        question: impl AsyncFnOnce(&mut Connection) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Error> {
        let (most, cut) = self.left(most)?;
        let handle = self.lent.pool.handle().clone();
        let connection = self.lent.connection();
        let answer = handle.block_on(async { tokio::time::timeout(most, question(connection)).await });
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.refused(&error)),
            Err(_) => Err(self.unanswered(cut)),
        }
    }

    /// How long a question may take, and whether that is for the end of the whole.
    fn left(&self, most: Duration) -> Result<(Duration, bool), Error> {
        let Some(end) = self.bounds.end else { return Ok((most, false)) };
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(Error::SnapshotTooOld) } else { Ok((most.min(left), left < most)) }
    }

    fn refused(&mut self, error: &tokio_postgres::Error) -> Error {
        let trouble = Trouble::from(error);
        let said = trouble.error();
        if trouble.breaks_connection() {
            self.lent.has_broken();
        }
        self.trouble.get_or_insert(trouble);
        said
    }

    /// Whatever was asked may still be at work, so the connection is of no use.
    fn unanswered(&mut self, cut: bool) -> Error {
        self.is_open = false;
        self.lent.has_broken();
        let error = if cut { Error::SnapshotTooOld } else { Error::Away("no answer in time".into()) };
        self.trouble.get_or_insert(Trouble::Broken(error.clone()));
        error
    }

    fn statement(&mut self, sql: &str, args: &[Value<'_>]) -> Result<Statement, Error> {
        if let Some(found) = self.lent.connection().statements.find(sql, args) {
            return Ok(found);
        }
        let dialect = self.lent.pool.dialect();
        let prepared = self.ask(self.bounds.statement, async |connection| {
            prepare(&connection.client, dialect, sql, args).await
        })?;
        self.lent.connection().statements.keep(sql, args, &prepared);
        Ok(prepared)
    }

    fn rows(&mut self, sql: &str, args: &[Value<'_>]) -> Result<RowStream, Error> {
        if self.lent.pool.prepares() {
            let statement = self.statement(sql, args)?;
            return self.ask(self.bounds.statement, async |connection| {
                connection.client.query_raw(&statement, args.iter()).await
            });
        }
        let sql = self.lent.pool.dialect().statement(sql);
        self.ask(self.bounds.statement, async |connection| {
            connection.client.query_typed_raw(&sql, args.iter().map(|value| (value, declared(value)))).await
        })
    }

    /// The next row. What is there already is taken without asking the runtime.
    fn next(&mut self, mut rows: Pin<&mut RowStream>) -> Result<Option<tokio_postgres::Row>, Error> {
        match rows.next().now_or_never() {
            Some(row) => row.transpose().map_err(|error| self.refused(&error)),
            None => self.ask(self.bounds.row, async |_| rows.next().await.transpose()),
        }
    }

    /// After a query was stopped: its last rows are read, or its connection is given up.
    fn leave(&mut self, mut rows: Pin<&mut RowStream>) -> Result<(), Error> {
        for _ in 0..UNWANTED_MAX {
            if self.next(rows.as_mut())?.is_none() {
                return Ok(());
            }
        }
        self.lent.give_up();
        Ok(())
    }

    /// One statement for each `width` of some values, prepared; a text may have several, one for each type of an argument
    /// without a value.
    fn prepared<'v>(
        &mut self,
        sql: &str,
        width: usize,
        values: &'v [Value<'v>],
    ) -> Result<Vec<(Statement, &'v [Value<'v>])>, Error> {
        values.chunks(width).map(|args| Ok((self.statement(sql, args)?, args))).collect()
    }
}

impl Tx for PostgresTx {
    fn execute(&mut self, sql: &str, args: &[Value<'_>]) -> Result<u64, Error> {
        if self.lent.pool.prepares() {
            let statement = self.statement(sql, args)?;
            return self.ask(self.bounds.statement, async |connection| {
                connection.client.execute_raw(&statement, args.iter()).await
            });
        }
        let mut rows = std::pin::pin!(self.rows(sql, args)?);
        while self.next(rows.as_mut())?.is_some() {}
        Ok(rows.rows_affected().unwrap_or(0))
    }

    fn query(
        &mut self,
        sql: &str,
        args: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<Flow, Error>,
    ) -> Result<(), Error> {
        let mut rows = std::pin::pin!(self.rows(sql, args)?);
        let mut read = 0;
        while let Some(row) = self.next(rows.as_mut())? {
            read += 1;
            if read % ROWS_BETWEEN_LOOKS == 0 {
                self.left(Duration::MAX)?;
            }
            match each(&row) {
                Ok(Flow::More) => {}
                Ok(Flow::Stop) => return self.leave(rows),
                Err(error) => {
                    self.leave(rows)?;
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn script(&mut self, sql: &str) -> Result<(), Error> {
        let sql = self.lent.pool.dialect().script(sql);
        self.ask(self.bounds.statement, async |connection| connection.client.batch_execute(&sql).await)
    }

    fn insert_many(&mut self, table: &str, columns: &[&str], values: &[Value<'_>]) -> Result<u64, Error> {
        if values.is_empty() {
            return Ok(0);
        }
        let listed = columns.join(", ");
        if !self.lent.pool.prepares() {
            // COPY would be prepared.
            let places: Vec<String> = (1..=columns.len()).map(|place| format!("?{place}")).collect();
            let sql = format!("INSERT INTO {table} ({listed}) VALUES ({})", places.join(", "));
            return Ok(self.execute_many(&sql, columns.len(), values)?.iter().sum());
        }
        let copy = format!("COPY {table} ({listed}) FROM STDIN BINARY");
        self.ask(self.bounds.statement, async |connection| {
            let mut sink = Box::pin(connection.client.copy_in(&copy).await?);
            for piece in copy_in::pieces(columns.len(), values) {
                sink.send(piece).await?;
            }
            sink.as_mut().finish().await
        })
    }

    fn execute_many(&mut self, sql: &str, width: usize, values: &[Value<'_>]) -> Result<Vec<u64>, Error> {
        if !self.lent.pool.prepares() {
            return values.chunks(width).map(|args| self.execute(sql, args)).collect();
        }
        let mut changed = Vec::with_capacity(values.len() / width);
        for group in values.chunks(width * PIPELINED_MAX) {
            let statements = self.prepared(sql, width, group)?;
            changed.extend(self.ask(self.bounds.statement, async |connection| {
                let client = &connection.client;
                let all = statements.iter().map(|(sql, args)| client.execute_raw(sql, args.iter()));
                try_join_all(all).await
            })?);
        }
        Ok(changed)
    }

    fn query_many(
        &mut self,
        sql: &str,
        width: usize,
        values: &[Value<'_>],
        each: &mut dyn FnMut(usize, &dyn Row) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if !self.lent.pool.prepares() {
            for (at, args) in values.chunks(width).enumerate() {
                self.query(sql, args, &mut |row| each(at, row).map(|()| Flow::More))?;
            }
            return Ok(());
        }
        let mut at = 0;
        for group in values.chunks(width * PIPELINED_MAX) {
            let statements = self.prepared(sql, width, group)?;
            let answers = self.ask(self.bounds.statement, async |connection| {
                let client = &connection.client;
                let all = statements.iter().map(async |(sql, args)| {
                    client.query_raw(sql, args.iter()).await?.try_collect::<Vec<_>>().await
                });
                try_join_all(all).await
            })?;
            for rows in answers {
                for row in &rows {
                    each(at, row)?;
                }
                at += 1;
            }
        }
        Ok(())
    }
}

impl Drop for PostgresTx {
    /// Also when the unit panics.
    fn drop(&mut self) {
        self.end();
    }
}
