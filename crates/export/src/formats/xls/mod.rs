//! Real BIFF8 workbooks: `Summary` first, then `Results` sheets of 65,535 rows, then `Overflow` if a text was
//! too long for its cell. A new workbook begins every 16 sheets, or when one comes near a gigabyte.

mod overflow;
mod summary;

use std::fs::File;

use xls::{Codec, SheetId, Workbook};

use crate::{
    archive::Archive,
    encode::{Altered, Encoded, Encoder, Error, Format, Layout, Part, Scratch},
    report::Report,
    row::Cell,
};
use overflow::Overflow;

/// `Results` sheets a workbook.
const SHEETS_MAX: usize = 16;
/// What a workbook may grow to, its 2 GiB limit far away.
const BYTES_MAX: u64 = 1 << 30;

/// Columns of nearly every Source: clearing room for all that a sheet can have takes longer than a row's cells.
const FEW: usize = 16;

/// `xls`
pub(crate) struct Xls;

impl Format for Xls {
    fn name(&self) -> &'static str {
        "xls"
    }

    fn goes_beyond_the_cloud(&self) -> bool {
        false
    }

    fn encoder<'a>(
        &self,
        layout: Layout,
        archive: Archive,
        scratch: Scratch<'a>,
    ) -> Result<Box<dyn Encoder + 'a>, Error> {
        let mut encoder = XlsEncoder {
            layout,
            archive,
            scratch,
            book: None,
            parts: Vec::new(),
            altered: Altered::default(),
        };
        encoder.begin_book()?;
        Ok(Box::new(encoder))
    }
}

struct Book {
    workbook: Workbook<File, File>,
    name: String,
    results: SheetId,
    sheets: usize,
    rows: i64,
    overflow: Overflow,
}

struct XlsEncoder<'a> {
    layout: Layout,
    archive: Archive,
    scratch: Scratch<'a>,
    book: Option<Book>,
    parts: Vec<Part>,
    altered: Altered,
}

impl XlsEncoder<'_> {
    fn begin_book(&mut self) -> Result<(), Error> {
        let name = match self.parts.len() {
            0 => format!("{}.xls", self.layout.name),
            earlier => format!("{}-{}.xls", self.layout.name, earlier + 1),
        };
        let out = self.archive.begin(&name)?;
        let mut workbook = Workbook::new(out, (self.scratch)()?, Codec::DEFLATE)?;
        let results = workbook.add_sheet("Results", &self.columns())?;
        workbook.add_filter(results)?;
        self.book = Some(Book { workbook, name, results, sheets: 1, rows: 0, overflow: Overflow::default() });
        Ok(())
    }

    fn columns(&self) -> Vec<xls::Column> {
        let columns = self.layout.columns.iter().map(|column| {
            let described =
                xls::Column::new(column.title.in_language(self.layout.language)).width(column.width);
            if column.few_valued { described.few_valued() } else { described }
        });
        columns.collect()
    }

    fn end_book(&mut self, report: Option<&Report>) -> Result<(), Error> {
        let Some(mut book) = self.book.take() else { return Ok(()) };
        let part =
            summary::PartOf { number: self.parts.len() + 1, rows: book.rows, is_last: report.is_some() };
        summary::write(&mut book.workbook, &self.layout, &part, report, self.altered)?;
        let finished = book.workbook.finish()?;
        let sha256 = self.archive.end(finished.crc32, finished.len, finished.raw_len)?;
        self.parts.push(Part { name: book.name, rows: book.rows, sha256 });
        Ok(())
    }

    /// The book that takes the next row, with a sheet that has room for it.
    fn book(&mut self) -> Result<&mut Book, Error> {
        let full = self.book.as_ref().is_none_or(|book| {
            let rows_left = book.workbook.rows_left(book.results);
            book.workbook.raw_len() >= BYTES_MAX || (rows_left == 0 && book.sheets == SHEETS_MAX)
        });
        if full {
            self.end_book(None)?;
            self.begin_book()?;
        }
        let columns = self.columns_if_sheet_is_full();
        let Some(book) = &mut self.book else { return Err(xls::Error::NoSheet.into()) };
        if let Some(columns) = columns {
            book.sheets += 1;
            book.results = book.workbook.add_sheet(&format!("Results ({})", book.sheets), &columns)?;
            book.workbook.add_filter(book.results)?;
        }
        Ok(book)
    }

    fn columns_if_sheet_is_full(&self) -> Option<Vec<xls::Column>> {
        let book = self.book.as_ref()?;
        (book.workbook.rows_left(book.results) == 0).then(|| self.columns())
    }
}

impl Encoder for XlsEncoder<'_> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        let (mut few, mut many);
        let written = if cells.len() <= FEW {
            few = [xls::Cell::Empty; FEW];
            &mut few[..cells.len()]
        } else {
            many = [xls::Cell::Empty; xls::COLUMNS_MAX];
            &mut many[..cells.len()]
        };
        for (to, cell) in written.iter_mut().zip(cells) {
            *to = cell.text().map_or(xls::Cell::Empty, xls::Cell::Text);
        }
        let language = self.layout.language;
        let book = self.book()?;
        let done = book.workbook.row(book.results, written)?;
        book.rows += 1;
        let mut altered = Altered { cleaned: i64::from(done.cleaned), ..Altered::default() };
        if done.cut > 0 {
            let row = (xls::ROWS_MAX - book.workbook.rows_left(book.results)) as usize;
            altered += book.overflow.take(&mut book.workbook, language, [book.sheets, row], cells)?;
        }
        self.altered += altered;
        Ok(())
    }

    fn finish(mut self: Box<Self>, report: &Report) -> Result<Encoded, Error> {
        self.end_book(Some(report))?;
        Ok(Encoded { archive: self.archive, parts: self.parts, altered: self.altered })
    }
}
