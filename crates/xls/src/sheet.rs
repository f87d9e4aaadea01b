//! One sheet's cells as they come; `frame` adds what surrounds them when their number is known. It does not
//! decide where the bytes go, and it writes no ROW, INDEX or DBCELL records: no reader tried needs them, and
//! they would take 6 % more of the file.

use crate::cell::{Cell, Column, Written};
use crate::date;
use crate::error::Error;
use crate::filter::Filter;
use crate::frame::{self, Look, Size};
use crate::globals::Xf;
use crate::limits::{COLUMNS_MAX, PIECE_LEN, ROWS_MAX, SHEET_NAME_UNITS_MAX};
use crate::number;
use crate::pieces::{Output, Pieces, Spool, Spooled};
use crate::strings::Strings;
use crate::text;

pub(crate) struct Sheet {
    pub(crate) name: String,
    columns: Vec<Column>,
    header: bool,
    /// Whether the header row gets arrows.
    filter: bool,
    rows: u32,
    /// Columns up to the last one with a cell.
    columns_used: u16,
    /// Cells that refer to a string.
    references: u32,
    /// Cell records that were not yet spooled.
    buf: Vec<u8>,
    spooled: Spooled,
}

impl Sheet {
    pub(crate) fn new(name: &str, columns: &[Column], header: bool) -> Result<Self, Error> {
        check_name(name)?;
        if columns.len() > COLUMNS_MAX {
            return Err(Error::TooManyColumns(columns.len()));
        }
        let writable = |title: &str| text::is_clean(title) && text::fit(title).rest.is_empty();
        if header && !columns.iter().all(|column| writable(&column.title)) {
            return Err(Error::Title);
        }
        Ok(Self {
            name: name.to_owned(),
            columns: columns.to_vec(),
            header,
            filter: false,
            rows: 0,
            columns_used: 0,
            references: 0,
            buf: Vec::new(),
            spooled: Spooled::default(),
        })
    }

    pub(crate) fn rows_left(&self) -> u32 {
        ROWS_MAX - self.rows
    }

    /// Bytes of cell records so far.
    pub(crate) fn raw_len(&self) -> u64 {
        self.spooled.raw_len + self.buf.len() as u64
    }

    /// Cells that refer to a string.
    pub(crate) fn references(&self) -> u32 {
        self.references
    }

    /// Refuses a row that `put_row` could not write.
    pub(crate) fn check_row(&self, cells: usize) -> Result<(), Error> {
        if cells > self.columns.len() {
            return Err(Error::TooManyCells { cells, columns: self.columns.len() });
        }
        if self.rows == ROWS_MAX {
            return Err(Error::SheetFull);
        }
        Ok(())
    }

    /// Writes the header row, if the sheet has one.
    pub(crate) fn put_header<W: Output, S: Spool>(
        &mut self,
        strings: &mut Strings,
        pieces: &mut Pieces<W, S>,
    ) -> Result<(), Error> {
        if !self.header {
            return Ok(());
        }
        let columns = std::mem::take(&mut self.columns);
        let titles: Vec<Cell<'_>> = columns.iter().map(|column| Cell::Bold(&column.title)).collect();
        let written = self.put_row(&titles, strings, pieces);
        drop(titles);
        self.columns = columns;
        written.map(|_| ())
    }

