//! One process a data directory: an embedded database and the claims of its workers have one owner.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use crate::Error;

/// Held as long as the process uses the directory; the operating system frees it however the process ends.
#[derive(Debug)]
pub struct DirLock {
    _files: Vec<File>,
}

impl DirLock {
    /// Takes the lock of `directory`, or says at once that somebody has it.
    pub fn take(directory: &Path) -> Result<Self, Error> {
        Ok(Self { _files: vec![locked(directory, OWNER, File::try_lock)?] })
    }

    /// Enters `directory` beside its owner, if it has one, for units of work that touch nothing of what an owner has for
    /// itself; says at once if somebody wants to be alone in it.
    pub fn visit(directory: &Path) -> Result<Self, Error> {
        Ok(Self { _files: vec![locked(directory, VISITORS, File::try_lock_shared)?] })
    }

    /// [`DirLock::take`] without visitors: what seals everything anew or moves it elsewhere would miss what they do.
    pub fn take_alone(directory: &Path) -> Result<Self, Error> {
        let owner = locked(directory, OWNER, File::try_lock)?;
        Ok(Self { _files: vec![owner, locked(directory, VISITORS, File::try_lock)?] })
    }
}

const OWNER: &str = "lock";
const VISITORS: &str = "visitors";

fn locked(directory: &Path, name: &str, lock: fn(&File) -> Result<(), TryLockError>) -> Result<File, Error> {
    let path = directory.join(name);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| Error::Driver(format!("{}: {error}", path.display())))?;
    match lock(&file) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Locked(directory.display().to_string())),
        Err(TryLockError::Error(error)) => Err(Error::Driver(format!("{}: {error}", path.display()))),
    }
}
