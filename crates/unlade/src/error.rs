//! Why the program ends before its work is done, in words for whoever started it.

use std::{io, process::ExitCode};

/// Why the program ends.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A setting that cannot be; the text names it.
    #[error("bad setting: {0}")]
    Setting(String),
    /// What the command was given; the text names it.
    #[error("{0}")]
    Input(String),
    /// The operating system; the text says what was tried.
    #[error("{0}: {1}")]
    System(String, #[source] io::Error),
    /// Something is as it must not be.
    #[error("{0}")]
    Refused(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// A unit of work.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The disk.
    #[error(transparent)]
    Disk(#[from] blob::Error),
}

impl Error {
    /// An error of the operating system, and what was tried.
    pub(crate) fn system(tried: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let tried = tried.into();
        move |error| Error::System(tried, error)
    }

    /// What the shell is told: 2 means that the command itself must be changed.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Error::Setting(_) | Error::Input(_) | Error::Store(store::Error::Fault(_)) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}
