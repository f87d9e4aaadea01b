//! Subtasks: one row a target, keyed by task and ordinal, so that two equal rows of a file stay two.

use db::{Flow, Row, Tx, Value, args};
use types::{
    batch_task::{ErrorInfo, SubtaskStatus, TaskDetail, TaskProgress},
    page::{PageOrder, Paged},
};

use crate::{
    Error,
    batch_tasks::{counted, marker},
    page,
};

mod input;
mod moving;
mod next;
mod work;

pub(crate) use input::reseal;
pub use input::{SEALED_SECRET, open_input, seal_input};
pub(crate) use moving::{Moved, Turn, from_on, move_all, of_target};
pub use work::{
    Done, InFlight, Subtask, await_answers, due, in_flight, postpone, release_devices, settle, waiting,
};
pub(crate) use work::{any_to_do, next_due, stop_unfinished};

/// What a page of subtasks is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct DetailFilter {
    /// Only this target.
    pub target: Option<String>,
    /// Only this status; the inner `None` is a status that no subtask of ours ever has.
    pub status: Option<Option<SubtaskStatus>>,
}

/// A subtask to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewSubtask<'a> {
    /// Its place in the task, from 0.
    pub ordinal: i64,
    /// What it acts on.
    pub target: &'a str,
    /// The row of the file it comes from, as a person counts them.
    pub row_number: Option<i64>,
    /// What its kind needs to execute it, as JSON.
    pub input: Option<&'a str>,
    /// The device's own id, if the row tells it.
    pub node_id: Option<&'a str>,
    /// The device's name, if the row tells it.
    pub device_name: Option<&'a str>,
}

impl NewSubtask<'_> {
    /// A subtask with nothing but its place.
    pub fn numbered(ordinal: i64) -> Self {
        Self { ordinal, target: "", row_number: None, input: None, node_id: None, device_name: None }
    }
}

/// One row of a batch task's report, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Reported<'a> {
    /// What it acted on.
    pub target: &'a str,
    /// Where it stands.
    pub status: &'a str,
    /// What it gave.
    pub output: Option<&'a str>,
    /// Why it failed: the code.
    pub error_code: Option<&'a str>,
    /// Why it failed: the text.
    pub error_msg: Option<&'a str>,
    /// The device's name.
    pub device_name: Option<&'a str>,
    /// The device's own id.
    pub node_id: Option<&'a str>,
    /// The row of the file.
    pub row_number: Option<i64>,
    /// When it began.
    pub started_ms: Option<i64>,
    /// When it ended.
    pub ended_ms: Option<i64>,
}

/// Makes subtasks, all waiting; answers how many. However many there are, a slice of them is held at a time.
pub fn insert<'a>(
    tx: &mut dyn Tx,
    task_id: &str,
    rows: impl IntoIterator<Item = NewSubtask<'a>>,
) -> Result<i64, Error> {
    const COLUMNS: &[&str] =
        &["task_id", "ordinal", "target", "status", "row_number", "input", "node_id", "device_name"];
    const SLICE: usize = 1000;
    let (mut rows, mut made) = (rows.into_iter(), 0);
    loop {
        let mut values = Vec::with_capacity(SLICE * COLUMNS.len());
        for row in rows.by_ref().take(SLICE) {
            let waiting = SubtaskStatus::Waiting.as_str();
            values.extend_from_slice(args![
                task_id,
                row.ordinal,
                row.target,
                waiting,
                row.row_number,
                row.input,
                row.node_id,
                row.device_name,
            ]);
        }
        if values.is_empty() {
            return Ok(made);
        }
        made += tx.insert_many("subtask", COLUMNS, &values)? as i64;
    }
}

/// How many subtasks a task has so far.
pub fn made(tx: &mut dyn Tx, task_id: &str) -> Result<i64, Error> {
    let last = "SELECT ordinal FROM subtask WHERE task_id = ?1 ORDER BY ordinal DESC LIMIT 1";
    Ok(tx.first(last, args![task_id], |row| row.int(0))?.map_or(0, |ordinal| ordinal + 1))
}

