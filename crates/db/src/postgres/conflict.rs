//! What came in the way of a unit of work, and whether another run may not meet it.

use std::time::{Duration, Instant};

use tokio_postgres::error::SqlState;

use crate::Error;

/// How long a unit is run anew before its caller is told: about what a server takes to restart, or another to take
/// its place.
const PATIENCE: Duration = Duration::from_secs(20);
/// A key that is taken is tried again, because whoever took it may have done so between the unit's own look and its
/// insert; the next run looks again and refuses as it should.
const TAKEN_MAX: u32 = 3;
/// The longest pause between two runs.
const PAUSE_MAX: Duration = Duration::from_millis(500);

/// Why a unit was not done.
#[derive(Clone, Debug)]
pub(super) enum Trouble {
    /// Another unit was in the way.
    Conflict(Error),
    /// A unique key is taken.
    Taken(Error),
    /// The connection broke, or none could be had, before anything was committed.
    Broken(Error),
    /// The connection broke while it committed: nobody knows.
    Unsure,
    /// Anything that would only happen again.
    Final(Error),
}

impl Trouble {
    pub(super) fn error(&self) -> Error {
        match self {
            Trouble::Conflict(error)
            | Trouble::Taken(error)
            | Trouble::Broken(error)
            | Trouble::Final(error) => error.clone(),
            Trouble::Unsure => Error::Unsure,
        }
    }

    /// Whether the connection is of no use any more.
    pub(super) fn breaks_connection(&self) -> bool {
        matches!(self, Trouble::Broken(_) | Trouble::Unsure)
    }
}

impl From<&tokio_postgres::Error> for Trouble {
    fn from(error: &tokio_postgres::Error) -> Self {
        let Some(answered) = error.as_db_error() else {
            return match error.is_closed() || is_io(error) {
                true => Trouble::Broken(Error::Away(said(error))),
                false => Trouble::Final(Error::Driver(said(error))),
            };
        };
        let (code, text) = (answered.code(), said(error));
        if *code == SqlState::T_R_SERIALIZATION_FAILURE
            || *code == SqlState::T_R_DEADLOCK_DETECTED
            || *code == SqlState::LOCK_NOT_AVAILABLE
        {
            Trouble::Conflict(Error::Conflict(text))
        } else if *code == SqlState::UNIQUE_VIOLATION
            || *code == SqlState::DUPLICATE_TABLE
            || *code == SqlState::DUPLICATE_OBJECT
        {
            Trouble::Taken(Error::Unique(text))
        } else if *code == SqlState::DISK_FULL {
            Trouble::Final(Error::Full)
        } else if ends_session(code) {
            Trouble::Broken(Error::Away(text))
        } else {
            Trouble::Final(Error::Driver(text))
        }
    }
}

/// What the server says when it goes down, comes up, has become a standby, or has no connection left.
fn ends_session(code: &SqlState) -> bool {
    const CLASSES: [&str; 3] = ["08", "57P", "53300"];
    CLASSES.iter().any(|class| code.code().starts_with(class))
        || *code == SqlState::READ_ONLY_SQL_TRANSACTION
        || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    let cause = std::error::Error::source(error);
    cause.is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// What a driver's error says, with what it came from: by itself it says only "db error".
pub(super) fn said(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(answered), _) => format!("{} ({})", answered.message(), answered.code().code()),
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}

/// How long and how often a unit is run anew.
pub(super) struct Patience {
    until: Instant,
    runs: u32,
    taken: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { until: Instant::now() + PATIENCE, runs: 0, taken: 0 }
    }
}

impl Patience {
    /// Whether a unit that met `trouble` is to be run again.
    pub(super) fn is_left(&mut self, trouble: &Trouble) -> bool {
        self.runs += 1;
        match trouble {
            Trouble::Conflict(_) | Trouble::Broken(_) => Instant::now() < self.until,
            Trouble::Taken(_) => {
                self.taken += 1;
                self.taken < TAKEN_MAX
            }
            Trouble::Unsure | Trouble::Final(_) => false,
        }
    }

    /// The pause before the next run: longer each time, and never the same for two that met each other.
    pub(super) async fn pause(&self, trouble: &Trouble) {
        let base = if trouble.breaks_connection() { 50 } else { 2 };
        let most = Duration::from_millis(base << self.runs.min(10)).min(PAUSE_MAX);
        tokio::time::sleep(most.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
    }
}
