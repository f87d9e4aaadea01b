//! What `calamine` gets to see of a workbook: the values of the first visible worksheet, and what it takes to read them.
//!
//! Formulas, names, charts, other sheets and the size that a sheet states for itself stay behind.

use super::record::{Record, Records, kind};
use super::{cells::Cells, damaged, strings, u16_at, u32_at};
use crate::{Error, Limits};
use types::text;

/// The name of the only sheet.
pub(super) const SHEET_NAME: &str = "";

/// How a text is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// Excel 5 and 95: bytes in the code page of the file.
    Biff5,
    /// Excel 97 and later: a flag and Unicode.
    Biff8,
}

/// A new workbook stream with the values of the first visible worksheet of `stream`.
pub(super) fn sieve(stream: &[u8], limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut records = Records(stream);
    let begin = records.next()?;
    let version = version(begin)?;
    let globals = Globals::read(&mut records)?;
    let sheet = globals.sheet.ok_or(Error::NoWorksheet)?;
    let sheet = stream
        .get(sheet as usize..)
        .ok_or_else(|| damaged(text!("its worksheet is missing", "缺少工作表")))?;

    let mut out = Vec::with_capacity(stream.len());
    begin.write(&mut out);
    for record in &globals.kept {
        // In BIFF8 every text is Unicode whatever this says; calamine would believe it.
        if record.kind != kind::CODE_PAGE || version == Version::Biff5 {
            record.write(&mut out);
        }
    }
    let mut kind = kind::SST;
    for data in &globals.strings {
        Record { kind, data }.write(&mut out);
        kind = kind::CONTINUE;
    }
    write_sheet_place(&mut out);
    begin.write(&mut out);
    let lengths = strings::lengths(&globals.strings)?;
    Cells::new(limits, version, &lengths).copy(Records(sheet), &mut out)?;
    END.write(&mut out);
    Ok(out)
}

const END: Record<'_> = Record { kind: kind::EOF, data: &[] };

/// Says where the sheet is, and ends the globals: right behind itself.
fn write_sheet_place(out: &mut Vec<u8>) {
    const LEN: u32 = 4 + 8 + 4;
    let mut data = [0; 8];
    data[..4].copy_from_slice(&(out.len() as u32 + LEN).to_le_bytes());
    Record { kind: kind::BOUND_SHEET, data: &data }.write(out);
    END.write(out);
}

fn version(begin: Record<'_>) -> Result<Version, Error> {
    match (begin.kind, u16_at(begin.data, 0)) {
        (kind::BOF, 0x0600) if begin.data.len() >= 4 => Ok(Version::Biff8),
        (kind::BOF, 0x0500) if begin.data.len() >= 4 => Ok(Version::Biff5),
        _ => Err(Error::TooOld),
    }
}

/// What the workbook says before its sheets.
#[derive(Default)]
struct Globals<'a> {
    kept: Vec<Record<'a>>,
    strings: Vec<&'a [u8]>,
    sheet: Option<u32>,
}

impl<'a> Globals<'a> {
    fn read(records: &mut Records<'a>) -> Result<Self, Error> {
        let mut globals = Self::default();
        loop {
            let record = records.next()?;
            match record.kind {
                kind::EOF => return Ok(globals),
                kind::FILE_PASS => return Err(Error::Encrypted),
                kind::CODE_PAGE | kind::DATE_MODE | kind::FORMAT | kind::XF if record.data.len() >= 2 => {
                    globals.kept.push(record);
                }
                kind::BOUND_SHEET if globals.sheet.is_none() && is_visible_worksheet(record) => {
                    globals.sheet = Some(u32_at(record.data, 0));
                }
                kind::SST if globals.strings.is_empty() => {
                    globals.strings.push(record.data);
                    globals.strings.extend(records.continued()?);
                    globals.strings.retain(|piece| !piece.is_empty());
                }
                _ => {}
            }
        }
    }
}

fn is_visible_worksheet(record: Record<'_>) -> bool {
    matches!(record.data, [_, _, _, _, state, 0, ..] if state & 3 == 0)
}
