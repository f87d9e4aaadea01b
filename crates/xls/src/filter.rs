//! The arrows on a header row. Excel wants three things that point at each other: in the globals a hidden name
//! with the range of each sheet, its sheet reference and a drawing group; in the sheet the number of columns and
//! a drop-down object a column. It writes records; which sheets have arrows is the workbook's matter.
//!
//! The drawings are [MS-ODRAW] containers, `version and instance u16 | type u16 | length u32 | content`.

use crate::record::{put, put_u16s, put_words};

/// Bytes in the globals for the first sheet with arrows, besides what each sheet takes.
pub(crate) const GLOBALS_LEN: usize = SUPBOOK_LEN + (4 + 2) + (4 + GROUP_LEN);
/// Bytes in the globals for each sheet with arrows: its reference, its name, its drawing in the group.
pub(crate) const GLOBALS_LEN_PER_SHEET: usize = 6 + NAME_LEN + 8;

const SUPBOOK_LEN: usize = 4 + 4;
const NAME_LEN: usize = 4 + 27;
/// The drawing group without its drawings.
const GROUP_LEN: usize = 8 + (8 + 16) + (8 + 18) + (8 + 16);
/// Shape ids are given out in clusters of so many; a drawing of 256 arrows stays in its first.
const CLUSTER: u32 = 1_024;
/// The container of one arrow: shape, five properties, place, and that an OBJ record belongs to it.
const ARROW_LEN: u32 = (8 + 8) + (8 + 30) + (8 + 18) + 8;

/// What the globals must know of a sheet with arrows.
#[derive(Clone, Copy)]
pub(crate) struct Filter {
    /// The sheet's place among the tabs, from 0.
    pub(crate) tab: u16,
    /// The last row with cells, from 0.
    pub(crate) last_row: u16,
    /// How many columns have an arrow, at least one.
    pub(crate) columns: u16,
}

impl Filter {
    /// The group of the arrows and the arrows themselves.
    fn shapes(self) -> u32 {
        u32::from(self.columns) + 1
    }
}

/// Appends what the globals hold of `filters` in a workbook of so many sheets; nothing for none.
pub(crate) fn put_globals(buf: &mut Vec<u8>, sheets: u16, filters: &[Filter]) {
    if filters.is_empty() {
        return;
    }
    // SUPBOOK: references go into this workbook. EXTERNSHEET: each to one of its sheets.
    put_words(buf, 0x01AE, &[sheets, 0x0401]);
    put(buf, 0x0017, |data| {
        put_u16s(data, &[filters.len() as u16]);
        filters.iter().for_each(|filter| put_u16s(data, &[0, filter.tab, filter.tab]));
    });
    for (reference, filter) in (0_u16..).zip(filters) {
        put_name(buf, reference, *filter);
    }
    put_group(buf, filters);
}

/// NAME: the hidden built-in name `_FilterDatabase` of one sheet.
fn put_name(buf: &mut Vec<u8>, reference: u16, filter: Filter) {
    const HIDDEN_BUILT_IN: u16 = 0x0021;
    const FORMULA_LEN: u16 = 11;
    const FILTER_DATABASE: u8 = 0x0D;
    const AREA_3D: u8 = 0x3B;
    put(buf, 0x0018, |data| {
        // No shortcut, one character; sheets are counted from 1 here.
        put_u16s(data, &[HIDDEN_BUILT_IN, 0x0100, FORMULA_LEN, 0, filter.tab + 1, 0, 0]);
        data.extend_from_slice(&[0, FILTER_DATABASE, AREA_3D]);
        put_u16s(data, &[reference, 0, filter.last_row, 0, filter.columns - 1]);
    });
}

/// MSODRAWINGGROUP: how many shapes each drawing has and which ids are taken.
fn put_group(buf: &mut Vec<u8>, filters: &[Filter]) {
    put(buf, 0x00EB, |data| {
        let drawings = filters.len() as u32;
        let shapes = filters.iter().map(|filter| filter.shapes()).sum();
        let next_id = filters.last().map_or(0, |last| drawings * CLUSTER + last.shapes());
        put_container(data, [0x000F, 0xF000], (GROUP_LEN - 8) as u32 + 8 * drawings);
        put_container(data, [0x0000, 0xF006], 16 + 8 * drawings);
        put_u32s(data, &[next_id, drawings + 1, shapes, drawings]);
        (1..).zip(filters).for_each(|(drawing, filter)| put_u32s(data, &[drawing, filter.shapes()]));
        // Excel's defaults for new shapes: text fits, colours of fill and line; then its four recent colours.
        put_container(data, [0x0033, 0xF00B], 18);
        put_properties(data, &[(0x00BF, 0x0008_0008), (0x0181, 0x0800_0041), (0x01C0, 0x0800_0040)]);
        put_container(data, [0x0040, 0xF11E], 16);
        put_u32s(data, &[0x0800_000D, 0x0800_000C, 0x0800_0017, 0x1000_00F7]);
    });
}

/// AUTOFILTERINFO: how many columns have an arrow. It precedes the sheet's cells.
pub(crate) fn put_count(buf: &mut Vec<u8>, columns: u16) {
    put_words(buf, 0x009D, &[columns]);
}

/// Appends the arrows of a sheet, whose drawing has this number, from 1. They follow its cells.
pub(crate) fn put_arrows(buf: &mut Vec<u8>, drawing: u16, columns: u16) {
    let first_id = u32::from(drawing) * CLUSTER;
    for column in 0..columns {
        // MSODRAWING and OBJ, in pairs; the drawing's own containers open in the first and span all of them.
        put(buf, 0x00EC, |data| {
            if column == 0 {
                put_drawing(data, drawing, first_id, columns);
            }
            put_arrow(data, first_id + 1 + u32::from(column), column);
        });
        put_object(buf, column + 1);
    }
}

