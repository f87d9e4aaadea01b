//! The conformance suite: what every driver of `db` must make true of the store. A driver is one line in
//! [`drivers`]; each test runs over all of them. PostgreSQL is there where `UNLADE_TEST_POSTGRES` says so, as
//! `cargo xtask test` does: at READ COMMITTED, the same without prepared statements, and as CockroachDB would have it,
//! SERIALIZABLE and without hints; and by way of a pooler ([`pooler`]).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod apps;
mod exports;
mod files;
mod fleet;
mod groups;
mod identity;
mod packages;
mod pooler;
mod queue;
mod races;
mod reads;
mod registry;
mod retention;
mod tasks;
mod transfer;
mod upgrade;

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use db::{Db, Options, Profile, Server};
use domain::{Action, Caller, Clock, Limits, Permit, SystemRng, authorize, clock::ManualClock};
use store::{
    Context, Error, MasterKey, Store, Vault,
    batch_tasks::{self, NewBatchTask, Targets},
    export_tasks::{Made, NewExportTask, Selected},
    identity::{Chosen, Credentials},
    jobs::{self, Claim},
};
use types::{Code, Language, export_task::AppType};

use unlade_store as store;

/// A store of one driver, on a clock of its own.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) root: Credentials,
    _dir: Option<tempfile::TempDir>,
}

pub(crate) const START_MS: i64 = 1_700_000_000_000;

/// Runs `test` over each driver.
pub(crate) fn drivers(limits: &Limits, test: impl Fn(&World)) {
    test(&sqlite(limits));
    for (profile, prepared) in
        [(Profile::Postgres, true), (Profile::Postgres, false), (Profile::Cockroachdb, true)]
    {
        if let Some(world) = postgres(limits, profile, prepared, 8) {
            test(&world);
        }
    }
    if let Some(world) = pooler::pooled(limits) {
        test(&world);
    }
}

pub(crate) fn sqlite(limits: &Limits) -> World {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(&dir.path().join("unlade.db"), Options::default()).unwrap();
    world(limits, db, Some(dir))
}

/// A schema of its own on the server that tests may use, if there is one.
pub(crate) fn postgres(
    limits: &Limits,
    profile: Profile,
    prepared: bool,
    connections: usize,
) -> Option<World> {
    let url = std::env::var("UNLADE_TEST_POSTGRES").ok()?;
    let schema = own_name();
    let make = format!("CREATE SCHEMA {schema}");
    let server = Server { connections: 1, profile, prepared, ..Server::at(&url) };
    Db::connect(&server).unwrap().write_blocking(move |tx| tx.script(&make)).unwrap();
    let url = format!("{url}?options=-csearch_path%3D{schema}");
    Some(world(limits, Db::connect(&Server { url, connections, ..server }).unwrap(), None))
}

/// What nobody else on the server is called.
fn own_name() -> String {
    static NAMES: AtomicU64 = AtomicU64::new(0);
    format!("t{}_{}", std::process::id(), NAMES.fetch_add(1, Ordering::Relaxed))
}

fn world(limits: &Limits, db: Db, dir: Option<tempfile::TempDir>) -> World {
    let clock = Arc::new(ManualClock::at(START_MS));
    let store = node(limits, db, &clock);
    let root = wait(store.bootstrap(Chosen::default())).unwrap().unwrap();
    World { store, clock, root, _dir: dir }
}

fn node(limits: &Limits, db: Db, clock: &Arc<ManualClock>) -> Store {
    let vault = Vault::new(MasterKey::from_hex(&"7".repeat(64)).unwrap(), Vec::new());
    let clock = clock.clone() as Arc<dyn Clock>;
    Store::open(db, Context::new(clock, Arc::new(SystemRng), limits.clone(), vault)).unwrap()
}

/// The answer of a future, on this thread.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(future)
}

/// The code of a refusal.
pub(crate) fn code<T>(answer: Result<T, Error>) -> Code {
    match answer {
        Err(Error::Fault(fault)) => fault.code,
        Err(other) => panic!("not a refusal: {other}"),
        Ok(_) => panic!("was not refused"),
    }
}

impl World {
    /// Another node of the same database, whose clock is off by so much.
    pub(crate) fn another_node(&self, off_ms: i64) -> World {
        let clock = Arc::new(ManualClock::at(self.clock.now_ms() + off_ms));
        let store = node(&self.store.context().limits, self.store.db().clone(), &clock);
        World { store, clock, root: self.root.clone(), _dir: None }
    }

    pub(crate) fn permit(&self, action: Action) -> Permit {
        let caller = Caller::root("user", self.root.project_id.as_str());
        authorize(caller, action, &self.root.project_id, 0).unwrap()
    }

    /// A batch task over `targets`; it stays unfinished.
    pub(crate) fn batch_task(&self, name: &str, targets: &[&str]) -> String {
        self.batch_task_of(None, name, targets)
    }

    /// [`World::batch_task`] in an app.
    pub(crate) fn batch_task_in(&self, app_id: &str, name: &str, targets: &[&str]) -> String {
        self.batch_task_of(Some(app_id.to_owned()), name, targets)
    }

    fn batch_task_of(&self, app_id: Option<String>, name: &str, targets: &[&str]) -> String {
        let targets = Targets::Given(targets.iter().map(ToString::to_string).collect());
        let order = NewBatchTask { app_id, ..NewBatchTask::of("freezeDevices", name, targets) };
        wait(self.store.batch_tasks().create(&self.permit(Action::BATCHTASKS_CREATE), order)).unwrap().task_id
    }

    /// Executes the oldest batch task that waits, without an effect on any device.
    pub(crate) fn finish_batch(&self) {
        let (claim, now_ms) = (self.claim(batch_tasks::JOB).unwrap(), self.clock.now_ms());
        let finished = self.store.db().write_blocking(move |tx| {
            jobs::settle(tx, &claim)?;
            batch_tasks::finish(tx, &claim.project_id, &claim.job_id, None, now_ms)
        });
        finished.unwrap();
    }

    pub(crate) fn export(&self, task_id: &str) -> Result<String, Error> {
        let order = NewExportTask {
            resource_type: "BatchTask",
            resource_condition: format!(r#"{{"task_id":"{task_id}"}}"#),
            export_format: "xls",
            app_type: AppType::Global,
            app_id: None,
            language: Language::English,
        };
        let permit = self.permit(Action::EXPORTTASKS_CREATE);
        let (tasks, task_id) = (self.store.export_tasks(), task_id.to_owned());
        let create = tasks.create(&permit, order, move |tx, selection| {
            let work = batch_tasks::work(tx, selection.project_id, &task_id)?;
            Ok(work.map(|work| Selected { name: work.task_name, app_id: work.app_id }))
        });
        wait(create).map(|task| task.export_task_id)
    }

    /// Claims the next job of a kind for a minute.
    pub(crate) fn claim(&self, kind: &'static str) -> Option<Claim> {
        self.store.claim(kind, "worker".into(), self.clock.now_ms() + 60_000).unwrap()
    }

    pub(crate) fn publish(&self, claim: &Claim, content: &str) -> Result<(), Error> {
        let object_key = format!("exports/{}/{}.zip", claim.job_id, claim.epoch);
        self.store.export_publish(claim, Made { object_key, bytes: 10, sha256: content.into(), rows: 1 })
    }
}