/// How many subtasks a task has so far, and what the last acts on.
pub fn last(tx: &mut dyn Tx, task_id: &str) -> Result<(i64, String), Error> {
    let last = "SELECT ordinal, target FROM subtask WHERE task_id = ?1 ORDER BY ordinal DESC LIMIT 1";
    let found = tx.first(last, args![task_id], |row| Ok((row.int(0)? + 1, row.string(1)?)))?;
    Ok(found.unwrap_or_default())
}

/// How many subtasks a snapshot holds.
pub fn count(tx: &mut dyn Tx, task_id: &str) -> Result<i64, Error> {
    Ok(tx.count("SELECT COUNT(*) FROM subtask WHERE task_id = ?1", args![task_id])?)
}

/// Every subtask of a task in order, one by one, borrowed.
pub fn report(
    tx: &mut dyn Tx,
    task_id: &str,
    each: &mut dyn FnMut(Reported<'_>) -> Result<Flow, db::Error>,
) -> Result<(), Error> {
    tx.query(
        "SELECT target, status, output, error_code, error_msg, device_name, node_id, row_number, started_ms, ended_ms
           FROM subtask WHERE task_id = ?1 ORDER BY ordinal",
        args![task_id],
        &mut |row: &dyn Row| {
            each(Reported {
                target: row.text(0)?,
                status: row.text(1)?,
                output: row.opt_text(2)?,
                error_code: row.opt_text(3)?,
                error_msg: row.opt_text(4)?,
                device_name: row.opt_text(5)?,
                node_id: row.opt_text(6)?,
                row_number: row.opt_int(7)?,
                started_ms: row.opt_int(8)?,
                ended_ms: row.opt_int(9)?,
            })
        },
    )?;
    Ok(())
}

pub(crate) fn page(
    tx: &mut dyn Tx,
    task_id: &str,
    progress: &TaskProgress,
    filter: &DetailFilter,
    order: PageOrder,
) -> Result<Paged<TaskDetail>, Error> {
    let status = match filter.status {
        Some(None) => return Ok(page::paged(Vec::new(), 0)),
        Some(status) => status,
        None => None,
    };
    let (target, word) = (filter.target.as_ref(), status.map(SubtaskStatus::as_str));
    let count = match target {
        None => counted(progress, status),
        Some(_) => tx.count(
            "SELECT COUNT(*) FROM subtask WHERE task_id = ?1 AND target = ?2 AND (?3 IS NULL OR status = ?3)",
            args![task_id, target, word],
        )?,
    };
    let (before, offset) = match (target, word) {
        (None, None) => (order.marker.ordinal().min(made(tx, task_id)?).saturating_sub(order.offset), 0),
        _ => (order.marker.ordinal(), order.offset),
    };
    let mut args = args![task_id, before, order.limit, offset].to_vec();
    args.extend(target.map(Value::from));
    args.extend(word.map(Value::from));
    let records =
        tx.all(&page_sql(target.is_some(), word.is_some(), order.limit + order.offset), &args, |row| {
            let error = row.opt_string(4)?.map(|error_code| {
                Ok::<_, db::Error>(ErrorInfo {
                    error_code,
                    error_msg: row.opt_string(5)?.unwrap_or_default(),
                })
            });
            let detail = TaskDetail {
                target: row.string(1)?,
                status: row.string(2)?,
                output: row.opt_string(3)?,
                error: error.transpose()?,
            };
            Ok((marker(row.int(0)?), detail))
        })?;
    Ok(page::paged(records, count))
}

/// A page by what it is narrowed to. A planner takes an index for that only if all that is asked of it are places: else it
/// would rather walk through a million subtasks in the order of the page. And one that knows nothing yet of a table would
/// rather sort all before a marker than read a page of them in their order, so both ends of a page are told.
fn page_sql(by_target: bool, by_status: bool, most: i64) -> String {
    let few = format!(
        "ordinal IN (SELECT ordinal FROM subtask WHERE task_id = ?1 AND ordinal < ?2 AND status = ?5
            ORDER BY ordinal DESC LIMIT {})",
        written(most)
    );
    let which = match (by_target, by_status) {
        // There are no gaps between ordinals.
        (false, false) => "ordinal < ?2 AND ordinal >= ?2 - ?3",
        (false, true) => &few,
        (true, false) => {
            "ordinal IN (SELECT ordinal FROM subtask WHERE task_id = ?1 AND ordinal < ?2 AND target = ?5)"
        }
        (true, true) => {
            "ordinal IN (SELECT ordinal FROM subtask WHERE task_id = ?1 AND ordinal < ?2 AND target = ?5)
                AND status = ?6"
        }
    };
    format!(
        "SELECT ordinal, target, status, output, error_code, error_msg FROM subtask
          WHERE task_id = ?1 AND {which} ORDER BY ordinal DESC LIMIT ?3 OFFSET ?4"
    )
}

