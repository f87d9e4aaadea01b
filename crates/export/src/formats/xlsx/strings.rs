//! The shared strings of a workbook. Two kinds of texts are there: those of columns whose texts repeat, once each,
//! and those that Excel would take for an escape, because not every reader undoes that escape in a cell's own text.
//! All others stand in their cells, so memory and the table stay small whatever the row count.

use std::{collections::HashMap, fs::File, io::Write};

use xls::{Codec, Deflated, Finished};

use super::escape;
use crate::encode::{Error, Scratch};

/// Different texts that are looked for; further ones stand in their cells.
const KNOWN_MAX: usize = 1_000;
/// Bytes of a text that is looked for.
const KNOWN_BYTES_MAX: usize = 1_024;

pub(super) const BEGINNING: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
);

/// A string in the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shared {
    pub(super) index: u32,
    /// Whether a character of it was replaced.
    pub(super) cleaned: bool,
}

/// The table, which waits packed until the sheets are complete.
pub(super) struct Strings<'a> {
    scratch: Scratch<'a>,
    table: Option<Deflated<File>>,
    count: u32,
    known: HashMap<String, Shared>,
}

impl<'a> Strings<'a> {
    pub(super) fn new(scratch: Scratch<'a>) -> Self {
        Self { scratch, table: None, count: 0, known: HashMap::new() }
    }

    /// The place of a text that repeats, unless there are too many such.
    pub(super) fn repeated(&mut self, text: &str) -> Result<Option<Shared>, Error> {
        if let Some(shared) = self.known.get(text) {
            return Ok(Some(*shared));
        }
        if self.known.len() == KNOWN_MAX || text.len() > KNOWN_BYTES_MAX {
            return Ok(None);
        }
        let shared = self.add(text)?;
        self.known.insert(text.to_owned(), shared);
        Ok(Some(shared))
    }

    /// Adds a text, whether it is there already or not.
    pub(super) fn add(&mut self, text: &str) -> Result<Shared, Error> {
        let table = match &mut self.table {
            Some(table) => table,
            none => {
                let table = none.insert(Deflated::new((self.scratch)()?, Codec::DEFLATE)?);
                table.write_all(BEGINNING.as_bytes())?;
                table
            }
        };
        table.write_all(br#"<si><t xml:space="preserve">"#)?;
        let cleaned = escape::write(text, table)?;
        table.write_all(b"</t></si>")?;
        let shared = Shared { index: self.count, cleaned };
        self.count += 1;
        Ok(shared)
    }

    /// The whole table, if there is one.
    pub(super) fn finish(self) -> Result<Option<Finished<File>>, Error> {
        let Some(mut table) = self.table else { return Ok(None) };
        table.write_all(b"</sst>")?;
        Ok(Some(table.finish()?))
    }
}
