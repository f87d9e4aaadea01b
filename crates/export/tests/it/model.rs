//! The rules of export tasks, as small as they can be said: what the server must do, without how. Each method
//! is one thing that happens; the rule that it follows stands above it.

use std::collections::{BTreeMap, BTreeSet};

use types::{Code, Language};

/// The n-th export task that was ever created, counted from 0.
pub(crate) type Number = usize;

/// The numbers in the rules.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// 50
    pub(crate) kept: usize,
    /// 5
    pub(crate) unfinished: usize,
    /// 30 s
    pub(crate) interval_ms: i64,
    /// A claim lasts this long.
    pub(crate) term_ms: i64,
    /// No claim and no pause ends further ahead than this.
    pub(crate) ahead_ms: i64,
    /// A job is tried this often.
    pub(crate) attempts: i64,
}

impl Rules {
    /// Written before the clock was put back: else it would end sooner.
    fn is_unbelievable(&self, at_ms: i64, now_ms: i64) -> bool {
        at_ms > now_ms + self.ahead_ms
    }

    /// Whether nobody's claim on a job lasts.
    fn is_over(&self, job: &Job, now_ms: i64) -> bool {
        job.lease_until_ms < now_ms || self.is_unbelievable(job.lease_until_ms, now_ms)
    }
}

/// What an export is about. GLOBAL with an app named beside it is GLOBAL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Condition {
    pub(crate) user: usize,
    pub(crate) batch: usize,
    pub(crate) only_app: Option<usize>,
}

/// What a file says: the same batch task in the same state in the same language is the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Content {
    pub(crate) batch: usize,
    pub(crate) version: i64,
    pub(crate) chinese: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Unfinished,
    Success,
    Failed,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    pub(crate) number: Number,
    pub(crate) condition: Condition,
    pub(crate) language: Language,
    pub(crate) state: State,
}

/// The one file of a condition, and which attempt of which task made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) made_by: Number,
    pub(crate) epoch: i64,
    pub(crate) content: Content,
}

/// The right to work on a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) task: Number,
    pub(crate) epoch: i64,
    pub(crate) attempt: i64,
}

/// What an attempt has come to, before it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Made(Content),
    Failed,
}

/// Somebody else holds the claim, or nobody: nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lost;

#[derive(Clone, Copy, Debug)]
struct Job {
    task: Number,
    epoch: i64,
    attempts: i64,
    due_ms: i64,
    lease_until_ms: i64,
}

#[derive(Clone, Copy, Debug)]
struct Batch {
    app: usize,
    version: i64,
    last_version: i64,
}

/// Everything that can be asked about.
pub(crate) struct Model {
    rules: Rules,
    now_ms: i64,
    created: Number,
    /// Oldest first.
    tasks: Vec<Task>,
    jobs: Vec<Job>,
    files: BTreeMap<Condition, File>,
    /// Files that are laid down and that no task has: of attempts that are not settled, or were overtaken.
    loose: BTreeSet<(Number, i64)>,
    downloads: BTreeMap<usize, i64>,
    /// `None` once deleted.
    batches: Vec<Option<Batch>>,
}

impl Model {
    /// A world with one batch task for each of `apps`, and nothing exported.
    pub(crate) fn new(rules: Rules, now_ms: i64, apps: &[usize], last_version: i64) -> Self {
        let batches = apps.iter().map(|app| Some(Batch { app: *app, version: 0, last_version })).collect();
        Self {
            rules,
            now_ms,
            batches,
            created: 0,
            tasks: Vec::new(),
            jobs: Vec::new(),
            files: BTreeMap::new(),
            loose: BTreeSet::new(),
            downloads: BTreeMap::new(),
        }
    }

