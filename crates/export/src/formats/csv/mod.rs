//! Comma-separated values as spreadsheet programs expect them: UTF-8 behind a byte order mark, lines that end in
//! CRLF, texts quoted where they must be. Nothing is cut, but a text that such a program would take for a formula
//! has a `'` before it, and that is counted.

use std::fs::File;

use xls::Deflated;

use crate::{
    archive::Archive,
    encode::{Altered, Encoded, Encoder, Error, Format, Layout, Scratch},
    report::Report,
    row::Cell,
    writing::{lines::Lines, summary::in_texts, text::TextEntry},
};

/// `csv`
pub(crate) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn goes_beyond_the_cloud(&self) -> bool {
        true
    }

    fn encoder<'a>(
        &self,
        layout: Layout,
        archive: Archive,
        _: Scratch<'a>,
    ) -> Result<Box<dyn Encoder + 'a>, Error> {
        let (text, out) = TextEntry::begin(layout, archive, "csv")?;
        let mut lines = Lines::new(out)?;
        let language = text.layout.language;
        lines.line(text.layout.columns.iter().map(|column| column.title.in_language(language)))?;
        Ok(Box::new(CsvEncoder { text, lines, guarded: 0 }))
    }
}

struct CsvEncoder {
    text: TextEntry,
    lines: Lines<Deflated<File>>,
    guarded: i64,
}

impl Encoder for CsvEncoder {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        self.text.count(cells)?;
        self.guarded += self.lines.line(cells.iter().map(|cell| cell.text().unwrap_or_default()))?;
        Ok(())
    }

    fn finish(self: Box<Self>, report: &Report) -> Result<Encoded, Error> {
        let altered = Altered { guarded: self.guarded, ..Altered::default() };
        self.text.end(self.lines.finish()?, report, altered, &in_texts(altered))
    }
}
