//! The workbook: sheets by their id, rows to any of them in any order, and the order in which all of it becomes
//! one file. How a record, a string or a sector looks is the other modules' matter.

use std::io::{Read, Seek, Write};

use crate::cell::{Cell, Column, Written};
use crate::codec::Codec;
use crate::container::{Layout, SECTOR_LEN, STREAM_LEN_MIN};
use crate::error::Error;
use crate::globals::{self, Tab};
use crate::limits::{RAW_LEN_MAX, SHEETS_DEFAULT, SHEETS_MAX};
use crate::pieces::{Finished, Output, Pieces, Spool};
use crate::sheet::Sheet;
use crate::strings::Strings;

/// A sheet of the workbook that made it. Rows of several sheets may be written by turns.
///
/// ```
/// # fn main() -> Result<(), unlade_xls::Error> {
/// # use std::io::Cursor;
/// use unlade_xls::{Cell, Column, SheetId};
///
/// # let (out, spool) = (Cursor::new(Vec::new()), Cursor::new(Vec::new()));
/// # let mut workbook = unlade_xls::Workbook::new(out, spool, unlade_xls::Codec::Plain)?;
/// let columns = [Column::new("n")];
/// let even: SheetId = workbook.add_sheet("Even", &columns)?;
/// let odd: SheetId = workbook.add_sheet("Odd", &columns)?;
/// for n in 0..10 {
///     workbook.row(if n % 2 == 0 { even } else { odd }, &[Cell::Int(n)])?;
/// }
/// assert_eq!(workbook.rows_left(odd), unlade_xls::ROWS_MAX - 6);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SheetId(usize);

/// A `.xls` file being written to `W`. Cells wait in `S`, packed, until the strings before them are complete.
///
/// The output may be a part of a larger file: it begins where `out` is positioned. Both should be unbuffered,
/// they get few and long writes. For a file alone there is [`Workbook::create`].
///
/// ```
/// # fn main() -> Result<(), unlade_xls::Error> {
/// # use std::io::Cursor;
/// use unlade_xls::{Cell, Codec, Column, Workbook};
///
/// # let (out, spool) = (Cursor::new(Vec::new()), Cursor::new(Vec::new()));
/// let mut workbook = Workbook::new(out, spool, Codec::DEFLATE)?;
/// let sheet = workbook.add_sheet("Results", &[Column::new("id"), Column::new("at")])?;
/// workbook.add_filter(sheet)?;
/// workbook.row(sheet, &[Cell::Text("0042"), Cell::Date(1_732_447_268_123)])?;
/// let finished = workbook.finish()?;
/// // All that the header of a zip's entry asks for.
/// println!("{} bytes, {} packed, CRC-32 {:08x}", finished.raw_len, finished.len, finished.crc32);
/// # Ok(())
/// # }
/// ```
pub struct Workbook<W, S> {
    pieces: Pieces<W, S>,
    strings: Strings,
    /// In the order in which they were added.
    sheets: Vec<Sheet>,
    /// Indices of `sheets` in the order of the tabs, which is their order in the file too.
    order: Vec<usize>,
    sheets_max: usize,
    /// Cell bytes of all sheets, packed or not.
    cells_len: u64,
    broken: bool,
}

