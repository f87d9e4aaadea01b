//! The table of strings that BIFF8 keeps for its cells: how long each is. What a cell of a few bytes asks for is known
//! only from it.

use super::{damaged, u16_at, u32_at};
use crate::Error;
use types::text;

/// A string of the table.
#[derive(Clone, Copy)]
pub(super) struct Length {
    /// UTF-16 units. As UTF-8 it has at least as many bytes.
    pub(super) units: u16,
    /// The most bytes that it can have as UTF-8.
    pub(super) bytes_max: u32,
}

/// The lengths of all strings, from the data of the table's record and of those that continue it. None of them is empty.
pub(super) fn lengths(pieces: &[&[u8]]) -> Result<Vec<Length>, Error> {
    const COUNTS: usize = 8;
    // calamine moves all pieces up for each that it has read: a table of crumbs would keep it busy for hours. Programs
    // fill a record before they begin the next one, 8 KiB.
    let bytes: usize = pieces.iter().map(|piece| piece.len()).sum();
    if pieces.len() > 100 + bytes / 1024 {
        return Err(damaged(text!("its table of strings is in crumbs", "字符串表过于零碎")));
    }
    let mut reader = Reader { piece: &[], rest: pieces };
    if !reader.turn() {
        return Ok(Vec::new());
    }
    reader.take(COUNTS)?;
    let mut lengths = Vec::new();
    while !reader.piece.is_empty() || reader.turn() {
        lengths.push(reader.string()?);
    }
    Ok(lengths)
}

struct Reader<'a> {
    piece: &'a [u8],
    rest: &'a [&'a [u8]],
}

impl<'a> Reader<'a> {
    /// Goes on to the next piece, if there is one.
    fn turn(&mut self) -> bool {
        let next = self.rest.split_first();
        if let Some((piece, rest)) = next {
            (self.piece, self.rest) = (piece, rest);
        }
        next.is_some()
    }

    /// Bytes that no piece may end within.
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, left) = self.piece.split_at_checked(count).ok_or_else(breaks_off)?;
        self.piece = left;
        Ok(taken)
    }

    fn string(&mut self) -> Result<Length, Error> {
        let head = self.take(3)?;
        let (units, flags) = (u16_at(head, 0), head[2]);
        let runs = if flags & 8 != 0 { usize::from(u16_at(self.take(2)?, 0)) } else { 0 };
        let extension = if flags & 4 != 0 { u32_at(self.take(4)?, 0) as usize } else { 0 };
        let bytes_max = self.characters(usize::from(units), flags)?;
        self.skip(4 * runs)?;
        self.skip(extension)?;
        Ok(Length { units, bytes_max })
    }

    /// Passes over characters, of one byte or two; each further piece begins with a flag that says which.
    fn characters(&mut self, mut units: usize, mut flags: u8) -> Result<u32, Error> {
        let mut bytes_max = 0;
        while units > 0 {
            let width = usize::from(flags & 1) + 1;
            let here = units.min(self.piece.len() / width);
            self.piece = &self.piece[here * width..];
            // One byte is a character up to U+00FF, two may be one of three bytes.
            bytes_max += (here * (width + 1)) as u32;
            units -= here;
            if units > 0 {
                if !self.turn() {
                    return Err(breaks_off());
                }
                flags = self.take(1)?[0];
            }
        }
        Ok(bytes_max)
    }

    fn skip(&mut self, mut count: usize) -> Result<(), Error> {
        while count > 0 {
            if self.piece.is_empty() && !self.turn() {
                return Err(breaks_off());
            }
            let here = count.min(self.piece.len());
            self.piece = &self.piece[here..];
            count -= here;
        }
        Ok(())
    }
}

fn breaks_off() -> Error {
    damaged(text!("its table of strings breaks off", "字符串表不完整"))
}