/// The drawing up to its first arrow: its ids, and the group that all shapes are in.
fn put_drawing(data: &mut Vec<u8>, drawing: u16, first_id: u32, columns: u16) {
    const GROUP_SHAPE_LEN: u32 = (8 + 16) + (8 + 8);
    const GROUP_AND_PATRIARCH: u32 = 0x0005;
    let arrows = u32::from(columns);
    let shapes_len = 8 + GROUP_SHAPE_LEN + arrows * (8 + ARROW_LEN);
    put_container(data, [0x000F, 0xF002], (8 + 8) + 8 + shapes_len);
    put_container(data, [drawing << 4, 0xF008], 8);
    put_u32s(data, &[arrows + 1, first_id + arrows]);
    put_container(data, [0x000F, 0xF003], shapes_len);
    put_container(data, [0x000F, 0xF004], GROUP_SHAPE_LEN);
    put_container(data, [0x0001, 0xF009], 16);
    put_u32s(data, &[0; 4]);
    put_container(data, [0x0002, 0xF00A], 8);
    put_u32s(data, &[first_id, GROUP_AND_PATRIARCH]);
}

/// One arrow as a shape over its header cell.
fn put_arrow(data: &mut Vec<u8>, id: u32, column: u16) {
    const HOST_CONTROL: u16 = 201 << 4 | 2;
    const ANCHORED_WITH_TYPE: u32 = 0x0A00;
    const MOVES_WITH_CELLS: u16 = 1;
    put_container(data, [0x000F, 0xF004], ARROW_LEN);
    put_container(data, [HOST_CONTROL, 0xF00A], 8);
    put_u32s(data, &[id, ANCHORED_WITH_TYPE]);
    put_container(data, [0x0053, 0xF00B], 30);
    // Locked in its group, text fits, no area to click but its own, no dashes, not printed.
    let (group, text, fill) = ((0x007F, 0x0104_0104), (0x00BF, 0x0008_0008), (0x01BF, 0x0001_0000));
    put_properties(data, &[group, text, fill, (0x01FF, 0x0008_0000), (0x03BF, 0x000A_0000)]);
    put_container(data, [0x0000, 0xF010], 18);
    // From the upper left corner of its cell to that of the one below to the right.
    put_u16s(data, &[MOVES_WITH_CELLS, column, 0, 0, 0, column + 1, 0, 1, 0]);
    put_container(data, [0x0000, 0xF011], 0);
}

/// OBJ: what the shape is, a drop-down list that the program fills.
fn put_object(buf: &mut Vec<u8>, number: u16) {
    const DROP_DOWN: u16 = 0x0014;
    // Locked, a part of the user interface; the third bit means nothing and is set by every writer looked at.
    const OPTIONS: u16 = 0x2101;
    // Filled by the program, as the arrow of a filter.
    const FILTER: u16 = 0x0301;
    // More than the list takes: nothing of it goes on in a CONTINUE.
    const LIST_LEN: u16 = 0x1FEE;
    put(buf, 0x005D, |data| {
        put_u16s(data, &[0x0015, 18, DROP_DOWN, number, OPTIONS, 0, 0, 0, 0, 0, 0]);
        // The scroll bar: range 0 to 100 in steps of 1 and 10, 16 pixels wide, shown.
        put_u16s(data, &[0x000C, 20, 0, 0, 0, 0, 100, 1, 10, 0, 16, 1]);
        // The list: no formula, no lines yet, the first is chosen, no text field; it drops down, shows eight
        // lines, is 87 wide; an empty text with its flag, padded. As the last part it needs no end.
        put_u16s(data, &[0x0013, LIST_LEN, 0, 0, 1, FILTER, 0, 2, 8, 87, 0, 0]);
    });
}

fn put_container(data: &mut Vec<u8>, header: [u16; 2], length: u32) {
    put_u16s(data, &header);
    put_u32s(data, &[length]);
}

fn put_properties(data: &mut Vec<u8>, properties: &[(u16, u32)]) {
    for (id, value) in properties {
        put_u16s(data, &[*id]);
        put_u32s(data, &[*value]);
    }
}

fn put_u32s(data: &mut Vec<u8>, words: &[u32]) {
    for word in words {
        data.extend_from_slice(&word.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_that_are_reserved() {
        for count in [1, 2, 64] {
            let mut buf = Vec::new();
            let filters: Vec<_> = (0..count).map(|tab| Filter { tab, last_row: 9, columns: 256 }).collect();
            put_globals(&mut buf, count, &filters);
            assert_eq!(buf.len(), GLOBALS_LEN + usize::from(count) * GLOBALS_LEN_PER_SHEET);
        }
    }

    #[test]
    fn the_drawing_spans_all_its_records() {
        for columns in [1, 3, 256] {
            let mut buf = Vec::new();
            put_arrows(&mut buf, 1, columns);
            let (mut drawn, mut rest) = (0, &buf[..]);
            while let [a, b, c, d, data @ ..] = rest {
                let length = usize::from(u16::from_le_bytes([*c, *d]));
                drawn += if (*a, *b) == (0xEC, 0) { length } else { 0 };
                rest = &data[length..];
            }
            let length = u32::from_le_bytes([buf[8], buf[9], buf[10], buf[11]]);
            assert_eq!(length as usize + 8, drawn);
        }
    }
}
