//! From the rows of a file to subtasks. The file is read again from its start after a crash; rows that are
//! subtasks already are passed over, so none is lost and none is made twice.

use std::{path::Path, time::Instant};

use blob::Blobs;
use domain::Limits;
use jobs::{Lease, Stop};
use sheet::Upload;
use store::{
    Context, Store, batch_files, batch_tasks, jobs as queue,
    subtasks::{self, NewSubtask},
};
use types::batch_task::TaskStatus;

use crate::{Kind, Row, columns::names, input, turn::Turn};

/// Rows that become subtasks in one transaction.
const CHUNK: usize = 1000;

/// A row on its way into the store.
struct Made {
    ordinal: i64,
    target: String,
    row_number: i64,
    input: Option<String>,
    node_id: Option<String>,
    device_name: Option<String>,
}

/// What the reader of uploads is held to, out of the limits in force.
pub fn sheet_limits(limits: &Limits) -> sheet::Limits {
    sheet::Limits {
        file_bytes: limits.batch_file_bytes,
        rows: limits.batch_file_rows as _,
        // It counts the time that our own transactions take between two rows.
        wall_ms: 300_000,
        ..sheet::Limits::default()
    }
}

/// Why a file could not be expanded.
pub(crate) enum Ended {
    /// For now.
    Stopped(Stop),
    /// For good: the file cannot be read.
    Unreadable(String),
}

impl<E: Into<Stop>> From<E> for Ended {
    fn from(stop: E) -> Self {
        Ended::Stopped(stop.into())
    }
}

/// Makes the subtasks of a task whose file has been taken, and moves the task on.
pub(crate) fn expand(
    store: &Store,
    blobs: &Blobs,
    program: &Path,
    kind: &'static dyn Kind,
    turn: &mut Turn<'_>,
) -> Result<(), Ended> {
    let lease = turn.lease;
    let claim = &lease.claim;
    let (made, taken) = store.db().read_blocking(|tx| {
        let taken = batch_files::taken_by(tx, &claim.project_id, &claim.job_id)?;
        Ok::<_, store::Error>((subtasks::made(tx, &claim.job_id)?, taken))
    })?;
    let Some(taken) = taken else {
        return Err(Ended::Unreadable("The file of the task is gone.".to_owned()));
    };
    let unreadable =
        |error: &dyn std::fmt::Display| Ended::Unreadable(format!("The file cannot be read: {error}"));
    // What is not there never will be; a store that does not answer may later.
    let file = blobs.fetch(&taken.object_key).map_err(|error| match error {
        missing if missing.is_missing() => unreadable(&missing),
        other => Ended::from(other),
    })?;
    // The file was read whole as it was uploaded, so what may have come from elsewhere is tried again.
    let unread = |error: sheet::Error| match error.may_pass() {
        true => Ended::Stopped(Stop::Retry(format!("The file cannot be read: {error}"))),
        false => unreadable(&error),
    };
    let limits = sheet_limits(&store.context().limits);
    let upload = Upload::open(program, file.path(), &limits).map_err(unread)?;
    let names = names(kind, upload.header());
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut ordinal = 0;
    for row in upload {
        let row = row.map_err(unread)?;
        if ordinal >= made {
            let read = Row { names: &names, cells: &row.cells };
            chunk.push(make(store.context(), kind, &claim.job_id, ordinal, i64::from(row.number), &read));
        }
        ordinal += 1;
        if chunk.len() == CHUNK {
            if !insert(store, lease, std::mem::take(&mut chunk), None)? {
                return Ok(());
            }
            turn.spend()?;
        }
    }
    insert(store, lease, chunk, Some(ordinal))?;
    Ok(())
}

fn make(
    context: &Context,
    kind: &dyn Kind,
    task_id: &str,
    ordinal: i64,
    row_number: i64,
    row: &Row<'_>,
) -> Made {
    Made {
        ordinal,
        target: cut(storable(&kind.target(row)), TARGET_BYTES),
        row_number,
        input: kind.keeps_rows().then(|| input::keep(context, task_id, ordinal, row)),
        node_id: row.get("node_id").map(storable),
        device_name: row.get("device_name").map(storable),
    }
}

/// Bytes of a target: an index of PostgreSQL takes 2,704 for a row, and who names a target gives at most so many
/// characters. No id is that long, so what is cut acts on nothing.
const TARGET_BYTES: usize = 2048;

/// A text of a cell as every database holds it: PostgreSQL takes no U+0000. What the row is judged by is its input, where
/// it stands escaped.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// As much of a text as fits, in whole characters.
fn cut(mut text: String, most: usize) -> String {
    text.truncate(text.floor_char_boundary(most));
    text
}

/// Makes a chunk of subtasks under the claim; the last one moves the task on and lets go of its file. Answers whether
/// the task still wants them.
fn insert(store: &Store, lease: &Lease, chunk: Vec<Made>, total: Option<i64>) -> Result<bool, Stop> {
    lease.check()?;
    let begun = Instant::now();
    let (claim, term, context) = (lease.claim.clone(), lease.term, store.context().clone());
    let answer = store.db().write_blocking(move |tx| {
        let now = context.clock.now_ms();
        let work = batch_tasks::hold(tx, &claim.project_id, &claim.job_id)?.ok_or(store::Error::LostClaim)?;
        queue::advance(tx, &claim, term.until(now))?;
        if !work.is(TaskStatus::Initializing) {
            return Ok(false);
        }
        let rows = chunk.iter().map(|made| NewSubtask {
            ordinal: made.ordinal,
            target: &made.target,
            row_number: Some(made.row_number),
            input: made.input.as_deref(),
            node_id: made.node_id.as_deref(),
            device_name: made.device_name.as_deref(),
        });
        subtasks::insert(tx, &claim.job_id, rows)?;
        if let Some(total) = total {
            batch_tasks::begin(tx, &claim.project_id, &claim.job_id, total, now)?;
            batch_files::forget(tx, &context, &claim.project_id, &claim.job_id)?;
        }
        Ok(true)
    });
    Ok(lease.confirm(begun, answer)?)
}
