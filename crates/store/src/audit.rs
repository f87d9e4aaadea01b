//! The audit: what was asked for, by whom, and how it was decided. A line is made once and never changed; this room
//! keeps it as the text that it is.

use db::{Flow, Tx, args};
use types::RecordId;

use crate::{Error, Store};

/// Lines that one unit of work removes.
const SLICE: i64 = 2000;

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its place among all lines.
    pub audit_id: RecordId,
    /// When it was told.
    pub time_ms: i64,
    /// The request.
    pub request_id: String,
    /// The project; empty for the account.
    pub project_id: String,
    /// The user, or the agency that a user has assumed.
    pub user_id: String,
    /// The line itself, a JSON object.
    pub text: String,
}

impl Store {
    /// Keeps lines, in one unit of work. One that is there already, because the answer to an earlier try was lost, is kept
    /// as it is.
    pub async fn keep_audit(&self, lines: std::sync::Arc<[Line]>) -> Result<(), Error> {
        self.unit(move |tx, _| keep(tx, &lines)).await
    }

    /// Removes a slice of the lines told before `before_ms`; answers how many.
    pub(crate) fn retire_audit(&self, before_ms: Option<i64>) -> Result<u64, Error> {
        let Some(before_ms) = before_ms else { return Ok(0) };
        self.db.write_blocking(move |tx| {
            Ok(tx.execute(
                "DELETE FROM audit WHERE audit_id IN
                   (SELECT audit_id FROM audit WHERE time_ms < ?1 ORDER BY time_ms LIMIT ?2)",
                args![before_ms, SLICE],
            )?)
        })
    }

    /// Removes a slice of what is older than the newest `rows_max` lines; answers how many.
    pub fn trim_audit(&self, rows_max: i64) -> Result<u64, Error> {
        let oldest_kept = "SELECT audit_id FROM audit ORDER BY audit_id DESC LIMIT 1 OFFSET ?1";
        let beyond =
            self.db.read_blocking(|tx| tx.first(oldest_kept, args![rows_max], |row| row.string(0)))?;
        let Some(beyond) = beyond else { return Ok(0) };
        self.db.write_blocking(move |tx| {
            Ok(tx.execute(
                "DELETE FROM audit WHERE audit_id IN
                   (SELECT audit_id FROM audit WHERE audit_id <= ?1 ORDER BY audit_id LIMIT ?2)",
                args![&beyond, SLICE],
            )?)
        })
    }
}

fn keep(tx: &mut dyn Tx, lines: &[Line]) -> Result<(), Error> {
    let ids: Vec<String> = lines.iter().map(|line| line.audit_id.to_string()).collect();
    let mut values = Vec::with_capacity(lines.len() * 6);
    for (line, id) in lines.iter().zip(&ids) {
        let Line { time_ms, request_id, project_id, user_id, text, .. } = line;
        values.extend_from_slice(args![id, *time_ms, request_id, project_id, user_id, text]);
    }
    tx.execute_many(
        "INSERT INTO audit (audit_id, time_ms, request_id, project_id, user_id, line)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (audit_id) DO NOTHING",
        6,
        &values,
    )?;
    Ok(())
}

/// Hands over lines from `since_ms` on whose id is greater than `after`, in the order of their ids, at most `most`:
/// each with its id.
pub fn lines(
    tx: &mut dyn Tx,
    after: &str,
    since_ms: i64,
    most: i64,
    each: &mut dyn FnMut(&str, &str),
) -> Result<(), Error> {
    let sql =
        "SELECT audit_id, line FROM audit WHERE audit_id > ?1 AND time_ms >= ?2 ORDER BY audit_id LIMIT ?3";
    tx.query(sql, args![after, since_ms, most], &mut |row| {
        each(row.text(0)?, row.text(1)?);
        Ok(Flow::More)
    })?;
    Ok(())
}
