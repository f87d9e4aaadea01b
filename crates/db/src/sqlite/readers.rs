//! The pool of read connections. Who finds none free waits for one: the number of snapshots, and with it what
//! they keep from being checkpointed, is bounded.

use std::{
    path::Path,
    sync::{Condvar, Mutex, PoisonError},
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

pub(super) struct Readers {
    free: Mutex<Vec<Connection>>,
    returned: Condvar,
    snapshot_age_max: Duration,
}

impl Readers {
    pub(super) fn open(path: &Path, options: Options) -> Result<Self, Error> {
        let free = (0..options.readers.max(1)).map(|_| open_reader(path)).collect::<Result<_, _>>()?;
        Ok(Self {
            free: Mutex::new(free),
            returned: Condvar::new(),
            snapshot_age_max: options.snapshot_age_max,
        })
    }

    pub(super) fn read<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = self.take();
        self.read_on(connection, self.snapshot_age_max, work)
    }

    /// [`Readers::read`] that neither waits nor reads for longer than `most`.
    pub(super) fn read_within<T, E: From<Error>>(
        &self,
        most: Duration,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = self.take_within(most).ok_or(Error::Busy)?;
        self.read_on(connection, most, work)
    }

    fn read_on<T, E: From<Error>>(
        &self,
        connection: Connection,
        most: Duration,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lent = Lent { connection: Some(connection), readers: self };
        let connection = lent.connection();
        let deadline = Instant::now() + most;
        connection
            .progress_handler(STEPS_BETWEEN_LOOKS, Some(move || Instant::now() >= deadline))
            .map_err(Error::from)?;
        connection.execute_batch("BEGIN").map_err(Error::from)?;
        work(&mut SqliteTx(connection))
    }

    fn take(&self) -> Connection {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match free.pop() {
                Some(connection) => return connection,
                None => free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn take_within(&self, most: Duration) -> Option<Connection> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.returned.wait_timeout_while(free, most, |free| free.is_empty());
        waited.unwrap_or_else(PoisonError::into_inner).0.pop()
    }
}

/// A connection that goes back to the pool, its transaction ended, also when its user panics.
struct Lent<'r> {
    connection: Option<Connection>,
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
        self.readers.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        self.readers.returned.notify_one();
    }
}
