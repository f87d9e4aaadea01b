//! Tabs and cells against what the globals say of them.

use super::records::{CELLS, Record, Substream, all, only};
use super::strings::Strings;
use super::{u16_at, u32_at};

/// What a tab has.
#[derive(Debug)]
pub(crate) struct Tab {
    /// Rows by DIMENSIONS; the last ones may have no cell.
    pub(crate) rows: u32,
    /// Columns that are described.
    pub(crate) described: u16,
    /// Row, column and format of each cell.
    pub(crate) cells: Vec<[u16; 3]>,
    /// How many columns have an arrow.
    pub(crate) arrows: u16,
}

const XF_DATE: u16 = 23;
const XF_DATE_MS: u16 = 24;

pub(super) fn read(globals: &Substream<'_>, worksheets: &[Substream<'_>], strings: &Strings) -> Vec<Tab> {
    let bounds: Vec<Record<'_>> = all(globals, 0x0085).collect();
    assert_eq!(bounds.len(), worksheets.len());
    assert_eq!(only(globals, 0x013D).len(), 2 * worksheets.len());
    for (bound, worksheet) in bounds.iter().zip(worksheets) {
        assert_eq!(u32_at(bound.data, 0) as usize, worksheet[0].at, "where the tab begins");
    }
    let shown = worksheets.iter().map(|records| u16_at(only(records, 0x023E), 0) & 0x0600 != 0);
    assert!(shown.eq((0..worksheets.len()).map(|tab| tab == 0)), "the first tab is shown, no other");
    let formats = formats(globals);
    let tabs: Vec<Tab> = worksheets.iter().map(|records| tab(records, strings, &formats)).collect();
    let references = worksheets.iter().map(|records| all(records, 0x00FD).count()).sum::<usize>();
    assert_eq!(strings.references as usize, references);
    tabs
}

/// Which formats text may have that looks like a formula: those with the quote prefix.
fn formats(globals: &Substream<'_>) -> Vec<bool> {
    let own: Vec<u16> = all(globals, 0x041E).map(|record| u16_at(record.data, 0)).collect();
    let fonts = all(globals, 0x0031).count() as u16;
    let xfs: Vec<Record<'_>> = all(globals, 0x00E0).collect();
    for (index, xf) in xfs.iter().enumerate() {
        let (font, format, kind) = (u16_at(xf.data, 0), u16_at(xf.data, 2), u16_at(xf.data, 4));
        assert!(font != 4 && font <= fonts, "font {font}; there is no font 4, the fifth is number 5");
        assert!(format < 50 || own.contains(&format), "number format {format}");
        assert_eq!(kind & 0x0004 != 0, index < 15, "15 styles, then formats of cells");
    }
    xfs.iter().map(|xf| u16_at(xf.data, 4) & 0x0008 != 0).collect()
}

fn tab(records: &Substream<'_>, strings: &Strings, quoted: &[bool]) -> Tab {
    let dimensions = only(records, 0x0200);
    let (rows, columns) = (u32_at(dimensions, 4), u16_at(dimensions, 10));
    assert!(rows <= 65_536 && columns <= 256 && u32_at(dimensions, 0) == 0 && u16_at(dimensions, 8) == 0);
    let mut cells: Vec<[u16; 3]> = Vec::new();
    for record in records.iter().filter(|record| CELLS.contains(&record.id)) {
        let cell = [0, 2, 4].map(|at| u16_at(record.data, at));
        let [row, column, format] = cell;
        assert!(cells.last().is_none_or(|last| last[..2] < cell[..2]), "row by row, from left to right");
        assert!(u32::from(row) < rows && column < columns, "inside of DIMENSIONS");
        assert!((15..quoted.len()).contains(&usize::from(format)), "format {format}");
        check_value(*record, format, strings, quoted);
        cells.push(cell);
    }
    let used = cells.iter().map(|cell| cell[1] + 1).max().unwrap_or(0);
    assert_eq!(columns, used, "DIMENSIONS ends with the last column that has a cell");
    let described = all(records, 0x007D).count() as u16;
    assert!(described >= used);
    let arrows = all(records, 0x009D).next().map_or(0, |record| u16_at(record.data, 0));
    Tab { rows, described, cells, arrows }
}

fn check_value(record: Record<'_>, format: u16, strings: &Strings, quoted: &[bool]) {
    let number = match record.id {
        0x00FD => {
            let index = u32_at(record.data, 6) as usize;
            assert!(index > 0, "the filler is no cell's");
            let looks_like_formula = strings.texts[index].starts_with(['=', '+', '-', '@']);
            assert_eq!(quoted[usize::from(format)], looks_like_formula, "{:?}", strings.texts[index]);
            return;
        }
        0x027E => {
            let rk = u32_at(record.data, 6);
            assert_eq!(rk & 3, 0, "the 30 high bits of a double, not divided");
            f64::from_bits(u64::from(rk) << 32)
        }
        0x0203 => f64::from_le_bytes(record.data[6..14].try_into().unwrap()),
        _ => return,
    };
    assert!(number.is_finite());
    if [XF_DATE, XF_DATE_MS].contains(&format) {
        assert!((61.0..2_958_466.0).contains(&number), "day {number}");
    }
}
