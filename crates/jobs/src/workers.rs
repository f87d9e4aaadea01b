//! Threads that claim jobs of one kind and execute them, each job beside its own heartbeat.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use blob::Space;
use store::{
    Store,
    jobs::{Claim, Priority},
};

use crate::{
    Bell,
    lease::{Lease, Stop, Term},
};

/// How long a worker waits for a ring before it looks by itself.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The pause before the n-th attempt is n squared times this.
const BACKOFF_MS: i64 = 1_000;
/// The pause of a job that found no room on the disk: one that needs more than there will ever be fills it no
/// more often than this.
const NO_SPACE_MS: i64 = 30_000;

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

    /// Why every attempt would be in vain now, if so: then none is begun, for attempts are counted.
    fn hindrance(&self) -> Option<String> {
        None
    }

    /// Which jobs of this kind go first.
    fn priority(&self) -> Priority {
        Priority::default()
    }
}

/// The workers of one kind.
pub struct Workers(Vec<JoinHandle<()>>);

impl Workers {
    /// Starts `count` workers of `node` whose claims last for `term`; with none, jobs wait.
    pub fn start<J: Job>(
        job: &Arc<J>,
        store: &Store,
        space: &Space,
        bell: &Bell,
        term: Term,
        (node, count): (&str, usize),
    ) -> std::io::Result<Self> {
        count_from_zero(J::KIND);
        let threads = (0..count).map(|number| {
            let (store, space, bell) = (store.clone(), space.clone(), bell.clone());
            let worker = Worker { job: job.clone(), store, space, bell, term, node: node.to_owned() };
            std::thread::Builder::new().name(format!("{}-{number}", J::KIND)).spawn(move || worker.serve())
        });
        Ok(Self(threads.collect::<Result<_, _>>()?))
    }

    /// Whether all workers are gone, as they are some time after [`Bell::close`].
    pub fn have_ended(&self) -> bool {
        self.0.iter().all(JoinHandle::is_finished)
    }

    /// Waits for the workers after [`Bell::end`].
    pub fn join(self) {
        for thread in self.0 {
            let _ = thread.join();
        }
    }
}

/// Without this the first lost claim would be a series that appears at 1, and no increase.
fn count_from_zero(kind: &'static str) {
    for counter in [&meter::CLAIMS, &meter::RESUMES, &meter::GIVEN_UP] {
        counter.add([kind], 0);
    }
    for outcome in OUTCOMES {
        meter::ATTEMPTS.add([kind, outcome], 0);
    }
}

const OUTCOMES: [&str; 6] = ["settled", "lost", "interrupted", "no_space", "yielded", "failed"];

fn outcome(ended: &Result<(), Stop>) -> &'static str {
    let [settled, lost, interrupted, no_space, yielded, failed] = OUTCOMES;
    match ended {
        Ok(()) => settled,
        Err(Stop::Lost) => lost,
        Err(Stop::Interrupted) => interrupted,
        Err(Stop::NoSpace(_)) => no_space,
        Err(Stop::Yielded) => yielded,
        Err(Stop::Retry(_)) => failed,
    }
}

struct Worker<J> {
    job: Arc<J>,
    store: Store,
    space: Space,
    bell: Bell,
    term: Term,
    node: String,
}

impl<J: Job> Worker<J> {
    fn serve(&self) {
        let (mut hindered, priority) = (false, self.job.priority());
        while !self.bell.is_closing() {
            let heard = self.bell.rings();
            let hindrance = self.job.hindrance();
            if let Some(why) = hindrance.as_ref().filter(|_| !hindered) {
                tracing::warn!(kind = J::KIND, why, "waiting");
            }
            hindered = hindrance.is_some();
            if hindered || self.space.short().is_some() {
                self.bell.wait(heard, LOOK_EVERY);
                continue;
            }
            let begun = Instant::now();
            let until_ms = self.term.until(self.store.now_ms());
            match self.store.claim_by(&priority, J::KIND, self.node.clone(), until_ms) {
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
        let Claim { job_id, epoch, attempt, .. } = &claim;
        // At the level of errors, so that every event within says which job it is about.
        let span = tracing::error_span!("job", kind = J::KIND, job = job_id, epoch);
        let _within = span.enter();
        tracing::info!(attempt, "claimed");
        meter::CLAIMS.add([J::KIND], 1);
        meter::RESUMES.add([J::KIND], u64::from(*epoch > 1));
        let lease = Lease::new(claim, self.term, self.bell.clone(), self.space.clone(), begun);
        let ended = catch_unwind(AssertUnwindSafe(|| self.beside_a_heartbeat(&lease)))
            .unwrap_or_else(|_| Err(Stop::Retry("the worker panicked".to_owned())));
        meter::ATTEMPTS.add([J::KIND, outcome(&ended)], 1);
        match self.give_back(&lease.claim, &ended) {
            Ok(()) => tracing::info!(outcome = outcome(&ended), "ended"),
            Err(error) => tracing::warn!(%error, "cannot release"),
        }
    }

    /// Puts a job that is not settled back into the queue, if it is still ours.
    fn give_back(&self, claim: &Claim, ended: &Result<(), Stop>) -> Result<(), store::Error> {
        let now = self.store.now_ms();
        match ended {
            Ok(()) => Ok(()),
            Err(Stop::Lost) => {
                tracing::warn!("lost the claim");
                Ok(())
            }
            // Those that have not been begun are due since 0, and so before it.
            Err(Stop::Interrupted | Stop::Yielded) => self.store.release(claim, now, None),
            Err(Stop::NoSpace(reason)) => {
                tracing::warn!(reason, "no space, will wait for some");
                self.store.release(claim, now + NO_SPACE_MS, None)
            }
            Err(Stop::Retry(reason)) => {
                tracing::warn!(attempt = claim.attempt, reason, "will retry");
                let pause = BACKOFF_MS * claim.attempt * claim.attempt;
                self.store.release(claim, now + pause, Some(reason.clone()))
            }
        }
    }

    fn beside_a_heartbeat(&self, lease: &Lease) -> Result<(), Stop> {
        let (done, ended) = mpsc::channel::<()>();
        let span = tracing::Span::current();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let _within = span.enter();
                let pause = self.term.beat_every();
                while ended.recv_timeout(pause) == Err(mpsc::RecvTimeoutError::Timeout) && !lease.is_lost() {
                    let begun = Instant::now();
                    let answer = self.job.beat(lease, self.term.until(self.store.now_ms()));
                    if let Err(error) = lease.confirm(begun, answer) {
                        tracing::warn!(%error, "heartbeat");
                    }
                }
            });
            // Dropped whether the job ends or panics, so that the heartbeat ends and the scope can.
            let _done = done;
            self.job.execute(lease)
        })
    }
}
