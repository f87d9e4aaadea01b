//! The one handle to a database, whichever driver it has.

use std::{path::Path, time::Duration};

use crate::{
    Error, Tx,
    postgres::{Postgres, Server},
    sqlite::{Options, Sqlite},
};

/// How large a database is, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// The database itself.
    pub database: u64,
    /// Its write-ahead log, where it is ours to look after.
    pub log: Option<u64>,
}

/// A handle to the database; clones share it.
#[derive(Clone)]
pub struct Db(Driver);

#[derive(Clone)]
enum Driver {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Db {
    /// Opens the embedded database in the file at `path`, making it if need be. It is closed when the last clone
    /// is dropped.
    pub fn open(path: &Path, options: Options) -> Result<Self, Error> {
        Sqlite::open(path, options).map(Driver::Sqlite).map(Self)
    }

    /// Connects to a database on a server, which other processes may use at the same time.
    pub fn connect(server: &Server) -> Result<Self, Error> {
        Postgres::connect(server).map(Driver::Postgres).map(Self)
    }

    /// Whether other processes may use it at the same time.
    pub fn is_shared(&self) -> bool {
        matches!(self.0, Driver::Postgres(_))
    }

    /// The time that all processes of a shared database agree on, unix ms: the server's.
    pub fn shared_now_ms(&self) -> Option<i64> {
        match &self.0 {
            Driver::Sqlite(_) => None,
            Driver::Postgres(postgres) => Some(postgres.now_ms()),
        }
    }

    /// Does one unit of work: all of it or, if it answers an error, nothing. `work` may be run again, so it
    /// must depend on nothing but its arguments and what it reads.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.0 {
            Driver::Sqlite(sqlite) => sqlite.write(work).await,
            Driver::Postgres(postgres) => postgres.write(work).await,
        }
    }

    /// [`Db::write`] for threads that may block.
    pub fn write_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &self.0 {
            Driver::Sqlite(sqlite) => sqlite.write_blocking(work),
            Driver::Postgres(postgres) => postgres.write_blocking(work),
        }
    }

    /// Reads one snapshot.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let db = self.clone();
        tokio::task::spawn_blocking(move || db.read_blocking(work))
            .await
            .unwrap_or_else(|_| Err(Error::Gone.into()))
    }

    /// Whether it answers, and soon.
    pub async fn health(&self) -> Result<(), Error> {
        const SOON: Duration = Duration::from_secs(5);
        let db = self.clone();
        let asked = move || db.read_within(SOON, |tx| tx.count("SELECT 1", &[]));
        tokio::task::spawn_blocking(asked).await.unwrap_or(Err(Error::Gone)).map(|_| ())
    }

    /// [`Db::read`] for threads that may block, of what is read in a moment.
    pub fn read_blocking<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.0 {
            Driver::Sqlite(sqlite) => sqlite.read_blocking(work),
            Driver::Postgres(postgres) => postgres.read_blocking(work),
        }
    }

    /// [`Db::read_blocking`] of what may be streamed for as long as a snapshot's age allows. It may have to wait
    /// for its turn.
    pub fn snapshot_blocking<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.0 {
            Driver::Sqlite(sqlite) => sqlite.snapshot_blocking(work),
            Driver::Postgres(postgres) => postgres.snapshot_blocking(work),
        }
    }

    /// [`Db::read_blocking`] that gives up where it would wait or read for longer than `most`.
    pub fn read_within<T, E: From<Error>>(
        &self,
        most: Duration,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.0 {
            Driver::Sqlite(sqlite) => sqlite.read_within(most, work),
            Driver::Postgres(postgres) => postgres.read_within(most, work),
        }
    }

    /// How large it is.
    pub fn sizes(&self) -> Result<Sizes, Error> {
        match &self.0 {
            Driver::Sqlite(sqlite) => sqlite.sizes(),
            Driver::Postgres(postgres) => postgres.sizes(),
        }
    }
}
