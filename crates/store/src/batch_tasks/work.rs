//! A batch task as its worker sees it: what is to be done, how far it is, and its end.

use db::{Tx, args};
use types::batch_task::{TaskProgress, TaskStatus};

use super::progress;
use crate::{Error, subtasks};

/// A batch task as its executor and its export see it.
#[derive(Clone, Debug)]
pub struct Work {
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
}

/// A batch task for those who work on it.
pub fn work(tx: &mut dyn Tx, project_id: &str, task_id: &str) -> Result<Option<Work>, Error> {
    Ok(tx.first(
        "SELECT task_id, app_id, task_name, task_type, document_source, status, total, processing, success, fail,
           waitting, fail_wait_retry, stopped, removed, created_ms, changed_ms
         FROM batch_task WHERE project_id = ?1 AND task_id = ?2",
        args![project_id, task_id],
        |row| {
            Ok(Work {
                task_id: row.string(0)?,
                app_id: row.string(1)?,
                task_name: row.string(2)?,
                task_type: row.string(3)?,
                from_file: row.opt_text(4)?.is_some(),
                status: row.string(5)?,
                progress: progress(row, 6)?,
                created_ms: row.int(14)?,
                changed_ms: row.int(15)?,
            })
        },
    )?)
}

/// Moves a task on from `Initializing`: its subtasks all exist.
pub fn begin(tx: &mut dyn Tx, project_id: &str, task_id: &str, total: i64, now_ms: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE batch_task SET status = 'Processing', total = ?3, waitting = ?3, changed_ms = ?4
          WHERE project_id = ?1 AND task_id = ?2 AND status = 'Initializing'",
        args![project_id, task_id, total, now_ms],
    )?;
    Ok(())
}

/// Counts subtasks that went from waiting to done, in the unit of work that moved them.
pub fn count_done(
    tx: &mut dyn Tx,
    project_id: &str,
    task_id: &str,
    success: i64,
    fail: i64,
    now_ms: i64,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE batch_task SET waitting = waitting - ?3 - ?4, success = success + ?3, fail = fail + ?4, changed_ms = ?5
          WHERE project_id = ?1 AND task_id = ?2",
        args![project_id, task_id, success, fail, now_ms],
    )?;
    Ok(())
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
    let TaskProgress { total, success, .. } = work.progress;
    let status = match success {
        _ if reason.is_some() && success == 0 => TaskStatus::Fail,
        all if all == total => TaskStatus::Success,
        0 => TaskStatus::Fail,
        _ => TaskStatus::PartialSuccess,
    };
    if reason.is_some() {
        // Counted anew from the rows: a file that broke off has made fewer than it promised.
        let (stopped, made) = (subtasks::stop_waiting(tx, task_id, now_ms)?, subtasks::made(tx, task_id)?);
        tx.execute(
            "UPDATE batch_task SET total = ?3, stopped = stopped + ?4, waitting = 0 WHERE project_id = ?1 AND task_id = ?2",
            args![project_id, task_id, made, stopped],
        )?;
    }
    tx.execute(
        "UPDATE batch_task SET status = ?3, status_desc = ?4, changed_ms = ?5 WHERE project_id = ?1 AND task_id = ?2",
        args![project_id, task_id, status.as_str(), reason, now_ms],
    )?;
    Ok(())
}
