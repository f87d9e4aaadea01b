//! Subtasks as their executor moves them. A time in `due_ms` makes one of a million found at once: 0 for those that were
//! named to be executed now, whatever others wait for; the end of the pause before a retry; the deadline of what is in
//! flight.

use db::{Tx, args};
use types::{Fault, batch_task::SubtaskStatus};

use super::next::{Columns, next};
use crate::{Error, devices::Reach};

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
    /// When its latest try began, if one has.
    pub started_ms: Option<i64>,
}

/// A subtask that was executed.
#[derive(Clone, Debug)]
pub struct Done {
    /// Its place in the task.
    pub ordinal: i64,
    /// What it turned out to act on, if that is other than what it was made with.
    pub target: Option<String>,
    /// What it gave.
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

const COLUMNS: Columns<Subtask> = Columns {
    names: "ordinal, target, row_number, input, status, stage, retries, started_ms",
    read: |row| {
        Ok(Subtask {
            ordinal: row.int(0)?,
            target: row.string(1)?,
            row_number: row.opt_int(2)?,
            input: row.opt_string(3)?,
            status: SubtaskStatus::from_wire(row.text(4)?).unwrap_or(SubtaskStatus::Waiting),
            stage: row.opt_string(5)?,
            retries: row.opt_int(6)?.unwrap_or(0),
            started_ms: row.opt_int(7)?,
        })
    },
};

/// The next subtasks that wait for nothing but their turn, from `from` on.
pub fn waiting(tx: &mut dyn Tx, task_id: &str, from: i64, limit: usize) -> Result<Vec<Subtask>, Error> {
    next(tx, &COLUMNS, task_id, from, &[SubtaskStatus::Waiting], limit)
}

/// Subtasks whose time has come. One after `believed_until_ms` was set before the clock was put back: it has come too.
pub fn due(
    tx: &mut dyn Tx,
    task_id: &str,
    now_ms: i64,
    believed_until_ms: i64,
    limit: usize,
) -> Result<Vec<Subtask>, Error> {
    let Columns { names, read } = COLUMNS;
    let sql = format!(
        "SELECT {names} FROM subtask
          WHERE task_id = ?1 AND due_ms IS NOT NULL AND (due_ms <= ?2 OR due_ms > ?3)
          ORDER BY due_ms, ordinal LIMIT ?4"
    );
    Ok(tx.all(&sql, args![task_id, now_ms, believed_until_ms, limit as i64], read)?)
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
    let Columns { names, read } = COLUMNS;
    let sql = format!(
        "SELECT {names} FROM subtask
          WHERE task_id = ?1 AND ordinal = ?2 AND COALESCE(retries, 0) = ?3 AND status = 'Processing'"
    );
    let mut found = Vec::with_capacity(tries.len());
    for (ordinal, retries) in tries {
        found.extend(tx.first(&sql, args![task_id, *ordinal, *retries], read)?);
    }
    Ok(found)
}

/// Records what became of subtasks that were executed; answers how many were.
pub fn settle(tx: &mut dyn Tx, reach: Reach<'_>, task_id: &str, done: &[Done]) -> Result<u64, Error> {
    let retargeted: Vec<_> =
        done.iter().filter_map(|one| Some((one.ordinal, one.target.as_ref()?))).collect();
    let values: Vec<_> = retargeted
        .iter()
        .flat_map(|(ordinal, target)| args![task_id, *ordinal, *target].to_owned())
        .collect();
    tx.execute_many("UPDATE subtask SET target = ?3 WHERE task_id = ?1 AND ordinal = ?2", 3, &values)?;
    Ok(succeed(tx, task_id, done)? + fail(tx, reach, task_id, done, None)?)
}

/// Records why subtasks failed that are to be tried again at `due_ms`; answers how many there were.
pub fn postpone(
    tx: &mut dyn Tx,
    reach: Reach<'_>,
    task_id: &str,
    done: &[Done],
    due_ms: i64,
) -> Result<u64, Error> {
    fail(tx, reach, task_id, done, Some(due_ms))
}

/// A list of three words is laid down as a table for each subtask, and what is written has its indexes written anew: so
/// the status is compared, and the target is not written.
const UNFINISHED: &str = "task_id = ?1 AND ordinal = ?2
    AND (status = 'Waitting' OR status = 'Processing' OR status = 'FailWaitRetry')";

fn succeed(tx: &mut dyn Tx, task_id: &str, done: &[Done]) -> Result<u64, Error> {
    let mut values = Vec::with_capacity(done.len() * 7);
    for done in done.iter().filter(|done| done.error.is_none()) {
        values.extend_from_slice(args![
            task_id,
            done.ordinal,
            done.output.as_ref(),
            done.node_id.as_ref(),
            done.device_name.as_ref(),
            done.started_ms,
            done.ended_ms,
        ]);
    }
    let sql = format!(
        "UPDATE subtask SET status = 'Success', output = ?3, error_code = NULL, error_msg = NULL,
           node_id = COALESCE(?4, node_id), device_name = COALESCE(?5, device_name), started_ms = ?6, ended_ms = ?7,
           input = NULL, stage = NULL, due_ms = NULL
         WHERE {UNFINISHED}"
    );
    Ok(tx.execute_many(&sql, 7, &values)?.iter().sum())
}

/// What failed keeps its input, so that it can be tried again. Whoever reads the report must find the device that it is
/// about: what a kind that refused it did not tell is read here, of a device that the task may touch.
fn fail(
    tx: &mut dyn Tx,
    reach: Reach<'_>,
    task_id: &str,
    done: &[Done],
    again_ms: Option<i64>,
) -> Result<u64, Error> {
    let of_device = |column: &str| {
        format!(
            "(SELECT {column} FROM device d WHERE d.project_id = ?12 AND d.device_id = subtask.target
               AND (?13 IS NULL OR d.app_id = ?13))"
        )
    };
    let failed = || done.iter().filter_map(|done| Some((done, done.error.as_ref()?)));
    let status = again_ms.map_or(SubtaskStatus::Fail, |_| SubtaskStatus::FailWaitRetry);
    let texts: Vec<_> = failed().map(|(_, fault)| fault.message(types::Language::English)).collect();
    let mut values = Vec::with_capacity(texts.len() * 13);
    for ((done, fault), text) in failed().zip(&texts) {
        values.extend_from_slice(args![
            task_id,
            done.ordinal,
            status.as_str(),
            done.output.as_ref(),
            fault.code.as_str(),
            text,
            done.node_id.as_ref(),
            done.device_name.as_ref(),
            done.started_ms,
            done.ended_ms,
            again_ms,
            reach.project_id,
            reach.app_id,
        ]);
    }
    let (node_id, device_name) = (of_device("d.node_id"), of_device("d.device_name"));
    let sql = format!(
        "UPDATE subtask SET status = ?3, output = ?4, error_code = ?5, error_msg = ?6,
           node_id = COALESCE(?7, node_id, {node_id}), device_name = COALESCE(?8, device_name, {device_name}),
           started_ms = ?9, ended_ms = ?10, stage = NULL, due_ms = ?11,
           retries = CASE WHEN ?11 IS NULL THEN retries ELSE COALESCE(retries, 0) + 1 END
         WHERE {UNFINISHED}"
    );
    Ok(tx.execute_many(&sql, 13, &values)?.iter().sum())
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
    let begun = tx.execute_many(
        "UPDATE subtask SET status = 'Processing', stage = ?3, due_ms = ?4, node_id = COALESCE(?5, node_id),
           device_name = COALESCE(?6, device_name), started_ms = ?7, ended_ms = NULL, output = NULL,
           error_code = NULL, error_msg = NULL
         WHERE task_id = ?1 AND ordinal = ?2 AND status IN ('Waitting', 'FailWaitRetry')",
        7,
        &values,
    )?;
    Ok(begun.iter().sum())
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
    let values: Vec<_> = ordinals.iter().flat_map(|ordinal| args![task_id, *ordinal].to_owned()).collect();
    tx.execute_many("DELETE FROM device_upgrade WHERE task_id = ?1 AND ordinal = ?2", 2, &values)?;
    Ok(())
}
