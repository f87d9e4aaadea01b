//! Workers over a real store, on a clock of the test's own.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    time::{Duration, Instant},
};

use blob::Space;
use db::{Db, Options};
use domain::{Action, Caller, Clock, Limits, SystemRng, authorize, clock::ManualClock};
use store::{
    Context, MasterKey, Store, Vault,
    batch_tasks::{self, NewBatchTask, Targets},
    identity::Chosen,
    jobs::{ATTEMPTS_MAX, Claim},
};
use unlade_jobs::{Bell, Job, Lease, Stop, Term, Workers};

const PATIENCE: Duration = Duration::from_secs(60);

/// A job that says which attempt it is in and ends as the test says.
struct Told {
    store: Store,
    attempts: Sender<i64>,
    endings: Mutex<Receiver<Stop>>,
    /// How often it is still to say that it is hindered.
    hindered: AtomicU32,
}

impl Job for Told {
    const KIND: &'static str = batch_tasks::JOB;

    fn execute(&self, lease: &Lease) -> Result<(), Stop> {
        self.attempts.send(lease.claim.attempt).unwrap();
        Err(self.endings.lock().unwrap().recv().unwrap())
    }

    fn beat(&self, lease: &Lease, lease_until_ms: i64) -> Result<(), store::Error> {
        self.store.hold(&lease.claim, lease_until_ms)
    }

    fn give_up(&self, _: &Claim, _: String) -> Result<(), store::Error> {
        unreachable!("no Rescuer runs here")
    }

    fn hindrance(&self) -> Option<String> {
        let fewer =
            self.hindered.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        fewer.ok().map(|_| "the object store does not answer".to_owned())
    }
}

/// A store with one batch task, whose job waits.
fn store(directory: &tempfile::TempDir, clock: Arc<dyn Clock>) -> Store {
    let db = Db::open(&directory.path().join("test.db"), Options::default()).unwrap();
    let vault = Vault::new(MasterKey::random(&SystemRng), Vec::new());
    let context = Context::new(clock, Arc::new(SystemRng), Limits::default(), vault);
    let store = Store::open(db, context).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let project_id = runtime.block_on(store.bootstrap(Chosen::default())).unwrap().unwrap().project_id;
    let caller = Caller::root("user", project_id.as_str());
    let permit = authorize(caller, Action::BATCHTASKS_CREATE, &project_id, 0).unwrap();
    let targets = Targets::Given(vec!["a".into()]);
    let order = NewBatchTask::of("freezeDevices", "t", targets);
    runtime.block_on(store.batch_tasks().create(&permit, order)).unwrap();
    store
}

#[test]
fn a_job_that_finds_no_room_is_tried_again_and_loses_no_attempt() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(1_700_000_000_000));
    let store = store(&directory, clock.clone());
    let ((attempts, tried), (end, endings)) = (channel(), channel());
    let job =
        Arc::new(Told { store: store.clone(), attempts, endings: Mutex::new(endings), hindered: 0.into() });
    let (bell, space) = (Bell::default(), Space::of(directory.path().to_owned(), 0));
    let workers = Workers::start(&job, &store, &space, &bell, Term::default(), ("node", 1)).unwrap();
    for _ in 0..2 * ATTEMPTS_MAX {
        let begun = Instant::now();
        let attempt = loop {
            // Its pause is on our clock, and begins a moment after we have told it to end.
            match tried.recv_timeout(Duration::from_millis(5)) {
                Ok(attempt) => break attempt,
                Err(_) => assert!(begun.elapsed() < PATIENCE, "it was not tried again"),
            }
            clock.advance(10_000);
            bell.ring();
        };
        assert_eq!(attempt, 1);
        end.send(Stop::NoSpace("full".into())).unwrap();
    }
    bell.end();
    workers.join();
}

#[test]
fn a_job_that_nothing_can_be_done_for_is_not_begun_until_something_can() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(&directory, Arc::new(ManualClock::at(1_700_000_000_000)));
    let ((attempts, tried), (end, endings)) = (channel(), channel());
    let hindered = AtomicU32::new(2 * ATTEMPTS_MAX as u32);
    let job = Arc::new(Told { store: store.clone(), attempts, endings: Mutex::new(endings), hindered });
    let (bell, space) = (Bell::default(), Space::of(directory.path().to_owned(), 0));
    let workers = Workers::start(&job, &store, &space, &bell, Term::default(), ("node", 1)).unwrap();
    let begun = Instant::now();
    let attempt = loop {
        // Received before the look: a job that was begun in vain was so while something hindered it.
        let attempt = tried.try_recv();
        let is_hindered = job.hindered.load(Ordering::Relaxed) > 0;
        assert!((attempt.is_err() || !is_hindered) && begun.elapsed() < PATIENCE, "begun in vain");
        match attempt {
            Ok(attempt) => break attempt,
            Err(_) => bell.ring(),
        }
    };
    assert_eq!(attempt, 1, "no attempt was lost");
    end.send(Stop::Interrupted).unwrap();
    bell.end();
    workers.join();
}
