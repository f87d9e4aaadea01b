//! The right to go on. Confirmed by the database, doubted by the monotonic clock: a worker that was stopped
//! (SIGSTOP, a suspended machine) finds its lease stale when it wakes, before it asks anybody.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use store::jobs::Claim;

use crate::Bell;

/// How long a claim lasts without a heartbeat.
pub(crate) const LEASE_MS: i64 = 30_000;
/// How long a worker goes on without one: well before anybody else may claim.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(20);

/// Why a worker stops before its job is settled.
#[derive(Debug)]
pub enum Stop {
    /// The claim is somebody else's or nobody's: whatever was made is void.
    Lost,
    /// The process is to end: another attempt will do it.
    Interrupted,
    /// Something failed that may work later.
    Retry(String),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::LostClaim => Stop::Lost,
            other => Stop::Retry(other.to_string()),
        }
    }
}

/// A claim as its worker holds it.
pub struct Lease {
    /// The claim.
    pub claim: Claim,
    bell: Bell,
    confirmed: Mutex<Instant>,
    lost: AtomicBool,
    rows: AtomicI64,
    total: AtomicI64,
}

impl Lease {
    pub(crate) fn new(claim: Claim, bell: Bell, confirmed: Instant) -> Self {
        let confirmed = Mutex::new(confirmed);
        Self { claim, bell, confirmed, lost: false.into(), rows: 0.into(), total: 0.into() }
    }

    /// Whether the worker may go on. To be asked often: it costs two loads and a clock read.
    pub fn check(&self) -> Result<(), Stop> {
        let confirmed = *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        if self.lost.load(Ordering::Relaxed) || confirmed.elapsed() > CONFIRMED_WITHIN {
            return Err(Stop::Lost);
        }
        if self.bell.has_ended() {
            return Err(Stop::Interrupted);
        }
        Ok(())
    }

    /// Says how far the worker is; the heartbeat passes it on.
    pub fn progress(&self, rows: i64, total: i64) {
        self.rows.store(rows, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// How far the worker is: rows done, rows in all.
    pub fn far(&self) -> (i64, i64) {
        (self.rows.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// When a claim renewed at `now_ms` ends.
    pub fn until(now_ms: i64) -> i64 {
        now_ms + LEASE_MS
    }

    /// Records what a heartbeat or any other write under the claim that was begun at `begun` has answered.
    pub fn confirm<T>(&self, begun: Instant, answer: Result<T, store::Error>) -> Result<T, store::Error> {
        match &answer {
            Ok(_) => *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner) = begun,
            Err(store::Error::LostClaim) => self.lost.store(true, Ordering::Relaxed),
            // A database that does not answer confirms nothing; the clock decides.
            Err(_) => {}
        }
        answer
    }
}
