//! Batch tasks: created whole or not at all, listed, shown with their subtasks, deleted once finished.

use db::{Row, Tx, args};
use domain::{Permit, Scope};
use serde_json::Value as Json;
use types::{
    Code, Fault, RecordId,
    batch_task::{BatchTask, SubtaskStatus, TaskDetail, TaskProgress, TaskStatus},
    page::{PageOrder, Paged},
    text, time,
};

use crate::{
    Context, Error, Store, apps, batch_files, gate, jobs, page,
    subtasks::{self, DetailFilter, NewSubtask},
};

mod work;

pub use work::{Work, begin, count_done, finish, work};

/// The kind of job that executes batch tasks.
pub const JOB: &str = "batch";

/// The verbs of batch tasks.
pub struct BatchTasks<'s>(&'s Store);

impl Store {
    /// Batch tasks.
    pub fn batch_tasks(&self) -> BatchTasks<'_> {
        BatchTasks(self)
    }
}

/// What a batch task acts on.
#[derive(Clone, Debug)]
pub enum Targets {
    /// Device ids, given one by one.
    Given(Vec<String>),
    /// The rows of an uploaded file.
    File {
        /// The file's id. Whether its header fits the kind has been checked: a file never changes.
        file_id: String,
    },
}

/// A checked order for a new batch task.
#[derive(Clone, Debug)]
pub struct NewBatchTask {
    /// The app, or `None` for the default one.
    pub app_id: Option<String>,
    /// Its name.
    pub task_name: String,
    /// Its kind.
    pub task_type: &'static str,
    /// What it acts on.
    pub targets: Targets,
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
    waitting, fail_wait_retry, stopped, removed, created_ms";

fn task(row: &dyn Row) -> Result<BatchTask, db::Error> {
    Ok(BatchTask {
        task_id: row.string(0)?,
        task_name: row.string(1)?,
        task_type: row.string(2)?,
        targets: None,
        document: row.opt_text(3)?.and_then(|text| serde_json::from_str(text).ok()),
        task_policy: None,
        status: row.string(4)?,
        status_desc: row.opt_string(5)?,
        task_progress: progress(row, 6)?,
        create_time: time::compact(row.int(14)?),
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
        self.0.unit(move |tx, context| create(tx, context, &scope, &user_id, &order)).await
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
                let (project_id, within) = (scope.project_id(), scope.apps_listed());
                let narrowed = "project_id = ?1 AND task_type = ?2 AND (?3 IS NULL OR app_id = ?3)
                    AND (?4 IS NULL OR status = ?4) AND (?5 IS NULL OR ?5 LIKE '%,' || app_id || ',%')";
                let (app, status) = (filter.app_id.as_ref(), filter.status.map(TaskStatus::as_str));
                let count = tx.count(
                    &format!("SELECT COUNT(*) FROM batch_task WHERE {narrowed}"),
                    args![project_id, &filter.task_type, app, status, within.as_ref()],
                )?;
                let sql = format!(
                    "SELECT {COLUMNS} FROM batch_task WHERE {narrowed} AND task_id < ?6
                      ORDER BY task_id DESC LIMIT ?7 OFFSET ?8"
                );
                let marker = order.marker.to_string();
                let records = tx.all(
                    &sql,
                    args![
                        project_id,
                        &filter.task_type,
                        app,
                        status,
                        within.as_ref(),
                        &marker,
                        order.limit,
                        order.offset,
                    ],
                    |row| Ok((page::record_id(row, 0)?, task(row)?)),
                )?;
                Ok(page::paged(records, count))
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
                task.targets = given_targets(tx, scope.project_id(), &task_id)?;
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
                    "DELETE FROM batch_task WHERE project_id = ?1 AND task_id = ?2",
                    args![scope.project_id(), &task_id],
                )?;
                // Another call may have done it since we looked.
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
        tx.first(&sql, args![scope.project_id(), task_id], |row| Ok((task(row)?, row.string(15)?)))?;
    let (task, app_id) = found.ok_or(Code::BatchTaskMissing)?;
    scope.admit(&app_id)?;
    Ok(task)
}

/// The targets of a task to which they were given one by one.
fn given_targets(tx: &mut dyn Tx, project_id: &str, task_id: &str) -> Result<Option<Json>, Error> {
    let by_file =
        "SELECT 1 FROM batch_task WHERE project_id = ?1 AND task_id = ?2 AND document_source IS NOT NULL";
    if tx.exists(by_file, args![project_id, task_id])? {
        return Ok(None);
    }
    let sql = "SELECT target FROM subtask WHERE task_id = ?1 ORDER BY ordinal";
    Ok(Some(tx.all(sql, args![task_id], |row| row.string(0))?.into()))
}

fn create(
    tx: &mut dyn Tx,
    context: &Context,
    scope: &Scope,
    user_id: &str,
    order: &NewBatchTask,
) -> Result<BatchTask, Error> {
    let project_id = scope.project_id();
    gate::enter(tx, project_id)?;
    let app_id = apps::named_or_default(tx, scope, order.app_id.as_deref())?;
    let limit = context.limits.batch_running;
    let running = tx.count(
        "SELECT COUNT(*) FROM batch_task WHERE project_id = ?1
           AND status IN ('Initializing', 'Waitting', 'Processing', 'Stopping')",
        args![project_id],
    )?;
    if running >= limit {
        return Err(Fault::at_limit(Code::BatchTaskQuota, "limits.batch_running", limit).into());
    }
    let (task_id, now) = (context.ids.next().to_string(), context.clock.now_ms());
    let (total, document_source) = match &order.targets {
        Targets::Given(targets) => (targets.len() as i64, None),
        Targets::File { file_id } => {
            let taken = batch_files::take(tx, context, project_id, user_id, file_id, &task_id)?;
            (taken.rows, Some(file_id))
        }
    };
    tx.execute(
        "INSERT INTO batch_task (project_id, task_id, app_id, user_id, task_name, task_type, document_source, document,
           status, status_desc, total, waitting, processing, success, fail, fail_wait_retry, stopped, removed,
           created_ms, changed_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, ?8, NULL, ?9, ?9, 0, 0, 0, 0, 0, 0, ?10, ?10)",
        args![
            project_id,
            &task_id,
            &app_id,
            user_id,
            &order.task_name,
            order.task_type,
            document_source,
            TaskStatus::Initializing.as_str(),
            total,
            now,
        ],
    )?;
    if let Targets::Given(targets) = &order.targets {
        let rows: Vec<_> = targets
            .iter()
            .enumerate()
            .map(|(ordinal, target)| NewSubtask { target, ..NewSubtask::numbered(ordinal as i64) })
            .collect();
        subtasks::insert(tx, &task_id, &rows)?;
    }
    jobs::enqueue(tx, &task_id, JOB, project_id)?;
    let mut created = find(tx, scope, &task_id)?;
    if let Targets::Given(targets) = &order.targets {
        created.targets = Some(targets.clone().into());
    }
    Ok(created)
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

/// The counter of the subtasks that a filter by status leaves.
pub(crate) fn counted(progress: &TaskProgress, status: Option<SubtaskStatus>) -> i64 {
    status.map_or(progress.total, |status| progress.of(status))
}

/// The page position of a subtask.
pub(crate) fn marker(ordinal: i64) -> RecordId {
    RecordId::from_ordinal(ordinal)
}
