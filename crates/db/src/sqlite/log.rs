//! The write-ahead log. SQLite begins it anew by itself when it happens to find no snapshot that needs it; under
//! reads that overlap for ever it never does, so the writer sees to it.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::{connection::wait, readers::Readers};
use crate::Error;

/// The pause after a try that failed, because another process reads: a try holds reads back.
const TRY_EVERY: Duration = Duration::from_millis(500);

/// The log of a database.
pub(super) struct Log {
    path: PathBuf,
    bytes_max: u64,
    tried: Option<Instant>,
}

impl Log {
    /// The log of the database at `path`.
    pub(super) fn of(path: &Path, bytes_max: u64) -> Self {
        let mut name = path.as_os_str().to_owned();
        name.push("-wal");
        Self { path: name.into(), bytes_max, tried: None }
    }

    /// Cuts the log if it is too long and nobody needs it. Between two units of work only.
    pub(super) fn keep_short(&mut self, writer: &mut Connection, readers: &Readers) {
        let is_long = || std::fs::metadata(&self.path).is_ok_and(|log| log.len() > self.bytes_max);
        if !is_long() {
            return readers.log_is_short();
        }
        if self.tried.is_some_and(|at| at.elapsed() < TRY_EVERY) {
            return;
        }
        let tried = readers.between_reads(|| {
            if let Err(error) = cut(writer) {
                tracing::warn!(%error, "the log cannot be cut");
            }
            !is_long()
        });
        self.tried = (tried && is_long()).then(Instant::now);
    }
}

/// Waits for nobody: another process may be copying the database for minutes.
fn cut(writer: &mut Connection) -> Result<(), Error> {
    writer.busy_timeout(Duration::ZERO)?;
    let cut = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    writer.busy_handler(Some(wait))?;
    Ok(cut?)
}
