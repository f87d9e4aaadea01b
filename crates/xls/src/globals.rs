//! The workbook's own substream up to the string table: fonts, cell formats, the list of sheets, the SST
//! record's header. Its length is fixed by the sheets that room is reserved for, since it is written last in
//! front of what is already there.
//!
//! The room of sheets that were not made is filled by the table's first string, spaces that no cell refers to.
//! Excel and POI leave such strings behind when cells are deleted, so every reader knows them; a record that
//! means nothing would have been the alternative, and readers differ on those.

use crate::filter::{self, Filter};
use crate::limits::RECORD_LEN_MAX;
use crate::record::{put, put_bof, put_u16s, put_words};
use crate::strings::Summary;

/// What one more sheet takes at most: a BOUNDSHEET with a name of 31 two-byte units, its place in RRTABID, arrows.
pub(crate) const SHEET_LEN_MAX: usize = 4 + 8 + 2 * 31 + 2 + filter::GLOBALS_LEN_PER_SHEET;
/// The SST record's own header and its two counts.
const SST_LEN: usize = 4 + 8;
/// The header of the first string.
const FILLER_LEN_MIN: usize = 3;

/// Number formats of a workbook's own begin here.
const DATE_FORMAT: u16 = 164;
const DATE_MS_FORMAT: u16 = 165;

/// The number of the first string that a cell may refer to; the filler is number 0.
pub(crate) const FIRST_STRING: u32 = 1;

/// The cell formats, by their index. 0 to 14 are the styles that every workbook begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Xf {
    General = 15,
    Text = 16,
    TextQuoted = 17,
    Bold = 18,
    BoldQuoted = 19,
    Int = 20,
    Wrapped = 21,
    WrappedQuoted = 22,
    Date = 23,
    DateMs = 24,
    Marked = 25,
    MarkedQuoted = 26,
}

impl Xf {
    /// The same format with the quote prefix: what the cell holds is text, also after somebody edits it.
    pub(crate) fn quoted(self) -> Self {
        match self {
            Self::Text => Self::TextQuoted,
            Self::Bold => Self::BoldQuoted,
            Self::Wrapped => Self::WrappedQuoted,
            Self::Marked => Self::MarkedQuoted,
            other => other,
        }
    }
}

/// A sheet in the order of the tabs.
pub(crate) struct Tab {
    pub(crate) name: String,
    /// Where its substream begins in the workbook stream.
    pub(crate) offset: u32,
    /// The last row and the columns of its arrows, if it has them.
    pub(crate) filter: Option<Filter>,
}

/// Bytes that the head takes if room is reserved for so many sheets.
pub(crate) fn head_len(sheets_max: usize) -> usize {
    formats(0).len() + reserve_len(sheets_max) + SST_LEN + FILLER_LEN_MIN
}

/// Bytes that are left for strings in the SST record, whatever the filler takes.
pub(crate) fn first_room(sheets_max: usize) -> usize {
    RECORD_LEN_MAX - 8 - FILLER_LEN_MIN - reserve_len(sheets_max)
}

fn reserve_len(sheets_max: usize) -> usize {
    sheets_max * SHEET_LEN_MAX + filter::GLOBALS_LEN
}

/// The head. `references` is the number of cells that refer to a string.
pub(crate) fn head(sheets_max: usize, tabs: &[Tab], strings: &Summary, references: u32) -> Vec<u8> {
    let mut buf = formats(tabs.len());
    for tab in tabs {
        put_boundsheet(&mut buf, tab);
    }
    let filters: Vec<Filter> = tabs.iter().filter_map(|tab| tab.filter).collect();
    filter::put_globals(&mut buf, tabs.len() as u16, &filters);
    let filler = head_len(sheets_max) - buf.len() - SST_LEN - FILLER_LEN_MIN;
    // Both fit: `first_room` keeps the record short enough.
    let record_len = 8 + FILLER_LEN_MIN + filler + strings.first_len;
    buf.extend_from_slice(&0x00FC_u16.to_le_bytes());
    buf.extend_from_slice(&u16::try_from(record_len).unwrap_or(u16::MAX).to_le_bytes());
    buf.extend_from_slice(&references.to_le_bytes());
    buf.extend_from_slice(&(strings.count + FIRST_STRING).to_le_bytes());
    buf.extend_from_slice(&u16::try_from(filler).unwrap_or(u16::MAX).to_le_bytes());
    buf.push(0);
    buf.resize(buf.len() + filler, b' ');
    buf
}

