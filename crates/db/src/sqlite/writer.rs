//! The writer thread. It takes the units of work that wait, at most [`GROUP_MAX`], runs each inside a savepoint
//! of one transaction, and commits them with one sync of the log: under load a sync is shared, alone it costs
//! no wait. A unit is answered only after that commit.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{connection::SqliteTx, log::Log, readers::Readers};
use crate::{Error, Tx};

/// Units that share a commit.
const GROUP_MAX: usize = 128;
/// Units that may wait; beyond that their callers do.
const QUEUE_MAX: usize = 512;

/// Who runs the units of work.
pub(super) enum Writer {
    /// A thread of its own, which commits those that wait together. `None` once it is to end.
    Thread(Option<mpsc::Sender<Box<dyn Unit>>>, Option<JoinHandle<()>>),
    /// Whoever has one, one after the other.
    Caller(Mutex<Serving>),
}

/// What a unit of work is run with.
pub(super) struct Serving {
    connection: Connection,
    readers: Arc<Readers>,
    log: Log,
}

impl Writer {
    pub(super) fn start(connection: Connection, readers: Arc<Readers>, log: Log) -> Result<Self, Error> {
        let (queue, units) = mpsc::channel(QUEUE_MAX);
        let serving = Serving { connection, readers, log };
        let thread = std::thread::Builder::new()
            .name("db-writer".into())
            .spawn(move || serve(serving, units))
            .map_err(|error| Error::Driver(error.to_string()))?;
        Ok(Self::Thread(Some(queue), Some(thread)))
    }

    /// Without a thread.
    pub(super) fn of_callers(connection: Connection, readers: Arc<Readers>, log: Log) -> Self {
        Self::Caller(Mutex::new(Serving { connection, readers, log }))
    }

    pub(super) async fn take(&self, unit: Box<dyn Unit>) -> Result<(), Error> {
        match self {
            Self::Thread(Some(queue), _) => queue.send(unit).await.map_err(|_| Error::Gone),
            _ => self.run(unit),
        }
    }

    pub(super) fn take_blocking(&self, unit: Box<dyn Unit>) -> Result<(), Error> {
        match self {
            Self::Thread(Some(queue), _) => queue.blocking_send(unit).map_err(|_| Error::Gone),
            _ => self.run(unit),
        }
    }

    fn run(&self, unit: Box<dyn Unit>) -> Result<(), Error> {
        let Self::Caller(serving) = self else { return Err(Error::Gone) };
        serving.lock().unwrap_or_else(PoisonError::into_inner).serve(&mut vec![unit]);
        Ok(())
    }
}

impl Drop for Writer {
    /// Lets the thread finish what waits, so that the database is closed when this returns.
    fn drop(&mut self) {
        let Self::Thread(queue, thread) = self else { return };
        *queue = None;
        if let Some(thread) = thread.take() {
            let _ = thread.join();
        }
    }
}

/// A unit of work whose answer's type is forgotten.
pub(super) trait Unit: Send {
    /// Runs it; answers whether it is to be kept.
    fn run(&mut self, tx: &mut dyn Tx) -> bool;
    /// Answers its caller, after the commit.
    fn settle(self: Box<Self>, commit: Result<(), Error>);
}

struct Work<F, T, E> {
    work: F,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

pub(super) fn unit<T, E, F>(work: F) -> (Box<dyn Unit>, oneshot::Receiver<Result<T, E>>)
where
    F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Work { work, outcome: None, reply }), answer)
}

impl<F, T, E> Unit for Work<F, T, E>
where
    F: FnMut(&mut dyn Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &mut dyn Tx) -> bool {
        let outcome = (self.work)(tx);
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn settle(self: Box<Self>, commit: Result<(), Error>) {
        let answer = match (self.outcome, commit) {
            // A unit's own refusal stands whatever became of its neighbours.
            (Some(Err(refusal)), _) => Err(refusal),
            (_, Err(error)) => Err(error.into()),
            (Some(done), Ok(())) => done,
            (None, Ok(())) => Err(Error::Gone.into()),
        };
        // The caller may have given up; what was committed stays.
        let _ = self.reply.send(answer);
    }
}

fn serve(mut serving: Serving, mut units: mpsc::Receiver<Box<dyn Unit>>) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    while units.blocking_recv_many(&mut group, GROUP_MAX) > 0 {
        serving.serve(&mut group);
    }
    let _ = serving.connection.execute_batch("PRAGMA optimize");
}

impl Serving {
    /// Commits a group of units and answers each.
    fn serve(&mut self, group: &mut Vec<Box<dyn Unit>>) {
        let connection = &self.connection;
        let commit = run_group(connection, group);
        if let Err(error) = &commit {
            tracing::error!(%error, units = group.len(), "commit failed");
            if !connection.is_autocommit() {
                let _ = connection.execute_batch("ROLLBACK");
            }
        }
        for unit in group.drain(..) {
            unit.settle(commit.clone());
        }
        self.log.keep_short(&mut self.connection, &self.readers);
    }
}

fn run_group(connection: &Connection, group: &mut [Box<dyn Unit>]) -> Result<(), Error> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    for unit in group {
        connection.prepare_cached("SAVEPOINT unit")?.execute([])?;
        let kept = catch_unwind(AssertUnwindSafe(|| unit.run(&mut SqliteTx(connection)))).unwrap_or(false);
        if connection.is_autocommit() {
            // A full disk or an I/O error makes SQLite roll back everything, the neighbours too.
            return Err(Error::Full);
        }
        if !kept {
            connection.prepare_cached("ROLLBACK TO unit")?.execute([])?;
        }
        connection.prepare_cached("RELEASE unit")?.execute([])?;
    }
    Ok(connection.execute_batch("COMMIT")?)
}
