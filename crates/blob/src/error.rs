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
}
