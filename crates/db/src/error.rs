//! What a database can answer instead of rows.

/// Why a unit of work did not happen. Cloneable, because a failed commit fails every unit in its group.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A unique key is taken.
    #[error("a unique key is taken: {0}")]
    Unique(String),
    /// Another process holds the data directory.
    #[error("{0} is in use by another process")]
    Locked(String),
    /// The schema was made by a newer version of the program.
    #[error("the database has schema {found}, this program knows {known}: use a newer program")]
    NewerSchema {
        /// What is there.
        found: i64,
        /// What we know.
        known: i64,
    },
    /// The schema was made by an older version of the program.
    #[error(
        "the database has schema {found}, this program knows {known}: start its server, which brings the database up \
         to date, or use the program that serves it"
    )]
    OlderSchema {
        /// What is there.
        found: i64,
        /// What we know.
        known: i64,
    },
    /// A migration that was applied reads otherwise today.
    #[error("migration {0} was applied with other text: the program and the database do not belong together")]
    ChangedMigration(i64),
    /// A snapshot was held for longer than its cap.
    #[error("the snapshot was held for longer than it may")]
    SnapshotTooOld,
    /// No read connection was free in time.
    #[error("no read connection was free in time")]
    Busy,
    /// Others were in the way for too long.
    #[error("others were in the way for too long: {0}")]
    Conflict(String),
    /// The server cannot be reached, or has no time for us.
    #[error("the database cannot be reached: {0}")]
    Away(String),
    /// The server went away while it committed: whether the unit of work is done, nobody knows.
    #[error("the database went away while it committed")]
    Unsure,
    /// The disk or the quota is full.
    #[error("no space is left for the database")]
    Full,
    /// The database was closed, or a unit of work panicked.
    #[error("the database does not answer")]
    Gone,
    /// A column does not hold what the program expects.
    #[error("column {0} does not hold a {1}")]
    Type(usize, &'static str),
    /// Anything else that the driver says.
    #[error("database: {0}")]
    Driver(String),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::{ErrorCode, ffi};
        match &error {
            rusqlite::Error::SqliteFailure(failure, message) => match failure.code {
                ErrorCode::DiskFull => Error::Full,
                ErrorCode::OperationInterrupted => Error::SnapshotTooOld,
                ErrorCode::ConstraintViolation
                    if matches!(
                        failure.extended_code,
                        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                    ) =>
                {
                    Error::Unique(message.clone().unwrap_or_default())
                }
                _ => Error::Driver(error.to_string()),
            },
            _ => Error::Driver(error.to_string()),
        }
    }
}