impl<W: Write + Seek, S: Read + Write + Seek> Workbook<W, S> {
    /// Begins a workbook of up to [`SHEETS_DEFAULT`] sheets.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn new(out: W, spool: S, codec: Codec) -> Result<Self, Error> {
        Self::with_sheets_max(out, spool, codec, SHEETS_DEFAULT)
    }

    /// Begins a workbook of up to `sheets_max` sheets. Each takes 121 bytes at the front, used or not.
    ///
    /// # Errors
    /// [`Error::SheetsReserved`] for none or more than [`SHEETS_MAX`]; [`Error::Io`].
    pub fn with_sheets_max(out: W, spool: S, codec: Codec, sheets_max: usize) -> Result<Self, Error> {
        if !(1..=SHEETS_MAX).contains(&sheets_max) {
            return Err(Error::SheetsReserved(sheets_max));
        }
        let head_len = SECTOR_LEN + globals::head_len(sheets_max);
        Ok(Self {
            pieces: Pieces::new(out, spool, codec, head_len)?,
            strings: Strings::new(globals::first_room(sheets_max), globals::FIRST_STRING),
            sheets: Vec::new(),
            order: Vec::new(),
            sheets_max,
            cells_len: 0,
            broken: false,
        })
    }

    /// Adds a sheet as the last tab, with its columns' titles in bold as a first row that stays in view.
    ///
    /// # Errors
    /// A name that Excel would refuse or that is taken, too many sheets or columns, a title that no cell can
    /// hold, a full workbook; [`Error::Io`].
    pub fn add_sheet(&mut self, name: &str, columns: &[Column]) -> Result<SheetId, Error> {
        self.add(name, columns, true)
    }

    /// Adds a sheet as the last tab that consists of its rows only. Its columns tell widths, and how many cells
    /// a row may have.
    ///
    /// # Errors
    /// The same as of [`Workbook::add_sheet`].
    pub fn add_sheet_without_header(&mut self, name: &str, columns: &[Column]) -> Result<SheetId, Error> {
        self.add(name, columns, false)
    }

    /// Makes `sheet` the first tab, whenever it was added. The first tab is the one a reader sees first.
    ///
    /// # Errors
    /// [`Error::UnknownSheet`].
    pub fn move_first(&mut self, sheet: SheetId) -> Result<(), Error> {
        let at = self.order.iter().position(|index| *index == sheet.0).ok_or(Error::UnknownSheet)?;
        self.order[..=at].rotate_right(1);
        Ok(())
    }

    /// Puts arrows on the header row of `sheet`, with which its rows can be filtered and sorted. They reach over
    /// all its columns and all rows that it has in the end, so this may be called at any time.
    ///
    /// # Errors
    /// [`Error::NoHeader`] for a sheet without a header row or without columns; [`Error::UnknownSheet`].
    pub fn add_filter(&mut self, sheet: SheetId) -> Result<(), Error> {
        self.sheets.get_mut(sheet.0).ok_or(Error::UnknownSheet)?.add_filter()
    }

    /// Appends a row to `sheet`.
    ///
    /// # Errors
    /// [`Error::SheetFull`], [`Error::WorkbookFull`] and [`Error::TooManyCells`] leave the workbook as it was;
    /// [`Error::Io`] leaves it broken.
    pub fn row(&mut self, sheet: SheetId, cells: &[Cell<'_>]) -> Result<Written, Error> {
        self.sheet(sheet)?.check_row(cells.len())?;
        self.check_room()?;
        self.on_sheet(sheet.0, |sheet, strings, pieces| sheet.put_row(cells, strings, pieces))
    }

    /// Rows that `sheet` can still take; none if it is not of this workbook.
    pub fn rows_left(&self, sheet: SheetId) -> u32 {
        self.sheets.get(sheet.0).map_or(0, Sheet::rows_left)
    }

    /// Sheets that can still be added.
    pub fn sheets_left(&self) -> usize {
        self.sheets_max - self.sheets.len()
    }

    /// Bytes of the `.xls` so far, without the few hundred a sheet and the 1/128 of its allocation table that
    /// the end adds. For callers who begin another workbook long before [`RAW_LEN_MAX`].
    pub fn raw_len(&self) -> u64 {
        self.pieces.raw_len() + self.strings.pending() as u64 + self.cells_len
    }

    /// Writes what only the end knows and gives the output back.
    ///
    /// # Errors
    /// [`Error::NoSheet`], [`Error::Broken`]; [`Error::Io`].
    pub fn finish(mut self) -> Result<Finished<W>, Error> {
        if self.broken {
            return Err(Error::Broken);
        }
        if self.sheets.is_empty() {
            return Err(Error::NoSheet);
        }
        let strings = self.strings.finish(&mut self.pieces)?;
        let references = self.sheets.iter().fold(0, |sum: u32, sheet| sum.saturating_add(sheet.references()));
        let mut tabs = Vec::with_capacity(self.order.len());
        let mut drawings = 0;
        // In the order of the tabs: POI takes the substreams in that order and ignores their offsets.
        for index in self.order {
            let sheet = &mut self.sheets[index];
            let offset = self.pieces.raw_len() - SECTOR_LEN as u64;
            let offset = u32::try_from(offset).map_err(|_| Error::WorkbookFull)?;
            let filter = sheet.filter(tabs.len());
            drawings += u16::from(filter.is_some());
            sheet.finish(tabs.is_empty(), filter.map(|_| drawings), &mut self.pieces)?;
            tabs.push(Tab { name: std::mem::take(&mut sheet.name), offset, filter });
        }
        let header = finish_container(&mut self.pieces)?;
        let globals = globals::head(self.sheets_max, &tabs, &strings, references);
        self.pieces.finish(&[header, globals].concat())
    }

    fn add(&mut self, name: &str, columns: &[Column], header: bool) -> Result<SheetId, Error> {
        if self.sheets.len() == self.sheets_max {
            return Err(Error::TooManySheets(self.sheets_max));
        }
        let sheet = Sheet::new(name, columns, header)?;
        let folded = name.to_lowercase();
        if self.sheets.iter().any(|sheet| sheet.name.to_lowercase() == folded) {
            return Err(Error::SheetName { name: name.to_owned(), reason: "is already used" });
        }
        self.check_room()?;
        let index = self.sheets.len();
        self.sheets.push(sheet);
        self.order.push(index);
        self.on_sheet(index, Sheet::put_header)?;
        Ok(SheetId(index))
    }

    fn sheet(&self, sheet: SheetId) -> Result<&Sheet, Error> {
        self.sheets.get(sheet.0).ok_or(Error::UnknownSheet)
    }

    fn check_room(&self) -> Result<(), Error> {
        if self.broken {
            return Err(Error::Broken);
        }
        if self.raw_len() > RAW_LEN_MAX { Err(Error::WorkbookFull) } else { Ok(()) }
    }

    /// Lets a sheet write, and keeps the books: its length, and whether a write failed.
    fn on_sheet<T>(
        &mut self,
        index: usize,
        write: impl FnOnce(&mut Sheet, &mut Strings, &mut Pieces<W, S>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let sheet = &mut self.sheets[index];
        let before = sheet.raw_len();
        let result = write(sheet, &mut self.strings, &mut self.pieces);
        self.cells_len += sheet.raw_len() - before;
        self.broken |= result.is_err();
        result
    }
}

/// Fills the stream's last sector, appends what follows the stream, and returns what precedes it.
fn finish_container<W: Output, S: Spool>(pieces: &mut Pieces<W, S>) -> Result<Vec<u8>, Error> {
    let used = pieces.raw_len() - SECTOR_LEN as u64;
    let stream_len = used.max(STREAM_LEN_MIN).next_multiple_of(SECTOR_LEN as u64);
    let layout = Layout::new(stream_len).ok_or(Error::WorkbookFull)?;
    let filler = usize::try_from(stream_len - used).unwrap_or(0);
    pieces.append(&mut vec![0; filler])?;
    layout.tail(|piece| pieces.append(&mut piece.to_vec()))?;
    Ok(layout.header())
}
