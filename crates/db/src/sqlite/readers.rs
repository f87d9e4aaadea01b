//! The pool of read connections. Who finds none free waits for one: the number of snapshots is bounded.
//!
//! The log can be cut only in a moment without any snapshot. Reads of calls are over in a moment, so the writer
//! makes that moment by holding new ones back; those that last are asked not to begin while the log is too long,
//! because two of them that take turns would keep it growing for as long as they do.

use std::{
    path::Path,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::{
    Options,
    connection::{SqliteTx, open_reader},
};
use crate::{Error, Tx};

/// How many steps of SQLite's machine pass between two looks at a snapshot's age.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

/// How long new reads are held back for those that run to end.
const HELD_BACK_MAX: Duration = Duration::from_secs(1);

pub(super) struct Readers {
    pool: Mutex<Pool>,
    changed: Condvar,
    snapshot_age_max: Duration,
}

#[derive(Default)]
struct Pool {
    free: Vec<Connection>,
    lent: usize,
    /// How many of those lent are to last.
    lasting: usize,
    /// The writer waits for a moment without reads.
    held_back: bool,
    /// The log is too long for anything that lasts.
    log_is_long: bool,
}

impl Pool {
    fn can_lend(&self) -> bool {
        !self.held_back && !self.free.is_empty()
    }

    fn lend(&mut self, lasts: bool) -> Option<Connection> {
        if !self.can_lend() {
            return None;
        }
        self.lent += 1;
        self.lasting += usize::from(lasts);
        self.free.pop()
    }
}

impl Readers {
    pub(super) fn open(path: &Path, options: Options) -> Result<Self, Error> {
        let free = (0..options.readers.max(1)).map(|_| open_reader(path)).collect::<Result<_, _>>()?;
        Ok(Self {
            pool: Mutex::new(Pool { free, ..Pool::default() }),
            changed: Condvar::new(),
            snapshot_age_max: options.snapshot_age_max,
        })
    }

    pub(super) fn read<T, E: From<Error>>(
        &self,
        lasts: bool,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.read_on(self.take(lasts), lasts, self.snapshot_age_max, work)
    }

    /// [`Readers::read`] that neither waits nor reads for longer than `most`.
    pub(super) fn read_within<T, E: From<Error>>(
        &self,
        most: Duration,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = self.take_within(most).ok_or(Error::Busy)?;
        self.read_on(connection, false, most, work)
    }

    fn read_on<T, E: From<Error>>(
        &self,
        connection: Connection,
        lasts: bool,
        most: Duration,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lent = Lent { connection: Some(connection), lasts, readers: self };
        let connection = lent.connection();
        let deadline = Instant::now() + most;
        connection
            .progress_handler(STEPS_BETWEEN_LOOKS, Some(move || Instant::now() >= deadline))
            .map_err(Error::from)?;
        connection.execute_batch("BEGIN").map_err(Error::from)?;
        work(&mut SqliteTx(connection))
    }

    fn take(&self, lasts: bool) -> Connection {
        let mut pool = self.lock();
        loop {
            if let Some(connection) = pool.lend(lasts) {
                return connection;
            }
            pool = self.changed.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// [`Readers::take`] that waits no longer than `most`.
    fn take_within(&self, most: Duration) -> Option<Connection> {
        let waited = self.changed.wait_timeout_while(self.lock(), most, |pool| !pool.can_lend());
        waited.unwrap_or_else(PoisonError::into_inner).0.lend(false)
    }

    /// Waits until a read that lasts may begin. The writer looks at the log when it has something to write;
    /// `nudge` makes it look when there is nothing to wait for but that.
    pub(super) fn wait_for_turn(&self, nudge: impl Fn() -> Result<(), Error>) -> Result<(), Error> {
        // By then every snapshot that kept the log long has ended.
        let deadline = Instant::now() + self.snapshot_age_max;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            self.wait_while(left, |pool| pool.log_is_long && pool.lasting > 0);
            if left.is_zero() || !self.lock().log_is_long {
                return Ok(());
            }
            nudge()?;
            // Still long: another process reads, or others were faster.
            self.wait_while(left.min(HELD_BACK_MAX), |pool| pool.log_is_long && pool.lasting == 0);
        }
    }

    fn wait_while(&self, most: Duration, holds: impl Fn(&Pool) -> bool) {
        drop(self.changed.wait_timeout_while(self.lock(), most, |pool| holds(pool)));
    }

    /// Does `cut` in a moment without reads, if one can be had, and answers whether it was done; whoever is to
    /// last waits until `cut` answers that the log is short.
    pub(super) fn between_reads(&self, cut: impl FnOnce() -> bool) -> bool {
        let mut pool = self.lock();
        pool.log_is_long = true;
        let mut done = false;
        if pool.lasting == 0 {
            pool.held_back = true;
            let waited = self.changed.wait_timeout_while(pool, HELD_BACK_MAX, |pool| pool.lent > 0);
            pool = waited.unwrap_or_else(PoisonError::into_inner).0;
            done = pool.lent == 0;
            pool.log_is_long = !(done && cut());
            pool.held_back = false;
        }
        drop(pool);
        self.changed.notify_all();
        done
    }

    /// The log is short again, by whatever.
    pub(super) fn log_is_short(&self) {
        if std::mem::take(&mut self.lock().log_is_long) {
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that goes back to the pool, its transaction ended, also when its user panics.
struct Lent<'r> {
    connection: Option<Connection>,
    lasts: bool,
    readers: &'r Readers,
}

impl Lent<'_> {
    #[expect(clippy::expect_used, reason = "only drop takes it")]
    fn connection(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("lent until dropped")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        let _ = connection.progress_handler(0, None::<fn() -> bool>);
        if !connection.is_autocommit() {
            let _ = connection.execute_batch("ROLLBACK");
        }
        let mut pool = self.readers.lock();
        pool.free.push(connection);
        pool.lent -= 1;
        pool.lasting -= usize::from(self.lasts);
        drop(pool);
        self.readers.changed.notify_all();
    }
}
