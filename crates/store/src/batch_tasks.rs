//! Batch tasks: created whole or not at all, listed, shown with their subtasks, deleted once finished.

use db::{Row, Tx, args};
use domain::{Permit, Scope};
use types::{
    Code, Fault, RecordId,
    batch_task::{BatchTask, SubtaskStatus, TaskDetail, TaskPolicy, TaskProgress, TaskStatus},
    page::{PageOrder, Paged},
    text, time,
};

use crate::{
    Context, Error, Store, apps, batch_files, jobs,
    page::{self, List},
    subtasks::{self, DetailFilter},
};

mod control;
mod create;
mod due;
mod priority;
mod work;

pub use control::{Control, Suits, retry_slice, stop_slice};
pub use create::{NewBatchTask, Retry, Targets};
pub use due::{SCHEDULE_MAX_MS, believed_until};
pub use work::{Rest, Work, begin, count, count_done, finish, hold, rest, show, work};

/// The kind of job that executes batch tasks.
pub const JOB: &str = "batch";
/// What such jobs are called in their rows. Earlier programs call theirs [`JOB`]: what they know nothing of they then
/// leave alone.
pub const JOB_ROW: &str = "task";

/// The verbs of batch tasks.
pub struct BatchTasks<'s>(&'s Store);

impl Store {
    /// Batch tasks.
    pub fn batch_tasks(&self) -> BatchTasks<'_> {
        BatchTasks(self)
    }
}

/// What a list is narrowed to.
#[derive(Clone, Debug)]
pub struct TaskFilter {
    /// Only this kind's.
    pub task_type: String,
    /// Only this app's.
    pub app_id: Option<String>,
    /// Only those in this status.
    pub status: Option<TaskStatus>,
}

const COLUMNS: &str =
    "task_id, task_name, task_type, document, status, status_desc, total, processing, success, fail,
    waitting, fail_wait_retry, stopped, removed, created_ms, targets_filter, schedule_ms, retry_count, retry_interval,
    need_confirm, task_ext_info, task_mode";

fn task(row: &dyn Row) -> Result<BatchTask, db::Error> {
    let json = |at| Ok::<_, db::Error>(row.opt_text(at)?.and_then(|text| serde_json::from_str(text).ok()));
    let policy = TaskPolicy {
        schedule_time: row.opt_int(16)?.map(time::compact),
        retry_count: row.opt_int(17)?,
        retry_interval: row.opt_int(18)?,
    };
    let none = TaskPolicy { schedule_time: None, retry_count: None, retry_interval: None };
    Ok(BatchTask {
        task_id: row.string(0)?,
        task_name: row.string(1)?,
        task_type: row.string(2)?,
        targets: None,
        targets_filter: json(15)?,
        document: json(3)?,
        task_policy: (policy != none).then_some(policy),
        status: row.string(4)?,
        status_desc: row.opt_string(5)?,
        task_progress: progress(row, 6)?,
        create_time: time::compact(row.int(14)?),
        need_confirm: row.opt_int(19)?.map(|confirm| confirm != 0),
        task_ext_info: json(20)?,
        task_mode: row.opt_string(21)?,
    })
}

fn progress(row: &dyn Row, from: usize) -> Result<TaskProgress, db::Error> {
    Ok(TaskProgress {
        total: row.int(from)?,
        processing: row.int(from + 1)?,
        success: row.int(from + 2)?,
        fail: row.int(from + 3)?,
        waitting: row.int(from + 4)?,
        fail_wait_retry: row.int(from + 5)?,
        stopped: row.int(from + 6)?,
        removed: row.int(from + 7)?,
    })
}

impl BatchTasks<'_> {
    /// Creates a batch task, its job and, if its targets were given one by one, its subtasks.
    pub async fn create(&self, permit: &Permit, order: NewBatchTask) -> Result<BatchTask, Error> {
        let (scope, user_id) = (permit.scope().clone(), permit.user_id().to_owned());
        self.0.unit(move |tx, context| create::create(tx, context, &scope, &user_id, &order)).await
    }

    /// One page of batch tasks, without their targets.
    pub async fn list(
        &self,
        permit: &Permit,
        filter: TaskFilter,
        order: PageOrder,
    ) -> Result<Paged<BatchTask>, Error> {
        let scope = permit.scope().clone();
        self.0
            .db
            .read(move |tx| {
                if let Some(app_id) = &filter.app_id {
                    apps::must_exist(tx, &scope, app_id)?;
                }
                let list = List {
                    select: &format!("SELECT {COLUMNS} FROM batch_task WHERE project_id = ?1"),
                    count: "SELECT COUNT(*) FROM batch_task WHERE project_id = ?1",
                    narrowed: "task_type = ?2 AND (?3 IS NULL OR app_id = ?3) AND (?4 IS NULL OR status = ?4)
                        AND (?5 IS NULL OR ?5 LIKE '%,' || app_id || ',%')",
                    id: "task_id",
                };
                let (app, status) = (filter.app_id.as_ref(), filter.status.map(TaskStatus::as_str));
                let (project_id, within) = (scope.project_id(), scope.apps_listed());
                let args = args![project_id, &filter.task_type, app, status, within.as_ref()];
                page::read(tx, &list, args, order, task)
            })
            .await
    }

    /// A batch task with one page of its subtasks.
    pub async fn show(
        &self,
        permit: &Permit,
        task_id: String,
        filter: DetailFilter,
        order: PageOrder,
    ) -> Result<(BatchTask, Paged<TaskDetail>), Error> {
        let scope = permit.scope().clone();
        self.0
            .db
            .read(move |tx| {
                let mut task = find(tx, &scope, &task_id)?;
                if task.task_progress.total <= LISTED_TARGETS {
                    task.targets = given_targets(tx, scope.project_id(), &task_id)?;
                }
                let details = subtasks::page(tx, &task_id, &task.task_progress, &filter, order)?;
                Ok((task, details))
            })
            .await
    }

    /// Deletes a finished batch task. Its subtasks go in slices, after this has answered.
    pub async fn delete(&self, permit: &Permit, task_id: String) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, _| {
                let task = find(tx, &scope, &task_id)?;
                if !TaskStatus::from_wire(&task.status).is_some_and(TaskStatus::is_final) {
                    let status = &task.status;
                    let detail =
                        text!("task_id: {task_id} is {status}", "task_id：{task_id}的状态为{status}");
                    return Err(Fault::new(Code::BatchTaskUnfinished, detail).into());
                }
                let deleted = tx.execute(
                    "DELETE FROM batch_task WHERE project_id = ?1 AND task_id = ?2
                        AND status IN ('Success', 'Fail', 'PartialSuccess', 'Stopped')",
                    args![scope.project_id(), &task_id],
                )?;
                // Another call may have done it since we looked, or have begun to retry it.
                if deleted == 0 {
                    return Err(Code::BatchTaskMissing.into());
                }
                subtasks::doom(tx, &task_id)
            })
            .await
    }
}

