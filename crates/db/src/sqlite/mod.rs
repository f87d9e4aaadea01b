//! SQLite: one writer thread that commits many units of work together, and a pool of read connections.

mod connection;
mod copy;
mod log;
mod look;
mod readers;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{Error, Tx, database::Sizes};
pub use copy::{copy, examine};
use log::Log;
pub use look::look;
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
    /// Whether the writer has a thread of its own, as every server needs. Without, a unit of work runs on the thread of
    /// its caller: for a simulation, whose one thread would only wait.
    pub writer_thread: bool,
}

impl Default for Options {
    fn default() -> Self {
        let snapshot_age_max = Duration::from_secs(15 * 60);
        Self { readers: 8, snapshot_age_max, log_bytes_max: 128 << 20, writer_thread: true }
    }
}

/// An embedded database. The writer ends, and with it the database is closed, when the last clone is dropped.
#[derive(Clone)]
pub(crate) struct Sqlite {
    writer: Arc<Writer>,
    readers: Arc<Readers>,
    path: PathBuf,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, options: Options) -> Result<Self, Error> {
        let connection = connection::open_writer(path)?;
        let readers = Arc::new(Readers::open(path, options)?);
        let log = Log::of(path, options.log_bytes_max);
        let writer = if options.writer_thread {
            Writer::start(connection, readers.clone(), log)?
        } else {
            Writer::of_callers(connection, readers.clone(), log)
        };
        Ok(Self { writer: Arc::new(writer), readers, path: path.to_owned() })
    }

    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (unit, reply) = writer::unit(work);
        self.writer.take(unit).await?;
        reply.await.unwrap_or_else(|_| Err(Error::Gone.into()))
    }

    pub(crate) fn write_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (unit, reply) = writer::unit(work);
        self.writer.take_blocking(unit)?;
        reply.blocking_recv().unwrap_or_else(|_| Err(Error::Gone.into()))
    }

    pub(crate) fn read_blocking<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.readers.read(false, work)
    }

    pub(crate) fn snapshot_blocking<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.readers.wait_for_turn(|| self.write_blocking(|_| Ok(())))?;
        self.readers.read(true, work)
    }

    pub(crate) fn read_within<T, E: From<Error>>(
        &self,
        most: Duration,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.readers.read_within(most, work)
    }

    pub(crate) fn sizes(&self) -> Result<Sizes, Error> {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        let bytes = |path: &Path| match std::fs::metadata(path) {
            Ok(found) => Ok(found.len()),
            Err(error) => Err(Error::Driver(format!("{}: {error}", path.display()))),
        };
        Ok(Sizes { database: bytes(&self.path)?, log: Some(bytes(Path::new(&log))?) })
    }
}
