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
    /// A bucket: where it is, what was tried, of which object, and why it failed.
    #[error("{place}: cannot {tried} {key}: {why}")]
    Bucket {
        /// Where the bucket is.
        place: String,
        /// What was tried.
        tried: &'static str,
        /// Of which object.
        key: String,
        /// Why it failed, on one line of bounded length.
        why: String,
        /// What that means.
        kind: Refusal,
    },
    /// A bucket that took too long for any use, and the object.
    #[error("{0}: {1} takes too long")]
    Slow(String, String),
    /// An object with another number of bytes than it must have.
    #[error("{0}: has {1} bytes instead of {2}")]
    Incomplete(String, u64, u64),
    /// A body that ended before its end, or went on after it, and how many bytes were to come.
    #[error("{0}: broke off with {1} bytes to come")]
    Broken(String, u64),
    /// A bucket that belongs to another installation, and its name.
    #[error("{0}: belongs to the installation {1}, whose objects we would sweep: choose another prefix")]
    Taken(String, String),
    /// A key that cannot be one.
    #[error(transparent)]
    Key(#[from] object_store::path::Error),
}

/// What the refusal of a bucket means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refusal {
    /// There is no such object.
    Missing,
    /// The bucket is not there or not for us: nothing will be better until somebody does something.
    Denied,
    /// The object is not what it was.
    Changed,
    /// It may work later.
    ForNow,
}

/// Most characters of what a store says that we say.
const SAID_MAX: usize = 500;

impl Error {
    /// What a bucket refused.
    pub(crate) fn bucket(place: &str, tried: &'static str, key: &str, cause: &object_store::Error) -> Self {
        let said = cause.to_string();
        let kind = match cause {
            // It is told apart from a missing object by nothing else.
            object_store::Error::NotFound { .. } if said.contains("NoSuchBucket") => Refusal::Denied,
            object_store::Error::NotFound { .. } => Refusal::Missing,
            object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                Refusal::Denied
            }
            object_store::Error::Precondition { .. } => Refusal::Changed,
            _ => Refusal::ForNow,
        };
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let why = words.chars().take(SAID_MAX).collect();
        Self::Bucket { place: place.to_owned(), tried, key: key.to_owned(), why, kind }
    }

    /// Whether the object is not there.
    pub fn is_missing(&self) -> bool {
        matches!(
            self,
            Error::Store(object_store::Error::NotFound { .. }) | Error::Bucket { kind: Refusal::Missing, .. }
        )
    }

    /// Whether trying again is in vain until somebody does something.
    pub fn is_final(&self) -> bool {
        match self {
            Error::Bucket { kind, .. } => *kind != Refusal::ForNow,
            Error::Taken(..) | Error::Key(_) => true,
            _ => self.is_missing(),
        }
    }

    /// Whether the bucket is away or unwell for now, so that the same may work later.
    pub fn may_pass(&self) -> bool {
        matches!(self, Error::Bucket { kind: Refusal::ForNow, .. } | Error::Slow(..))
    }

    /// Whether a directory was not there any more, or went between two looks at it.
    pub(crate) fn is_of_a_removed_dir(&self) -> bool {
        use io::ErrorKind::{AlreadyExists, NotFound};
        matches!(self, Error::Disk(_, error) if matches!(error.kind(), NotFound | AlreadyExists))
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
