//! Threads that claim jobs of one kind and execute them, each job beside its own heartbeat.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use store::{Store, jobs::Claim};

use crate::{
    Bell,
    lease::{Lease, Stop, Term},
};

/// How long a worker waits for a ring before it looks by itself.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The pause before the n-th attempt is n squared times this.
const BACKOFF_MS: i64 = 1_000;

/// A kind of job.
pub trait Job: Send + Sync + 'static {
    /// Its name in the queue.
    const KIND: &'static str;

    /// Does the job and settles it, in the unit of work that makes its effect seen.
    fn execute(&self, lease: &Lease) -> Result<(), Stop>;

    /// Renews the claim until `lease_until_ms` and shows how far the job is.
    fn beat(&self, lease: &Lease, lease_until_ms: i64) -> Result<(), store::Error>;

    /// Settles a job that was tried too often.
    fn give_up(&self, claim: &Claim, reason: String) -> Result<(), store::Error>;
}

/// The workers of one kind.
pub struct Workers(Vec<JoinHandle<()>>);

impl Workers {
    /// Starts `count` workers whose claims last for `term`; with none, jobs wait.
    pub fn start<J: Job>(
        job: &Arc<J>,
        store: &Store,
        bell: &Bell,
        term: Term,
        count: usize,
    ) -> std::io::Result<Self> {
        let threads = (0..count).map(|number| {
            let worker = Worker { job: job.clone(), store: store.clone(), bell: bell.clone(), term };
            let name = format!("{}-{number}", J::KIND);
            std::thread::Builder::new().name(name.clone()).spawn(move || worker.serve(&name))
        });
        Ok(Self(threads.collect::<Result<_, _>>()?))
    }

    /// Waits for the workers after [`Bell::end`].
    pub fn join(self) {
        for thread in self.0 {
            let _ = thread.join();
        }
    }
}

struct Worker<J> {
    job: Arc<J>,
    store: Store,
    bell: Bell,
    term: Term,
}

impl<J: Job> Worker<J> {
    fn serve(&self, name: &str) {
        while !self.bell.has_ended() {
            let heard = self.bell.rings();
            let begun = Instant::now();
            match self.store.claim(J::KIND, name.to_owned(), self.term.until(self.store.now_ms())) {
                Ok(Some(claim)) => self.work(claim, begun),
                Ok(None) => self.bell.wait(heard, LOOK_EVERY),
                Err(error) => {
                    tracing::error!(kind = J::KIND, %error, "cannot claim");
                    self.bell.wait(heard, LOOK_EVERY);
                }
            }
        }
    }

    fn work(&self, claim: Claim, begun: Instant) {
        let lease = Lease::new(claim, self.term, self.bell.clone(), begun);
        let claim = &lease.claim;
        tracing::info!(
            kind = J::KIND,
            job = claim.job_id,
            epoch = claim.epoch,
            attempt = claim.attempt,
            "claimed"
        );
        let ended = catch_unwind(AssertUnwindSafe(|| self.beside_a_heartbeat(&lease)))
            .unwrap_or_else(|_| Err(Stop::Retry("the worker panicked".to_owned())));
        let answer = match &ended {
            Ok(()) => Ok(()),
            Err(Stop::Lost) => {
                tracing::warn!(kind = J::KIND, job = claim.job_id, epoch = claim.epoch, "lost the claim");
                Ok(())
            }
            Err(Stop::Interrupted) => self.store.release(claim, self.store.now_ms(), None),
            Err(Stop::Retry(reason)) => {
                tracing::warn!(
                    kind = J::KIND,
                    job = claim.job_id,
                    attempt = claim.attempt,
                    reason,
                    "will retry"
                );
                let pause = BACKOFF_MS * claim.attempt * claim.attempt;
                self.store.release(claim, self.store.now_ms() + pause, Some(reason.clone()))
            }
        };
        match answer {
            Ok(()) => tracing::info!(kind = J::KIND, job = claim.job_id, settled = ended.is_ok(), "ended"),
            Err(error) => tracing::warn!(kind = J::KIND, job = claim.job_id, %error, "cannot release"),
        }
    }

    fn beside_a_heartbeat(&self, lease: &Lease) -> Result<(), Stop> {
        let (done, ended) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let pause = self.term.beat_every();
                while ended.recv_timeout(pause) == Err(mpsc::RecvTimeoutError::Timeout) && !lease.is_lost() {
                    let begun = Instant::now();
                    let answer = self.job.beat(lease, self.term.until(self.store.now_ms()));
                    if let Err(error) = lease.confirm(begun, answer) {
                        tracing::warn!(kind = J::KIND, job = lease.claim.job_id, %error, "heartbeat");
                    }
                }
            });
            // Dropped whether the job ends or panics, so that the heartbeat ends and the scope can.
            let _done = done;
            self.job.execute(lease)
        })
    }
}
