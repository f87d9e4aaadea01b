//! Reads an `.xls`: BIFF8, or BIFF5 of Excel 5 and 95, in an OLE2 container.
//!
//! `calamine` has no reader of single cells for this format: it parses every sheet, every formula and every name, and
//! builds for each sheet the rectangle around its cells. So it never sees the file. [`container`] takes the workbook
//! out, [`sieve`] copies of it only what a table of values needs, each record checked and what they ask for summed up,
//! and `calamine` is given a new, small workbook of one sheet with these records.

mod cells;
mod container;
mod record;
mod sieve;
mod strings;

use crate::rows::Rows;
use crate::{At, Error, Limits};
use calamine::{Reader, Xls};
use std::io::Cursor;
use std::ops::ControlFlow;
use types::Text;

/// Reads the first visible worksheet, cell by cell.
pub(crate) fn read(
    bytes: &[u8],
    limits: &Limits,
    mut rows: Rows<'_, impl FnMut(u32, &[String]) -> ControlFlow<()>>,
) -> Result<u64, Error> {
    let sieved = container::wrap(&sieve::sieve(&container::workbook(bytes)?, limits)?)?;
    let mut workbook = Xls::new(Cursor::new(sieved)).map_err(|error| Error::damaged(&error))?;
    let sheet = workbook.worksheet_range(sieve::SHEET_NAME).map_err(|error| Error::damaged(&error))?;
    let (top, left) = sheet.start().unwrap_or_default();
    for (row, column, cell) in sheet.used_cells() {
        let at = At { row: top + row as u32 + 1, column: left + column as u32 + 1 };
        if rows.value(at, cell)?.is_break() {
            break;
        }
    }
    rows.finish()
}

/// An error of the file's structure.
fn damaged(reason: Text) -> Error {
    Error::Damaged { reason }
}

/// Two bytes as a number; 0 where there are none, so lengths are checked first.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]))
}

/// Four bytes as a number, likewise.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}
