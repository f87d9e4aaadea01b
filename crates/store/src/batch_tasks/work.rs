//! A batch task as its worker sees it: what is to be done, how far it is, and its end.

use db::{Row, Tx, args};
use domain::Limits;
use serde_json::Value as Json;
use types::batch_task::{TaskProgress, TaskStatus};

use super::{Retry, due::believed_until, progress};
use crate::{
    Context, Error,
    jobs::{self, Claim},
    subtasks,
};

/// A batch task as its executor and its export see it.
#[derive(Clone, Debug)]
pub struct Work {
    /// The project that it belongs to.
    pub project_id: String,
    /// Its id.
    pub task_id: String,
    /// The app whose devices it may touch.
    pub app_id: String,
    /// Its name.
    pub task_name: String,
    /// Its kind.
    pub task_type: String,
    /// Whether its rows come from a file.
    pub from_file: bool,
    /// Where it stands.
    pub status: String,
    /// How many subtasks stand where.
    pub progress: TaskProgress,
    /// When it was created.
    pub created_ms: i64,
    /// When anything in it last changed.
    pub changed_ms: i64,
    /// What its kind needs besides its targets.
    pub document: Json,
    /// The groups whose devices it acts on; none if its targets were given otherwise.
    pub group_ids: Vec<String>,
    /// When it begins.
    pub schedule_ms: Option<i64>,
    /// What happens to what fails.
    pub retry: Option<Retry>,
    /// Whether subtasks wait that nobody has confirmed.
    pub unconfirmed: bool,
    /// From which subtask on those that did not succeed are yet to be made to wait anew.
    pub retry_from: Option<i64>,
}

impl Work {
    /// Whether it is to begin later.
    pub fn is_scheduled(&self, now_ms: i64, limits: &Limits) -> bool {
        let ahead = now_ms + 1..=believed_until(now_ms, limits);
        self.schedule_ms.is_some_and(|at| ahead.contains(&at))
    }

    /// Whether its groups are yet to be made into subtasks: they are as it starts.
    pub fn expects_groups(&self) -> bool {
        !self.group_ids.is_empty()
            && (self.is(TaskStatus::Initializing)
                || (self.is(TaskStatus::Waiting) && self.progress.total == 0))
    }

    /// Whether its subtasks may be executed now.
    pub fn may_go(&self, now_ms: i64, limits: &Limits) -> bool {
        let is_at_it = self.is(TaskStatus::Waiting) || self.is(TaskStatus::Processing);
        is_at_it && self.retry_from.is_none() && !self.is_scheduled(now_ms, limits)
    }

    /// Whether it is in this status.
    pub fn is(&self, status: TaskStatus) -> bool {
        self.status == status.as_str()
    }
}

const COLUMNS: &str =
    "task_id, app_id, task_name, task_type, document_source, status, total, processing, success, fail, waitting,
    fail_wait_retry, stopped, removed, created_ms, changed_ms, document, targets_filter, schedule_ms, retry_count,
    retry_interval, need_confirm, retry_from, project_id";

fn read(row: &dyn Row) -> Result<Work, db::Error> {
    let json = |at| {
        let found = row.opt_text(at)?.and_then(|text| serde_json::from_str::<Json>(text).ok());
        Ok::<_, db::Error>(found.unwrap_or_default())
    };
    let groups = json(17)?;
    let ids = groups["group_ids"].as_array().into_iter().flatten();
    let retry = row.opt_int(19)?.zip(row.opt_int(20)?).map(|(count, interval)| Retry { count, interval });
    Ok(Work {
        project_id: row.string(23)?,
        task_id: row.string(0)?,
        app_id: row.string(1)?,
        task_name: row.string(2)?,
        task_type: row.string(3)?,
        from_file: row.opt_text(4)?.is_some(),
        status: row.string(5)?,
        progress: progress(row, 6)?,
        created_ms: row.int(14)?,
        changed_ms: row.int(15)?,
        document: json(16)?,
        group_ids: ids.filter_map(|id| id.as_str().map(str::to_owned)).collect(),
        schedule_ms: row.opt_int(18)?,
        retry,
        unconfirmed: row.opt_int(21)? == Some(UNCONFIRMED),
        retry_from: row.opt_int(22)?,
    })
}

/// In `need_confirm`: subtasks wait for their confirmation, unless it has been given to each. Once all are confirmed
/// it is [`CONFIRMED`]; 0 is a task that needs none.
pub(super) const UNCONFIRMED: i64 = 1;
/// All subtasks were confirmed at once.
pub(super) const CONFIRMED: i64 = 2;

/// A batch task for those who work on it.
pub fn work(tx: &mut dyn Tx, project_id: &str, task_id: &str) -> Result<Option<Work>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM batch_task WHERE project_id = ?1 AND task_id = ?2");
    Ok(tx.first(&sql, args![project_id, task_id], read)?)
}

/// [`work`], and nobody else changes the task or its subtasks until this unit of work ends. Whoever does takes the
/// task's row first, and its job's after it.
pub fn hold(tx: &mut dyn Tx, project_id: &str, task_id: &str) -> Result<Option<Work>, Error> {
    let sql = "UPDATE batch_task SET changed_ms = changed_ms WHERE project_id = ?1 AND task_id = ?2";
    tx.execute(sql, args![project_id, task_id])?;
    work(tx, project_id, task_id)
}

/// Moves a task on from `Initializing`: its subtasks all exist.
pub fn begin(tx: &mut dyn Tx, project_id: &str, task_id: &str, total: i64, now_ms: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE batch_task SET status = CASE WHEN need_confirm = 1 OR schedule_ms > ?4 THEN 'Waitting' ELSE 'Processing' END,
           total = ?3, waitting = ?3 - stopped, changed_ms = ?4
          WHERE project_id = ?1 AND task_id = ?2 AND status = 'Initializing'",
        args![project_id, task_id, total, now_ms],
    )?;
    Ok(())
}

