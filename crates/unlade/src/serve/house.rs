//! The data directory, opened by the one process that holds its lock.

use std::{path::PathBuf, sync::Arc};

use blob::{Blobs, Pins, Space, disk};
use db::{Db, DirLock};
use domain::{Clock, Rng, SystemClock, SystemRng};
use store::{Context, Store};
use tokio::runtime::Handle;

use crate::{
    backup,
    config::{Config, Database, Role},
    error::Error,
    keys, transfer,
};

/// Less free disk than this is too little to begin with, whatever the setting: a start alone writes, and a full
/// disk under the database is worse than a refusal.
const FREE_BYTES_MIN: u64 = 64 << 20;

/// What lies in the data directory.
pub(super) struct House {
    pub(super) store: Store,
    pub(super) blobs: Blobs,
    pub(super) space: Space,
    /// Our own executable, which reads uploads in a child process.
    pub(super) program: PathBuf,
    /// Which of the nodes this is.
    pub(super) node: String,
    /// Last, so that it is freed when the database is closed.
    _lock: DirLock,
}

impl House {
    /// Opens the directory, making it if need be, and takes the bucket, if the objects lie in one.
    pub(super) fn open(config: &Config, runtime: &Handle) -> Result<Self, Error> {
        let directory = &config.data_dir;
        disk::make_private_dir(directory)?;
        let lock = DirLock::take(directory)?;
        backup::refuse_unfinished(directory)?;
        if !config.database.is_shared() {
            transfer::refuse_moved(directory)?;
        }
        make_private(directory)?;
        forget_pins(directory);
        let blobs = blobs(config, runtime)?;
        let space = Space::of(directory.clone(), config.free_bytes_min);
        let free = space.free()?;
        if free < FREE_BYTES_MIN {
            let (free, least) = (free >> 20, FREE_BYTES_MIN >> 20);
            return Err(Error::Refused(format!(
                "{}: {free} MiB free, at least {least} are needed",
                directory.display()
            )));
        }
        let vault = keys::vault(directory, config.master_key.key()?.as_ref())?;
        let db = database(config)?;
        let context = Context::new(clock(&db), Arc::new(SystemRng), config.limits.clone(), vault);
        let program = std::env::current_exe().map_err(Error::system("find our own executable"))?;
        let store = Store::open(db, context)?;
        if store.is_unfinished_transfer()? {
            let why =
                "the database is the target of a copy that is not finished: run unlade migrate-store again";
            return Err(Error::Refused(why.into()));
        }
        claim(&blobs, &store, runtime)?;
        let node = node(directory)?;
        Ok(Self { store, blobs, space, program, node, _lock: lock })
    }

    /// Frees the claims that nobody holds any more: of an embedded database all, of a shared one this node's own.
    pub(super) fn free_claims(&self) -> Result<u64, store::Error> {
        match self.store.db().is_shared() {
            true => self.store.free_claims_of(&self.node),
            false => self.store.free_all_claims(),
        }
    }
}

fn database(config: &Config) -> Result<Db, Error> {
    match &config.database {
        Database::Embedded(options) => Ok(Db::open(&keys::database_path(&config.data_dir), *options)?),
        Database::Server(server) => {
            if config.storage.bucket.is_none() {
                if config.role != Role::All {
                    let why = "server.role: nodes that divide the work need storage.bucket, where all find the objects";
                    return Err(Error::Setting(why.into()));
                }
                tracing::warn!(
                    "the database is shared, but objects lie on this node: no second node can serve them"
                );
            }
            Ok(Db::connect(server)?)
        }
    }
}

/// The clock of whoever works on a database.
pub(crate) fn clock(db: &Db) -> Arc<dyn Clock> {
    if db.is_shared() { Arc::new(SharedClock(db.clone())) } else { Arc::new(SystemClock) }
}

/// The clock that all nodes of a database agree on.
struct SharedClock(Db);

impl Clock for SharedClock {
    fn now_ms(&self) -> i64 {
        self.0.shared_now_ms().unwrap_or_else(|| SystemClock.now_ms())
    }
}

/// A name that a node keeps as long as its data directory, so that after a restart it knows its own claims.
fn node(directory: &std::path::Path) -> Result<String, Error> {
    let path = directory.join("node");
    if let Some(name) = disk::read_text(&path)? {
        return Ok(name.trim().to_owned());
    }
    let name = (&SystemRng as &dyn Rng).hex(16);
    disk::write_private(&path, format!("{name}\n").as_bytes())?;
    Ok(name)
}

fn blobs(config: &Config, runtime: &Handle) -> Result<Blobs, Error> {
    let root = keys::blobs_path(&config.data_dir);
    let Some(options) = config.storage.bucket.clone() else { return Ok(Blobs::open(&root)?) };
    tracing::info!("objects lie in {options:?}");
    if root.join("objects").read_dir().is_ok_and(|mut objects| objects.next().is_some()) {
        let directory = root.display();
        tracing::warn!("objects of an earlier start lie in {directory}/objects, where nobody looks now");
    }
    Ok(Blobs::in_bucket(&root, options, runtime.clone())?)
}

/// A bucket that is not for us is a refusal; one that does not answer may do so later, and until then the server
/// says why it is not ready.
fn claim(blobs: &Blobs, store: &Store, runtime: &Handle) -> Result<(), Error> {
    match runtime.block_on(blobs.claim(&store.instance_id()?)) {
        Err(error) if error.is_final() => Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "the object store does not answer: serving without it");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Nobody else may look into the directory, also if it was there before us.
fn make_private(directory: &std::path::Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    let private = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(directory, private)
        .map_err(Error::system(format!("make {} private", directory.display())))
}

/// Pins that a killed backup has left keep bytes that nobody wants any more. They are no reason not to serve:
/// whoever made the backup may be another user than we are.
fn forget_pins(directory: &std::path::Path) {
    let root = keys::blobs_path(directory);
    let place = Pins::place(&root);
    if !place.exists() {
        return;
    }
    let forgotten = match DirLock::take(&place) {
        Ok(_alone) => Pins::forget(&root).map_err(Error::from),
        // A backup is at work.
        Err(db::Error::Locked(_)) => Ok(()),
        Err(error) => Err(error.into()),
    };
    if let Err(error) = forgotten {
        tracing::warn!(%error, "what a killed backup has pinned cannot be removed");
    }
}
