//! Export tasks and their results: the four documented rules (same condition, 50 kept, 5 unfinished, and, in
//! `downloads`, one download an interval), each held in the transaction that it limits.

use std::result::Result as StdResult;

use db::{Row, Tx, args};
use domain::{Condition, Permit, Scope};
use types::{
    Code, Fault, Language, RecordId, Text,
    export_task::{AppType, ExportStatus, ExportTask},
    page::{PageOrder, Paged},
    text, time,
};

use crate::{
    Context, Error, Store, apps, garbage, gate, jobs,
    page::{self, List},
};

mod work;

pub use work::{Made, Order};

/// The kind of job that executes export tasks.
pub const JOB: &str = "export";

/// The verbs of export tasks.
pub struct ExportTasks<'s>(&'s Store);

impl Store {
    /// Export tasks.
    pub fn export_tasks(&self) -> ExportTasks<'_> {
        ExportTasks(self)
    }
}

/// A checked order for a new export task.
#[derive(Clone, Debug)]
pub struct NewExportTask {
    /// The Source's name.
    pub resource_type: &'static str,
    /// Canonical JSON of the condition.
    pub resource_condition: String,
    /// The Format's name.
    pub export_format: &'static str,
    /// The scope.
    pub app_type: AppType,
    /// The app, if named.
    pub app_id: Option<String>,
    /// The language of the file's headers.
    pub language: Language,
}

/// What is exported: a condition within its scope. What it means, its Source knows.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// The project.
    pub project_id: &'a str,
    /// The canonical condition.
    pub condition: &'a str,
    /// Only what belongs to this app.
    pub only_app: Option<&'a str>,
}

/// What a selection has found.
#[derive(Clone, Debug)]
pub struct Selected {
    /// What its file is called.
    pub name: String,
    /// The app that its rows belong to.
    pub app_id: String,
}

/// What a list is narrowed to.
#[derive(Clone, Debug)]
pub struct ExportFilter {
    /// Only this Source's.
    pub resource_type: &'static str,
    /// Only this condition, as canonical JSON.
    pub resource_condition: Option<String>,
    /// The scope asked for.
    pub app_type: AppType,
    /// The app of that scope.
    pub app_id: Option<String>,
}

/// A finished file.
#[derive(Clone, Debug)]
pub struct Result {
    /// The task that made it.
    pub made_by: RecordId,
    /// Where it lies.
    pub object_key: String,
    /// Its length.
    pub bytes: i64,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// What the file is about; part of its download's name.
    pub name: String,
}

const COLUMNS: &str =
    "export_task_id, resource_type, resource_condition, export_format, status, export_count, progress,
    created_ms, ended_ms, app_type, app_id";

fn task(row: &dyn Row) -> StdResult<ExportTask, db::Error> {
    Ok(ExportTask {
        export_task_id: row.string(0)?,
        resource_type: row.string(1)?,
        resource_condition: serde_json::from_str(row.text(2)?).unwrap_or_default(),
        export_format: row.string(3)?,
        status: row.string(4)?,
        export_count: row.int(5)?,
        progress: row.int(6)?,
        create_time: time::iso_ms(row.int(7)?),
        end_time: row.opt_int(8)?.map(time::iso_ms),
        app_type: row.string(9)?,
        app_id: row.opt_string(10)?,
    })
}

impl ExportTasks<'_> {
    /// Creates an export task and its job. `name` finds what is to be exported, `None` if it does not exist or is out
    /// of reach.
    pub async fn create(
        &self,
        permit: &Permit,
        order: NewExportTask,
        name: impl Fn(&mut dyn Tx, Selection<'_>) -> StdResult<Option<Selected>, Error> + Send + 'static,
    ) -> StdResult<ExportTask, Error> {
        let (scope, user_id) = (permit.scope().clone(), permit.user_id().to_owned());
        self.0.unit(move |tx, context| create(tx, context, &scope, &user_id, &order, &name)).await
    }

    /// One page of the project's export tasks.
    pub async fn list(
        &self,
        permit: &Permit,
        filter: ExportFilter,
        order: PageOrder,
    ) -> StdResult<Paged<ExportTask>, Error> {
        let scope = permit.scope().clone();
        self.0.db.read(move |tx| list(tx, &scope, &filter, order)).await
    }

    /// Deletes an export task; an unfinished one is cancelled.
    pub async fn delete(&self, permit: &Permit, export_task_id: String) -> StdResult<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                let (project_id, id) = (scope.project_id(), &export_task_id);
                if !enter_gate(tx, project_id, id)? {
                    return Err(Code::ExportTaskMissing.into());
                }
                admit(tx, &scope, id)?;
                remove(tx, context, project_id, id)
            })
            .await
    }
}

/// The app that narrows an export: of scope APP the one named or the only one, of scope GLOBAL none, though
/// an app named with it must exist.
fn narrowing_app(
    tx: &mut dyn Tx,
    scope: &Scope,
    app_type: AppType,
    app_id: Option<&str>,
) -> StdResult<Option<String>, Error> {
    match (app_type, app_id) {
        (AppType::App, app_id) => apps::named_or_only(tx, scope, app_id).map(Some),
        (AppType::Global, Some(app_id)) => apps::must_exist(tx, scope, app_id).map(|()| None),
        (AppType::Global, None) => Ok(None),
    }
}

