//! All business SQL, as units of work: each is atomic, none shows its transaction to the API.
//!
//! A noun has a handle (`store.apps()`), whose verbs take a [`domain::Permit`] and do one unit of work. Below
//! them lie functions over `&mut dyn Tx`, one module a noun, from which the engines build larger units: a chunk
//! of a batch task is one transaction over many devices.

pub mod apps;
pub mod async_commands;
pub mod audit;
pub mod batch_files;
pub mod batch_tasks;
pub mod contents;
pub mod device_groups;
pub mod device_messages;
pub mod device_upgrades;
pub mod devices;
pub mod downloads;
mod error;
pub mod export_tasks;
pub mod garbage;
mod gate;
pub mod identity;
pub mod jobs;
mod newest;
pub mod ota_packages;
mod page;
pub mod products;
mod retention;
mod schema;
pub mod shadows;
pub mod subtasks;
pub mod tags;
pub mod transfer;
mod vault;

use std::sync::Arc;

use db::Db;
use domain::{Clock, Ids, Limits, Rng};

pub use error::Error;
pub use retention::Retired;
pub use schema::MIGRATIONS;
pub use vault::{MasterKey, Vault};

/// What every unit of work may need besides its transaction.
pub struct Context {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// Makes record ids.
    pub ids: Ids,
    /// The limits in force.
    pub limits: Limits,
    /// Seals secrets.
    pub vault: Vault,
}

impl Context {
    /// A context around its parts.
    pub fn new(clock: Arc<dyn Clock>, rng: Arc<dyn Rng>, limits: Limits, vault: Vault) -> Self {
        Self { ids: Ids::new(clock.clone(), rng.clone()), clock, rng, limits, vault }
    }
}

/// The store; clones share it.
#[derive(Clone)]
pub struct Store {
    db: Db,
    context: Arc<Context>,
    access: Arc<identity::AccessCache>,
}

impl Store {
    /// Opens the store in `db`, bringing its schema up to date.
    pub fn open(db: Db, context: Context) -> Result<Self, Error> {
        db::migrate(&db, MIGRATIONS, context.clock.now_ms())?;
        for (project_id, product_id) in db.read_blocking(devices::miscounted)? {
            db.write_blocking(move |tx| devices::recount(tx, &project_id, &product_id))?;
        }
        Self::on(db, context)
    }

    /// Opens the store in `db` beside whoever serves it: a schema that is not ours, or a vault that does not open what lies
    /// sealed, is refused, and nothing is changed.
    pub fn beside(db: Db, context: Context) -> Result<Self, Error> {
        db::must_be_current(&db, MIGRATIONS)?;
        let store = Self::on(db, context)?;
        let context = store.context.clone();
        store.db.read_blocking(|tx| identity::prove_vault(tx, &context))?;
        Ok(store)
    }

    fn on(db: Db, context: Context) -> Result<Self, Error> {
        if let Some(newest) = db.read_blocking(newest::id)? {
            context.ids.go_on_from(newest);
        }
        Ok(Self { db, context: Arc::new(context), access: Arc::default() })
    }

    /// The database, for the engines' own units of work.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// What units of work are given.
    pub fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// Now, on the store's clock.
    pub fn now_ms(&self) -> i64 {
        self.context.clock.now_ms()
    }

    /// One unit of work of this store.
    async fn unit<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut dyn db::Tx, &Context) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let context = self.context.clone();
        self.db.write(move |tx| work(tx, &context)).await
    }
}
