//! Subtasks that are stopped, or made to wait anew, or confirmed.

use db::{Tx, args};
use types::batch_task::SubtaskStatus;

use super::{
    next::{Columns, next},
    release_devices,
};
use crate::Error;

/// A subtask that may be moved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moved {
    /// Its place in the task.
    pub(crate) ordinal: i64,
    /// Where it stands.
    pub(crate) status: SubtaskStatus,
    /// Whether it is in flight.
    in_flight: bool,
    /// Whether it has kept its row of the file.
    pub(crate) keeps_input: bool,
    /// Whether it has a time of its own.
    pub(crate) is_due: bool,
    /// Whether it has begun, and so was confirmed if it had to be.
    pub(crate) has_begun: bool,
}

const COLUMNS: Columns<Moved> = Columns {
    names: "ordinal, status, stage, CASE WHEN input IS NULL THEN 0 ELSE 1 END, due_ms, started_ms",
    read: |row| {
        Ok(Moved {
            ordinal: row.int(0)?,
            status: SubtaskStatus::from_wire(row.text(1)?).unwrap_or(SubtaskStatus::Removed),
            in_flight: row.opt_text(2)?.is_some(),
            keeps_input: row.int(3)? == 1,
            is_due: row.opt_int(4)?.is_some(),
            has_begun: row.opt_int(5)?.is_some(),
        })
    },
};

/// The subtasks of a target: several, if rows of a file were equal.
pub(crate) fn of_target(tx: &mut dyn Tx, task_id: &str, target: &str) -> Result<Vec<Moved>, Error> {
    let Columns { names, read } = COLUMNS;
    let sql = format!("SELECT {names} FROM subtask WHERE task_id = ?1 AND target = ?2 ORDER BY ordinal");
    Ok(tx.all(&sql, args![task_id, target], read)?)
}

/// The next subtasks in one of some statuses, from `from` on.
pub(crate) fn from_on(
    tx: &mut dyn Tx,
    task_id: &str,
    from: i64,
    statuses: &[SubtaskStatus],
    limit: usize,
) -> Result<Vec<Moved>, Error> {
    next(tx, &COLUMNS, task_id, from, statuses, limit)
}

/// When what is to wait anew is executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Before all others, which may wait for their confirmation.
    Now,
    /// As its place in the task is, and once it is confirmed.
    Own,
}

/// Moves subtasks to `Stopped`, or makes them wait, each for its turn.
pub(crate) fn move_all(
    tx: &mut dyn Tx,
    task_id: &str,
    moved: &[Moved],
    to: SubtaskStatus,
    turn: impl Fn(&Moved) -> Turn,
    now_ms: i64,
) -> Result<(), Error> {
    let is_stopped = to == SubtaskStatus::Stopped;
    let sql = match is_stopped {
        true => {
            "UPDATE subtask SET status = 'Stopped', ended_ms = ?3, stage = NULL, due_ms = NULL
              WHERE task_id = ?1 AND ordinal = ?2"
        }
        false => {
            "UPDATE subtask SET status = 'Waitting', output = NULL, error_code = NULL, error_msg = NULL, retries = 0,
               started_ms = NULL, ended_ms = NULL, stage = NULL, due_ms = ?3
              WHERE task_id = ?1 AND ordinal = ?2"
        }
    };
    let at = |one: &Moved| match is_stopped {
        true => Some(now_ms),
        false => (turn(one) == Turn::Now).then_some(0),
    };
    let values: Vec<_> =
        moved.iter().flat_map(|one| args![task_id, one.ordinal, at(one)].to_owned()).collect();
    tx.execute_many(sql, 3, &values)?;
    let in_flight: Vec<_> = moved.iter().filter(|one| one.in_flight).map(|one| one.ordinal).collect();
    release_devices(tx, task_id, &in_flight)
}