fn find(tx: &mut dyn Tx, scope: &Scope, task_id: &str) -> Result<BatchTask, Error> {
    let sql = format!("SELECT {COLUMNS}, app_id FROM batch_task WHERE project_id = ?1 AND task_id = ?2");
    let found =
        tx.first(&sql, args![scope.project_id(), task_id], |row| Ok((task(row)?, row.string(22)?)))?;
    let (task, app_id) = found.ok_or(Code::BatchTaskMissing)?;
    scope.admit(&app_id)?;
    Ok(task)
}

/// A task of more targets than the documented limit does not list them beside its subtasks: each page would read all.
const LISTED_TARGETS: i64 = 30_000;

/// The targets of a task to which they were given one by one.
fn given_targets(tx: &mut dyn Tx, project_id: &str, task_id: &str) -> Result<Option<Vec<String>>, Error> {
    let otherwise = "SELECT 1 FROM batch_task WHERE project_id = ?1 AND task_id = ?2
        AND (document_source IS NOT NULL OR targets_filter IS NOT NULL)";
    if tx.exists(otherwise, args![project_id, task_id])? {
        return Ok(None);
    }
    let sql = "SELECT target FROM subtask WHERE task_id = ?1 ORDER BY ordinal";
    Ok(Some(tx.all(sql, args![task_id], |row| row.string(0))?))
}

/// What a batch task must be to go for its age: finished, for long, and not about to be read by an export. The
/// condition of an export names its task by an id that nothing else in it can hold.
const FINISHED_BEFORE: &str =
    "status IN ('Success', 'Fail', 'PartialSuccess', 'Stopped') AND changed_ms < ?1 AND NOT EXISTS
       (SELECT 1 FROM export_task e WHERE e.project_id = batch_task.project_id AND e.status = 'Processing'
           AND e.resource_condition LIKE '%' || batch_task.task_id || '%')";

/// Batch tasks that finished before `before_ms` and that nobody exports, at most `most`.
pub(crate) fn finished_before(
    tx: &mut dyn Tx,
    before_ms: i64,
    most: i64,
) -> Result<Vec<(String, String)>, Error> {
    let sql = format!("SELECT project_id, task_id FROM batch_task WHERE {FINISHED_BEFORE} LIMIT ?2");
    Ok(tx.all(&sql, args![before_ms, most], |row| Ok((row.string(0)?, row.string(1)?)))?)
}

/// Removes a batch task if it still is one of [`finished_before`]; answers whether it was. Its subtasks go in
/// slices.
pub(crate) fn retire(
    tx: &mut dyn Tx,
    before_ms: i64,
    project_id: &str,
    task_id: &str,
) -> Result<bool, Error> {
    let sql = format!("DELETE FROM batch_task WHERE {FINISHED_BEFORE} AND project_id = ?2 AND task_id = ?3");
    let retired = tx.execute(&sql, args![before_ms, project_id, task_id])? == 1;
    if retired {
        subtasks::doom(tx, task_id)?;
    }
    Ok(retired)
}

/// Removes every batch task of an app that is deleted, also those that are being executed: without its job a worker can
/// record nothing more. Their subtasks go in slices.
pub(crate) fn remove_of_app(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    app_id: &str,
) -> Result<(), Error> {
    let gone = tx.all(
        "DELETE FROM batch_task WHERE project_id = ?1 AND app_id = ?2 RETURNING task_id",
        args![project_id, app_id],
        |row| row.string(0),
    )?;
    for task_id in &gone {
        jobs::cancel(tx, task_id)?;
        batch_files::forget(tx, context, project_id, task_id)?;
        subtasks::doom(tx, task_id)?;
    }
    Ok(())
}

/// The counter of the subtasks that a filter by status leaves.
pub(crate) fn counted(progress: &TaskProgress, status: Option<SubtaskStatus>) -> i64 {
    status.map_or(progress.total, |status| progress.of(status))
}

/// The page position of a subtask.
pub(crate) fn marker(ordinal: i64) -> RecordId {
    RecordId::from_ordinal(ordinal)
}
