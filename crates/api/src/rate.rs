//! Request rates: of one user to one API, and of an account. Each is a bucket that holds one second's requests and fills
//! up evenly, kept as the one moment at which it is full again (GCRA). Each node counts for itself.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::http::request::Parts as Head;
use types::{Code, Fault, text};

use crate::Api;

/// What a bucket holds, in time: as much as comes in that.
const DEPTH: Duration = Duration::from_secs(1);
/// Buckets below which no look for full ones is worth it.
const BUCKETS_MIN: usize = 1024;

/// The name of the endpoint that a request came to, for who stands behind it.
#[derive(Clone, Copy)]
pub(crate) struct Operation(pub(crate) &'static str);

/// The rates in force, and who has used how much of them.
pub(crate) struct Rates {
    /// Requests a second of a user to an API; 0, any number.
    api: u32,
    /// Of an account.
    account: u32,
    /// No clock can bend this one.
    begun: Instant,
    buckets: Mutex<Buckets>,
}

/// When each bucket that is not full will be.
struct Buckets {
    full_at: HashMap<Key, Duration>,
    /// So many there must be before full ones are looked for again.
    look_at: usize,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    User(String, &'static str),
    Account(String),
}

/// One request more than the rate allows, and when the next will be within it.
#[derive(Debug, PartialEq, Eq)]
enum Over {
    Api(Duration),
    Account(Duration),
}

/// What a request has taken from its user's bucket; nothing where there is none.
#[must_use]
pub(crate) struct Taken(Option<Key>);

/// Lets a proven caller's request through as far as its own rate goes, or tells when to come again.
pub(crate) fn admit(api: &Api, user_id: &str, head: &Head) -> Result<Taken, Fault> {
    let rates = &api.0.rates;
    let operation = head.extensions.get().map_or("unknown", |Operation(name)| name);
    let taken = rates.admit(user_id, operation, rates.begun.elapsed());
    taken.map_err(|over| rates.refusal(&over))
}

/// The same as far as the account's rate goes, which only whoever belongs there may use up.
pub(crate) fn admit_to(api: &Api, taken: Taken, account_id: &str) -> Result<(), Fault> {
    let rates = &api.0.rates;
    let over = rates.admit_to(taken, account_id, rates.begun.elapsed());
    over.map_err(|over| rates.refusal(&over))
}

impl Rates {
    /// Requests a second; 0, any number.
    pub(crate) fn new(api: u32, account: u32) -> Self {
        let buckets = Buckets { full_at: HashMap::new(), look_at: BUCKETS_MIN };
        Self { api, account, begun: Instant::now(), buckets: Mutex::new(buckets) }
    }

    /// A request that is refused is not counted.
    fn admit(&self, user_id: &str, operation: &'static str, now: Duration) -> Result<Taken, Over> {
        let user = (self.api > 0).then(|| Key::User(user_id.to_owned(), operation));
        if let Some(key) = &user {
            self.locked().take(key, self.api, now).map_err(Over::Api)?;
        }
        Ok(Taken(user))
    }

    /// A request that is refused for the account's sake is not counted for its user either.
    fn admit_to(&self, Taken(user): Taken, account_id: &str, now: Duration) -> Result<(), Over> {
        if self.account == 0 {
            return Ok(());
        }
        let mut buckets = self.locked();
        buckets.take(&Key::Account(account_id.to_owned()), self.account, now).map_err(|wait| {
            if let Some(key) = user {
                buckets.give_back(&key, self.api);
            }
            Over::Account(wait)
        })
    }

    fn locked(&self) -> MutexGuard<'_, Buckets> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refusal(&self, over: &Over) -> Fault {
        let (code, wait, limit) = match over {
            Over::Api(wait) => (Code::RateLimited, wait, ("limits.api_requests_per_second", self.api)),
            Over::Account(wait) => {
                (Code::AccountRateLimited, wait, ("limits.account_requests_per_second", self.account))
            }
        };
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let (setting, limit) = limit;
        let fault = Fault::new(code, text!("limit {limit} ({setting}).", "上限为{limit}（{setting}）。"));
        Fault { retry_after_seconds: Some(i64::try_from(seconds.max(1)).unwrap_or(i64::MAX)), ..fault }
    }
}

impl Buckets {
    /// Takes one request from a bucket, or tells how long until there is one in it.
    fn take(&mut self, key: &Key, per_second: u32, now: Duration) -> Result<(), Duration> {
        let full_at = self.full_at.get(key).copied().unwrap_or_default().max(now);
        let after = full_at + Duration::from_secs(1) / per_second;
        let most = now + DEPTH;
        if after > most {
            return Err(after - most);
        }
        self.full_at.insert(key.clone(), after);
        self.forget_full(now);
        Ok(())
    }

    fn give_back(&mut self, key: &Key, per_second: u32) {
        if let Some(full_at) = self.full_at.get_mut(key) {
            *full_at = full_at.saturating_sub(Duration::from_secs(1) / per_second);
        }
    }

    /// A full bucket is none. Looked for each time that the number has doubled, so that each request pays little; what
    /// stays is what came within the last second.
    fn forget_full(&mut self, now: Duration) {
        if self.full_at.len() >= self.look_at {
            self.full_at.retain(|_, full_at| *full_at > now);
            self.look_at = (2 * self.full_at.len()).max(BUCKETS_MIN);
        }
    }
}

#[cfg(test)]
mod tests {
    use types::Language;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn admit(
        rates: &Rates,
        user: &str,
        account: &str,
        operation: &'static str,
        now: Duration,
    ) -> Result<(), Over> {
        let taken = rates.admit(user, operation, now)?;
        rates.admit_to(taken, account, now)
    }

    /// How many of a hundred requests at `now` are let through.
    fn admitted(rates: &Rates, user: &str, account: &str, operation: &'static str, now: Duration) -> usize {
        (0..100).filter(|_| admit(rates, user, account, operation, now).is_ok()).count()
    }

    #[test]
    fn a_second_s_requests_may_come_at_once_and_the_next_as_the_bucket_fills() {
        let rates = Rates::new(50, 0);
        assert_eq!(admitted(&rates, "u", "a", "list", 5 * MS), 50);
        assert_eq!(admit(&rates, "u", "a", "list", 5 * MS), Err(Over::Api(20 * MS)));
        assert_eq!(admit(&rates, "u", "a", "list", 24 * MS), Err(Over::Api(MS)));
        assert_eq!(admitted(&rates, "u", "a", "list", 25 * MS), 1);
        assert_eq!(admitted(&rates, "u", "a", "list", 525 * MS), 25);
        assert_eq!(admitted(&rates, "u", "a", "list", 60_000 * MS), 50, "a bucket holds no more than it can");
    }

    #[test]
    fn each_user_has_a_bucket_for_each_api_and_an_account_one_for_all() {
        let rates = Rates::new(50, 120);
        assert_eq!(admitted(&rates, "u", "a", "list", MS), 50);
        assert_eq!(admitted(&rates, "u", "a", "show", MS), 50);
        assert_eq!(admitted(&rates, "v", "a", "list", MS), 20);
        let over = admit(&rates, "v", "a", "list", MS).unwrap_err();
        assert!(matches!(over, Over::Account(_)), "{over:?}");
        assert_eq!(admitted(&rates, "w", "b", "list", MS), 50);
    }

    #[test]
    fn what_is_refused_is_not_counted() {
        let rates = Rates::new(50, 60);
        assert_eq!(admitted(&rates, "u", "a", "list", MS), 50);
        // Fifty were refused for the user's sake; the account has its ten left.
        assert_eq!(admitted(&rates, "v", "a", "list", MS), 10);
        // And ninety for the account's; the user has lost nothing by them.
        assert_eq!(admitted(&rates, "v", "b", "list", MS), 40);
    }

    #[test]
    fn who_is_turned_away_before_the_account_uses_up_nothing_but_their_own() {
        let rates = Rates::new(50, 10);
        assert_eq!((0..100).filter(|_| rates.admit("u", "list", MS).is_ok()).count(), 50);
        assert_eq!(admitted(&rates, "v", "a", "list", MS), 10);
    }

    #[test]
    fn many_users_leave_nothing_behind() {
        let rates = Rates::new(50, 100);
        for number in 0..100_000_u32 {
            let user = number.to_string();
            admit(&rates, &user, &user, "list", number * MS).unwrap();
        }
        assert!(rates.buckets.lock().unwrap().full_at.len() <= 2 * BUCKETS_MIN);
    }

    #[test]
    fn a_refusal_names_the_limit_and_when_to_come_again() {
        let rates = Rates::new(50, 100);
        let fault = rates.refusal(&Over::Account(MS));
        assert_eq!((fault.code, fault.retry_after_seconds), (Code::AccountRateLimited, Some(1)));
        assert!(fault.message(Language::English).contains("limit 100"));
        assert_eq!(rates.refusal(&Over::Api(1500 * MS)).retry_after_seconds, Some(2));
    }
}
