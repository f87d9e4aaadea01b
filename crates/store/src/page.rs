//! What every list does with a page of records.

use db::{Row, Tx, Value, args};
use types::{
    RecordId,
    page::{PageOrder, Paged},
};

use crate::Error;

/// A list, from its newest record to the oldest. Both statements say of whom it is; `narrowed`, which of those are meant.
pub(crate) struct List<'s> {
    /// Reads records, the id first.
    pub(crate) select: &'s str,
    /// Counts them.
    pub(crate) count: &'s str,
    pub(crate) narrowed: &'s str,
    /// The column of the id.
    pub(crate) id: &'s str,
}

/// One page of a list.
pub(crate) fn read<T>(
    tx: &mut dyn Tx,
    list: &List<'_>,
    args: &[Value<'_>],
    order: PageOrder,
    mut make: impl FnMut(&dyn Row) -> Result<T, db::Error>,
) -> Result<Paged<T>, Error> {
    let List { select, count, narrowed, id } = list;
    let count = tx.count(&format!("{count} AND {narrowed}"), args)?;
    let (marker, first) = (order.marker.to_string(), args.len() + 1);
    let sql = format!(
        "{select} AND {narrowed} AND {id} < ?{first} ORDER BY {id} DESC LIMIT ?{} OFFSET ?{}",
        first + 1,
        first + 2
    );
    let args = [args, args![&marker, order.limit, order.offset]].concat();
    let records = tx.all(&sql, &args, |row| Ok((record_id(row, 0)?, make(row)?)))?;
    Ok(paged(records, count))
}

/// A page of `records`, the id of each beside it.
pub(crate) fn paged<T>(records: Vec<(RecordId, T)>, count: i64) -> Paged<T> {
    let marker = records.last().map(|(id, _)| *id);
    Paged { records: records.into_iter().map(|(_, record)| record).collect(), count, marker }
}

/// The record id in a column.
pub(crate) fn record_id(row: &dyn Row, column: usize) -> Result<RecordId, db::Error> {
    row.text(column)?.parse().map_err(|_| db::Error::Type(column, "record id"))
}
