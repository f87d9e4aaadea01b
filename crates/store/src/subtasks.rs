//! Subtasks: one row a target, keyed by task and ordinal, so that two equal rows of a file stay two.

use db::{Flow, Row, Tx, args};
use types::{
    Fault,
    batch_task::{ErrorInfo, SubtaskStatus, TaskDetail, TaskProgress},
    page::{PageOrder, Paged},
};

use crate::{
    Context, Error,
    batch_tasks::{counted, marker},
    page,
};

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

/// Makes subtasks, all waiting.
pub fn insert(tx: &mut dyn Tx, task_id: &str, rows: &[NewSubtask<'_>]) -> Result<(), Error> {
    const COLUMNS: &[&str] =
        &["task_id", "ordinal", "target", "status", "row_number", "input", "node_id", "device_name"];
    let mut values = Vec::with_capacity(rows.len() * COLUMNS.len());
    for row in rows {
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
    tx.insert_many("subtask", COLUMNS, &values)?;
    Ok(())
}

/// How many subtasks a task has so far.
pub fn made(tx: &mut dyn Tx, task_id: &str) -> Result<i64, Error> {
    let last = "SELECT ordinal FROM subtask WHERE task_id = ?1 ORDER BY ordinal DESC LIMIT 1";
    Ok(tx.first(last, args![task_id], |row| row.int(0))?.map_or(0, |ordinal| ordinal + 1))
}

/// The next subtasks that wait, from `from` on.
pub fn waiting(tx: &mut dyn Tx, task_id: &str, from: i64, limit: usize) -> Result<Vec<Subtask>, Error> {
    Ok(tx.all(
        "SELECT ordinal, target, row_number, input FROM subtask
          WHERE task_id = ?1 AND ordinal >= ?2 AND status = 'Waitting' ORDER BY ordinal LIMIT ?3",
        args![task_id, from, limit as i64],
        |row| {
            Ok(Subtask {
                ordinal: row.int(0)?,
                target: row.string(1)?,
                row_number: row.opt_int(2)?,
                input: row.opt_string(3)?,
            })
        },
    )?)
}

/// Records what became of subtasks that waited; answers how many did.
pub fn settle(tx: &mut dyn Tx, task_id: &str, done: &[Done]) -> Result<u64, Error> {
    let texts: Vec<Option<String>> = done
        .iter()
        .map(|done| done.error.as_ref().map(|fault| fault.message(types::Language::English)))
        .collect();
    let mut values = Vec::with_capacity(done.len() * 11);
    for (done, text) in done.iter().zip(&texts) {
        let status = if done.error.is_some() { SubtaskStatus::Fail } else { SubtaskStatus::Success };
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
        ]);
    }
    Ok(tx.execute_many(
        "UPDATE subtask SET target = ?3, status = ?4, output = ?5, error_code = ?6, error_msg = ?7,
           node_id = COALESCE(?8, node_id), device_name = COALESCE(?9, device_name), started_ms = ?10, ended_ms = ?11,
           input = NULL
         WHERE task_id = ?1 AND ordinal = ?2 AND status = 'Waitting'",
        11,
        &values,
    )?)
}

/// Stops every subtask that waits: its task has failed as a whole. Answers how many there were.
pub(crate) fn stop_waiting(tx: &mut dyn Tx, task_id: &str, now_ms: i64) -> Result<i64, Error> {
    let stopped = tx.execute(
        "UPDATE subtask SET status = 'Stopped', input = NULL, ended_ms = ?2 WHERE task_id = ?1 AND status = 'Waitting'",
        args![task_id, now_ms],
    )?;
    Ok(stopped as i64)
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
    let records = tx.all(
        "SELECT ordinal, target, status, output, error_code, error_msg FROM subtask
          WHERE task_id = ?1 AND ordinal < ?2 AND (?3 IS NULL OR target = ?3) AND (?4 IS NULL OR status = ?4)
          ORDER BY ordinal DESC LIMIT ?5 OFFSET ?6",
        args![task_id, order.marker.ordinal(), target, word, order.limit, order.offset],
        |row| {
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
        },
    )?;
    Ok(page::paged(records, count))
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

/// The place that a secret in a subtask's input is sealed for.
fn input_place(task_id: &str, ordinal: i64) -> String {
    format!("subtask/{task_id}/{ordinal}")
}

/// Seals a secret that a row of a file gives, as hex, to wait in the subtask's input.
pub fn seal_input(context: &Context, task_id: &str, ordinal: i64, secret: &str) -> String {
    let sealed = context.vault.seal(&*context.rng, &input_place(task_id, ordinal), secret.as_bytes());
    sealed.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Opens what [`seal_input`] has sealed.
pub fn open_input(context: &Context, task_id: &str, ordinal: i64, sealed: &str) -> Result<String, Error> {
    let bytes: Option<Vec<u8>> = sealed
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let secret = context.vault.open(&input_place(task_id, ordinal), &bytes.ok_or(Error::Sealed)?)?;
    String::from_utf8(secret).map_err(|_| Error::Sealed)
}

/// The key in a subtask's input that holds a sealed secret.
pub const SEALED_SECRET: &str = "sealed_secret";

/// Seals anew what waits in inputs under an older master key.
pub(crate) fn reseal(tx: &mut dyn Tx, context: &Context) -> Result<u64, Error> {
    let waiting = tx.all(
        "SELECT task_id, ordinal, input FROM subtask WHERE input LIKE '%\"sealed_secret\"%'",
        args![],
        |row| Ok((row.string(0)?, row.int(1)?, row.string(2)?)),
    )?;
    for (task_id, ordinal, input) in &waiting {
        let mut json: serde_json::Value = serde_json::from_str(input).map_err(|_| Error::Sealed)?;
        let sealed = json[SEALED_SECRET].as_str().ok_or(Error::Sealed)?;
        let secret = open_input(context, task_id, *ordinal, sealed)?;
        json[SEALED_SECRET] = seal_input(context, task_id, *ordinal, &secret).into();
        tx.execute(
            "UPDATE subtask SET input = ?3 WHERE task_id = ?1 AND ordinal = ?2",
            args![task_id, *ordinal, &json.to_string()],
        )?;
    }
    Ok(waiting.len() as u64)
}

/// The status that a wire filter names: `None` if it is no word of the API, `Some(None)` if it is one that no
/// subtask ever has here.
pub fn detail_status(text: &str) -> Option<Option<SubtaskStatus>> {
    match (SubtaskStatus::from_wire(text), text) {
        (Some(status), _) => Some(Some(status)),
        (None, "DeviceInProgress" | "Rejected") => Some(None),
        _ => None,
    }
}
