//! The maintenance agents. The Rescuer ends jobs that were tried too often, so that none holds a slot for ever;
//! the Waker puts the jobs of batch tasks that are due into the queue; the Pruner removes what nothing refers to any more.

use std::{
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use blob::{Blobs, Listed};
use domain::Retention;
use futures_util::StreamExt;
use store::Store;
use tokio::runtime::Handle;

use crate::{Bell, Job, steady::Steady};

const RESCUE_EVERY: Duration = Duration::from_secs(2);
const PRUNE_EVERY: Duration = Duration::from_secs(10);
/// The others wait meanwhile.
const PRUNE_MAX: Duration = Duration::from_secs(1);
const RETIRE_EVERY: Duration = Duration::from_secs(600);
const TRIM_EVERY: Duration = Duration::from_secs(600);
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// Gives up what was tried too often of one kind; answers whether there was anything.
pub type Rescue = Box<dyn Fn(&Store) -> Result<bool, store::Error> + Send>;

/// The agents' thread.
pub struct Agents(JoinHandle<()>);

impl Agents {
    /// Starts the agents, before any worker and any call: what lies unrecorded where nobody else publishes was left
    /// by an earlier process and is swept at once. Later, and elsewhere, an object that no row names is swept when it
    /// is older than `sweep_age`, which is more than any attempt may take. The first bell is theirs, the second rings the
    /// workers of batch tasks.
    pub fn start(
        store: Store,
        blobs: Blobs,
        (bell, batches): (Bell, Bell),
        rescues: Vec<Rescue>,
        retention: Retention,
        sweep_age: Duration,
        runtime: Handle,
    ) -> std::io::Result<Self> {
        let left_over = Vec::new();
        let mut agents =
            Running { store, blobs, bell, batches, rescues, retention, sweep_age, runtime, left_over };
        if agents.blobs.is_private() {
            logged("sweep", agents.look_for_left_over());
        }
        std::thread::Builder::new().name("agents".into()).spawn(move || agents.serve()).map(Self)
    }

    /// The rescue of one kind of job.
    pub fn rescue<J: Job>(job: Arc<J>) -> Rescue {
        Box::new(move |store| {
            let Some((claim, reason)) = store.claim_exhausted(J::KIND)? else { return Ok(false) };
            tracing::warn!(kind = J::KIND, job = claim.job_id, reason, "given up");
            job.give_up(&claim, reason)?;
            meter::GIVEN_UP.add([J::KIND], 1);
            Ok(true)
        })
    }

    /// Waits for the agents after [`Bell::end`].
    pub fn join(self) {
        let _ = self.0.join();
    }
}

struct Running {
    store: Store,
    blobs: Blobs,
    bell: Bell,
    batches: Bell,
    rescues: Vec<Rescue>,
    retention: Retention,
    sweep_age: Duration,
    runtime: Handle,
    /// What an earlier process left unrecorded.
    left_over: Vec<String>,
}

impl Running {
    fn serve(&self) {
        let (mut prune, mut sweep, mut retire) =
            (Every::new(PRUNE_EVERY), Every::new(SWEEP_EVERY.min(self.sweep_age)), Every::new(RETIRE_EVERY));
        let mut trim = Every::new(TRIM_EVERY);
        let mut steady = Steady::default();
        logged("sweep", self.sweep_at_start());
        while !self.bell.has_ended() {
            let believed_ms = steady.look(self.store.now_ms(), Instant::now());
            for rescue in &self.rescues {
                while logged("rescue", rescue(&self.store)) == Some(true) {}
            }
            if matches!(logged("waker", self.store.wake_due_tasks()), Some(1..)) {
                self.batches.ring();
            }
            // What goes for its age waits until the clock that tells it is believed.
            if let Some(now_ms) = believed_ms
                && retire.is_due()
            {
                logged("retire", self.retire(now_ms));
            }
            // What goes for its number needs no clock.
            if self.retention.audit_rows > 0 && trim.is_due() {
                logged("trim", self.trim());
            }
            // A bucket has a clock of its own.
            if (believed_ms.is_some() || !self.blobs.is_private()) && sweep.is_due() {
                logged("sweep", self.sweep(believed_ms));
            }
            if prune.is_due() {
                let left = logged("prune", self.prune(steady.has_jumped()));
                prune.last = prune.last.filter(|_| left != Some(true));
            }
            let rung = self.bell.rings();
            self.bell.wait(rung, RESCUE_EVERY);
        }
    }

    /// Removes what is older than the operator wants to keep.
    fn retire(&self, now_ms: i64) -> Result<(), store::Error> {
        while !self.bell.has_ended() {
            let retired = self.store.retire(&self.retention, now_ms)?;
            if !retired.is_any() {
                break;
            }
            let store::Retired { batch_tasks, export_tasks, audit_lines } = retired;
            tracing::info!(batch_tasks, export_tasks, audit_lines, "removed for their age");
        }
        Ok(())
    }

    /// Removes lines of the audit beyond their number.
    fn trim(&self) -> Result<(), store::Error> {
        while !self.bell.has_ended() && self.store.trim_audit(self.retention.audit_rows)? > 0 {}
        Ok(())
    }

    /// For a while, so that whoever is to be woken is; answers whether there may be more. Beside a clock that was seen to
    /// jump, only what was deleted goes.
    fn prune(&self, is_clock_doubtful: bool) -> Result<bool, String> {
        let begun = Instant::now();
        let goes_on = || !self.bell.has_ended() && begun.elapsed() < PRUNE_MAX;
        let slice = || if is_clock_doubtful { self.store.prune_doomed() } else { self.store.prune() };
        while slice().map_err(|error| error.to_string())? {
            if !goes_on() {
                return Ok(true);
            }
        }
        loop {
            let mut garbage = self.store.garbage().map_err(|error| error.to_string())?;
            if garbage.is_empty() {
                return Ok(false);
            }
            let mut failure = None;
            garbage.retain(|key| match goes_on().then(|| self.runtime.block_on(self.blobs.delete(key))) {
                Some(Ok(())) => true,
                None => false,
                Some(Err(error)) => {
                    // One that cannot be deleted must not keep the others.
                    failure = Some(format!("{key}: {error}"));
                    false
                }
            });
            self.store.garbage_gone(garbage).map_err(|error| error.to_string())?;
            match failure {
                Some(failure) => return Err(failure),
                None if goes_on() => {}
                None => return Ok(true),
            }
        }
    }

    /// Looks before this process publishes anything, so that no clock has to tell what is whose: a process that
    /// was killed is often replaced within a second.
    fn look_for_left_over(&mut self) -> Result<(), String> {
        let mut left_over = Vec::new();
        let looked = self.each_unrecorded(|object| {
            left_over.push(object.key);
            Ok(())
        });
        self.left_over = left_over;
        looked
    }

    fn sweep_at_start(&self) -> Result<(), String> {
        self.left_over.iter().try_for_each(|key| self.delete_unrecorded(key))
    }

    /// Later, what is not recorded may yet be: a worker publishes the object before its row. Its age tells that of
    /// an upload, the queue that of an export.
    fn sweep(&self, believed_ms: Option<i64>) -> Result<(), String> {
        let theirs_ms = self.runtime.block_on(self.blobs.now_ms()).map_err(|error| error.to_string())?;
        let Some(now_ms) = theirs_ms.or(believed_ms) else { return Ok(()) };
        let before = now_ms - self.sweep_age.as_millis() as i64;
        self.each_unrecorded(|object| {
            let is_old = object.published_ms < before;
            if is_old && !self.store.object_may_count(&object.key).map_err(|error| error.to_string())? {
                self.delete_unrecorded(&object.key)?;
            }
            Ok(())
        })
    }

    /// Objects without a row, as they are found: there may be more objects than memory holds names of.
    fn each_unrecorded(&self, mut each: impl FnMut(Listed) -> Result<(), String>) -> Result<(), String> {
        let mut objects = self.blobs.list();
        while let Some(object) = self.runtime.block_on(objects.next()) {
            let object = object.map_err(|error| error.to_string())?;
            if self.bell.has_ended() {
                break;
            }
            if !self.store.object_is_recorded(&object.key).map_err(|error| error.to_string())? {
                each(object)?;
            }
        }
        Ok(())
    }

    fn delete_unrecorded(&self, key: &str) -> Result<(), String> {
        tracing::info!(object = key, "swept");
        self.runtime.block_on(self.blobs.delete(key)).map_err(|error| error.to_string())
    }
}

/// Something that is done again and again, with a pause.
struct Every {
    pause: Duration,
    last: Option<Instant>,
}

impl Every {
    fn new(pause: Duration) -> Self {
        Self { pause, last: None }
    }

    /// Whether it is to be done, which then counts as done.
    fn is_due(&mut self) -> bool {
        let due = self.last.is_none_or(|at| at.elapsed() >= self.pause);
        if due {
            self.last = Some(Instant::now());
        }
        due
    }
}

fn logged<T, E: std::fmt::Display>(agent: &'static str, answer: Result<T, E>) -> Option<T> {
    answer.map_err(|error| tracing::error!(agent, %error, "agent failed")).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::{Limits, SystemClock, SystemRng};
    use store::{Context, MasterKey, Vault};

    use super::*;

    /// Agents over an empty store, with objects in `blobs`.
    fn agents(directory: &std::path::Path, blobs: Blobs, sweep_age: Duration, runtime: Handle) -> Running {
        let vault = Vault::new(MasterKey::random(&SystemRng), Vec::new());
        let context = Context::new(Arc::new(SystemClock), Arc::new(SystemRng), Limits::default(), vault);
        let db = db::Db::open(&directory.join("test.db"), db::Options::default()).unwrap();
        let (store, bell) = (Store::open(db, context).unwrap(), Bell::default());
        let (rescues, retention, left_over) = (Vec::new(), Retention::default(), Vec::new());
        let batches = Bell::default();
        Running { store, blobs, bell, batches, rescues, retention, sweep_age, runtime, left_over }
    }

    impl Running {
        fn keys(&self) -> Vec<String> {
            self.runtime.block_on(self.blobs.list().map(|object| object.unwrap().key).collect())
        }
    }

    #[test]
    fn at_the_start_goes_what_was_left_over_and_not_what_is_published_since() {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let blobs = Blobs::open(dir.path()).unwrap();
        let publish = |key: &str| blobs.publish(blobs.stage().unwrap(), key).unwrap();
        publish("exports/killed-a-moment-ago/1.zip");
        let mut agents = agents(dir.path(), blobs.clone(), Duration::from_secs(60), runtime.handle().clone());
        agents.look_for_left_over().unwrap();
        publish("exports/not-recorded-yet/1.zip");
        agents.sweep_at_start().unwrap();
        assert_eq!(agents.keys(), ["exports/not-recorded-yet/1.zip"]);
    }

    #[test]
    fn what_nodes_share_is_swept_by_the_clock_of_the_store_whatever_the_node_s_says() {
        let Ok(endpoint) = std::env::var("UNLADE_TEST_S3") else {
            println!("skipped: UNLADE_TEST_S3 names no S3-compatible store");
            return;
        };
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let bucket = format!("agents-{}", std::process::id());
        make_bucket(&endpoint, &bucket);
        let (access_key_id, secret_access_key) = ("an-id".to_owned(), "a-secret".to_owned());
        let options = blob::BucketOptions {
            bucket,
            endpoint,
            access_key_id,
            secret_access_key,
            path_style: true,
            ..blob::BucketOptions::default()
        };
        let blobs = Blobs::in_bucket(dir.path(), options, runtime.handle().clone()).unwrap();
        blobs.publish(blobs.stage().unwrap(), "exports/unrecorded/1.zip").unwrap();
        let mut agents = agents(dir.path(), blobs, Duration::from_secs(60), runtime.handle().clone());
        runtime.block_on(agents.blobs.claim("one")).unwrap();
        // The node's own clock is a year ahead.
        agents.sweep(Some(agents.store.now_ms() + 365 * 86_400_000)).unwrap();
        assert_eq!(agents.keys(), ["exports/unrecorded/1.zip"]);
        agents.sweep_age = Duration::ZERO;
        let begun = Instant::now();
        while !agents.keys().is_empty() {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "it is never older than the second of its making"
            );
            agents.sweep(None).unwrap();
        }
    }

    fn make_bucket(endpoint: &str, bucket: &str) {
        use std::io::{Read, Write};
        let address = endpoint.strip_prefix("http://").unwrap();
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let head =
            format!("PUT /{bucket} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\nConnection: close");
        // A store that knows many services is told by the name in it which one is meant.
        let name = "Authorization: AWS4-HMAC-SHA256 Credential=an-id/20300101/us-east-1/s3/aws4_request";
        write!(stream, "{head}\r\n{name}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}
