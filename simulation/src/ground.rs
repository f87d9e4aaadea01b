//! What every schedule stands on: the real database, opened once a thread and emptied between two schedules, because
//! opening costs more than a schedule.

use std::{path::PathBuf, sync::Arc};

use db::{Db, Options};
use domain::{Action, Caller, Clock, Limits, Permit, authorize, clock::ManualClock};
use store::{Context, MasterKey, Store, Vault, identity::Chosen};

use crate::dice::{Dice, SeededRng};

/// When every schedule begins.
pub(crate) const START_MS: i64 = 1_700_000_000_000;
const PROJECT: &str = "5111111111111111111111111111111a";

/// What a schedule leaves behind. `effect` is the simulation's own: what a subtask does, counted.
const EMPTY: &str = "DELETE FROM job; DELETE FROM export_task; DELETE FROM export_result; DELETE FROM object_garbage;
    DELETE FROM download; DELETE FROM batch_task; DELETE FROM subtask; DELETE FROM doomed_task; DELETE FROM gate;
    DELETE FROM effect;";

pub(crate) struct Ground {
    pub(crate) db: Db,
    pub(crate) runtime: tokio::runtime::Runtime,
    _directory: tempfile::TempDir,
}

impl Ground {
    pub(crate) fn open() -> Result<Self, String> {
        // What is tried here is order, not the disk: in memory a sync costs nothing.
        let shared = PathBuf::from("/dev/shm");
        let place = if shared.is_dir() { shared } else { std::env::temp_dir() };
        let directory = tempfile::Builder::new()
            .prefix("unlade-")
            .tempdir_in(place)
            .map_err(|error| error.to_string())?;
        let options = Options { readers: 2, writer_thread: false, ..Options::default() };
        let db = Db::open(&directory.path().join("unlade.db"), options).map_err(said)?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
        let ground = Self { db, runtime, _directory: directory };
        let store = ground.store(Arc::new(ManualClock::at(START_MS)), Dice::of(0, 0))?;
        let chosen = Chosen { project_id: Some(PROJECT.to_owned()), ..Chosen::default() };
        ground.runtime.block_on(store.bootstrap(chosen)).map_err(said)?;
        let effect =
            "CREATE TABLE effect (task_id TEXT NOT NULL, ordinal BIGINT NOT NULL, times BIGINT NOT NULL,
            PRIMARY KEY (task_id, ordinal))";
        ground.db.write_blocking(move |tx| tx.script(effect)).map_err(said::<db::Error>)?;
        Ok(ground)
    }

    /// As it was before the first schedule.
    pub(crate) fn clear(&self) -> Result<(), String> {
        self.db.write_blocking(|tx| tx.script(EMPTY)).map_err(said::<db::Error>)
    }

    /// The store as a process opens it.
    pub(crate) fn store(&self, clock: Arc<ManualClock>, dice: Dice) -> Result<Store, String> {
        let rng = Arc::new(SeededRng::of(dice));
        let vault = Vault::new(MasterKey::random(&*rng), Vec::new());
        let context = Context::new(clock as Arc<dyn Clock>, rng, limits(), vault);
        Store::open(self.db.clone(), context).map_err(said)
    }
}

/// Small ones, so that a schedule of some steps reaches them.
pub(crate) fn limits() -> Limits {
    Limits { export_unfinished: 3, export_kept: 5, ..Limits::default() }
}

pub(crate) fn permit(user: &str, action: Action) -> Result<Permit, String> {
    authorize(Caller::root(user, PROJECT), action, PROJECT, 0)
        .map_err(|_| "a root user is not permitted".to_owned())
}

pub(crate) fn said<E: std::fmt::Display>(error: E) -> String {
    error.to_string()
}
