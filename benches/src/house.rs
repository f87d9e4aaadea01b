//! The parts of the server that are measured, put together as the server does.

use std::{path::Path, sync::Arc, time::Duration};

use blob::{Blobs, Space};
use db::{Db, Options};
use domain::{Action, Caller, Limits, Permit, SystemClock, SystemRng, authorize};
use jobs::{Bell, Job, Term, Workers};
use store::{
    Context, MasterKey, Store, Vault,
    batch_tasks::{NewBatchTask, Targets, TaskFilter},
    identity::Chosen,
};
use tokio::runtime::{Builder, Runtime};
use types::{RecordId, batch_task::BatchTask, page::PageOrder};

use crate::Outcome;

/// The project that everything is in.
pub(crate) const PROJECT: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
/// The first of everything that is listed.
pub(crate) const NEWEST: PageOrder = PageOrder { limit: 1, marker: RecordId::MAX, offset: 0 };
/// A key that protects nothing: the directory is thrown away.
pub(crate) const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
/// How often the client of a job asks whether it is done.
const ASK_EVERY: Duration = Duration::from_millis(5);

/// A data directory with its store and its objects.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) space: Space,
    runtime: Runtime,
}

impl House {
    /// Opens a directory, new or not.
    pub(crate) fn open(directory: &Path) -> Outcome<Self> {
        Self::over(directory, Db::open(&directory.join("unlade.db"), Options::default())?)
    }

    /// A directory for objects, over a database that is there or is made here.
    pub(crate) fn over(directory: &Path, db: Db) -> Outcome<Self> {
        let limits = Limits {
            batch_targets: usize::MAX,
            batch_file_rows: 10_000_000,
            batch_file_bytes: 1 << 30,
            batch_running: i64::MAX,
            devices: i64::MAX,
            ..Limits::default()
        };
        let vault = Vault::new(MasterKey::from_hex(KEY).ok_or("key")?, Vec::new());
        let context = Context::new(Arc::new(SystemClock), Arc::new(SystemRng), limits, vault);
        let house = Self {
            store: Store::open(db, context)?,
            blobs: Blobs::open(&directory.join("blobs"))?,
            space: Space::of(directory.to_owned(), 0),
            runtime: Builder::new_current_thread().enable_time().build()?,
        };
        let chosen = Chosen { project_id: Some(PROJECT.to_owned()), ..Chosen::default() };
        house.wait(house.store.bootstrap(chosen))?;
        Ok(house)
    }

    /// Waits for an operation.
    pub(crate) fn wait<T, E>(&self, operation: impl Future<Output = Result<T, E>>) -> Outcome<T>
    where
        E: std::error::Error + 'static,
    {
        Ok(self.runtime.block_on(operation)?)
    }

    /// Creates a batch task; its job waits.
    pub(crate) fn batch_task(&self, task_type: &'static str, targets: Targets) -> Outcome<BatchTask> {
        let order = NewBatchTask::of(task_type, "bench", targets);
        self.wait(self.store.batch_tasks().create(&permit(Action::BATCHTASKS_CREATE)?, order))
    }

    /// The newest batch task of a kind.
    pub(crate) fn newest(&self, task_type: &str) -> Outcome<BatchTask> {
        let filter = TaskFilter { task_type: task_type.to_owned(), app_id: None, status: None };
        let permit = permit(Action::BATCHTASKS_LIST)?;
        let page = self.wait(self.store.batch_tasks().list(&permit, filter, NEWEST))?;
        Ok(page.records.into_iter().next().ok_or("no batch task")?)
    }

    /// Waits until it is time to ask again.
    pub(crate) fn pause(&self) {
        self.runtime.block_on(async { tokio::time::sleep(ASK_EVERY).await });
    }

    /// Lets one worker do `job` until `done` answers.
    pub(crate) fn work<J: Job, T>(&self, job: J, done: impl Fn(&Bell) -> Outcome<Option<T>>) -> Outcome<T> {
        let bell = Bell::default();
        let workers =
            Workers::start(&Arc::new(job), &self.store, &self.space, &bell, Term::default(), ("node", 1))?;
        let answer = loop {
            match done(&bell) {
                Ok(None) => self.pause(),
                Ok(Some(answer)) => break Ok(answer),
                Err(error) => break Err(error),
            }
        };
        bell.end();
        workers.join();
        answer
    }
}

/// Root's.
pub(crate) fn permit(action: Action) -> Outcome<Permit> {
    Ok(authorize(Caller::root("bench", PROJECT), action, PROJECT, 0)?)
}
