//! A key (or a user's name) that failed so many times in a row from one address is refused from there for a while.
//!
//! By address, so that nobody can lock out somebody else; also for keys that do not exist, so that a lock tells nobody
//! which do. Each node counts for itself: what is guessed at has 256 bits or a slow hash before it, and what a lock
//! saves is work.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use types::{Code, Fault, text};

use super::Source;

/// Failures that are remembered. Who fails with more names than that leaves others unlocked, so passwords, which can be
/// guessed, have a lockout of their own: each guess is a slow hash, and within a lock there is no time for so many.
const ENTRIES_MAX: usize = 10_000;

/// What failed, and from which network.
type Key = (String, IpAddr);

fn key(who: &str, source: IpAddr) -> Key {
    (who.to_owned(), Source(source).network())
}

/// Counts failures in a row.
pub(crate) struct Lockout {
    /// Failures that lock; 0 for none.
    failures_max: u32,
    lock: Duration,
    failures: Mutex<HashMap<Key, Failures>>,
}

struct Failures {
    count: u32,
    last: Instant,
}

impl Lockout {
    pub(crate) fn new(failures_max: u32, lock_seconds: u32) -> Self {
        let lock = Duration::from_secs(lock_seconds.into());
        Self { failures_max, lock, failures: Mutex::default() }
    }

    /// Refuses what is locked.
    pub(crate) fn refuse_locked(&self, who: &str, source: IpAddr) -> Result<(), Fault> {
        self.refuse_locked_at(who, source, Instant::now())
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, who: &str, source: IpAddr) {
        self.failed_at(who, source, Instant::now());
    }

    /// Forgets the failures before.
    pub(crate) fn succeeded(&self, who: &str, source: IpAddr) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if !failures.is_empty() {
            failures.remove(&key(who, source));
        }
    }

    fn refuse_locked_at(&self, who: &str, source: IpAddr, now: Instant) -> Result<(), Fault> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let locked = failures
            .get(&key(who, source))
            .filter(|failed| self.failures_max > 0 && failed.count >= self.failures_max)
            .and_then(|failed| self.lock.checked_sub(now.duration_since(failed.last)))
            .filter(|left| !left.is_zero());
        let Some(left) = locked else { return Ok(()) };
        let seconds = left.as_secs() + 1;
        let why = text!(
            "Locked after {count} failures in a row; try again in {seconds} s.",
            "连续失败{count}次后已锁定，请在{seconds}秒后重试。",
            count = self.failures_max
        );
        let fault = Fault::new(Code::Unauthenticated, why);
        Err(Fault { retry_after_seconds: Some(seconds as i64), ..fault })
    }

    fn failed_at(&self, who: &str, source: IpAddr, now: Instant) {
        if self.failures_max == 0 {
            return;
        }
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= ENTRIES_MAX {
            failures.retain(|_, failed| now.duration_since(failed.last) < self.lock);
        }
        if failures.len() >= ENTRIES_MAX {
            failures.retain(|_, failed| failed.count >= self.failures_max);
        }
        let full = failures.len() >= ENTRIES_MAX;
        let key = key(who, source);
        if full && !failures.contains_key(&key) {
            return;
        }
        let failed = failures.entry(key).or_insert(Failures { count: 0, last: now });
        // What lies behind the end of a lock, or longer back than one lasts, is over.
        if now.duration_since(failed.last) >= self.lock {
            failed.count = 0;
        }
        failed.count += 1;
        failed.last = now;
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn five_failures_in_a_row_lock_for_five_minutes_and_only_there() {
        let lockout = Lockout::new(5, 300);
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        for second in 0..5 {
            assert!(lockout.refuse_locked_at("A", HERE, after(second)).is_ok());
            lockout.failed_at("A", HERE, after(second));
        }
        let fault = lockout.refuse_locked_at("A", HERE, after(5)).unwrap_err();
        assert_eq!((fault.code, fault.retry_after_seconds), (Code::Unauthenticated, Some(300)));
        assert!(lockout.refuse_locked_at("A", THERE, after(5)).is_ok());
        assert!(lockout.refuse_locked_at("B", HERE, after(5)).is_ok());
        assert!(lockout.refuse_locked_at("A", HERE, after(303)).is_err());
        assert!(lockout.refuse_locked_at("A", HERE, after(304)).is_ok());
        // Then one more is the first of a new row.
        lockout.failed_at("A", HERE, after(305));
        assert!(lockout.refuse_locked_at("A", HERE, after(306)).is_ok());
    }

    #[test]
    fn whoever_has_a_network_of_ipv6_guesses_no_more_than_one_address() {
        let lockout = Lockout::new(2, 300);
        let now = Instant::now();
        for guess in ["2001:db8::1", "2001:db8::2:1"] {
            lockout.failed_at("A", guess.parse().unwrap(), now);
        }
        assert!(lockout.refuse_locked_at("A", "2001:db8::3".parse().unwrap(), now).is_err());
        assert!(lockout.refuse_locked_at("A", "2001:db8:0:1::1".parse().unwrap(), now).is_ok());
    }

    #[test]
    fn a_success_between_ends_the_row() {
        let lockout = Lockout::new(2, 300);
        let now = Instant::now();
        lockout.failed_at("A", HERE, now);
        lockout.succeeded("A", HERE);
        lockout.failed_at("A", HERE, now);
        assert!(lockout.refuse_locked_at("A", HERE, now).is_ok());
    }

    #[test]
    fn a_million_names_take_no_more_room_than_ten_thousand() {
        let lockout = Lockout::new(1, 300);
        let now = Instant::now();
        for name in 0..20_000 {
            lockout.failed_at(&name.to_string(), HERE, now);
        }
        assert_eq!(lockout.failures.lock().unwrap().len(), ENTRIES_MAX);
    }
}
