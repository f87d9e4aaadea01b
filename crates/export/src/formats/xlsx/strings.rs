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
/// As many digits as the largest index has.
const DIGITS: usize = 10;

pub(super) const BEGINNING: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
);

/// A string in the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shared {
    /// Its index as digits, behind zeros, so that no cell has to format it.
    digits: [u8; DIGITS],
    first: usize,
    /// Whether a character of it was replaced.
    pub(super) cleaned: bool,
}

impl Shared {
    fn new(index: u32, cleaned: bool) -> Self {
        let (mut digits, mut first, mut rest) = ([b'0'; DIGITS], DIGITS, index);
        while first == DIGITS || rest > 0 {
            first -= 1;
            digits[first] += (rest % 10) as u8;
            rest /= 10;
        }
        Self { digits, first, cleaned }
    }

    /// Its index, as digits.
    pub(super) fn index(&self) -> &[u8] {
        &self.digits[self.first..]
    }
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
        let shared = Shared::new(self.count, cleaned);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_written_as_numbers_are() {
        for index in [0, 1, 9, 10, 12_345, 1_000_000_000, u32::MAX] {
            assert_eq!(Shared::new(index, false).index(), index.to_string().as_bytes());
        }
    }
}
