//! Whose objects these are. A sweep deletes what no row of its own database names, so two installations must
//! never share a bucket and prefix: the first to come leaves its mark, and others are refused.
//!
//! The mark, written anew, also tells what time it is for the store. Its age is the only clock that objects and
//! sweep have in common; a node's own may be wrong.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use object_store::ObjectStoreExt;
use tokio::sync::Mutex;

use super::Bucket;
use crate::Error;

/// The key of the mark.
pub(super) const MARK: &str = "unlade-instance";

/// How long an answer is believed: whoever asks whether we are ready asks again and again.
const BELIEVED: Duration = Duration::from_secs(5);
/// How long the start of a node may take for it.
const CLAIMED_WITHIN: Duration = Duration::from_secs(15);
/// How long the one who asks is kept waiting.
const ASKED_MAX: Duration = Duration::from_secs(5);

/// Who is to be the owner, and when it was last so.
#[derive(Default)]
pub(super) struct Owner(Mutex<State>);

#[derive(Default)]
struct State {
    name: String,
    known: Option<(Instant, Result<(), String>)>,
}

impl Bucket {
    /// Takes the bucket for the installation `name`.
    pub(crate) async fn claim(&self, name: &str) -> Result<(), Error> {
        let mut state = self.0.owner.0.lock().await;
        name.clone_into(&mut state.name);
        let looked = tokio::time::timeout(CLAIMED_WITHIN, self.look(name)).await;
        looked.unwrap_or_else(|_| Err(Error::Slow(self.place(), MARK.to_owned())))
    }

    /// Why nothing can be kept or given now, if so.
    pub(crate) async fn health(&self) -> Result<(), String> {
        let mut state = self.0.owner.0.lock().await;
        if let Some((when, known)) = &state.known
            && when.elapsed() < BELIEVED
        {
            return known.clone();
        }
        let looked = tokio::time::timeout(ASKED_MAX, self.look(&state.name)).await;
        let known = match looked {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_) => Err(format!("{} does not answer", self.place())),
        };
        state.known = Some((Instant::now(), known.clone()));
        known
    }

    /// [`Bucket::health`], asked only if there is doubt.
    pub(crate) fn hindrance(&self) -> Option<String> {
        if !self.0.doubtful.load(Ordering::Relaxed) {
            return None;
        }
        let why = self.wait(self.health()).err();
        self.0.doubtful.store(why.is_some(), Ordering::Relaxed);
        why
    }

    /// What time it is for the store, whose owner we are.
    pub(crate) async fn now_ms(&self) -> Result<i64, Error> {
        let name = self.0.owner.0.lock().await.name.clone();
        self.look(&name).await?;
        self.leave_mark(&name).await?;
        Ok(self.head(MARK).await?.last_modified.timestamp_millis())
    }

    async fn look(&self, name: &str) -> Result<(), Error> {
        match self.mark().await {
            Err(error) if error.is_missing() => {
                self.leave_mark(name).await?;
                // Of two that come first, one reads the other's name.
                self.mark().await.and_then(|found| self.must_be(name, found))
            }
            found => self.must_be(name, found?),
        }
    }

    fn must_be(&self, name: &str, found: String) -> Result<(), Error> {
        if found == name {
            return Ok(());
        }
        Err(Error::Taken(format!("{}, prefix {:?}", self.place(), self.0.prefix.as_ref()), found))
    }

    async fn mark(&self) -> Result<String, Error> {
        let mark = self.key(MARK)?;
        let found = async { self.0.requests.get(&mark).await?.bytes().await };
        let found = self.told("get", MARK, found.await)?;
        Ok(String::from_utf8_lossy(&found).trim().to_owned())
    }

    async fn leave_mark(&self, name: &str) -> Result<(), Error> {
        let written = self.0.requests.put(&self.key(MARK)?, format!("{name}\n").into()).await;
        self.told("put", MARK, written).map(drop)
    }
}
