//! Office Open XML workbooks: `Summary` first, then `Results` sheets of 1,048,575 rows, then `Overflow` if a text was
//! too long for its cell. One pass, constant memory: rows leave as XML, packed, and what the end knows is written at
//! the end, for the order of the parts in an .xlsx is free.

mod escape;
mod package;
mod parts;
mod sheet;
mod strings;

use std::fs::File;

use xls::{Codec, Deflated};

use crate::{
    archive::Archive,
    encode::{Altered, Encoded, Encoder, Error, Format, Layout, Part, Scratch},
    report::Report,
    row,
    writing::{
        overflow,
        summary::{Line, in_cells, totals},
    },
};
use package::{Counted, Package};
use parts::Tab;
use sheet::{COLUMNS_MAX, Cell, Column, ROWS_MAX, Sheet};
use strings::Strings;

/// What the XML of a sheet may grow to, far from the 4 GiB of an entry of a zip.
const SHEET_BYTES_MAX: u64 = 2_000_000_000;

/// `xlsx`
pub(crate) struct Xlsx;

impl Format for Xlsx {
    fn name(&self) -> &'static str {
        "xlsx"
    }

    fn goes_beyond_the_cloud(&self) -> bool {
        true
    }

    fn encoder<'a>(
        &self,
        layout: Layout,
        mut archive: Archive,
        scratch: Scratch<'a>,
    ) -> Result<Box<dyn Encoder + 'a>, Error> {
        let name = format!("{}.xlsx", layout.name);
        let mut package = Package::new(archive.begin_stored(&name)?, archive.stamp());
        package.add("_rels/.rels", parts::root().as_bytes())?;
        let mut encoder = XlsxEncoder {
            layout,
            archive,
            name,
            package,
            results: None,
            overflow: None,
            strings: Strings::new(scratch),
            scratch,
            tabs: Vec::new(),
            rows: 0,
            altered: Altered::default(),
        };
        encoder.begin_results()?;
        Ok(Box::new(encoder))
    }
}

struct XlsxEncoder<'a> {
    layout: Layout,
    archive: Archive,
    name: String,
    package: Package,
    /// The sheet that takes the next row.
    results: Option<Sheet<Deflated<Counted>>>,
    /// It grows beside the results, so it waits elsewhere until they are complete.
    overflow: Option<Sheet<Deflated<File>>>,
    strings: Strings<'a>,
    scratch: Scratch<'a>,
    /// The sheets that are complete.
    tabs: Vec<Tab>,
    rows: i64,
    altered: Altered,
}

