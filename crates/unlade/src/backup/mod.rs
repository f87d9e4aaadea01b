//! `unlade backup`: one snapshot of the database and every object that it refers to, in one file, while the
//! server goes on. It takes no part in the lock on the data directory.
//!
//! Objects may be replaced and deleted meanwhile, so they are pinned before the snapshot is taken: what it refers
//! to was published before it and so is pinned, or was published in the moment between and is still there, or,
//! if it went in that moment too, another snapshot is taken. An object never changes under its key.

mod archive;
mod manifest;
mod restore;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use blob::{Pins, Staged, disk};
use db::DirLock;
use domain::{Clock, SystemClock};
use store::contents::{Recorded, contents};
use types::time;

use crate::{cli, config::Config, error::Error, keys, serve::credentials, transfer};
use archive::{Reader, Writer};
use manifest::{DATABASE, MASTER_KEY, Manifest, OBJECTS};
pub(crate) use restore::{refuse_unfinished, restore};

/// Snapshots that are tried.
const ATTEMPTS: usize = 5;

/// Why an attempt made no backup.
enum Ended {
    /// The object went between the pins and the snapshot.
    Went(String),
    /// The master key was replaced meanwhile.
    Rotated,
    /// For good.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Ended {
    fn from(error: E) -> Self {
        Ended::Failed(error.into())
    }
}

/// Writes a backup; answers what was done.
pub(crate) fn write(config: &Config, order: &cli::Backup) -> Result<String, Error> {
    let data_dir = &config.data_dir;
    if !keys::database_path(data_dir).exists() {
        return Err(Error::Refused(format!("there is no database in {}", data_dir.display())));
    }
    refuse_unfinished(data_dir)?;
    if config.database.is_shared() {
        let why = "the database is on a server: back up the server and the objects by their own means, the server first";
        return Err(Error::Refused(why.into()));
    }
    // What is restored from what was left behind would bear no mark.
    transfer::refuse_moved(data_dir)?;
    if let Some(options) = &config.storage.bucket {
        return Err(Error::Refused(format!(
            "the objects lie in the bucket {}: a backup would be without them: back up database and bucket by their own means",
            options.bucket
        )));
    }
    if order.with_master_key && !config.master_key.is_file() {
        return Err(Error::Refused(
            "the master key is not in a file of the data directory: keep it where you keep that".into(),
        ));
    }
    let made_ms = SystemClock.now_ms();
    let output = output(&order.output, made_ms)?;
    let place = Pins::place(&keys::blobs_path(data_dir));
    disk::make_private_dir(&place)?;
    let _alone = DirLock::take(&place)?;
    let mut last = String::new();
    for _ in 0..ATTEMPTS {
        match attempt(data_dir, &output, order.with_master_key, made_ms) {
            Ok(told) => return Ok(told),
            Err(Ended::Failed(error)) => return Err(error),
            Err(Ended::Went(key)) => last = format!("the object {key} is recorded but not there"),
            Err(Ended::Rotated) => last = "the master key is being replaced".to_owned(),
        }
    }
    Err(Error::Refused(last))
}

/// The file to be written.
fn output(named: &Path, made_ms: i64) -> Result<PathBuf, Error> {
    let mut path = std::path::absolute(named).map_err(Error::system("find the current directory"))?;
    if path.is_dir() {
        path.push(format!("unlade-{}.backup.zip", time::compact(made_ms)));
    }
    if path.exists() {
        return Err(Error::Refused(format!("{} is there already", path.display())));
    }
    Ok(path)
}

fn attempt(data_dir: &Path, output: &Path, with_key: bool, made_ms: i64) -> Result<String, Ended> {
    // Read before and after the snapshot: a key that is the same on both sides opens what lies between.
    let keys_before = with_key.then(|| key_files(data_dir)).transpose()?;
    let pins = Pins::take(&keys::blobs_path(data_dir))?;
    let mut database = Staged::beside(output)?;
    db::copy(&keys::database_path(data_dir), database.path())?;
    if with_key && keys_before != Some(key_files(data_dir)?) {
        return Err(Ended::Rotated);
    }
    let contents = db::examine(database.path(), contents)?;
    let mut staged = Staged::beside(output)?;
    let mut archive = Writer::new(staged.file().try_clone().map_err(Error::system("write the backup"))?);
    archive.add(DATABASE, &*database.file(), false)?;
    for object in &contents.objects {
        add_object(&mut archive, &pins, object)?;
    }
    for (name, text) in keys_before.into_iter().flatten() {
        archive.add(name, text.as_bytes(), false)?;
    }
    archive.finish(|entries| Manifest::new(&contents, time::iso_ms(made_ms), entries))?;
    let told = read_back(staged.path(), output)?;
    staged.place(output)?;
    Ok(told)
}

/// The files that open what the database has sealed. Whoever has the one has no need of the other, so they go
/// together.
fn key_files(data_dir: &Path) -> Result<Vec<(&'static str, String)>, Error> {
    let mut files = Vec::new();
    for name in [MASTER_KEY, credentials::FILE] {
        if let Some(text) = disk::read_text(&data_dir.join(name))? {
            files.push((name, text));
        }
    }
    Ok(files)
}

fn add_object(archive: &mut Writer, pins: &Pins, object: &Recorded) -> Result<(), Ended> {
    let Some(file) = pins.open(&object.key)? else { return Err(Ended::Went(object.key.clone())) };
    let entry = archive.add(&format!("{OBJECTS}{}", object.key), file, true)?;
    restore::must_be(object, entry)?;
    Ok(())
}

/// Reads the archive from the disk as a restore would; answers what to say of it.
fn read_back(path: &Path, output: &Path) -> Result<String, Error> {
    let mut reader = Reader::open(path)?;
    reader.check()?;
    let told = reader.manifest.tell();
    let keys = if reader.manifest.has_master_key() {
        "It holds the master key: whoever has it can read every secret."
    } else {
        "The master key is not in it: keep master.key apart, nothing else opens the secrets."
    };
    Ok(format!("{}: {told}. It reads back whole.\n{keys}", output.display()))
}

/// Reads a backup; answers what is in it.
pub(crate) fn check(path: &Path) -> Result<String, Error> {
    let mut reader = Reader::open(path)?;
    reader.check()?;
    Ok(format!("{}: {}. It is whole.", path.display(), reader.manifest.tell()))
}
