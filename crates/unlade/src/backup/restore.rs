//! `unlade restore`: everything goes into a directory of its own inside the data directory, is checked and synced
//! there, and is then moved to its place, the database last. While that directory is there no server starts: a
//! restore that was killed is never taken for a data directory.
//!
//! It lies inside, and not beside, because a data directory is often a mount point, which cannot be renamed.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use blob::disk;
use db::DirLock;
use store::contents::{Recorded, contents};

use super::{
    archive::Reader,
    manifest::{DATABASE, Entry, MASTER_KEY, OBJECTS},
};
use crate::{config::Config, error::Error, keys, serve::credentials};

/// Where a restore works until all is there.
const UNFINISHED: &str = "restoring";
/// The file of the lock, which a directory without anything else may have.
const LOCK: &str = "lock";

/// Refuses a data directory that is half restored.
pub(crate) fn refuse_unfinished(data_dir: &Path) -> Result<(), Error> {
    if data_dir.join(UNFINISHED).exists() {
        return Err(Error::Refused(format!(
            "a restore into {} was not finished: empty the directory and restore again",
            data_dir.display()
        )));
    }
    Ok(())
}

/// Makes a data directory out of a backup; answers what was done.
pub(crate) fn restore(config: &Config, from: &Path) -> Result<String, Error> {
    let data_dir = &config.data_dir;
    let mut reader = Reader::open(from)?;
    let _lock = claim(data_dir)?;
    let unfinished = data_dir.join(UNFINISHED);
    disk::make_private_dir(&unfinished)?;
    let checked = extract(&mut reader, &unfinished).and_then(|()| judge(&reader, &unfinished));
    if let Err(error) = checked {
        disk::remove_dir(&unfinished)?;
        return Err(error);
    }
    settle(&unfinished, data_dir)?;
    let told = reader.manifest.tell();
    let keys = if reader.manifest.has_master_key() || !config.master_key.is_file() {
        ""
    } else {
        "\nThe master key is not in the backup: put your master.key there before the server starts."
    };
    Ok(format!("Restored into {} what was {told}.{keys}", data_dir.display()))
}

/// The lock on a directory that holds nothing. One that belongs to a running server is refused as such, and
/// somebody else's is left as it is.
fn claim(directory: &Path) -> Result<DirLock, Error> {
    let must_be_empty = || match holds_anything(directory)? {
        true => Err(Error::Refused(format!("{} is not empty", directory.display()))),
        false => Ok(()),
    };
    if directory.join(LOCK).exists() {
        DirLock::take(directory)?;
    }
    must_be_empty()?;
    disk::make_private_dir(directory)?;
    let lock = DirLock::take(directory)?;
    must_be_empty()?;
    Ok(lock)
}

fn holds_anything(directory: &Path) -> Result<bool, Error> {
    let looked = || Error::system(format!("look into {}", directory.display()));
    let entries = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        entries => entries.map_err(looked())?,
    };
    for entry in entries {
        if entry.map_err(looked())?.file_name() != LOCK {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn extract(reader: &mut Reader, to: &Path) -> Result<(), Error> {
    for entry in reader.manifest.entries.clone() {
        let path = place(to, &entry.name)?;
        if let Some(directory) = path.parent() {
            disk::make_private_dir(directory)?;
        }
        let mut file = disk::create_private(&path)?;
        reader.extract(&entry, &mut file)?;
        file.sync_all().map_err(Error::system(format!("sync {}", path.display())))?;
    }
    Ok(())
}

/// Where an entry belongs. Its name comes from outside: what is not a name of ours is refused.
fn place(root: &Path, name: &str) -> Result<PathBuf, Error> {
    match name.strip_prefix(OBJECTS) {
        Some(key) if !key.is_empty() => Ok(blob::object_path(&keys::blobs_path(root), key)?),
        None if [DATABASE, MASTER_KEY, credentials::FILE].contains(&name) => Ok(root.join(name)),
        _ => Err(Error::Refused(format!("{name:?} does not belong into a backup"))),
    }
}

/// The database must be sound, and every object that it refers to must be there as it says.
fn judge(reader: &Reader, directory: &Path) -> Result<(), Error> {
    let contents = db::examine(&keys::database_path(directory), contents)?;
    let known = store::contents::schema_known();
    if contents.schema > known {
        return Err(db::Error::NewerSchema { found: contents.schema, known }.into());
    }
    let entries: BTreeMap<_, _> =
        reader.manifest.entries.iter().map(|entry| (entry.name.as_str(), entry)).collect();
    for object in &contents.objects {
        let name = format!("{OBJECTS}{}", object.key);
        let entry = entries
            .get(name.as_str())
            .ok_or_else(|| Error::Refused(format!("{name} is not in the backup")))?;
        must_be(object, entry)?;
    }
    Ok(())
}

/// An object must be what its row says.
pub(super) fn must_be(object: &Recorded, entry: &Entry) -> Result<(), Error> {
    let same = |(bytes, sha256): &(i64, String)| *bytes == entry.bytes as i64 && *sha256 == entry.sha256;
    match object.content.as_ref().is_none_or(same) {
        true => Ok(()),
        false => Err(Error::Refused(format!(
            "{} is damaged: its length or its SHA-256 is not what the database says",
            entry.name
        ))),
    }
}

/// Moves everything to its place, the database last, and lets servers in.
fn settle(unfinished: &Path, data_dir: &Path) -> Result<(), Error> {
    disk::sync_dirs(unfinished)?;
    for name in ["blobs", MASTER_KEY, credentials::FILE, DATABASE] {
        let from = unfinished.join(name);
        if from.exists() {
            disk::move_durably(&from, &data_dir.join(name))?;
        }
    }
    disk::remove_dir(unfinished)?;
    disk::sync_dir(data_dir)?;
    Ok(())
}
