//! Rows without end: a further sheet when one is full, a further workbook when that has its sheets.

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};

use unlade_xls::{Cell, Column, RAW_LEN_MAX, SheetId, Workbook, fit};

/// Sheets of rows in one workbook: 1,048,560 rows, as many as an .xlsx sheet has.
const SHEETS_MAX: usize = 16;

/// What came of it.
#[derive(Default)]
pub(crate) struct Done {
    /// Rows written.
    pub(crate) rows: u64,
    /// Texts that go on in a sheet `Overflow`.
    pub(crate) continued: u64,
    /// Cells in which a character that no file may hold was replaced.
    pub(crate) cleaned: u64,
    /// The files.
    pub(crate) files: Vec<PathBuf>,
}

/// The workbook that takes the next row.
struct Book {
    workbook: Workbook<File, File>,
    results: SheetId,
    sheets: usize,
    overflow: Option<SheetId>,
}

/// Workbooks with the same columns: `OUT.xls`, `OUT-2.xls`, ...
pub(crate) struct Books {
    path: PathBuf,
    columns: Vec<Column>,
    book: Option<Book>,
    done: Done,
}

impl Books {
    /// Begins the first workbook.
    pub(crate) fn create(path: &str, columns: Vec<Column>) -> Result<Self, Box<dyn Error>> {
        let mut books = Self { path: path.into(), columns, book: None, done: Done::default() };
        books.begin()?;
        Ok(books)
    }

    /// Writes one row.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Box<dyn Error>> {
        let book = self.book()?;
        let written = book.workbook.row(book.results, cells)?;
        let continued = if written.cut > 0 { book.overflow(cells)? } else { 0 };
        self.done.rows += 1;
        self.done.continued += continued;
        self.done.cleaned += u64::from(written.cleaned);
        Ok(())
    }

    /// Ends the last workbook.
    pub(crate) fn finish(mut self) -> Result<Done, Box<dyn Error>> {
        self.end()?;
        Ok(self.done)
    }

    fn begin(&mut self) -> Result<(), Box<dyn Error>> {
        let path = match self.done.files.len() {
            0 => self.path.clone(),
            earlier => numbered(&self.path, earlier + 1),
        };
        let mut workbook = Workbook::create(&path)?;
        let results = workbook.add_sheet("Results", &self.columns)?;
        workbook.add_filter(results)?;
        self.book = Some(Book { workbook, results, sheets: 1, overflow: None });
        self.done.files.push(path);
        Ok(())
    }

    fn end(&mut self) -> Result<(), Box<dyn Error>> {
        if let Some(book) = self.book.take() {
            book.workbook.finish()?;
        }
        Ok(())
    }

    /// The workbook and, in it, a sheet that have room for a row.
    fn book(&mut self) -> Result<&mut Book, Box<dyn Error>> {
        let is_full = self.book.as_ref().is_none_or(Book::is_full);
        if is_full {
            self.end()?;
            self.begin()?;
        }
        let book = self.book.as_mut().ok_or("there is no workbook")?;
        if book.workbook.rows_left(book.results) == 0 {
            book.sheets += 1;
            let name = format!("Results ({})", book.sheets);
            book.results = book.workbook.add_sheet(&name, &self.columns)?;
            book.workbook.add_filter(book.results)?;
        }
        Ok(book)
    }
}

impl Book {
    fn is_full(&self) -> bool {
        let rows_left = self.workbook.rows_left(self.results);
        self.workbook.raw_len() > RAW_LEN_MAX / 2 || (rows_left == 0 && self.sheets == SHEETS_MAX)
    }

    /// Continues what the cells of the last row could not hold.
    fn overflow(&mut self, cells: &[Cell<'_>]) -> Result<u64, Box<dyn Error>> {
        let row = unlade_xls::ROWS_MAX - self.workbook.rows_left(self.results);
        let mut continued = 0;
        for (column, cell) in (1..).zip(cells) {
            let Cell::Text(text) = cell else { continue };
            let mut rest = fit(text).rest;
            continued += u64::from(!rest.is_empty());
            while !rest.is_empty() {
                let piece = fit(rest);
                let place = [self.sheets as i64, i64::from(row), column].map(Cell::Int);
                let sheet = self.overflow_sheet()?;
                self.workbook.row(sheet, &[place[0], place[1], place[2], Cell::Text(piece.text)])?;
                rest = piece.rest;
            }
        }
        Ok(continued)
    }

    fn overflow_sheet(&mut self) -> Result<SheetId, unlade_xls::Error> {
        if let Some(sheet) = self.overflow {
            return Ok(sheet);
        }
        let columns = [
            Column::new("results_sheet"),
            Column::new("row"),
            Column::new("column"),
            Column::new("text").width(100).wrapped(),
        ];
        let sheet = self.workbook.add_sheet("Overflow", &columns)?;
        self.overflow = Some(sheet);
        Ok(sheet)
    }
}

/// `OUT.xls` becomes `OUT-2.xls`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{number}.xls"))
}

impl std::fmt::Display for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { rows, continued, cleaned, files } = self;
        write!(f, "{rows} rows, {continued} texts continued in Overflow, {cleaned} cells cleaned")?;
        files.iter().try_for_each(|file| write!(f, "\n{}", file.display()))
    }
}
