//! One JSON object a line, for programs: the keys are the columns' English names in their order, each in every
//! object; a cell that is empty is null. Nothing is altered.

use std::{
    fs::File,
    io::{self, Write},
};

use types::Language;
use xls::Deflated;

use crate::{
    archive::Archive,
    encode::{Altered, Encoded, Encoder, Error, Format, Layout, Scratch},
    report::Report,
    row::Cell,
    writing::text::TextEntry,
};

/// `jsonl`
pub(crate) struct Jsonl;

impl Format for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
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
        let (text, out) = TextEntry::begin(layout, archive, "jsonl")?;
        let keys = text.layout.columns.iter().enumerate().map(|(number, column)| {
            let key = serde_json::to_string(column.title.in_language(Language::English))?;
            Ok(format!("{}{key}:", if number == 0 { "{" } else { "," }))
        });
        let keys = keys.collect::<Result<_, serde_json::Error>>().map_err(io::Error::from)?;
        Ok(Box::new(JsonlEncoder { keys, text, out }))
    }
}

struct JsonlEncoder {
    /// What stands before each value.
    keys: Vec<String>,
    text: TextEntry,
    out: Deflated<File>,
}

impl Encoder for JsonlEncoder {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Error> {
        self.text.count(cells)?;
        for (key, cell) in self.keys.iter().zip(cells) {
            self.out.write_all(key.as_bytes())?;
            // An I/O error comes out as the one that it was.
            serde_json::to_writer(&mut self.out, &cell.text()).map_err(io::Error::from)?;
        }
        self.out.write_all(b"}\n")?;
        Ok(())
    }

    fn finish(self: Box<Self>, report: &Report) -> Result<Encoded, Error> {
        self.text.end(self.out, report, Altered::default(), &[])
    }
}