    /// Writes one row. The caller has asked [`Sheet::check_row`].
    pub(crate) fn put_row<W: Output, S: Spool>(
        &mut self,
        cells: &[Cell<'_>],
        strings: &mut Strings,
        pieces: &mut Pieces<W, S>,
    ) -> Result<Written, Error> {
        let mut written = Written::default();
        let row = u16::try_from(self.rows).unwrap_or(u16::MAX);
        for (column, cell) in (0_u16..).zip(cells) {
            let place = Place { row, column };
            match *cell {
                Cell::Empty | Cell::Text("") | Cell::Bold("") => continue,
                Cell::Text(text) => {
                    let &Column { few_valued, text: xf, .. } = &self.columns[usize::from(column)];
                    self.put_text(place, text, (xf, few_valued), &mut written, strings, pieces)?;
                }
                Cell::Bold(text) => {
                    self.put_text(place, text, (Xf::Bold, true), &mut written, strings, pieces)?;
                }
                Cell::Int(int) => match number::exact(int) {
                    Some(number) => self.put_number(place, Xf::Int, number),
                    None => {
                        let digits = int.to_string();
                        self.put_text(place, &digits, (Xf::Text, false), &mut written, strings, pieces)?;
                    }
                },
                Cell::Number(number) if number.is_finite() => self.put_number(place, Xf::General, number),
                Cell::Number(_) => {
                    self.put_bool_or_error(place, number::ERROR_NUM, 1);
                    written.cleaned += 1;
                }
                Cell::Date(ms) => match date::serial(ms) {
                    Some(days) => self.put_number(place, self.columns[usize::from(column)].date, days),
                    None => {
                        let text = date::iso(ms);
                        self.put_text(place, &text, (Xf::Text, false), &mut written, strings, pieces)?;
                    }
                },
                Cell::Bool(value) => self.put_bool_or_error(place, u8::from(value), 0),
            }
            self.columns_used = self.columns_used.max(column + 1);
        }
        self.rows += 1;
        if self.buf.len() >= PIECE_LEN {
            self.spool(pieces)?;
        }
        if self.rows == ROWS_MAX {
            // A full sheet gives its buffer back, so that a workbook of many costs no more than one of few.
            self.spool(pieces)?;
            self.buf = Vec::new();
        }
        Ok(written)
    }

    fn put_text<W: Output, S: Spool>(
        &mut self,
        place: Place,
        text: &str,
        (xf, repeats): (Xf, bool),
        written: &mut Written,
        strings: &mut Strings,
        pieces: &mut Pieces<W, S>,
    ) -> Result<(), Error> {
        let fit = text::fit(text);
        let entry = strings.add(fit.text, repeats, pieces)?;
        // Who looks at the cell sees that there was more.
        let is_cut = !fit.rest.is_empty();
        let xf = if is_cut { Xf::Marked } else { xf };
        written.cut += u32::from(is_cut);
        written.cleaned += u32::from(entry.cleaned);
        let xf = if text::looks_like_formula(text) { xf.quoted() } else { xf };
        // LABELSST, in one go: it is nearly all that a sheet consists of.
        let mut record = [0xFD, 0x00, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        record[4..10].copy_from_slice(&place.with(xf));
        record[10..].copy_from_slice(&entry.index.to_le_bytes());
        self.buf.extend_from_slice(&record);
        self.references += 1;
        Ok(())
    }

    fn put_number(&mut self, place: Place, xf: Xf, number: f64) {
        if let Some(rk) = number::rk(number) {
            self.buf.extend_from_slice(&[0x7E, 0x02, 10, 0]);
            self.buf.extend_from_slice(&place.with(xf));
            self.buf.extend_from_slice(&rk.to_le_bytes());
        } else {
            self.buf.extend_from_slice(&[0x03, 0x02, 14, 0]);
            self.buf.extend_from_slice(&place.with(xf));
            self.buf.extend_from_slice(&number.to_le_bytes());
        }
    }

    fn put_bool_or_error(&mut self, place: Place, value: u8, is_error: u8) {
        self.buf.extend_from_slice(&[0x05, 0x02, 8, 0]);
        self.buf.extend_from_slice(&place.with(Xf::General));
        self.buf.extend_from_slice(&[value, is_error]);
    }

    fn spool<W: Output, S: Spool>(&mut self, pieces: &mut Pieces<W, S>) -> Result<(), Error> {
        pieces.spool(&mut self.buf, &mut self.spooled)
    }

    /// Puts arrows on the header row.
    pub(crate) fn add_filter(&mut self) -> Result<(), Error> {
        if !self.header || self.columns.is_empty() {
            return Err(Error::NoHeader);
        }
        self.filter = true;
        Ok(())
    }

    /// What its arrows reach over if it is the tab of this number, from 0.
    pub(crate) fn filter(&self, tab: usize) -> Option<Filter> {
        // A sheet with arrows has a header row and at least one column; all three numbers are within limits.
        let (tab, last_row, columns) =
            (tab as u16, self.rows.saturating_sub(1) as u16, self.columns.len() as u16);
        self.filter.then_some(Filter { tab, last_row, columns })
    }

    /// Gives the whole substream to the output. `drawing` is the number of its arrows among all sheets'.
    pub(crate) fn finish<W: Output, S: Spool>(
        &mut self,
        selected: bool,
        drawing: Option<u16>,
        pieces: &mut Pieces<W, S>,
    ) -> Result<(), Error> {
        let size = Size { rows: self.rows, columns: self.columns_used };
        let look = Look { header: self.header, selected, drawing };
        pieces.append(&mut frame::beginning(&self.columns, size, look))?;
        pieces.append_spooled(&self.spooled)?;
        frame::put_end(&mut self.buf, self.columns.len(), look);
        pieces.append(&mut self.buf)
    }
}

/// Where a cell is.
#[derive(Clone, Copy)]
struct Place {
    row: u16,
    column: u16,
}

impl Place {
    /// What every cell record begins with.
    fn with(self, xf: Xf) -> [u8; 6] {
        let ([a, b], [c, d], [e, f]) =
            (self.row.to_le_bytes(), self.column.to_le_bytes(), (xf as u16).to_le_bytes());
        [a, b, c, d, e, f]
    }
}

/// Checks a tab's name by Excel's rules.
fn check_name(name: &str) -> Result<(), Error> {
    let reason = if name.trim().is_empty() {
        "is blank"
    } else if text::units(name) > SHEET_NAME_UNITS_MAX {
        "has more than 31 UTF-16 units"
    } else if name.contains(['[', ']', ':', '*', '?', '/', '\\']) {
        "has one of []:*?/\\"
    } else if name.starts_with('\'') || name.ends_with('\'') {
        "begins or ends with an apostrophe"
    } else if name.chars().any(|c| c.is_control() || text::clean(c) != c) {
        "has a control character"
    } else if name.eq_ignore_ascii_case("history") {
        "is reserved by Excel"
    } else {
        return Ok(());
    };
    Err(Error::SheetName { name: name.to_owned(), reason })
}
