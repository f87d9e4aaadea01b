//! Copies the cells of a worksheet, each checked; adds up what `calamine` will hold for them, and refuses a sheet that
//! asks for too much before anything is allocated.

use super::record::{Record, Records, kind};
use super::{damaged, sieve::Version, strings::Length, u16_at, u32_at};
use crate::{At, Error, Limits};
use calamine::{Cell, Data};
use std::mem::size_of;
use types::text;

/// The columns that the format has.
const COLUMNS_MAX: u64 = 256;
/// What an allocation costs beyond its bytes.
const ALLOCATION: u64 = 16;

/// Takes the records of a sheet.
pub(super) struct Cells<'a> {
    limits: &'a Limits,
    version: Version,
    strings: &'a [Length],
    /// The cell whose formula gave a text, which comes in a record of its own.
    formula: Option<At>,
    taken: Taken,
    first: At,
    last: At,
    count: u64,
    text_bytes: u64,
}

impl<'a> Cells<'a> {
    pub(super) fn new(limits: &'a Limits, version: Version, strings: &'a [Length]) -> Self {
        let none = At { row: 0, column: 0 };
        let (taken, first) = (Taken::default(), At { row: u32::MAX, column: u32::MAX });
        Self { limits, version, strings, formula: None, taken, first, last: none, count: 0, text_bytes: 0 }
    }

    /// Copies the cells of one sheet.
    pub(super) fn copy(mut self, mut records: Records<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        if records.next()?.kind != kind::BOF {
            return Err(damaged(text!("its worksheet is missing", "缺少工作表")));
        }
        // A chart within the sheet has cells of its own.
        let mut depth = 0_u32;
        loop {
            let record = records.next()?;
            match (record.kind, depth) {
                (kind::BOF, _) => depth += 1,
                (kind::EOF, 0) => return self.fits(),
                (kind::EOF, _) => depth -= 1,
                (_, 0) => self.take(record, out)?,
                _ => {}
            }
        }
    }

    fn take(&mut self, record: Record<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        let data = record.data;
        let least = match record.kind {
            kind::NUMBER => 14,
            kind::RK | kind::LABEL_SST => 10,
            kind::LABEL | kind::R_STRING | kind::BOOL_ERR => 8,
            kind::FORMULA => 20,
            kind::MUL_RK => return self.take_many(record, out),
            kind::STRING => return self.take_formula_text(record, out),
            _ => return Ok(()),
        };
        let at = At { row: u32::from(u16_at(data, 0)) + 1, column: u32::from(u16_at(data, 2)) + 1 };
        if data.len() < least {
            return Err(breaks_off(at));
        }
        self.place(at)?;
        self.formula = None;
        match record.kind {
            kind::LABEL_SST => {
                let index = u32_at(data, 6) as usize;
                let length = self.strings.get(index).ok_or_else(|| {
                    damaged(text!(
                        "the text of cell {at} is not in the table of strings",
                        "单元格{at}的文本不在字符串表中"
                    ))
                })?;
                self.text(at, *length)?;
            }
            kind::LABEL | kind::R_STRING => self.own_text(at, &data[6..])?,
            kind::FORMULA => {
                self.formula = matches!(data[6..14], [0, .., 0xFF, 0xFF]).then_some(at);
                // Its value, and in place of the formula one of no tokens.
                let value: Vec<u8> = data[..20].iter().copied().chain([0, 0]).collect();
                Record { kind: kind::FORMULA, data: &value }.write(out);
                return Ok(());
            }
            _ => {}
        }
        record.write(out);
        Ok(())
    }

    /// Numbers in adjacent cells.
    fn take_many(&mut self, record: Record<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        let data = record.data;
        let (row, first) = (u32::from(u16_at(data, 0)) + 1, u32::from(u16_at(data, 2)) + 1);
        let last = u32::from(u16_at(data, data.len().saturating_sub(2))) + 1;
        let count = (last + 1).saturating_sub(first);
        if count == 0 || data.len() != 6 + 6 * count as usize {
            return Err(breaks_off(At { row, column: first }));
        }
        for column in first..=last {
            self.place(At { row, column })?;
        }
        self.formula = None;
        record.write(out);
        Ok(())
    }

    fn take_formula_text(&mut self, record: Record<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        // A text without a formula before it belongs to no cell.
        let Some(at) = self.formula.take() else { return Ok(()) };
        self.own_text(at, record.data)?;
        record.write(out);
        Ok(())
    }

    /// A text that lies in the record itself: its length, in BIFF8 a flag, its characters. What does not fit into one
    /// record would be cut.
    fn own_text(&mut self, at: At, data: &[u8]) -> Result<(), Error> {
        let units = u16_at(data, 0);
        let wide = self.version == Version::Biff8 && data.get(2).is_some_and(|flags| flags & 1 != 0);
        let head = if self.version == Version::Biff8 { 3 } else { 2 };
        let length = Length { units, bytes_max: 3 * u32::from(units) };
        self.text(at, length)?;
        let needed = usize::from(units) * if wide { 2 } else { 1 };
        if units > 0 && data.len() < head + needed { Err(breaks_off(at)) } else { Ok(()) }
    }

    fn text(&mut self, at: At, length: Length) -> Result<(), Error> {
        let limit = self.limits.cell_bytes;
        if u64::from(length.units) > limit {
            return Err(Error::CellTooLong { at, limit });
        }
        self.text_bytes += u64::from(length.bytes_max) + ALLOCATION;
        Ok(())
    }

    fn place(&mut self, at: At) -> Result<(), Error> {
        let limit = self.limits.columns.min(COLUMNS_MAX);
        if u64::from(at.column) > limit {
            return Err(Error::TooManyColumns { at, limit });
        }
        if !self.taken.take(at) {
            return Err(damaged(text!("cell {at} is there twice", "单元格{at}重复出现")));
        }
        self.first = At { row: self.first.row.min(at.row), column: self.first.column.min(at.column) };
        self.last = At { row: self.last.row.max(at.row), column: self.last.column.max(at.column) };
        self.count += 1;
        Ok(())
    }

    /// `calamine` holds the table of strings, a list of the cells, and the rectangle around them with their texts; lists
    /// while they grow, and the rectangle with its texts, are there twice.
    fn fits(&self) -> Result<(), Error> {
        let side = |first: u32, last: u32| u64::from((last + 1).saturating_sub(first));
        let rectangle = side(self.first.row, self.last.row) * side(self.first.column, self.last.column);
        let lists = size_of::<Cell<Data>>() as u64 * self.count
            + size_of::<String>() as u64 * self.strings.len() as u64;
        let sheet = size_of::<Data>() as u64 * rectangle + self.text_bytes;
        // The other half is for the file, its copies and the process itself.
        if 2 * (lists + sheet) > self.limits.memory_bytes / 2 { Err(Error::Inflates) } else { Ok(()) }
    }
}

/// Which cells there were, one bit each.
#[derive(Default)]
struct Taken(Vec<u64>);

impl Taken {
    /// Whether `at` is new.
    fn take(&mut self, at: At) -> bool {
        let (row, column) = (at.row as usize - 1, at.column as usize - 1);
        let bit = row * COLUMNS_MAX as usize + column;
        if self.0.len() <= bit / 64 {
            self.0.resize(bit / 64 + 1, 0);
        }
        let word = &mut self.0[bit / 64];
        let new = *word >> (bit % 64) & 1 == 0;
        *word |= 1 << (bit % 64);
        new
    }
}

fn breaks_off(at: At) -> Error {
    damaged(text!("cell {at} breaks off", "单元格{at}不完整"))
}
