//! Why bytes could not be kept or given.

use std::{io, path::PathBuf};

/// Why bytes could not be kept or given.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk.
    #[error("{0}: {1}")]
    Disk(PathBuf, #[source] io::Error),
    /// The object store.
    #[error(transparent)]
    Store(#[from] object_store::Error),
    /// A key that cannot be one.
    #[error(transparent)]
    Key(#[from] object_store::path::Error),
}

impl Error {
    /// Whether the object is not there.
    pub fn is_missing(&self) -> bool {
        matches!(self, Error::Store(object_store::Error::NotFound { .. }))
    }

    /// Whether the disk, or our share of it, is full.
    pub fn is_full(&self) -> bool {
        matches!(self, Error::Disk(_, error) if is_full(error))
    }
}

/// Whether an error of the system says that the disk, or our share of it, is full.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

impl From<Error> for io::Error {
    /// The same kind, so that who is asked later still knows whether the disk was full.
    fn from(error: Error) -> Self {
        match &error {
            Error::Disk(_, cause) => io::Error::new(cause.kind(), error),
            _ => io::Error::other(error),
        }
    }
}
