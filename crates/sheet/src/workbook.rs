//! Reads the first worksheet of a workbook, cell by cell.
//!
//! Of an xlsx never `worksheet_range`: it allocates the rectangle around all cells, and a file of 5 KB with a cell in its last corner
//! makes it ask for 549 GB.

use crate::guard::{self, Format};
use crate::rows::Rows;
use crate::{At, Error, Limits, biff};
use calamine::{Reader, SheetType, SheetVisible, Xlsx};
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;

/// Reads a file in this process, and gives every row that is not blank to `sink`, with the number that a person sees beside
/// it. The first is the header. A row is at least as wide as the header; a cell that is not there is empty.
///
/// Returns how many rows there were below the header. If the sink breaks off, the rest is not read.
///
/// Only for a process that has limits of its own ([`crate::child`]); everybody else uses [`crate::Upload`].
///
/// # Errors
/// Why the file cannot be read, or not to its end. The rows so far are then worth nothing.
pub fn read(
    path: &Path,
    limits: &Limits,
    sink: impl FnMut(u32, &[String]) -> ControlFlow<()>,
) -> Result<u64, Error> {
    let bytes = guard::load(path, limits)?;
    match Format::of(&bytes).ok_or(Error::UnknownFormat)? {
        Format::Xlsx => {
            guard::check_xlsx(&bytes, limits)?;
            read_xlsx(&bytes, Rows::new(limits, sink))
        }
        Format::Xls => biff::read(&bytes, limits, Rows::new(limits, sink)),
    }
}

fn read_xlsx(
    bytes: &[u8],
    mut rows: Rows<'_, impl FnMut(u32, &[String]) -> ControlFlow<()>>,
) -> Result<u64, Error> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| Error::damaged(&error))?;
    let first = workbook
        .sheets_metadata()
        .iter()
        .find(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .ok_or(Error::NoWorksheet)?;
    let mut cells = workbook.worksheet_cells_reader(&first).map_err(|error| Error::damaged(&error))?;
    while let Some(cell) = cells.next_cell().map_err(|error| Error::damaged(&error))? {
        let (row, column) = cell.get_position();
        let at = At { row: row.saturating_add(1), column: column.saturating_add(1) };
        if rows.value(at, cell.get_value())?.is_break() {
            break;
        }
    }
    rows.finish()
}
