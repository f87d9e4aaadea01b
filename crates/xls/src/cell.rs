//! What callers describe a sheet and its rows with. Everything is borrowed or small; nothing here is a formula,
//! because nothing this crate writes ever is.

use crate::globals::Xf;

/// One cell of a row. Borrowed, so that a row costs no allocation.
///
/// ```
/// use unlade_xls::Cell;
///
/// let row = [Cell::Text("0042"), Cell::Int(42), Cell::Date(1_732_447_268_123), Cell::Bool(true), Cell::Empty];
/// # assert_eq!(row.len(), 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cell<'a> {
    /// Nothing is written. An empty text is the same.
    Empty,
    /// A text, of number format `@`, so that ids and leading zeros stay as they are.
    Text(&'a str),
    /// The same in bold, for titles and labels.
    Bold(&'a str),
    /// A whole number; beyond 15 digits, which is where Excel rounds, it is written as text.
    Int(i64),
    /// A number. What is not finite is written as `#NUM!` and counted as cleaned.
    Number(f64),
    /// TRUE or FALSE.
    Bool(bool),
    /// An instant in milliseconds since 1970-01-01T00:00Z, as a date that sorts and calculates. A sheet knows no
    /// time zones: it shows the instant in UTC.
    ///
    /// It is a number, days since 1900, from 1900-03-01 to 9999-12-31; earlier days count differently in Excel
    /// and in LibreOffice, since Excel believes in a 29 February 1900, and later ones are none to Excel. An
    /// instant outside is written as text, `1900-02-28T23:59:59.999Z`.
    Date(i64),
}

/// What happened to the texts of one row on their way into the file.
///
/// ```
/// # fn main() -> Result<(), unlade_xls::Error> {
/// # use std::io::Cursor;
/// use unlade_xls::{Cell, Column};
///
/// # let (out, spool) = (Cursor::new(Vec::new()), Cursor::new(Vec::new()));
/// # let mut workbook = unlade_xls::Workbook::new(out, spool, unlade_xls::Codec::Plain)?;
/// let sheet = workbook.add_sheet("S", &[Column::new("a"), Column::new("b")])?;
/// let long = "x".repeat(40_000);
/// let written = workbook.row(sheet, &[Cell::Text(&long), Cell::Text("\0")])?;
/// assert_eq!((written.cut, written.cleaned), (1, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Cells whose text was cut at 32,767 UTF-16 units. [`crate::fit`] tells what was left over.
    pub cut: u32,
    /// Cells in which a character that no file may hold became U+FFFD, or a number became `#NUM!`.
    pub cleaned: u32,
}

/// One column of a sheet: its title and how its cells look.
///
/// ```
/// use unlade_xls::Column;
///
/// let columns = [
///     Column::new("device id").width(26),
///     Column::new("status").few_valued(),
///     Column::new("message").width(60).wrapped(),
///     Column::new("finished").width(24).milliseconds(),
/// ];
/// # assert_eq!(columns.len(), 4);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub(crate) title: String,
    pub(crate) width: u16,
    pub(crate) few_valued: bool,
    /// How its texts and its dates look.
    pub(crate) text: Xf,
    pub(crate) date: Xf,
}

impl Column {
    /// A column of 16 characters' width. A sheet without header ignores the title.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), width: 16, few_valued: false, text: Xf::Text, date: Xf::Date }
    }

    /// Sets the width in characters, up to 255.
    #[must_use]
    pub fn width(mut self, characters: u16) -> Self {
        self.width = characters.min(crate::limits::WIDTH_MAX);
        self
    }

    /// Says that its texts repeat, as a status does: each is then looked for before it is written again.
    #[must_use]
    pub fn few_valued(mut self) -> Self {
        self.few_valued = true;
        self
    }

    /// Breaks its texts into lines at the column's width. How high the rows become is the reading program's
    /// matter.
    #[must_use]
    pub fn wrapped(mut self) -> Self {
        self.text = Xf::Wrapped;
        self
    }

    /// Shows its dates as `yyyy-mm-dd hh:mm:ss.000`. Every column keeps the milliseconds of [`Cell::Date`];
    /// without this it shows `yyyy-mm-dd hh:mm:ss`.
    #[must_use]
    pub fn milliseconds(mut self) -> Self {
        self.date = Xf::DateMs;
        self
    }
}
