//! SQLite: one writer thread that commits many units of work together, and a pool of read connections.

mod connection;
mod copy;
mod log;
mod readers;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{Error, Tx};
pub use copy::{copy, examine};
use log::Log;
use readers::Readers;
use writer::Writer;

/// How a database is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Read connections; each holds at most one snapshot.
    pub readers: usize,
    /// How long a snapshot may be held: an old one keeps the write-ahead log from being checkpointed.
    pub snapshot_age_max: Duration,
    /// How long the write-ahead log may grow before snapshots that last have to wait until it is cut.
    pub log_bytes_max: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 8, snapshot_age_max: Duration::from_secs(15 * 60), log_bytes_max: 128 << 20 }
    }
}

/// The sizes of a database's files, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// The database itself.
    pub database: u64,
    /// Its write-ahead log.
    pub log: u64,
}

/// A handle to the database; clones share it. The writer ends, and with it the database is closed, when the
/// last clone is dropped.
#[derive(Clone)]
pub struct Db {
    writer: Arc<Writer>,
    readers: Arc<Readers>,
    path: PathBuf,
}

impl Db {
    /// Opens the database file at `path`, making it if need be.
    pub fn open(path: &Path, options: Options) -> Result<Self, Error> {
        let connection = connection::open_writer(path)?;
        let readers = Arc::new(Readers::open(path, options)?);
        let log = Log::of(path, options.log_bytes_max);
        let writer = Arc::new(Writer::start(connection, readers.clone(), log)?);
        Ok(Self { writer, readers, path: path.to_owned() })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Does one unit of work: all of it or, if it answers an error, nothing. `work` may be run again, so it
    /// must depend on nothing but its arguments and what it reads.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (unit, reply) = writer::unit(work);
        self.writer.queue().send(unit).await.map_err(|_| Error::Gone)?;
        reply.await.unwrap_or_else(|_| Err(Error::Gone.into()))
    }

    /// [`Db::write`] for threads that may block.
    pub fn write_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (unit, reply) = writer::unit(work);
        self.writer.queue().blocking_send(unit).map_err(|_| Error::Gone)?;
        reply.blocking_recv().unwrap_or_else(|_| Err(Error::Gone.into()))
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

    /// Whether it answers.
    pub async fn health(&self) -> Result<(), Error> {
        self.read(|tx| tx.count("SELECT 1", &[])).await.map(|_: i64| ())
    }

    /// [`Db::read`] for threads that may block, of what is read in a moment.
    pub fn read_blocking<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.readers.read(false, work)
    }

    /// [`Db::read_blocking`] of what may be streamed for as long as a snapshot's age allows. It may have to wait
    /// for its turn.
    pub fn snapshot_blocking<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.readers.wait_for_turn(|| self.write_blocking(|_| Ok(())))?;
        self.readers.read(true, work)
    }

    /// [`Db::read_blocking`] that gives up where it would wait or read for longer than `most`.
    pub fn read_within<T, E: From<Error>>(
        &self,
        most: Duration,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.readers.read_within(most, work)
    }

    /// How large its files are.
    pub fn sizes(&self) -> std::io::Result<Sizes> {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        let bytes = |path: &Path| std::fs::metadata(path).map(|found| found.len());
        Ok(Sizes { database: bytes(&self.path)?, log: bytes(Path::new(&log))? })
    }
}
