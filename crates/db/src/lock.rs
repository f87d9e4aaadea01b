//! One process a data directory: an embedded database and the claims of its workers have one owner.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use crate::Error;

/// Held as long as the process uses the directory; the operating system frees it however the process ends.
#[derive(Debug)]
pub struct DirLock {
    _file: File,
}

impl DirLock {
    /// Takes the lock of `directory`, or says at once that somebody has it.
    pub fn take(directory: &Path) -> Result<Self, Error> {
        let path = directory.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| Error::Driver(format!("{}: {error}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::Locked(directory.display().to_string())),
            Err(TryLockError::Error(error)) => Err(Error::Driver(format!("{}: {error}", path.display()))),
        }
    }
}
