//! The right to go on. Confirmed by the database, doubted by the monotonic clock: a worker that was stopped
//! (SIGSTOP, a disk that hangs) finds its lease stale when it wakes, before it asks anybody. What that clock does
//! not see, such as a suspended machine, the claim's epoch does.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use blob::Space;
use store::jobs::{AHEAD_MAX_MS, Claim};

use crate::Bell;

/// How long a claim lasts without a heartbeat, and what follows from it.
#[derive(Clone, Copy, Debug)]
pub struct Term(Duration);

impl Term {
    /// With less, a machine that is merely busy would lose claims that it works on.
    pub const MIN: Duration = Duration::from_secs(3);

    /// With more, nobody would see the end of a dead worker; and half of what the queue believes.
    pub const MAX: Duration = Duration::from_millis(AHEAD_MAX_MS as u64 / 2);

    /// A term of this length, or of the nearest that makes sense.
    pub fn new(length: Duration) -> Self {
        Self(length.clamp(Self::MIN, Self::MAX))
    }

    /// When a claim renewed at `now_ms` ends.
    pub fn until(self, now_ms: i64) -> i64 {
        now_ms + self.0.as_millis() as i64
    }

    /// How long a worker goes on without a heartbeat: well before anybody else may claim.
    fn confirmed_within(self) -> Duration {
        self.0 * 2 / 3
    }

    /// How often a claim is renewed and progress shown.
    pub(crate) fn beat_every(self) -> Duration {
        self.0 / 30
    }
}

impl Default for Term {
    fn default() -> Self {
        Self(Duration::from_secs(30))
    }
}

/// Why a worker stops before its job is settled.
#[derive(Debug)]
pub enum Stop {
    /// The claim is somebody else's or nobody's: whatever was made is void.
    Lost,
    /// The process is to end: another attempt will do it.
    Interrupted,
    /// The disk has no room for it: it waits until there is, and the attempt does not count.
    NoSpace(String),
    /// Others wait for their turn: it goes on behind them, and the attempt does not count.
    Yielded,
    /// Something failed that may work later.
    Retry(String),
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::LostClaim => Stop::Lost,
            full if full.is_full() => Stop::NoSpace(full.to_string()),
            other => Stop::Retry(other.to_string()),
        }
    }
}

impl From<blob::Error> for Stop {
    fn from(error: blob::Error) -> Self {
        if error.is_full() { Stop::NoSpace(error.to_string()) } else { Stop::Retry(error.to_string()) }
    }
}

/// A claim as its worker holds it.
pub struct Lease {
    /// The claim.
    pub claim: Claim,
    /// How long it lasts.
    pub term: Term,
    bell: Bell,
    space: Space,
    confirmed: Mutex<Instant>,
    lost: AtomicBool,
    rows: AtomicI64,
    total: AtomicI64,
}

impl Lease {
    /// The lease of a claim that was asked for at `begun`.
    pub fn new(claim: Claim, term: Term, bell: Bell, space: Space, begun: Instant) -> Self {
        let confirmed = Mutex::new(begun);
        Self { claim, term, bell, space, confirmed, lost: false.into(), rows: 0.into(), total: 0.into() }
    }

    /// Whether the worker may go on. To be asked often: it costs a few loads and clock reads.
    pub fn check(&self) -> Result<(), Stop> {
        if self.is_lost() {
            return Err(Stop::Lost);
        }
        if self.bell.has_ended() {
            return Err(Stop::Interrupted);
        }
        if self.space.is_used_up() {
            return Err(Stop::NoSpace("what is left of the disk is for reading and deleting".to_owned()));
        }
        Ok(())
    }

    /// Lost is lost: the heartbeat of a process that wakes must not win back what its worker has slept through,
    /// or it would be chance whether the attempt goes on.
    pub(crate) fn is_lost(&self) -> bool {
        let confirmed = *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        if confirmed.elapsed() > self.term.confirmed_within() {
            self.lost.store(true, Ordering::Relaxed);
        }
        self.lost.load(Ordering::Relaxed)
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

    /// Records what a heartbeat or any other write under the claim that was begun at `begun` has answered.
    pub fn confirm<T>(&self, begun: Instant, answer: Result<T, store::Error>) -> Result<T, store::Error> {
        match &answer {
            // Too late is as good as never.
            Ok(_) if self.is_lost() => {}
            Ok(_) => {
                let mut confirmed = self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
                *confirmed = begun.max(*confirmed);
            }
            Err(store::Error::LostClaim) => self.lost.store(true, Ordering::Relaxed),
            // A database that does not answer confirms nothing; the clock decides.
            Err(_) => {}
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lease of 30 s that was last heard of `seconds` ago, on a disk that must keep `least` bytes.
    fn lease(seconds: u64, least: u64) -> Lease {
        let claim = Claim { job_id: "j".into(), project_id: "p".into(), epoch: 1, attempt: 1 };
        let begun = Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
        // The one file system that has no free byte on any machine.
        Lease::new(claim, Term::default(), Bell::default(), Space::of("/proc".into(), least), begun)
    }

    #[test]
    fn a_heartbeat_that_comes_in_time_keeps_the_lease() {
        let lease = lease(10, 0);
        lease.confirm(Instant::now(), Ok(())).unwrap();
        lease.check().unwrap();
    }

    #[test]
    fn a_heartbeat_after_the_sleep_does_not_win_the_lease_back() {
        let lease = lease(21, 0);
        lease.confirm(Instant::now(), Ok(())).unwrap();
        assert!(matches!(lease.check(), Err(Stop::Lost)));
    }

    #[test]
    fn what_was_begun_earlier_and_answered_later_does_not_age_the_lease() {
        let lease = lease(0, 0);
        lease.confirm(Instant::now().checked_sub(Duration::from_secs(21)).unwrap(), Ok(())).unwrap();
        lease.check().unwrap();
    }

    #[test]
    fn a_worker_stops_before_it_takes_the_last_of_the_disk() {
        assert!(matches!(lease(0, 1).check(), Err(Stop::NoSpace(_))));
        assert!(lease(0, 0).check().is_ok(), "whoever sets no minimum has none");
    }
}
