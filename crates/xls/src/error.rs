//! What can go wrong, each with the limit in its text. A refusal leaves the workbook as it was, so that the
//! caller may go on in another sheet or another workbook; after [`Error::Io`] it is lost.

use crate::limits::{COLUMNS_MAX, RAW_LEN_MAX, ROWS_MAX, SHEETS_MAX, TEXT_UNITS_MAX};

/// Why the workbook did not take what it was given.
///
/// ```
/// # fn main() -> Result<(), unlade_xls::Error> {
/// # use std::io::Cursor;
/// use unlade_xls::{Column, Error};
///
/// # let (out, spool) = (Cursor::new(Vec::new()), Cursor::new(Vec::new()));
/// # let mut workbook = unlade_xls::Workbook::new(out, spool, unlade_xls::Codec::Plain)?;
/// let columns = vec![Column::new("a"); 257];
/// let error = workbook.add_sheet("Wide", &columns).unwrap_err();
/// assert!(matches!(error, Error::TooManyColumns(257)));
/// assert_eq!(error.to_string(), "a sheet has at most 256 columns, not 257");
/// // The workbook is as it was.
/// workbook.add_sheet("Wide", &columns[..256])?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The output or the spool failed.
    #[error("the workbook's output or its spool failed: {0}")]
    Io(#[from] std::io::Error),
    /// Excel would not accept this name for a tab.
    #[error("sheet name {name:?} {reason}")]
    SheetName {
        /// The name that was asked for.
        name: String,
        /// The rule that it breaks, as the rest of a sentence.
        reason: &'static str,
    },
    /// More sheets than room was reserved for.
    #[error("the workbook has room for {0} sheets and all are used")]
    TooManySheets(usize),
    /// Room was asked for no sheet, or for more than can be reserved.
    #[error("room can be reserved for 1 to {SHEETS_MAX} sheets, not for {0}")]
    SheetsReserved(usize),
    /// A sheet with more columns than BIFF8 has.
    #[error("a sheet has at most {COLUMNS_MAX} columns, not {0}")]
    TooManyColumns(usize),
    /// A row with more cells than its sheet has columns.
    #[error("a row of {cells} cells in a sheet of {columns} columns")]
    TooManyCells {
        /// Cells in the row.
        cells: usize,
        /// Columns of the sheet.
        columns: usize,
    },
    /// A column title that could not be written as it is.
    #[error("a column title has a control character or more than {TEXT_UNITS_MAX} UTF-16 units")]
    Title,
    /// Arrows were asked for where no title is that they could stand on.
    #[error("a sheet without a header row, or without columns, cannot have filter arrows")]
    NoHeader,
    /// Every row of the sheet is used.
    #[error("the sheet is full: it has {ROWS_MAX} rows, header included")]
    SheetFull,
    /// The file would come too near to 2 GiB.
    #[error("the workbook is full: it holds over {RAW_LEN_MAX} bytes and a .xls must stay under 2 GiB")]
    WorkbookFull,
    /// The sheet is of another workbook.
    #[error("the sheet is not of this workbook")]
    UnknownSheet,
    /// A workbook without a sheet, which Excel does not open.
    #[error("a workbook needs at least one sheet")]
    NoSheet,
    /// An earlier call failed on I/O, so a part of the workbook is missing.
    #[error("an earlier write to the workbook failed, so it is incomplete")]
    Broken,
}
