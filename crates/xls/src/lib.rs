//! A streaming writer of real `.xls` workbooks: BIFF8 in an OLE2 compound file, in one pass and in constant
//! memory whatever the row count.
//!
//! BIFF8 puts the string table before the sheets and the container puts its header before everything, so a
//! writer seems to have to hold all of it. This one writes strings to the output and cells to a spool, both
//! packed in independent pieces, and patches a head of fixed size at the end:
//!
//! ```text
//!   the .xls                        known      written
//!   +-----------------------------+
//!   | OLE2 header, 512 bytes      | at the end |  reserved first, patched last; one stored block
//!   | globals: BOF fonts formats  |            |  if the output is deflated
//!   |  BOUNDSHEET a tab (offsets) |            |
//!   |  NAME and drawing of arrows |            |
//!   |  SST: counts, filler string |            |
//!   +-----------------------------+
//!   | strings  CONTINUE  strings  | row by row |  to the output as they come
//!   | ...                     EOF |            |
//!   +-----------------------------+
//!   | sheet: BOF COLINFO DIMENS.  | at the end |
//!   |  LABELSST NUMBER RK ...     | row by row |  to the spool as they come, copied behind the strings
//!   |  arrows WINDOW2 PANE .. EOF | at the end |
//!   +-----------------------------+
//!   | next sheet ...              |            |
//!   +-----------------------------+
//!   | zeros to a full sector      | at the end |
//!   | directory | FAT | DIFAT     |            |
//!   +-----------------------------+
//! ```
//!
//! The sheets follow each other in the order of the tabs, whenever they were added: POI takes them in the order
//! in which they lie. Every cell of text refers to the string table; there are no formulas, no macros, no clock
//! and no chance in the file: the same calls give the same bytes.
//!
//! What it deliberately does not do: read `.xls`, style single cells, write formulas, links or pictures.
//!
//! ```
//! # fn main() -> Result<(), unlade_xls::Error> {
//! use std::io::Cursor;
//! use unlade_xls::{Cell, Codec, Column, Workbook};
//!
//! // To a file: `Workbook::create("report.xls")`.
//! let (out, spool) = (Cursor::new(Vec::new()), Cursor::new(Vec::new()));
//! let mut workbook = Workbook::new(out, spool, Codec::Plain)?;
//! let columns = [Column::new("id").width(26), Column::new("status").few_valued(), Column::new("tries")];
//! let results = workbook.add_sheet("Results", &columns)?;
//! workbook.add_filter(results)?;
//! workbook.row(results, &[Cell::Text("0042"), Cell::Text("Success"), Cell::Int(3)])?;
//!
//! let summary = workbook.add_sheet_without_header("Summary", &[Column::new(""), Column::new("")])?;
//! workbook.row(summary, &[Cell::Bold("Rows"), Cell::Int(1)])?;
//! workbook.move_first(summary)?;
//!
//! let finished = workbook.finish()?;
//! assert_eq!(finished.out.into_inner().len() as u64, finished.raw_len);
//! # Ok(())
//! # }
//! ```

#![deny(unsafe_code)]

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;

mod cell;
mod codec;
mod container;
mod date;
mod deflated;
mod error;
mod file;
mod filter;
mod frame;
mod globals;
mod limits;
mod number;
mod pieces;
mod press;
mod record;
mod repeats;
mod sheet;
mod strings;
mod text;
mod workbook;

pub use cell::{Cell, Column, Written};
pub use codec::{Codec, Inflated};
pub use deflated::Deflated;
pub use error::Error;
pub use limits::{
    COLUMNS_MAX, RAW_LEN_MAX, ROWS_MAX, SHEET_NAME_UNITS_MAX, SHEETS_DEFAULT, SHEETS_MAX, TEXT_UNITS_MAX,
    WIDTH_MAX,
};
pub use pieces::Finished;
pub use text::{Fit, fit, is_clean, looks_like_formula};
pub use workbook::{SheetId, Workbook};