    /// "A user can have 5 unfinished export tasks. 50 are kept; creating the 51st deletes the oldest." The 5 are
    /// asked first, so a refused order deletes nothing.
    pub(crate) fn create(&mut self, condition: Condition, language: Language) -> Result<Number, Code> {
        let batch = self.batches[condition.batch].ok_or(Code::ExportSourceMissing)?;
        if condition.only_app.is_some_and(|app| app != batch.app) {
            return Err(Code::ExportSourceMissing);
        }
        let mut own = self.tasks.iter().filter(|task| task.condition.user == condition.user);
        if own.clone().filter(|task| task.state == State::Unfinished).count() >= self.rules.unfinished {
            return Err(Code::ExportTasksUnfinished);
        }
        let beyond = (own.clone().count() + 1).saturating_sub(self.rules.kept);
        let oldest = if beyond > 0 { own.next().map(|task| task.number) } else { None };
        let number = self.created;
        self.created += 1;
        self.tasks.push(Task { number, condition, language, state: State::Unfinished });
        self.jobs.push(Job { task: number, epoch: 0, attempts: 0, due_ms: 0, lease_until_ms: 0 });
        if let Some(oldest) = oldest {
            self.remove(oldest);
        }
        Ok(number)
    }

    /// A deleted task is gone, whatever it was doing.
    pub(crate) fn delete(&mut self, number: Number) -> Result<(), Code> {
        self.task(number).ok_or(Code::ExportTaskMissing)?;
        self.remove(number);
        Ok(())
    }

    /// The file goes when the last task that refers to it goes.
    fn remove(&mut self, number: Number) {
        let Some(task) = self.task(number) else { return };
        self.tasks.retain(|task| task.number != number);
        self.jobs.retain(|job| job.task != number);
        let same = |other: &Task| other.condition == task.condition && other.state == State::Success;
        if !self.tasks.iter().any(same) {
            self.files.remove(&task.condition);
        }
    }

    /// Newest first.
    pub(crate) fn list(&self, only_app: Option<usize>) -> Vec<Task> {
        let listed = |task: &&Task| only_app.is_none() || task.condition.only_app == only_app;
        self.tasks.iter().rev().filter(listed).copied().collect()
    }

    /// "Exporting the same condition again overwrites the file": a task that has succeeded serves the one file of
    /// its condition; one that has not, serves none, whatever its condition has.
    pub(crate) fn served(&self, number: Number) -> Result<File, Code> {
        let task = self.task(number).ok_or(Code::ExportTaskMissing)?;
        if task.state != State::Success {
            return Err(Code::ExportTaskNotCompleted);
        }
        Ok(self.files[&task.condition])
    }

    /// "A user can download once every 30 s." A start that lies ahead of a clock that was put back counts only if
    /// it is no further ahead than that.
    pub(crate) fn download(&mut self, user: usize, number: Number) -> Result<Content, Code> {
        let file = self.served(number)?;
        let started = self.downloads.get(&user);
        if started.is_some_and(|started| (self.now_ms - started).abs() < self.rules.interval_ms) {
            return Err(Code::RateLimited);
        }
        self.downloads.insert(user, self.now_ms);
        Ok(file.content)
    }

    /// The job that is due for longest goes to whoever asks, if nobody's claim on it lasts. A clock that was put
    /// back delays nothing: what ends too far ahead is over.
    pub(crate) fn claim(&mut self) -> Option<Claim> {
        let (now, rules) = (self.now_ms, self.rules);
        let free = |job: &&mut Job| {
            let due = job.due_ms <= now || rules.is_unbelievable(job.due_ms, now);
            due && rules.is_over(job, now) && job.attempts < rules.attempts
        };
        let job = self.jobs.iter_mut().filter(free).min_by_key(|job| (job.due_ms, job.task))?;
        job.epoch += 1;
        job.attempts += 1;
        job.lease_until_ms = now + rules.term_ms;
        Some(Claim { task: job.task, epoch: job.epoch, attempt: job.attempts })
    }

    /// Lays a file down that nobody sees yet. Of a deleted task there is nothing to be made; of a deleted batch
    /// task nothing can be.
    pub(crate) fn attempt(&mut self, claim: Claim) -> Result<Outcome, Lost> {
        let task = self.task(claim.task).ok_or(Lost)?;
        let Some(batch) = self.batches[task.condition.batch] else { return Ok(Outcome::Failed) };
        self.loose.insert((claim.task, claim.epoch));
        let chinese = task.language == Language::Chinese;
        Ok(Outcome::Made(Content { batch: task.condition.batch, version: batch.version, chinese }))
    }

