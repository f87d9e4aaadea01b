//! The next subtasks in some statuses, in their order.

use db::{Row, Tx, args};
use types::batch_task::SubtaskStatus;

use super::written;
use crate::Error;

/// What is read of each: its columns, of which the first is `ordinal`.
pub(super) struct Columns<T> {
    pub(super) names: &'static str,
    pub(super) read: fn(&dyn Row) -> Result<T, db::Error>,
}

/// Those in one of `statuses` from `from` on, at most `limit`. Mostly one stands behind the other, and they are read as
/// they lie; else an index says where they are, of one status at a time, because it has those of each in order.
pub(super) fn next<T>(
    tx: &mut dyn Tx,
    columns: &Columns<T>,
    task_id: &str,
    from: i64,
    statuses: &[SubtaskStatus],
    limit: usize,
) -> Result<Vec<T>, Error> {
    let names = columns.names;
    let words: Vec<_> = statuses.iter().map(|status| format!("'{}'", status.as_str())).collect();
    let near = format!(
        "SELECT {names} FROM subtask WHERE task_id = ?1 AND ordinal >= ?2 AND ordinal < ?2 + ?3
            AND status IN ({}) ORDER BY ordinal",
        words.join(", ")
    );
    let found = tx.all(&near, args![task_id, from, limit as i64], columns.read)?;
    if found.len() > limit / 2 {
        return Ok(found);
    }
    let anywhere = format!(
        "SELECT {names} FROM subtask WHERE task_id = ?1 AND ordinal IN
            (SELECT ordinal FROM subtask WHERE task_id = ?1 AND status = ?2 AND ordinal >= ?3
              ORDER BY ordinal LIMIT {})",
        written(limit as i64)
    );
    let mut found = Vec::new();
    for status in statuses {
        let placed = |row: &dyn Row| Ok((row.int(0)?, (columns.read)(row)?));
        found.extend(tx.all(&anywhere, args![task_id, status.as_str(), from], placed)?);
    }
    found.sort_unstable_by_key(|(ordinal, _)| *ordinal);
    Ok(found.into_iter().take(limit).map(|(_, one)| one).collect())
}
