//! What callers and workers do with a batch task.

use db::Tx;
use domain::Action;
use types::{
    Code, RecordId,
    batch_task::{BatchTask, SubtaskStatus, TargetResult, TaskDetail, TaskProgress, TaskStatus},
    page::{PageOrder, Paged},
};

use crate::{
    World,
    store::{
        Context, Error,
        batch_tasks::{self, Control, JOB, NewBatchTask, Rest, Suits},
        devices::Reach,
        jobs::{self, Claim},
        subtasks::{self, DetailFilter, Done},
    },
    wait,
};

impl World {
    pub(crate) fn made(&self, order: NewBatchTask) -> String {
        wait(self.store.batch_tasks().create(&self.permit(Action::BATCHTASKS_CREATE), order)).unwrap().task_id
    }

    /// The task as it is shown with a page of its subtasks.
    pub(crate) fn paged(
        &self,
        task_id: &str,
        filter: DetailFilter,
        marker: RecordId,
    ) -> (BatchTask, Paged<TaskDetail>) {
        let order = PageOrder { limit: 50, marker, offset: 0 };
        let permit = self.permit(Action::BATCHTASKS_QUERY);
        wait(self.store.batch_tasks().show(&permit, task_id.to_owned(), filter, order)).unwrap()
    }

    /// A small task as it is shown; its counters are those of its rows, which are all there is to a subtask.
    pub(super) fn shown(&self, task_id: &str) -> BatchTask {
        let (task, details) = self.paged(task_id, DetailFilter::default(), RecordId::MAX);
        if task.status != "Initializing" {
            for status in SubtaskStatus::ALL {
                let rows = details.records.iter().filter(|row| row.status == status.as_str()).count() as i64;
                assert_eq!(task.task_progress.of(status), rows, "{status:?} of {task:?}");
            }
        }
        task
    }

    pub(crate) fn control(
        &self,
        task_id: &str,
        what: Control,
        targets: Option<&[&str]>,
    ) -> Result<Vec<TargetResult>, Error> {
        let targets = targets.map(|targets| targets.iter().map(ToString::to_string).collect());
        let permit = self.permit(Action::BATCHTASKS_STOP);
        let suits = |_: &str| Suits::All;
        wait(self.store.batch_tasks().control(&permit, task_id.to_owned(), what, targets, suits))
    }

    /// A unit of work of a worker.
    pub(crate) fn unit<T: Send + 'static>(
        &self,
        act: impl Fn(&mut dyn Tx, &Context) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let context = self.store.context().clone();
        self.store.db().write_blocking(move |tx| act(tx, &context))
    }

    pub(crate) fn begun(&self) -> Claim {
        let claim = self.claim(JOB).unwrap();
        let held = claim.clone();
        self.unit(move |tx, context| {
            let work = batch_tasks::hold(tx, &held.project_id, &held.job_id)?.unwrap();
            batch_tasks::begin(
                tx,
                &held.project_id,
                &held.job_id,
                work.progress.total,
                context.clock.now_ms(),
            )
        })
        .unwrap();
        claim
    }

    /// What a worker does with what is to be done at once: targets that begin with `x` fail.
    pub(super) fn work(&self, claim: &Claim) -> Result<usize, Error> {
        let claim = claim.clone();
        self.unit(move |tx, context| {
            let now = context.clock.now_ms();
            let work = batch_tasks::hold(tx, &claim.project_id, &claim.job_id)?.ok_or(Error::LostClaim)?;
            jobs::advance(tx, &claim, now + 60_000)?;
            if !work.may_go(now, &context.limits) {
                return Ok(0);
            }
            let until = batch_tasks::believed_until(now, &context.limits);
            let mut list = subtasks::due(tx, &claim.job_id, now, until, 10)?;
            if list.is_empty() && !work.unconfirmed {
                list = subtasks::waiting(tx, &claim.job_id, 0, 10)?;
            }
            let number = list.len();
            for one in list {
                let fails = one.target.starts_with('x');
                let again = fails && work.retry.is_some_and(|retry| one.retries < retry.count);
                let done = Done {
                    ordinal: one.ordinal,
                    target: None,
                    output: None,
                    error: fails.then(|| Code::DeviceMissing.into()),
                    node_id: None,
                    device_name: None,
                    started_ms: now,
                    ended_ms: now,
                };
                let mut by = TaskProgress::default();
                let to = match (fails, again) {
                    (false, _) => SubtaskStatus::Success,
                    (true, false) => SubtaskStatus::Fail,
                    (true, true) => SubtaskStatus::FailWaitRetry,
                };
                by.moved(one.status, to, 1);
                let reach = Reach { project_id: &claim.project_id, app_id: None };
                match again {
                    false => subtasks::settle(tx, reach, &claim.job_id, &[done])?,
                    true => subtasks::postpone(tx, reach, &claim.job_id, &[done], now + 60_000)?,
                };
                batch_tasks::count(tx, &claim.project_id, &claim.job_id, &by, now)?;
            }
            if number > 0 {
                let status = TaskStatus::Processing;
                batch_tasks::show(tx, &claim.project_id, &claim.job_id, status, now)?;
            }
            Ok(number)
        })
    }

    pub(super) fn rest(&self, claim: &Claim) -> Result<Rest, Error> {
        let claim = claim.clone();
        self.unit(move |tx, context| batch_tasks::rest(tx, context, &claim))
    }

    /// What a worker does with a task that is being stopped.
    pub(super) fn stop_it(&self, claim: &Claim) {
        let claim = claim.clone();
        self.unit(move |tx, context| {
            let work = batch_tasks::hold(tx, &claim.project_id, &claim.job_id)?.unwrap();
            while batch_tasks::stop_slice(tx, context, &work, 0)?.is_some() {}
            jobs::settle(tx, &claim)?;
            batch_tasks::finish(tx, &claim.project_id, &claim.job_id, None, context.clock.now_ms())
        })
        .unwrap();
    }

    pub(super) fn retry_it(&self, claim: &Claim) {
        let claim = claim.clone();
        self.unit(move |tx, context| {
            while let Some(work) = batch_tasks::hold(tx, &claim.project_id, &claim.job_id)?
                && work.retry_from.is_some()
            {
                batch_tasks::retry_slice(tx, context, &work, false)?;
            }
            Ok(())
        })
        .unwrap();
    }

    pub(super) fn jobs(&self) -> i64 {
        let queue = self.store.queue(JOB, std::time::Duration::from_secs(9)).unwrap();
        queue.waiting + queue.running
    }
}
