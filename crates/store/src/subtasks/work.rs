//! Subtasks as their executor moves them. A time in `due_ms` makes one of a million found at once: 0 for those that were
//! named to be executed now, whatever others wait for; the end of the pause before a retry; the deadline of what is in
//! flight.

use db::{Row, Tx, args};
use types::{Fault, batch_task::SubtaskStatus};

use crate::Error;

/// A subtask to be executed.
#[derive(Clone, Debug)]
pub struct Subtask {
    /// Its place in the task.
    pub ordinal: i64,
    /// What it acts on.
    pub target: String,
    /// The row of the file it comes from.
    pub row_number: Option<i64>,
    /// What its kind needs, as JSON.
    pub input: Option<String>,
    /// Where it stands.
    pub status: SubtaskStatus,
    /// What it waits for, if it is in flight.
    pub stage: Option<String>,
    /// How often it was tried again.
    pub retries: i64,
}

/// A subtask that was executed.
#[derive(Clone, Debug)]
pub struct Done {
    /// Its place in the task.
    pub ordinal: i64,
    /// What it turned out to act on.
    pub target: String,
    /// What it gave, if it succeeded.
    pub output: Option<String>,
    /// Why it failed.
    pub error: Option<Fault>,
    /// The device's own id, if it became known.
    pub node_id: Option<String>,
    /// The device's name, if it became known.
    pub device_name: Option<String>,
    /// When it began.
    pub started_ms: i64,
    /// When it ended.
    pub ended_ms: i64,
}

/// A subtask that was begun and is not done.
#[derive(Clone, Debug)]
pub struct InFlight {
    /// Its place in the task.
    pub ordinal: i64,
    /// What it waits for.
    pub stage: &'static str,
    /// Until when.
    pub due_ms: i64,
    /// The device's own id, if it became known.
    pub node_id: Option<String>,
    /// The device's name, if it became known.
    pub device_name: Option<String>,
    /// When it began.
    pub started_ms: i64,
}

const COLUMNS: &str = "ordinal, target, row_number, input, status, stage, retries";

fn subtask(row: &dyn Row) -> Result<Subtask, db::Error> {
    Ok(Subtask {
        ordinal: row.int(0)?,
        target: row.string(1)?,
        row_number: row.opt_int(2)?,
        input: row.opt_string(3)?,
        status: SubtaskStatus::from_wire(row.text(4)?).unwrap_or(SubtaskStatus::Waiting),
        stage: row.opt_string(5)?,
        retries: row.opt_int(6)?.unwrap_or(0),
    })
}

/// The next subtasks that wait for nothing but their turn, from `from` on.
pub fn waiting(tx: &mut dyn Tx, task_id: &str, from: i64, limit: usize) -> Result<Vec<Subtask>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM subtask WHERE task_id = ?1 AND ordinal >= ?2 AND status = 'Waitting'
          ORDER BY ordinal LIMIT ?3"
    );
    Ok(tx.all(&sql, args![task_id, from, limit as i64], subtask)?)
}

/// Subtasks whose time has come. One after `believed_until_ms` was set before the clock was put back: it has come too.
pub fn due(
    tx: &mut dyn Tx,
    task_id: &str,
    now_ms: i64,
    believed_until_ms: i64,
    limit: usize,
) -> Result<Vec<Subtask>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM subtask
          WHERE task_id = ?1 AND due_ms IS NOT NULL AND (due_ms <= ?2 OR due_ms > ?3)
          ORDER BY due_ms, ordinal LIMIT ?4"
    );
    Ok(tx.all(&sql, args![task_id, now_ms, believed_until_ms, limit as i64], subtask)?)
}

/// Whether any subtask may be executed now.
pub(crate) fn any_to_do(
    tx: &mut dyn Tx,
    task_id: &str,
    some_wait: bool,
    now_ms: i64,
    believed_until_ms: i64,
) -> Result<bool, Error> {
    Ok(some_wait || !due(tx, task_id, now_ms, believed_until_ms, 1)?.is_empty())
}

/// When the next of those that wait for a time is due.
pub(crate) fn next_due(tx: &mut dyn Tx, task_id: &str) -> Result<Option<i64>, Error> {
    let sql = "SELECT MIN(due_ms) FROM subtask WHERE task_id = ?1 AND due_ms IS NOT NULL";
    Ok(tx.first(sql, args![task_id], |row| row.opt_int(0))?.flatten())
}

/// Those of some subtasks that are in flight still, in the try that is meant by `retries`.
pub fn in_flight(tx: &mut dyn Tx, task_id: &str, tries: &[(i64, i64)]) -> Result<Vec<Subtask>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM subtask
          WHERE task_id = ?1 AND ordinal = ?2 AND COALESCE(retries, 0) = ?3 AND status = 'Processing'"
    );
    let mut found = Vec::with_capacity(tries.len());
    for (ordinal, retries) in tries {
        found.extend(tx.first(&sql, args![task_id, *ordinal, *retries], subtask)?);
    }
    Ok(found)
}

