//! Passwords are slow to check, on purpose. So that strangers who try them take no more than a part of the machine, two
//! are at work at a time, few wait, and further ones are sent away.

use std::sync::Arc;

use store::identity::{User, hash_password, password_matches};
use tokio::sync::Semaphore;
use types::{Code, Fault};

use super::asked::Asked;
use crate::{Api, authenticate::Lockout, call::blocking, error::ApiError};

/// Hashes at work at a time: each has 19 MiB.
const AT_WORK: usize = 2;
/// Those that wait for their turn, with those at work: two seconds' worth.
const WAITING_MAX: usize = 64;

/// Turns to hash.
pub(crate) struct Passwords {
    lockout: Lockout,
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// Whose password is checked.
pub(super) enum Login {
    /// By name.
    Name(String),
    /// By id.
    Id(String),
}

impl Login {
    /// What is locked where nobody is known by it. A name and an id that are the same word lock each other no more than
    /// the name and the id of somebody who is known, or the lock would tell which names are.
    fn typed(&self) -> String {
        match self {
            Self::Name(name) => format!("name/{name}"),
            Self::Id(id) => format!("id/{id}"),
        }
    }
}

impl Passwords {
    /// Names that fail too often are locked by `lockout`.
    pub(crate) fn new(lockout: Lockout) -> Self {
        let (turns, places) = (Semaphore::new(AT_WORK), Semaphore::new(WAITING_MAX));
        Self { lockout, turns: Arc::new(turns), places: Arc::new(places) }
    }

    /// Works when it is its turn, unless by then it `may` no more.
    async fn hashing<T: Send + 'static>(
        &self,
        may: impl FnOnce() -> Result<(), Fault>,
        work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let many = || ApiError::from(Fault { retry_after_seconds: Some(1), ..Code::RateLimited.into() });
        let place = self.places.clone().try_acquire_owned().map_err(|_| many())?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| many())?;
        may()?;
        // Whoever goes away meanwhile leaves the thread at work, which keeps its turn.
        blocking(move || {
            let _held = (place, turn);
            work()
        })
        .await
    }

    /// The hash to be kept of a password.
    pub(super) async fn hash(&self, api: &Api, password: String) -> Result<String, ApiError> {
        let rng = api.store.context().rng.clone();
        self.hashing(|| Ok(()), move || Ok(hash_password(&*rng, &password)?)).await
    }

    /// The user whose password it is. An unknown name, a wrong password and a user who is disabled or has none get
    /// one answer, after the same time.
    pub(super) async fn check(
        &self,
        api: &Api,
        asked: &Asked,
        login: Login,
        password: String,
    ) -> Result<User, ApiError> {
        let typed = login.typed();
        let (name, id) = match login {
            Login::Name(name) => (Some(name), None),
            Login::Id(id) => (None, Some(id)),
        };
        let found = api.store.password_of(name, id).await?;
        let who = found.as_ref().map_or(typed, |(user, _)| user.user_id.clone());
        // At once, so that nobody waits for nothing, and at its turn, so that guesses that come together are no more.
        let unlocked = || self.lockout.refuse_locked(&who, asked.source);
        unlocked()?;
        let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
        // Counted before the turn is over, also for whoever goes away meanwhile.
        let (counts, source, guessed) = (api.clone(), asked.source, who.clone());
        let guess = move || {
            let right = password_matches(hash.as_deref(), &password);
            match right {
                true => counts.0.passwords.lockout.succeeded(&guessed, source),
                false => counts.0.passwords.lockout.failed(&guessed, source),
            }
            Ok(right)
        };
        let right = self.hashing(unlocked, guess).await?;
        user.filter(|_| right).ok_or_else(|| Code::IamUnauthorized.into())
    }
}