fn put_boundsheet(buf: &mut Vec<u8>, tab: &Tab) {
    put(buf, 0x0085, |data| {
        data.extend_from_slice(&tab.offset.to_le_bytes());
        // Visible, a worksheet.
        data.extend_from_slice(&[0, 0]);
        put_short_string(data, &tab.name);
    });
}

/// A string whose length takes one byte: names of sheets and fonts.
fn put_short_string(data: &mut Vec<u8>, text: &str) {
    let units: Vec<u16> = text.encode_utf16().collect();
    data.push(u8::try_from(units.len()).unwrap_or(u8::MAX));
    data.push(u8::from(!text.is_ascii()));
    if text.is_ascii() {
        data.extend_from_slice(text.as_bytes());
    } else {
        put_u16s(data, &units);
    }
}

/// All that is the same in every workbook, but for the number of sheets. What is not about text and cells is
/// there because [MS-XLS] 2.1.7.20.3 lists it as part of every workbook.
fn formats(sheets: usize) -> Vec<u8> {
    let mut buf = Vec::new();
    put_bof(&mut buf, 0x0005);
    put_identity(&mut buf, sheets);
    // WINDOW1: place and size, scroll bars and tabs shown, first tab active, one selected, width of the tabs.
    put_words(&mut buf, 0x003D, &[0, 0, 0x6000, 0x3000, 0x0038, 0, 0, 1, 0x0258]);
    // BACKUP none, HIDEOBJ: show all, DATEMODE: days count from 1900, PRECISION full, REFRESHALL no, BOOKBOOL.
    for (id, value) in [(0x0040, 0), (0x008D, 0), (0x0022, 0), (0x000E, 1), (0x01B7, 0), (0x00DA, 0)] {
        put_words(&mut buf, id, &[value]);
    }
    for _ in 0..4 {
        put_font(&mut buf, 400);
    }
    // BIFF has no font 4, so this fifth one is number 5.
    put_font(&mut buf, 700);
    put_number_format(&mut buf, DATE_FORMAT, "yyyy\\-mm\\-dd\\ hh:mm:ss");
    put_number_format(&mut buf, DATE_MS_FORMAT, "yyyy\\-mm\\-dd\\ hh:mm:ss.000");
    put_xfs(&mut buf);
    // STYLE: format 0 is the built-in "Normal". USESELFS: no formulas of natural language.
    put(&mut buf, 0x0293, |data| data.extend_from_slice(&[0, 0x80, 0, 0xFF]));
    put_words(&mut buf, 0x0160, &[0]);
    buf
}

/// Who wrote it, in what encoding, which sheets it has, and that nothing is protected.
fn put_identity(buf: &mut Vec<u8>, sheets: usize) {
    const UTF_16: u16 = 0x04B0;
    // INTERFACEHDR, MMS, INTERFACEEND.
    put_words(buf, 0x00E1, &[UTF_16]);
    put_words(buf, 0x00C1, &[0]);
    put_words(buf, 0x00E2, &[]);
    // WRITEACCESS: the user's name, a space, padded to its fixed length.
    put(buf, 0x005C, |data| {
        data.extend_from_slice(&[1, 0, 0]);
        data.extend_from_slice(&[b' '; 109]);
    });
    // CODEPAGE, DSF: no second stream.
    put_words(buf, 0x0042, &[UTF_16]);
    put_words(buf, 0x0161, &[0]);
    // RRTABID: the sheets' ids.
    put(buf, 0x013D, |data| (1_u16..).take(sheets).for_each(|id| put_u16s(data, &[id])));
    // WINDOWPROTECT, PROTECT, PASSWORD, PROT4REV, PROT4REVPASS.
    for id in [0x0019, 0x0012, 0x0013, 0x01AF, 0x01BC] {
        put_words(buf, id, &[0]);
    }
}

fn put_font(buf: &mut Vec<u8>, weight: u16) {
    put(buf, 0x0031, |data| {
        // 10 points, no effects, the automatic colour, weight, no script; then no underline and no family.
        put_u16s(data, &[200, 0, 0x7FFF, weight, 0, 0, 0]);
        put_short_string(data, "Arial");
    });
}

