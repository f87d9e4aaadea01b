//! Why a unit of work did not happen.

use types::{Code, Fault};

/// Why a unit of work did not happen; nothing of it has.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The caller asked for something that is refused.
    #[error("{0}")]
    Fault(#[from] Fault),
    /// The worker no longer holds its claim: whatever it was about to write is void.
    #[error("the claim was lost")]
    LostClaim,
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// A sealed secret cannot be opened: wrong master key, or the row was tampered with.
    #[error("a secret cannot be opened with this master key")]
    Sealed,
    /// A password cannot be hashed: there is no memory for it.
    #[error("a password cannot be hashed: {0}")]
    Hash(String),
    /// A policy that was checked when it was written cannot be read now; nothing may follow from it.
    #[error("the stored policy {name} cannot be read: {why}")]
    Policy {
        /// Its name.
        name: String,
        /// Why not.
        why: String,
    },
}

impl Error {
    /// Whether there was no room on the disk.
    pub fn is_full(&self) -> bool {
        matches!(self, Error::Db(db::Error::Full))
    }
}

impl Error {
    /// Whether the database is away or too busy, and may be there in a moment.
    pub fn may_pass(&self) -> bool {
        use db::Error::{Away, Busy, Conflict, Unsure};
        matches!(self, Error::Db(Away(_) | Busy | Conflict(_) | Unsure))
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Error::Fault(code.into())
    }
}