impl XlsxEncoder<'_> {
    /// The part of the next sheet.
    fn part(&self) -> String {
        format!("worksheets/sheet{}.xml", self.tabs.len() + 1)
    }

    fn begin_results(&mut self) -> Result<(), Error> {
        let language = self.layout.language;
        let columns = self.layout.columns.iter().map(|column| Column {
            title: column.title.in_language(language),
            width: column.width,
            few_valued: column.few_valued,
        });
        let columns: Vec<_> = columns.collect();
        if columns.len() > COLUMNS_MAX {
            let count = columns.len();
            return Err(Error::Limit(format!("a sheet has at most {COLUMNS_MAX} columns, not {count}")));
        }
        let out = self.package.begin(&format!("xl/{}", self.part()))?;
        self.results = Some(Sheet::new(out, &columns, &mut self.strings)?);
        Ok(())
    }

    fn end_results(&mut self) -> Result<(), Error> {
        let Some(sheet) = self.results.take() else { return Ok(()) };
        let name = match self.tabs.len() {
            0 => "Results".to_owned(),
            earlier => format!("Results ({})", earlier + 1),
        };
        let tab = Tab { name, part: self.part(), filtered: sheet.filtered() };
        self.package.end(sheet.finish()?)?;
        self.tabs.push(tab);
        Ok(())
    }

    fn go_on_in_overflow(&mut self, row: usize, cells: &[row::Cell<'_>]) -> Result<Altered, Error> {
        let Self { overflow, strings, scratch, layout, .. } = self;
        overflow::go_on([self.tabs.len() + 1, row], cells, &mut |line| {
            if overflow.is_none() {
                let out = Deflated::new(scratch()?, Codec::DEFLATE)?;
                let columns = overflow::titles(layout.language).map(|title| Column::new(title, 16));
                *overflow = Some(Sheet::new(out, &columns, strings)?);
            }
            let Some(sheet) = overflow.as_mut().filter(|sheet| !is_full(sheet)) else {
                return Ok(overflow::Put::Full);
            };
            let written = sheet.row(line.into_iter().map(Cell::Text), strings)?;
            Ok(overflow::Put::Written { cleaned: written.cleaned > 0 })
        })
    }

    fn end_overflow(&mut self) -> Result<(), Error> {
        let Some(sheet) = self.overflow.take() else { return Ok(()) };
        let tab = Tab { name: overflow::SHEET.to_owned(), part: self.part(), filtered: sheet.filtered() };
        self.package.append(&format!("xl/{}", tab.part), sheet.finish()?.finish()?)?;
        self.tabs.push(tab);
        Ok(())
    }

    /// Writes the summary, last, and makes it the first tab.
    fn summarise(&mut self, report: &Report) -> Result<(), Error> {
        let columns = [36, 12, 64].map(|width| Column::new("", width));
        let strings = &mut self.strings;
        let mut sheet = Sheet::new(Vec::new(), &columns, strings)?;
        totals(self.layout.language, report, &in_cells(self.altered), &mut |line| {
            let cells = match line {
                Line::Blank => [Cell::Empty; 3],
                Line::Heading(text) => [Cell::Bold(text), Cell::Empty, Cell::Empty],
                Line::Text(label, text) => [Cell::Text(label), Cell::Text(text), Cell::Empty],
                Line::Count(label, count, remark) => {
                    [Cell::Text(label), Cell::Int(count), Cell::Text(remark)]
                }
            };
            sheet.row(cells.into_iter(), strings)?;
            Ok(())
        })?;
        let tab = Tab { name: "Summary".to_owned(), part: self.part(), filtered: None };
        self.package.add(&format!("xl/{}", tab.part), &sheet.finish()?)?;
        self.tabs.insert(0, tab);
        Ok(())
    }
}

/// Whether a sheet takes no further row.
fn is_full<W: std::io::Write>(sheet: &Sheet<Deflated<W>>) -> bool {
    sheet.rows() == ROWS_MAX || sheet.out().raw_len() >= SHEET_BYTES_MAX
}

impl Encoder for XlsxEncoder<'_> {
    fn row(&mut self, cells: &[row::Cell<'_>]) -> Result<(), Error> {
        self.layout.check(cells)?;
        if self.results.as_ref().is_none_or(is_full) {
            self.end_results()?;
            self.begin_results()?;
        }
        let Some(sheet) = &mut self.results else { return Ok(()) };
        let texts = cells.iter().map(|cell| cell.text().map_or(Cell::Empty, Cell::Text));
        let written = sheet.row(texts, &mut self.strings)?;
        self.rows += 1;
        self.altered.cleaned += i64::from(written.cleaned);
        if written.cut > 0 {
            let row = sheet.rows() as usize;
            let altered = self.go_on_in_overflow(row, cells)?;
            self.altered += altered;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, report: &Report) -> Result<Encoded, Error> {
        self.end_results()?;
        self.end_overflow()?;
        self.summarise(report)?;
        let Self { mut archive, mut package, strings, tabs, .. } = *self;
        match strings.finish()? {
            Some(table) => package.append("xl/sharedStrings.xml", table)?,
            None => package.add("xl/sharedStrings.xml", parts::no_strings().as_bytes())?,
        }
        for (name, text) in [
            ("xl/styles.xml", parts::styles()),
            ("xl/workbook.xml", parts::workbook(&tabs)),
            ("xl/_rels/workbook.xml.rels", parts::relations(&tabs)),
            ("[Content_Types].xml", parts::types(&tabs)),
        ] {
            package.add(name, text.as_bytes())?;
        }
        let (crc32, len) = package.finish()?;
        let sha256 = archive.end(crc32, len, len)?;
        let part = Part { name: self.name, rows: self.rows, sha256 };
        Ok(Encoded { archive, parts: vec![part], altered: self.altered })
    }
}