/// FORMAT: a number format that every program does not know by itself.
fn put_number_format(buf: &mut Vec<u8>, number: u16, code: &str) {
    put(buf, 0x041E, |data| {
        put_u16s(data, &[number, code.len() as u16]);
        data.push(0);
        data.extend_from_slice(code.as_bytes());
    });
}

fn put_xfs(buf: &mut Vec<u8>) {
    const STYLE: u16 = 0xFFF5;
    const CELL: u16 = 0x0001;
    const QUOTED: u16 = CELL | 0x0008;
    const BOLD_FONT: u16 = 5;
    // Number formats that need no record of their own: 0 is General, 1 is `0`, 49 is `@`.
    const TEXT: u16 = 49;
    // Aligned by type and to the bottom; the same with lines broken at the column's end.
    const PLAIN: u8 = 0x20;
    const WRAPPED: u8 = PLAIN | 0x08;
    // Pattern and colours: none; and solid, of the palette's light yellow.
    const CLEAR: [u16; 2] = [0, 0x20C0];
    const YELLOW: [u16; 2] = [0x0400, 0x20AB];
    // Which of number (0x04), font (0x08), alignment (0x10) and pattern (0x40) a cell format sets itself, and not its
    // style.
    put_xf(buf, [0, 0, STYLE], [PLAIN, 0x00], CLEAR);
    for _ in 1..15 {
        put_xf(buf, [0, 0, STYLE], [PLAIN, 0xF4], CLEAR);
    }
    // In the order of `Xf`.
    put_xf(buf, [0, 0, CELL], [PLAIN, 0x00], CLEAR);
    put_xf(buf, [0, TEXT, CELL], [PLAIN, 0x04], CLEAR);
    put_xf(buf, [0, TEXT, QUOTED], [PLAIN, 0x04], CLEAR);
    put_xf(buf, [BOLD_FONT, TEXT, CELL], [PLAIN, 0x0C], CLEAR);
    put_xf(buf, [BOLD_FONT, TEXT, QUOTED], [PLAIN, 0x0C], CLEAR);
    put_xf(buf, [0, 1, CELL], [PLAIN, 0x04], CLEAR);
    put_xf(buf, [0, TEXT, CELL], [WRAPPED, 0x14], CLEAR);
    put_xf(buf, [0, TEXT, QUOTED], [WRAPPED, 0x14], CLEAR);
    put_xf(buf, [0, DATE_FORMAT, CELL], [PLAIN, 0x04], CLEAR);
    put_xf(buf, [0, DATE_MS_FORMAT, CELL], [PLAIN, 0x04], CLEAR);
    put_xf(buf, [0, TEXT, CELL], [PLAIN, 0x44], YELLOW);
    put_xf(buf, [0, TEXT, QUOTED], [PLAIN, 0x44], YELLOW);
}

/// XF: font, number format and kind; then how it is aligned and what of it counts; then its ground.
fn put_xf(buf: &mut Vec<u8>, look: [u16; 3], [alignment, own]: [u8; 2], [pattern, colours]: [u16; 2]) {
    put(buf, 0x00E0, |data| {
        put_u16s(data, &look);
        // Not turned, not indented; no borders.
        data.extend_from_slice(&[alignment, 0, 0, own]);
        put_u16s(data, &[0, 0, 0, pattern, colours]);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::SHEETS_MAX;

    #[test]
    fn the_head_has_its_length_whatever_is_in_it() {
        let strings = Summary { first_len: first_room(SHEETS_MAX), count: 7 };
        let long = "名".repeat(31);
        for count in [1, 2, SHEETS_MAX] {
            for name in ["a", "Results", &long] {
                for filter in [None, Some(Filter { tab: 0, last_row: 65_535, columns: 256 })] {
                    let tab = |_| Tab { name: name.to_owned(), offset: 1, filter };
                    let tabs: Vec<Tab> = (0..count).map(tab).collect();
                    assert_eq!(head(SHEETS_MAX, &tabs, &strings, 1).len(), head_len(SHEETS_MAX));
                }
            }
        }
        // It is packed as one stored block, and its reserve must leave room for a string's first character.
        assert!(head_len(SHEETS_MAX) < 60_000 && first_room(SHEETS_MAX) >= 16);
    }
}
