//! The shared string table: one SST record and its CONTINUE records, written once, from front to back. It holds
//! no text but the bounded `repeats`, so a text that is not found there is written again.
//!
//! The SST record's own header and its two counts belong to the head of the workbook, which is written last;
//! this stream begins with the strings behind them. BIFF8's rules for a string that meets the end of a record:
//! its header (length and flag) and first character stay together, a continued string repeats its flag, and
//! the two halves of a surrogate pair stay together too, since readers decode each record by itself.

use crate::error::Error;
use crate::limits::{PIECE_LEN, RECORD_LEN_MAX};
use crate::pieces::{Output, Pieces, Spool};
use crate::record;
use crate::repeats::Repeats;
use crate::text;

const CONTINUE: [u8; 4] = [0x3C, 0, 0, 0];
/// The flag byte of a string, at its start and again in each CONTINUE.
const BYTES: u8 = 0;
const WORDS: u8 = 1;

/// What the head of the workbook has to know of the strings.
pub(crate) struct Summary {
    /// Bytes of strings in the SST record itself, that is before the first CONTINUE.
    pub(crate) first_len: usize,
    /// Strings written.
    pub(crate) count: u32,
}

pub(crate) struct Strings {
    buf: Vec<u8>,
    /// Where in `buf` the open record's data begins, and where it must end.
    data: usize,
    data_end: usize,
    /// Once the SST record is closed.
    first_len: Option<usize>,
    /// The index of the next string.
    next: u32,
    first: u32,
    repeats: Repeats,
}

/// A string of the table.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) index: u32,
    pub(crate) cleaned: bool,
}

impl Strings {
    /// An empty table whose first record has room for `room` bytes and whose first string has number `first`.
    pub(crate) fn new(room: usize, first: u32) -> Self {
        let (data, data_end) = (0, room);
        let repeats = Repeats::new();
        Self { buf: Vec::new(), data, data_end, first_len: None, next: first, first, repeats }
    }

    /// Bytes that were not yet given to the output.
    pub(crate) fn pending(&self) -> usize {
        self.buf.len()
    }

    /// Adds a text that fits into a cell. If `repeats`, looks for it first.
    #[inline]
    pub(crate) fn add<W: Output, S: Spool>(
        &mut self,
        text: &str,
        repeats: bool,
        pieces: &mut Pieces<W, S>,
    ) -> Result<Entry, Error> {
        if repeats && let Some(index) = self.repeats.find(text) {
            return Ok(Entry { index, cleaned: false });
        }
        let cleaned = if text::is_plain(text) {
            self.put_bytes(text.as_bytes(), pieces)?;
            false
        } else {
            self.put_words(text, pieces)?;
            !text::is_clean(text)
        };
        let index = self.next;
        self.next += 1;
        // A text that was cleaned is not found again, so that each of its cells is reported.
        if repeats && !cleaned {
            self.repeats.remember(text, index);
        }
        Ok(Entry { index, cleaned })
    }

    /// Closes the table and with it the globals substream.
    pub(crate) fn finish<W: Output, S: Spool>(mut self, pieces: &mut Pieces<W, S>) -> Result<Summary, Error> {
        let first_len = self.close_record();
        self.buf.extend_from_slice(&record::EOF);
        pieces.append(&mut self.buf)?;
        Ok(Summary { first_len, count: self.next - self.first })
    }

    fn put_bytes<W: Output, S: Spool>(
        &mut self,
        text: &[u8],
        pieces: &mut Pieces<W, S>,
    ) -> Result<(), Error> {
        self.put_header(text.len(), BYTES, text.len().min(1), pieces)?;
        let mut rest = text;
        loop {
            let (now, later) = rest.split_at(rest.len().min(self.room()));
            self.buf.extend_from_slice(now);
            if later.is_empty() {
                return Ok(());
            }
            self.next_record(pieces)?;
            self.buf.push(BYTES);
            rest = later;
        }
    }

    fn put_words<W: Output, S: Spool>(&mut self, text: &str, pieces: &mut Pieces<W, S>) -> Result<(), Error> {
        let first_len = text.chars().next().map_or(0, char::len_utf16) * 2;
        self.put_header(text::units(text), WORDS, first_len, pieces)?;
        for character in text.chars() {
            let mut units = [0; 2];
            let units = text::clean(character).encode_utf16(&mut units);
            if self.room() < units.len() * 2 {
                self.next_record(pieces)?;
                self.buf.push(WORDS);
            }
            record::put_u16s(&mut self.buf, units);
        }
        Ok(())
    }

    /// Writes a string's header, in a record where its first character has room too.
    fn put_header<W: Output, S: Spool>(
        &mut self,
        units: usize,
        flag: u8,
        first_len: usize,
        pieces: &mut Pieces<W, S>,
    ) -> Result<(), Error> {
        if self.room() < 3 + first_len {
            self.next_record(pieces)?;
        }
        // The caller gives no text of more than 32,767 units.
        let units = u16::try_from(units).unwrap_or(u16::MAX).to_le_bytes();
        self.buf.extend_from_slice(&[units[0], units[1], flag]);
        Ok(())
    }

    fn room(&self) -> usize {
        self.data_end - self.buf.len()
    }

    /// Closes the open record, gives a full piece away and opens a CONTINUE. Only here may a piece end: the
    /// length of an open record is not known yet.
    #[cold]
    fn next_record<W: Output, S: Spool>(&mut self, pieces: &mut Pieces<W, S>) -> Result<(), Error> {
        self.close_record();
        if self.buf.len() >= PIECE_LEN {
            pieces.append(&mut self.buf)?;
        }
        if self.buf.capacity() < self.buf.len() + 4 + RECORD_LEN_MAX {
            // Exactly, since doubling would pass the length of a piece by far.
            self.buf.reserve_exact((PIECE_LEN + 2 * RECORD_LEN_MAX) - self.buf.len());
        }
        self.buf.extend_from_slice(&CONTINUE);
        self.data = self.buf.len();
        self.data_end = self.data + RECORD_LEN_MAX;
        Ok(())
    }

    /// Sets the length of the open record; the first one's is for the head. Returns the first one's.
    fn close_record(&mut self) -> usize {
        let length = self.buf.len() - self.data;
        match self.first_len {
            None => {
                self.first_len = Some(length);
                length
            }
            Some(first_len) => {
                let length = u16::try_from(length).unwrap_or(u16::MAX);
                self.buf[self.data - 2..self.data].copy_from_slice(&length.to_le_bytes());
                first_len
            }
        }
    }
}