fn create(
    tx: &mut dyn Tx,
    context: &Context,
    scope: &Scope,
    user_id: &str,
    order: &NewExportTask,
    name: impl Fn(&mut dyn Tx, Selection<'_>) -> StdResult<Option<Selected>, Error>,
) -> StdResult<ExportTask, Error> {
    gate::enter(tx, user_id)?;
    let project_id = scope.project_id();
    let only_app = narrowing_app(tx, scope, order.app_type, order.app_id.as_deref())?;
    let condition = order.resource_condition.as_str();
    let selection = Selection { project_id, condition, only_app: only_app.as_deref() };
    let missing = || Fault::of_value(Code::ExportSourceMissing, "resource_condition", condition);
    let Selected { name, app_id: source_app_id } = name(tx, selection)?.ok_or_else(missing)?;
    scope.admit(&source_app_id)?;
    refuse_beyond_unfinished(tx, context, user_id)?;
    let condition = Condition {
        user_id: user_id.to_owned(),
        project_id: project_id.to_owned(),
        resource_type: order.resource_type.to_owned(),
        resource_condition: order.resource_condition.clone(),
        export_format: order.export_format.to_owned(),
        app_type: order.app_type,
        app_id: only_app.clone(),
    };
    newest_of(tx, user_id)?.into_iter().for_each(|newest| context.ids.go_on_from(newest));
    let (id, now) = (context.ids.next().to_string(), context.clock.now_ms());
    tx.execute(
        "INSERT INTO export_task (project_id, export_task_id, user_id, condition_key, resource_type, resource_condition,
           export_format, app_type, app_id, language, name, status, export_count, progress, failure, created_ms, ended_ms,
           source_app_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 1, NULL, ?13, NULL, ?14)",
        args![
            project_id,
            &id,
            user_id,
            &condition.key(),
            order.resource_type,
            &order.resource_condition,
            order.export_format,
            order.app_type.as_str(),
            only_app.as_ref().or(order.app_id.as_ref()),
            order.language.as_str(),
            &name,
            ExportStatus::Processing.as_str(),
            now,
            &source_app_id,
        ],
    )?;
    jobs::enqueue(tx, &id, JOB, project_id)?;
    evict_beyond_kept(tx, context, user_id)?;
    let sql = format!("SELECT {COLUMNS} FROM export_task WHERE project_id = ?1 AND export_task_id = ?2");
    tx.first(&sql, args![project_id, &id], task)?.ok_or(Code::ExportTaskMissing.into())
}

/// The newest task of a user, whichever node made it: which task is newer decides whose file stays and who goes
/// first, and the clocks of two nodes need not agree.
fn newest_of(tx: &mut dyn Tx, user_id: &str) -> StdResult<Option<RecordId>, Error> {
    let newest =
        "SELECT export_task_id FROM export_task WHERE user_id = ?1 ORDER BY export_task_id DESC LIMIT 1";
    Ok(tx.first(newest, args![user_id], |row| page::record_id(row, 0))?)
}

/// Waits for the turn of the user whose task it is: what tasks of one condition do to their one result must not
/// happen side by side. Answers whether the task is there.
pub(crate) fn enter_gate(tx: &mut dyn Tx, project_id: &str, id: &str) -> StdResult<bool, Error> {
    let owner = "SELECT user_id FROM export_task WHERE project_id = ?1 AND export_task_id = ?2";
    let Some(user_id) = tx.first(owner, args![project_id, id], |row| row.string(0))? else {
        return Ok(false);
    };
    gate::enter(tx, &user_id)?;
    // It may have gone while we waited.
    Ok(tx.exists(owner, args![project_id, id])?)
}

fn refuse_beyond_unfinished(tx: &mut dyn Tx, context: &Context, user_id: &str) -> StdResult<(), Error> {
    let unfinished = tx.all(
        "SELECT export_task_id FROM export_task WHERE user_id = ?1 AND status = 'Processing' ORDER BY export_task_id",
        args![user_id],
        |row| row.string(0),
    )?;
    if (unfinished.len() as i64) < context.limits.export_unfinished {
        return Ok(());
    }
    let named = text!("Unfinished: ", "未完成的导出任务：") + Text::words(&unfinished);
    Err(Fault::new(Code::ExportTasksUnfinished, named).into())
}

/// The task just made is the newest, so it is never the one that goes.
fn evict_beyond_kept(tx: &mut dyn Tx, context: &Context, user_id: &str) -> StdResult<(), Error> {
    let count = tx.count("SELECT COUNT(*) FROM export_task WHERE user_id = ?1", args![user_id])?;
    let oldest = tx.all(
        "SELECT project_id, export_task_id FROM export_task WHERE user_id = ?1 ORDER BY export_task_id LIMIT ?2",
        args![user_id, (count - context.limits.export_kept).max(0)],
        |row| Ok((row.string(0)?, row.string(1)?)),
    )?;
    for (project_id, id) in &oldest {
        remove(tx, context, project_id, id)?;
    }
    Ok(())
}

