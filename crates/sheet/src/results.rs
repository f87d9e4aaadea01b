//! Reads a finished results workbook (`.xls`) back, for the demo and for tests.
//!
//! Only for files that this server has written: nothing guards it, and every sheet is held in memory as a whole.

use crate::{At, Error, render};
use calamine::{Reader, Xls};
use std::io::Cursor;

/// One sheet of a results workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its rows from the first one on, each from column `A` on, blank ones included.
    pub rows: Vec<Vec<String>>,
}

/// Reads all sheets of an xls, in order.
///
/// # Errors
/// The workbook is not one.
pub fn read_xls(bytes: &[u8]) -> Result<Vec<Sheet>, Error> {
    let mut workbook = Xls::new(Cursor::new(bytes)).map_err(|error| Error::damaged(&error))?;
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name).map_err(|error| Error::damaged(&error))?;
        let rows = match range.end() {
            Some(end) => rows(&range.range((0, 0), end))?,
            None => Vec::new(),
        };
        sheets.push(Sheet { name, rows });
    }
    Ok(sheets)
}

fn rows(range: &calamine::Range<calamine::Data>) -> Result<Vec<Vec<String>>, Error> {
    let text = |row: usize, column: usize, cell| {
        let at = At { row: row as u32 + 1, column: column as u32 + 1 };
        render::text(cell).map(std::borrow::Cow::into_owned).map_err(|_| Error::DigitsLost { at })
    };
    range
        .rows()
        .enumerate()
        .map(|(row, cells)| cells.iter().enumerate().map(|(column, cell)| text(row, column, cell)).collect())
        .collect()
}
