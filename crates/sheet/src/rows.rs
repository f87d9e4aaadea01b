//! Puts cells together to rows: checks their order, their titles and their limits, skips blank rows, pads short ones.

use crate::{At, Error, Limits, render};
use calamine::DataType;
use std::ops::ControlFlow;

/// The last row of any worksheet.
const SHEET_ROWS_MAX: u32 = 1_048_576;

/// Takes cells in the order of the sheet and gives rows to `sink`. Its strings are used again for each row.
pub(crate) struct Rows<'a, S> {
    limits: &'a Limits,
    sink: S,
    last: Option<At>,
    row: u32,
    cells: Vec<String>,
    filled: usize,
    /// Which columns have a title, once the header is known.
    titled: Option<Vec<bool>>,
    rows: u64,
}

impl<'a, S: FnMut(u32, &[String]) -> ControlFlow<()>> Rows<'a, S> {
    pub(crate) fn new(limits: &'a Limits, sink: S) -> Self {
        Self { limits, sink, last: None, row: 0, cells: Vec::new(), filled: 0, titled: None, rows: 0 }
    }

    /// Takes one cell as `calamine` gives it.
    pub(crate) fn value(&mut self, at: At, value: &impl DataType) -> Result<ControlFlow<()>, Error> {
        let text = render::text(value).map_err(|_| Error::DigitsLost { at })?;
        self.cell(at, &text)
    }

    /// Takes one cell. A blank cell only counts for the order: a sheet may be full of formatted nothing.
    fn cell(&mut self, at: At, text: &str) -> Result<ControlFlow<()>, Error> {
        // Cells out of order could reopen a row that the sink has seen.
        if self.last.is_some_and(|last| at <= last) {
            return Err(Error::OutOfOrder { at });
        }
        self.last = Some(at);
        if text.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        self.check(at, text)?;
        if at.row != self.row && self.flush()?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        self.belongs(at)?;
        self.row = at.row;
        self.pad(at.column as usize);
        self.cells[at.column as usize - 1].push_str(text);
        Ok(ControlFlow::Continue(()))
    }

    /// Gives the last row to the sink; tells how many there were below the header.
    pub(crate) fn finish(mut self) -> Result<u64, Error> {
        if self.flush()?.is_continue() && self.titled.is_none() {
            return Err(Error::Blank);
        }
        Ok(self.rows)
    }

    fn check(&self, at: At, text: &str) -> Result<(), Error> {
        let Limits { columns, cell_bytes, .. } = *self.limits;
        if at.row > SHEET_ROWS_MAX {
            return Err(Error::BeyondLastRow { at });
        }
        if u64::from(at.column) > columns {
            return Err(Error::TooManyColumns { at, limit: columns });
        }
        if text.len() as u64 > cell_bytes {
            return Err(Error::CellTooLong { at, limit: cell_bytes });
        }
        Ok(())
    }

    /// Whoever typed a value meant something by it: one that no title explains is not passed over.
    fn belongs(&self, at: At) -> Result<(), Error> {
        let column = at.column as usize - 1;
        match &self.titled {
            Some(titled) if !titled.get(column).copied().unwrap_or_default() => Err(Error::NoTitle { at }),
            _ => Ok(()),
        }
    }

    fn flush(&mut self) -> Result<ControlFlow<()>, Error> {
        if self.filled == 0 {
            return Ok(ControlFlow::Continue(()));
        }
        match &self.titled {
            None => {
                let titles = &self.cells[..self.filled];
                self.titled = Some(titles.iter().map(|title| !title.is_empty()).collect());
            }
            Some(titled) => {
                let width = titled.len();
                self.rows += 1;
                if self.rows > self.limits.rows {
                    return Err(Error::TooManyRows { limit: self.limits.rows });
                }
                self.pad(width);
            }
        }
        let filled = std::mem::take(&mut self.filled);
        Ok((self.sink)(self.row, &self.cells[..filled]))
    }

    /// Adds empty cells until the row is `width` wide.
    fn pad(&mut self, width: usize) {
        while self.filled < width {
            match self.cells.get_mut(self.filled) {
                Some(cell) => cell.clear(),
                None => self.cells.push(String::new()),
            }
            self.filled += 1;
        }
    }
}