/// Export tasks that finished before `before_ms`, at most `most`.
pub(crate) fn finished_before(
    tx: &mut dyn Tx,
    before_ms: i64,
    most: i64,
) -> StdResult<Vec<(String, String)>, Error> {
    Ok(tx.all(
        "SELECT project_id, export_task_id FROM export_task WHERE ended_ms < ?1 LIMIT ?2",
        args![before_ms, most],
        |row| Ok((row.string(0)?, row.string(1)?)),
    )?)
}

/// Removes a task, its job and, if no finished task of its condition is left, the condition's file.
pub(crate) fn remove(tx: &mut dyn Tx, context: &Context, project_id: &str, id: &str) -> StdResult<(), Error> {
    jobs::cancel(tx, id)?;
    let removed = tx.first(
        "DELETE FROM export_task WHERE project_id = ?1 AND export_task_id = ?2 RETURNING condition_key",
        args![project_id, id],
        |row| row.string(0),
    )?;
    let Some(key) = removed else { return Ok(()) };
    if tx.exists("SELECT 1 FROM export_task WHERE condition_key = ?1 AND status = 'Success'", args![&key])? {
        return Ok(());
    }
    let file = tx.first(
        "DELETE FROM export_result WHERE condition_key = ?1 RETURNING object_key",
        args![&key],
        |row| row.string(0),
    )?;
    match file {
        Some(object_key) => garbage::doom(tx, &object_key, context.clock.now_ms()),
        None => Ok(()),
    }
}

fn list(
    tx: &mut dyn Tx,
    scope: &Scope,
    filter: &ExportFilter,
    order: PageOrder,
) -> StdResult<Paged<ExportTask>, Error> {
    let only_app = narrowing_app(tx, scope, filter.app_type, filter.app_id.as_deref())?;
    let list = List {
        select: &format!("SELECT {COLUMNS} FROM export_task WHERE project_id = ?1"),
        count: "SELECT COUNT(*) FROM export_task WHERE project_id = ?1",
        narrowed: "resource_type = ?2 AND (?3 IS NULL OR resource_condition = ?3)
            AND (?4 IS NULL OR (app_type = 'APP' AND app_id = ?4))
            AND (?5 IS NULL OR ?5 LIKE '%,' || source_app_id || ',%')",
        id: "export_task_id",
    };
    let (condition, within) = (filter.resource_condition.as_ref(), scope.apps_listed());
    let args = args![scope.project_id(), filter.resource_type, condition, only_app.as_ref(), within.as_ref()];
    page::read(tx, &list, args, order, task)
}

/// Refuses a task whose rows belong to another app than the permit is for; of one that an older program has
/// ordered nobody knows the app.
fn admit(tx: &mut dyn Tx, scope: &Scope, id: &str) -> StdResult<(), Error> {
    if scope.is_whole() {
        return Ok(());
    }
    let sql = "SELECT source_app_id FROM export_task WHERE project_id = ?1 AND export_task_id = ?2";
    let found = tx.first(sql, args![scope.project_id(), id], |row| row.opt_string(0))?;
    Ok(scope.admit(&found.ok_or(Code::ExportTaskMissing)?.unwrap_or_default())?)
}

/// The result that a task serves: that of its condition, once the task itself has succeeded.
pub(crate) fn result_of(tx: &mut dyn Tx, scope: &Scope, id: &str) -> StdResult<Result, Error> {
    admit(tx, scope, id)?;
    let project_id = scope.project_id();
    let status = tx.first(
        "SELECT status, failure FROM export_task WHERE project_id = ?1 AND export_task_id = ?2",
        args![project_id, id],
        |row| Ok((row.string(0)?, row.opt_string(1)?)),
    )?;
    let (status, failure) = status.ok_or(Code::ExportTaskMissing)?;
    if status != ExportStatus::Success.as_str() {
        let why = match failure {
            None => text!("It is {status}.", "任务状态为{status}。"),
            // Kept in one language, because nobody knows yet who will read it.
            Some(failure) => text!("It is {status}: {failure}", "任务状态为{status}，原因：{failure}"),
        };
        return Err(Fault::new(Code::ExportTaskNotCompleted, why).into());
    }
    tx.first(
        "SELECT r.made_by, r.object_key, r.bytes, r.sha256, t.name FROM export_task t
           JOIN export_result r ON r.condition_key = t.condition_key
          WHERE t.project_id = ?1 AND t.export_task_id = ?2",
        args![project_id, id],
        |row| {
            Ok(Result {
                made_by: page::record_id(row, 0)?,
                object_key: row.string(1)?,
                bytes: row.int(2)?,
                sha256: row.string(3)?,
                name: row.string(4)?,
            })
        },
    )?
    .ok_or(Code::ExportTaskMissing.into())
}