/// Shows where a task stands whose time has come.
pub fn show(
    tx: &mut dyn Tx,
    project_id: &str,
    task_id: &str,
    status: TaskStatus,
    now_ms: i64,
) -> Result<(), Error> {
    let sql = "UPDATE batch_task SET status = ?3, changed_ms = ?4
        WHERE project_id = ?1 AND task_id = ?2 AND status = 'Waitting'";
    tx.execute(sql, args![project_id, task_id, status.as_str(), now_ms])?;
    Ok(())
}

/// Counts what subtasks have become, in the unit of work that moved them: what each counter goes up or down by.
pub fn count(
    tx: &mut dyn Tx,
    project_id: &str,
    task_id: &str,
    by: &TaskProgress,
    now_ms: i64,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE batch_task SET processing = processing + ?3, success = success + ?4, fail = fail + ?5,
           waitting = waitting + ?6, fail_wait_retry = fail_wait_retry + ?7, stopped = stopped + ?8,
           removed = removed + ?9, changed_ms = ?10
          WHERE project_id = ?1 AND task_id = ?2",
        args![
            project_id,
            task_id,
            by.processing,
            by.success,
            by.fail,
            by.waitting,
            by.fail_wait_retry,
            by.stopped,
            by.removed,
            now_ms,
        ],
    )?;
    Ok(())
}

/// [`count`] of subtasks that went from waiting to done.
pub fn count_done(
    tx: &mut dyn Tx,
    project_id: &str,
    task_id: &str,
    success: i64,
    fail: i64,
    now_ms: i64,
) -> Result<(), Error> {
    let by = TaskProgress { success, fail, waitting: -success - fail, ..TaskProgress::default() };
    count(tx, project_id, task_id, &by, now_ms)
}

/// What follows when a task has nothing to be done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// There is something after all.
    Go,
    /// It waits, and its job is gone until it is due, or somebody confirms or stops it.
    Waits,
    /// It has ended, and its job with it.
    Over,
}

/// Lets a task wait or end, whichever it is to do, unless something came to be done since its worker looked.
pub fn rest(tx: &mut dyn Tx, context: &Context, claim: &Claim) -> Result<Rest, Error> {
    let (project_id, task_id) = (claim.project_id.as_str(), claim.job_id.as_str());
    let now_ms = context.clock.now_ms();
    let work = hold(tx, project_id, task_id)?.ok_or(Error::LostClaim)?;
    if work.is(TaskStatus::Stopping) {
        return Ok(Rest::Go);
    }
    if TaskStatus::from_wire(&work.status).is_some_and(TaskStatus::is_final) {
        jobs::settle(tx, claim)?;
        return Ok(Rest::Over);
    }
    let due = if work.is_scheduled(now_ms, &context.limits) {
        work.schedule_ms
    } else if work.retry_from.is_some() || work.expects_groups() {
        return Ok(Rest::Go);
    } else {
        let until_ms = believed_until(now_ms, &context.limits);
        let some_wait = !work.unconfirmed && work.progress.waitting > 0;
        if subtasks::any_to_do(tx, task_id, some_wait, now_ms, until_ms)? {
            return Ok(Rest::Go);
        }
        subtasks::next_due(tx, task_id)?
    };
    jobs::settle(tx, claim)?;
    let TaskProgress { waitting, processing, fail_wait_retry, .. } = work.progress;
    if due.is_none() && waitting + processing + fail_wait_retry == 0 {
        finish(tx, project_id, task_id, None, now_ms)?;
        return Ok(Rest::Over);
    }
    let sql = "UPDATE batch_task SET due_ms = ?3 WHERE project_id = ?1 AND task_id = ?2";
    tx.execute(sql, args![project_id, task_id, due])?;
    Ok(Rest::Waits)
}

/// Ends a task. Its status follows from its counters, unless it failed as a whole for `reason`.
pub fn finish(
    tx: &mut dyn Tx,
    project_id: &str,
    task_id: &str,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    let Some(work) = work(tx, project_id, task_id)? else { return Ok(()) };
    let TaskProgress { total, success, stopped, .. } = work.progress;
    let status = match success {
        _ if work.is(TaskStatus::Stopping) => TaskStatus::Stopped,
        0 if total > 0 && stopped == total => TaskStatus::Stopped,
        _ if reason.is_some() && success == 0 => TaskStatus::Fail,
        all if all == total && total > 0 => TaskStatus::Success,
        0 => TaskStatus::Fail,
        _ => TaskStatus::PartialSuccess,
    };
    if reason.is_some() {
        // Counted anew from the rows: a file that broke off has made fewer than it promised.
        let (stopped, made) = (subtasks::stop_unfinished(tx, task_id, now_ms)?, subtasks::made(tx, task_id)?);
        tx.execute(
            "UPDATE batch_task SET total = ?3, stopped = stopped + ?4, waitting = 0, processing = 0, fail_wait_retry = 0
              WHERE project_id = ?1 AND task_id = ?2",
            args![project_id, task_id, made, stopped],
        )?;
    }
    tx.execute(
        "UPDATE batch_task SET status = ?3, status_desc = COALESCE(?4, status_desc), changed_ms = ?5, due_ms = NULL, retry_from = NULL
          WHERE project_id = ?1 AND task_id = ?2",
        args![project_id, task_id, status.as_str(), reason, now_ms],
    )?;
    Ok(())
}
