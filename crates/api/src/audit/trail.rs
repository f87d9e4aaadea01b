//! Where lines go: at once to the file, if there is one, and by a queue to the store. One task takes what has come
//! together within a moment and writes it in one unit of work, so that a busy server commits a few times a second for its
//! audit, however many calls it answers.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use store::{Store, audit::Line};
use tokio::{
    runtime::Handle,
    sync::{
        Notify,
        mpsc::{self, error::TrySendError},
    },
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::file::Appended;

/// How long the first of some lines waits for others.
const GATHER: Duration = Duration::from_millis(100);
/// Lines of one unit of work.
const TOGETHER_MAX: usize = 512;
/// Lines that wait; beyond that their requests do.
const WAITING_MAX: usize = 4096;
/// How long a request waits for a place in the queue before its line goes to the log instead.
const PLACE_MAX: Duration = Duration::from_secs(10);
/// Between two tries at a database that takes nothing for now.
const TRY_EVERY: Duration = Duration::from_secs(1);
/// Tries at a line that the database refuses for itself, and at any line once the server is to end.
const TRIES_MAX: u32 = 3;

/// Where what is done is told. Clones share it.
#[derive(Clone)]
pub struct Audit(Option<Arc<Trail>>);

struct Trail {
    store: Store,
    file: Option<Mutex<Appended>>,
    queue: mpsc::Sender<Line>,
    ending: Arc<Ending>,
    writer: Mutex<Option<JoinHandle<()>>>,
    runtime: Handle,
}

#[derive(Default)]
struct Ending {
    asked: AtomicBool,
    told: Notify,
}

impl Audit {
    /// Nothing is told.
    pub fn off() -> Self {
        Self(None)
    }

    /// Tells to `store` and, if it is named, to a file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn start(store: Store, file: Option<&Path>, runtime: &Handle) -> Result<Self, blob::Error> {
        let file = file.map(Appended::open).transpose()?.map(Mutex::new);
        let (queue, lines) = mpsc::channel(WAITING_MAX);
        let ending = Arc::new(Ending::default());
        let writer = Writer { store: store.clone(), lines, ending: ending.clone(), ended: false };
        let writer = Mutex::new(Some(runtime.spawn(writer.serve())));
        meter::AUDIT_LINES.add(["lost"], 0);
        meter::AUDIT_FILE_FAILURES.add([], 0);
        Ok(Self(Some(Arc::new(Trail { store, file, queue, ending, writer, runtime: runtime.clone() }))))
    }

    /// Takes no further line, and waits until those that it has are in the store.
    pub async fn end(&self) {
        let Some(trail) = &self.0 else { return };
        trail.ending.asked.store(true, Ordering::Release);
        trail.ending.told.notify_one();
        let writer = trail.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            let _ = writer.await;
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn store(&self) -> Option<&Store> {
        self.0.as_ref().map(|trail| &trail.store)
    }

    /// Tells a line; returns once it is in the file and in the queue.
    pub(super) async fn tell(&self, line: Line) {
        if let Some(waiting) = self.0.as_ref().and_then(|trail| trail.tell(line)) {
            let _ = waiting.await;
        }
    }

    /// [`Audit::tell`] for those who cannot wait.
    pub(super) fn tell_later(&self, line: Line) {
        drop(self.0.as_ref().and_then(|trail| trail.tell(line)));
    }
}

impl Trail {
    /// Tells a line. Where it has to wait for a place in the queue it does so in a task of its own, because a caller who
    /// goes away must not take it along.
    fn tell(&self, line: Line) -> Option<JoinHandle<()>> {
        if let Some(file) = &self.file {
            file.lock().unwrap_or_else(PoisonError::into_inner).append(&line.text);
        }
        match self.queue.try_send(line) {
            Ok(()) => None,
            Err(TrySendError::Closed(line)) => {
                lost(&[line], "the server ends");
                None
            }
            Err(TrySendError::Full(line)) => Some(self.runtime.spawn(place(self.queue.clone(), line))),
        }
    }
}

async fn place(queue: mpsc::Sender<Line>, line: Line) {
    match timeout(PLACE_MAX, queue.reserve()).await {
        Ok(Ok(place)) => place.send(line),
        Ok(Err(_)) => lost(&[line], "the server ends"),
        Err(_) => lost(&[line], "the queue to the database is full"),
    }
}

/// The last place where a line can stand is the log.
fn lost(lines: &[Line], why: &str) {
    meter::AUDIT_LINES.add(["lost"], lines.len() as u64);
    for line in lines {
        tracing::error!(line = line.text, why, "a line of the audit is not in the store");
    }
}

/// Who writes lines to the store.
struct Writer {
    store: Store,
    lines: mpsc::Receiver<Line>,
    ending: Arc<Ending>,
    ended: bool,
}

impl Writer {
    async fn serve(mut self) {
        loop {
            let mut together = Vec::new();
            self.gather(&mut together).await;
            if together.is_empty() {
                return;
            }
            self.keep(together.into()).await;
        }
    }

    /// Takes what comes within a moment after the first line; nothing once no line can come any more.
    async fn gather(&mut self, together: &mut Vec<Line>) {
        self.until_asked_to_end(together, None).await;
        if !self.ended && !together.is_empty() && together.len() < TOGETHER_MAX {
            self.until_asked_to_end(together, Some(GATHER)).await;
        }
        while self.ended && together.len() < TOGETHER_MAX {
            if self.lines.recv_many(together, TOGETHER_MAX - together.len()).await == 0 {
                break;
            }
        }
    }

    /// Takes one lot, or whatever comes within `most`. Asked to end, takes no line that is not in the queue yet.
    async fn until_asked_to_end(&mut self, together: &mut Vec<Line>, most: Option<Duration>) {
        if self.ended {
            return;
        }
        let Self { lines, ending, ended, .. } = self;
        let taking = async {
            match most {
                None => {
                    lines.recv_many(together, TOGETHER_MAX).await;
                }
                Some(most) => {
                    let full = async {
                        while together.len() < TOGETHER_MAX {
                            let room = TOGETHER_MAX - together.len();
                            if lines.recv_many(together, room).await == 0 {
                                break;
                            }
                        }
                    };
                    let _ = timeout(most, full).await;
                }
            }
        };
        tokio::select! {
            () = taking => {}
            () = ending.told.notified() => *ended = true,
        }
        if *ended {
            self.lines.close();
        }
    }

    /// Writes lines, for as long as it takes a database that is away to come back.
    async fn keep(&mut self, lines: Arc<[Line]>) {
        let mut tries = 0;
        loop {
            let error = match self.store.keep_audit(lines.clone()).await {
                Ok(()) => return meter::AUDIT_LINES.add(["stored"], lines.len() as u64),
                Err(error) => error,
            };
            let patient = (error.may_pass() || error.is_full()) && !self.ending.asked.load(Ordering::Acquire);
            tries += u32::from(!patient);
            if tries >= TRIES_MAX {
                return lost(&lines, &error.to_string());
            }
            tracing::warn!(%error, lines = lines.len(), "the audit waits for the database");
            sleep(TRY_EVERY).await;
        }
    }
}
