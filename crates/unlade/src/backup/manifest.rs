//! `manifest.json`, the last entry of a backup: what the others are, so that each can be told from a damaged
//! one, and what they hold.

use serde::{Deserialize, Serialize};
use store::contents::Contents;

use crate::error::Error;

/// Its name in the archive.
pub(super) const NAME: &str = "manifest.json";
/// The database's name in the archive, as in the data directory.
pub(super) const DATABASE: &str = "unlade.db";
/// The master key's.
pub(super) const MASTER_KEY: &str = "master.key";
/// The directory of objects.
pub(super) const OBJECTS: &str = "objects/";
/// How backups of this program are laid out.
pub(super) const FORMAT: u32 = 1;

/// What is in a backup.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Manifest {
    /// The layout; another one is for another program.
    pub(super) format: u32,
    /// The program that wrote it.
    pub(super) program: String,
    /// The schema of its database.
    pub(super) schema: i64,
    /// The installation that it was made of.
    pub(super) instance_id: Option<String>,
    /// When.
    pub(super) made: String,
    /// Devices.
    pub(super) devices: i64,
    /// Batch tasks.
    pub(super) batch_tasks: i64,
    /// Export tasks.
    pub(super) export_tasks: i64,
    /// Every other entry.
    pub(super) entries: Vec<Entry>,
}

/// One entry.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Entry {
    /// Its name in the archive.
    pub(super) name: String,
    /// Its length.
    pub(super) bytes: u64,
    /// Its SHA-256, in hex.
    pub(super) sha256: String,
}

impl Manifest {
    /// A manifest over `entries`.
    pub(super) fn new(contents: &Contents, made: String, entries: Vec<Entry>) -> Self {
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            schema: contents.schema,
            instance_id: contents.instance_id.clone(),
            made,
            devices: contents.devices,
            batch_tasks: contents.batch_tasks,
            export_tasks: contents.export_tasks,
            entries,
        }
    }

    /// Refuses what a newer program has written.
    pub(super) fn must_be_known(&self) -> Result<(), Error> {
        let known = store::contents::schema_known();
        if self.format == FORMAT && self.schema <= known {
            return Ok(());
        }
        Err(Error::Refused(format!(
            "the backup has format {} and schema {}, this program knows {FORMAT} and {known}: use a newer program",
            self.format, self.schema
        )))
    }

    /// Whether the master key is in it.
    pub(super) fn has_master_key(&self) -> bool {
        self.entries.iter().any(|entry| entry.name == MASTER_KEY)
    }

    /// What is in it, in words.
    pub(super) fn tell(&self) -> String {
        let objects = self.entries.iter().filter(|entry| entry.name.starts_with(OBJECTS)).count();
        let Self { made, devices, batch_tasks, export_tasks, .. } = self;
        format!(
            "made {made}: {devices} devices, {batch_tasks} batch tasks, {export_tasks} export tasks, {objects} files"
        )
    }
}
