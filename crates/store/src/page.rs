//! What every list does with a page of records.

use types::{RecordId, page::Paged};

/// A page of `records`, the id of each beside it.
pub(crate) fn paged<T>(records: Vec<(RecordId, T)>, count: i64) -> Paged<T> {
    let marker = records.last().map(|(id, _)| *id);
    Paged { records: records.into_iter().map(|(_, record)| record).collect(), count, marker }
}

/// The record id in a column.
pub(crate) fn record_id(row: &dyn db::Row, column: usize) -> Result<RecordId, db::Error> {
    row.text(column)?.parse().map_err(|_| db::Error::Type(column, "record id"))
}