    /// What was done under a claim that is lost does not count. An older task that ends late has succeeded, but
    /// does not overwrite what a newer one has made.
    pub(crate) fn settle(&mut self, claim: Claim, outcome: Outcome) -> Result<(), Lost> {
        let at = self.held(claim)?;
        self.jobs.remove(at);
        let Some(task) = self.tasks.iter_mut().find(|task| task.number == claim.task) else {
            return Err(Lost);
        };
        let Outcome::Made(content) = outcome else {
            task.state = State::Failed;
            return Ok(());
        };
        task.state = State::Success;
        self.loose.remove(&(claim.task, claim.epoch));
        let file = File { made_by: claim.task, epoch: claim.epoch, content };
        let condition = task.condition;
        if self.files.get(&condition).is_none_or(|newest| newest.made_by < claim.task) {
            self.files.insert(condition, file);
        }
        Ok(())
    }

    /// A claim lasts as long as it is renewed.
    pub(crate) fn beat(&mut self, claim: Claim) -> Result<(), Lost> {
        let at = self.held(claim)?;
        self.jobs[at].lease_until_ms = self.now_ms + self.rules.term_ms;
        Ok(())
    }

    /// A worker that cannot go on says when to try again; one that was only told to end is not blamed.
    pub(crate) fn give_back(&mut self, claim: Claim, due_ms: i64, blamed: bool) -> Result<(), Lost> {
        let at = self.held(claim)?;
        let job = &mut self.jobs[at];
        (job.lease_until_ms, job.due_ms) = (0, due_ms);
        job.attempts -= i64::from(!blamed);
        Ok(())
    }

    /// What was tried too often fails, so that it holds none of the 5 places for ever.
    pub(crate) fn rescue(&mut self) -> bool {
        let (now, rules) = (self.now_ms, self.rules);
        let spent = |job: &Job| rules.is_over(job, now) && job.attempts >= rules.attempts;
        let Some(task) = self.jobs.iter().filter(|job| spent(job)).map(|job| job.task).min() else {
            return false;
        };
        self.jobs.retain(|job| job.task != task);
        for given_up in self.tasks.iter_mut().filter(|other| other.number == task) {
            given_up.state = State::Failed;
        }
        true
    }

    /// After a start nobody holds anything, every job is due, and no file lies loose.
    pub(crate) fn start_again(&mut self) {
        for job in &mut self.jobs {
            (job.due_ms, job.lease_until_ms) = (0, 0);
        }
        self.loose.clear();
    }

    /// The clock is put on, or back.
    pub(crate) fn put_clock(&mut self, by_ms: i64) {
        self.now_ms += by_ms;
    }

    /// One more device of a batch task is done.
    pub(crate) fn step(&mut self, batch: usize) -> Option<i64> {
        let batch = self.batches[batch].as_mut().filter(|batch| batch.version < batch.last_version)?;
        batch.version += 1;
        Some(batch.version)
    }

    /// Only what is over can be deleted. What was exported of it stays.
    pub(crate) fn delete_batch(&mut self, batch: usize) -> Result<(), Code> {
        let found = self.batches[batch].ok_or(Code::BatchTaskMissing)?;
        if found.version < found.last_version {
            return Err(Code::BatchTaskUnfinished);
        }
        self.batches[batch] = None;
        Ok(())
    }

    /// What lies on the disk once it is tidied up: the files that are served and those that lie loose.
    pub(crate) fn objects(&self) -> BTreeSet<(Number, i64)> {
        let served = self.files.values().map(|file| (file.made_by, file.epoch));
        served.chain(self.loose.iter().copied()).collect()
    }

    /// How many tasks were ever created.
    pub(crate) fn created(&self) -> Number {
        self.created
    }

    fn task(&self, number: Number) -> Option<Task> {
        self.tasks.iter().find(|task| task.number == number).copied()
    }

    fn held(&self, claim: Claim) -> Result<usize, Lost> {
        self.jobs.iter().position(|job| job.task == claim.task && job.epoch == claim.epoch).ok_or(Lost)
    }
}
