//! The newest record of all. The order of records is that of their ids, so a process whose clock stands behind
//! that of an earlier one must go on from where that one was: else a list would show the new below the old, the
//! oldest that has to go would be the one just made, and a newer result would not replace an older one.

use db::{Tx, args};
use types::RecordId;

use crate::{Error, page};

/// The greatest id that any record has.
pub(crate) fn id(tx: &mut dyn Tx) -> Result<Option<RecordId>, Error> {
    // Project by project, because that is how the ids are indexed.
    let projects = tx.all("SELECT project_id FROM project", args![], |row| row.string(0))?;
    let mut newest = None;
    for project_id in &projects {
        for (table, column) in [
            ("export_task", "export_task_id"),
            ("batch_task", "task_id"),
            ("device", "record_id"),
            ("product", "record_id"),
            ("device_group", "record_id"),
        ] {
            let sql =
                format!("SELECT {column} FROM {table} WHERE project_id = ?1 ORDER BY {column} DESC LIMIT 1");
            newest = newest.max(tx.first(&sql, args![project_id], |row| page::record_id(row, 0))?);
        }
    }
    // A result outlives the task that made it, if an older task of its condition still refers to it.
    let made =
        tx.first("SELECT made_by FROM export_result ORDER BY made_by DESC LIMIT 1", args![], |row| {
            page::record_id(row, 0)
        })?;
    let audited = tx.first("SELECT audit_id FROM audit ORDER BY audit_id DESC LIMIT 1", args![], |row| {
        page::record_id(row, 0)
    })?;
    Ok(newest.max(made).max(audited))
}