/// A limit of at least `most` that is written into a statement. Where PostgreSQL does not know how many there will be, it
/// reckons with a tenth of all and would rather walk through them. Of few sizes, so that there are few statements.
fn written(most: i64) -> u64 {
    most.unsigned_abs().next_power_of_two()
}

/// Hands the subtasks of a task that was deleted over to the Pruner.
pub(crate) fn doom(tx: &mut dyn Tx, task_id: &str) -> Result<(), Error> {
    tx.execute("INSERT INTO doomed_task (task_id) VALUES (?1)", args![task_id])?;
    Ok(())
}

/// Removes a slice of the subtasks of deleted tasks; answers whether there may be more.
pub(crate) fn prune_doomed(tx: &mut dyn Tx, slice: i64) -> Result<bool, Error> {
    let doomed = tx.first("SELECT task_id FROM doomed_task LIMIT 1", args![], |row| row.string(0))?;
    let Some(task_id) = doomed else { return Ok(false) };
    let removed = tx.execute(
        "DELETE FROM subtask WHERE task_id = ?1 AND ordinal IN
           (SELECT ordinal FROM subtask WHERE task_id = ?1 ORDER BY ordinal LIMIT ?2)",
        args![&task_id, slice],
    )?;
    if removed == 0 {
        tx.execute("DELETE FROM doomed_task WHERE task_id = ?1", args![&task_id])?;
    }
    Ok(true)
}

/// The words that a filter may name on the wire; with `None` those of a status that no subtask ever has here.
pub fn detail_statuses() -> Vec<(&'static str, Option<SubtaskStatus>)> {
    let ours = SubtaskStatus::ALL.map(|status| (status.as_str(), Some(status)));
    ours.into_iter().chain([("DeviceInProgress", None), ("Rejected", None)]).collect()
}

#[cfg(test)]
mod tests {
    use db::{Db, Options};

    use super::*;

    #[test]
    fn a_page_is_read_along_an_index_whatever_it_is_narrowed_to() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&dir.path().join("unlade.db"), Options::default()).unwrap();
        db::migrate(&db, crate::MIGRATIONS, 0).unwrap();
        let plan = |by_target, by_status| {
            let sql = format!("EXPLAIN QUERY PLAN {}", page_sql(by_target, by_status, 50));
            let read = |tx: &mut dyn Tx| {
                let all = args!["t", 1, 1, 0, "x", "y"];
                let places = 4 + usize::from(by_target) + usize::from(by_status);
                tx.all(&sql, &all[..places], |row| row.string(3))
            };
            db.read_blocking(read).unwrap().join("; ")
        };
        let (of_status, of_target) =
            ("subtask_status (task_id=? AND status=? AND ordinal<?)", "subtask_target");
        for (by_target, by_status, index) in
            [(false, true, of_status), (true, false, of_target), (true, true, of_target)]
        {
            let plan = plan(by_target, by_status);
            assert!(plan.contains(&format!("COVERING INDEX {index}")), "{plan}");
            assert!(plan.contains("PRIMARY KEY (task_id=? AND ordinal=?)"), "{plan}");
        }
    }
}