/// Records what became of subtasks that were executed; answers how many were.
pub fn settle(tx: &mut dyn Tx, task_id: &str, done: &[Done]) -> Result<u64, Error> {
    record(tx, task_id, done, None)
}

/// Records why subtasks failed that are to be tried again at `due_ms`; answers how many there were.
pub fn postpone(tx: &mut dyn Tx, task_id: &str, done: &[Done], due_ms: i64) -> Result<u64, Error> {
    record(tx, task_id, done, Some(due_ms))
}

/// What is not done keeps its input, so that it can be tried again.
fn record(tx: &mut dyn Tx, task_id: &str, done: &[Done], again_ms: Option<i64>) -> Result<u64, Error> {
    let texts: Vec<Option<String>> = done
        .iter()
        .map(|done| done.error.as_ref().map(|fault| fault.message(types::Language::English)))
        .collect();
    let mut values = Vec::with_capacity(done.len() * 12);
    for (done, text) in done.iter().zip(&texts) {
        let status = match (&done.error, again_ms) {
            (None, _) => SubtaskStatus::Success,
            (Some(_), None) => SubtaskStatus::Fail,
            (Some(_), Some(_)) => SubtaskStatus::FailWaitRetry,
        };
        values.extend_from_slice(args![
            task_id,
            done.ordinal,
            &done.target,
            status.as_str(),
            done.output.as_ref(),
            done.error.as_ref().map(|fault| fault.code.as_str()),
            text.as_ref(),
            done.node_id.as_ref(),
            done.device_name.as_ref(),
            done.started_ms,
            done.ended_ms,
            again_ms,
        ]);
    }
    Ok(tx.execute_many(
        "UPDATE subtask SET target = ?3, status = ?4, output = ?5, error_code = ?6, error_msg = ?7,
           node_id = COALESCE(?8, node_id), device_name = COALESCE(?9, device_name), started_ms = ?10, ended_ms = ?11,
           input = CASE WHEN ?6 IS NULL THEN NULL ELSE input END, stage = NULL, due_ms = ?12,
           retries = CASE WHEN ?12 IS NULL THEN retries ELSE COALESCE(retries, 0) + 1 END
         WHERE task_id = ?1 AND ordinal = ?2 AND status IN ('Waitting', 'Processing', 'FailWaitRetry')",
        12,
        &values,
    )?)
}

/// Records that subtasks were begun and wait for what is not here.
pub fn await_answers(tx: &mut dyn Tx, task_id: &str, begun: &[InFlight]) -> Result<u64, Error> {
    let mut values = Vec::with_capacity(begun.len() * 7);
    for one in begun {
        values.extend_from_slice(args![
            task_id,
            one.ordinal,
            one.stage,
            one.due_ms,
            one.node_id.as_ref(),
            one.device_name.as_ref(),
            one.started_ms,
        ]);
    }
    Ok(tx.execute_many(
        "UPDATE subtask SET status = 'Processing', stage = ?3, due_ms = ?4, node_id = COALESCE(?5, node_id),
           device_name = COALESCE(?6, device_name), started_ms = ?7, ended_ms = NULL, output = NULL,
           error_code = NULL, error_msg = NULL
         WHERE task_id = ?1 AND ordinal = ?2 AND status IN ('Waitting', 'FailWaitRetry')",
        7,
        &values,
    )?)
}

/// Stops every subtask that has not ended: its task has failed as a whole. Answers how many there were.
pub(crate) fn stop_unfinished(tx: &mut dyn Tx, task_id: &str, now_ms: i64) -> Result<i64, Error> {
    tx.execute("DELETE FROM device_upgrade WHERE task_id = ?1", args![task_id])?;
    let stopped = tx.execute(
        "UPDATE subtask SET status = 'Stopped', ended_ms = ?2, stage = NULL, due_ms = NULL
          WHERE task_id = ?1 AND status IN ('Waitting', 'Processing', 'FailWaitRetry')",
        args![task_id, now_ms],
    )?;
    Ok(stopped as i64)
}

/// Lets devices go whose upgrade one of these subtasks was.
pub fn release_devices(tx: &mut dyn Tx, task_id: &str, ordinals: &[i64]) -> Result<(), Error> {
    for ordinal in ordinals {
        let sql = "DELETE FROM device_upgrade WHERE task_id = ?1 AND ordinal = ?2";
        tx.execute(sql, args![task_id, *ordinal])?;
    }
    Ok(())
}
