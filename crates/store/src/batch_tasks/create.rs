//! The order of a batch task, and its making: whole or not at all.

use db::{Tx, args};
use domain::Scope;
use serde_json::Value as Json;
use types::{
    Code, Fault,
    batch_task::{BatchTask, TaskStatus},
};

use super::{JOB_ROW, find};
use crate::{
    Context, Error, apps, batch_files, gate, jobs,
    subtasks::{self, NewSubtask},
};

/// What a batch task acts on.
#[derive(Clone, Debug)]
pub enum Targets {
    /// Device ids, given one by one.
    Given(Vec<String>),
    /// The devices of groups, as they are when the task starts.
    Groups {
        /// Their ids.
        group_ids: Vec<String>,
        /// As it was given.
        given: Json,
    },
    /// The rows of an uploaded file.
    File {
        /// The file's id. Whether its header fits the kind has been checked: a file never changes.
        file_id: String,
    },
}

/// How often what failed is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// How often.
    pub count: i64,
    /// After how many minutes.
    pub interval: i64,
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
    /// What its kind needs besides, as given.
    pub document: Option<Json>,
    /// The packages that the document names, which must exist, and what kind they must be.
    pub packages: (&'static str, Vec<String>),
    /// When it begins; `None` is now.
    pub schedule_ms: Option<i64>,
    /// What happens to what fails.
    pub retry: Option<Retry>,
    /// Whether its subtasks wait until they are confirmed.
    pub need_confirm: Option<bool>,
    /// What is passed on to the devices, as given.
    pub task_ext_info: Option<Json>,
    /// How an upgrade goes to sub-devices.
    pub task_mode: Option<String>,
}

impl NewBatchTask {
    /// One that begins at once in the default app and needs nothing but its targets.
    pub fn of(task_type: &'static str, task_name: impl Into<String>, targets: Targets) -> Self {
        Self {
            app_id: None,
            task_name: task_name.into(),
            task_type,
            targets,
            document: None,
            packages: ("", Vec::new()),
            schedule_ms: None,
            retry: None,
            need_confirm: None,
            task_ext_info: None,
            task_mode: None,
        }
    }
}

pub(super) fn create(
    tx: &mut dyn Tx,
    context: &Context,
    scope: &Scope,
    user_id: &str,
    order: &NewBatchTask,
) -> Result<BatchTask, Error> {
    let project_id = scope.project_id();
    gate::enter(tx, project_id)?;
    let app_id = apps::named_or_default(tx, scope, order.app_id.as_deref())?;
    admit_one_more(tx, context, project_id)?;
    let task_id = context.ids.next().to_string();
    let total = match &order.targets {
        Targets::Given(targets) => targets.len() as i64,
        Targets::Groups { group_ids, .. } => {
            for id in group_ids {
                if !tx.exists(GROUP, args![project_id, id, &app_id])? {
                    return Err(Fault::of_value(Code::TargetsInvalid, "targets_filter.group_ids", id).into());
                }
            }
            0
        }
        Targets::File { file_id } => {
            batch_files::take(tx, context, project_id, user_id, file_id, &task_id)?.rows
        }
    };
    let (package_type, package_ids) = &order.packages;
    for id in package_ids {
        if !tx.exists(PACKAGE, args![project_id, id, &app_id, *package_type])? {
            return Err(Fault::of_value(Code::DocumentInvalid, "document.package_ids", id).into());
        }
    }
    insert(tx, context, (project_id, &app_id, user_id, &task_id), order, total)?;
    if let Targets::Given(targets) = &order.targets {
        let numbered = (0..).map(NewSubtask::numbered).zip(targets);
        subtasks::insert(tx, &task_id, numbered.map(|(row, target)| NewSubtask { target, ..row }))?;
    }
    jobs::enqueue(tx, &task_id, JOB_ROW, project_id)?;
    let mut created = find(tx, scope, &task_id)?;
    if let Targets::Given(targets) = &order.targets {
        created.targets = Some(targets.clone());
    }
    Ok(created)
}

/// Refuses one more unfinished task beyond the limit of the project, whose turn it must be.
pub(super) fn admit_one_more(tx: &mut dyn Tx, context: &Context, project_id: &str) -> Result<(), Error> {
    let limit = context.limits.batch_running;
    let running = tx.count(
        "SELECT COUNT(*) FROM batch_task WHERE project_id = ?1
           AND status IN ('Initializing', 'Waitting', 'Processing', 'Stopping')",
        args![project_id],
    )?;
    if running >= limit {
        return Err(Fault::at_limit(Code::BatchTaskQuota, "limits.batch_running", limit).into());
    }
    Ok(())
}

const GROUP: &str = "SELECT 1 FROM device_group WHERE project_id = ?1 AND group_id = ?2 AND app_id = ?3";
const PACKAGE: &str = "SELECT 1 FROM ota_package WHERE project_id = ?1 AND package_id = ?2 AND app_id = ?3
    AND package_type = ?4";

fn insert(
    tx: &mut dyn Tx,
    context: &Context,
    (project_id, app_id, user_id, task_id): (&str, &str, &str, &str),
    order: &NewBatchTask,
    total: i64,
) -> Result<(), Error> {
    let (source, filter) = match &order.targets {
        Targets::Given(_) => (None, None),
        Targets::Groups { given, .. } => (None, Some(given.to_string())),
        Targets::File { file_id } => (Some(file_id), None),
    };
    let text = |json: &Option<Json>| json.as_ref().map(Json::to_string);
    let (document, ext_info) = (text(&order.document), text(&order.task_ext_info));
    tx.execute(
        "INSERT INTO batch_task (project_id, task_id, app_id, user_id, task_name, task_type, document_source, document,
           status, status_desc, total, waitting, processing, success, fail, fail_wait_retry, stopped, removed,
           created_ms, changed_ms, targets_filter, schedule_ms, retry_count, retry_interval, need_confirm, task_ext_info,
           task_mode)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL, ?10, ?10, 0, 0, 0, 0, 0, 0, ?11, ?11, ?12, ?13, ?14, ?15,
           ?16, ?17, ?18)",
        args![
            project_id,
            task_id,
            app_id,
            user_id,
            &order.task_name,
            order.task_type,
            source,
            document.as_ref(),
            TaskStatus::Initializing.as_str(),
            total,
            context.clock.now_ms(),
            filter.as_ref(),
            order.schedule_ms,
            order.retry.map(|retry| retry.count),
            order.retry.map(|retry| retry.interval),
            order.need_confirm.map(i64::from),
            ext_info.as_ref(),
            order.task_mode.as_ref(),
        ],
    )?;
    Ok(())
}
