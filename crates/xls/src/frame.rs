//! What surrounds the cells of a sheet: the records before them, which tell its size, and those after them,
//! which tell how it is shown. The settings of calculation and print are Excel's own defaults; they are there
//! because [MS-XLS] 2.1.7.20.5 lists them as part of every worksheet.

use crate::cell::Column;
use crate::filter;
use crate::globals::Xf;
use crate::record::{self, put, put_u16s, put_words};

/// How many rows and columns have cells.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) rows: u32,
    pub(crate) columns: u16,
}

/// How a sheet is shown.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    /// The first row stays in view.
    pub(crate) header: bool,
    /// Its tab is the one that is shown.
    pub(crate) selected: bool,
    /// The number of the drawing with the arrows on its header row, from 1.
    pub(crate) drawing: Option<u16>,
}

/// The substream up to the first cell.
pub(crate) fn beginning(columns: &[Column], size: Size, look: Look) -> Vec<u8> {
    let mut buf = Vec::new();
    record::put_bof(&mut buf, 0x0010);
    put_calculation(&mut buf);
    put_print(&mut buf);
    // DEFCOLWIDTH, then COLINFO: first and last column, width in 1/256 characters, format, options.
    put_words(&mut buf, 0x0055, &[8]);
    for (index, column) in (0_u16..).zip(columns) {
        // 255 characters, the widest column, still fit into 16 bits.
        let width = column.width * 256;
        put_words(&mut buf, 0x007D, &[index, index, width, Xf::General as u16, 0, 0]);
    }
    if look.drawing.is_some() {
        filter::put_count(&mut buf, columns.len() as u16);
    }
    // DIMENSIONS: first row and the one after the last, the same of the columns.
    put(&mut buf, 0x0200, |data| {
        data.extend_from_slice(&0_u32.to_le_bytes());
        data.extend_from_slice(&size.rows.to_le_bytes());
        put_u16s(data, &[0, size.columns, 0]);
    });
    buf
}

/// Appends what follows the last cell of a sheet of so many columns.
pub(crate) fn put_end(buf: &mut Vec<u8>, columns: usize, look: Look) {
    let Look { header, selected, drawing } = look;
    if let Some(drawing) = drawing {
        filter::put_arrows(buf, drawing, columns as u16);
    }
    // WINDOW2: grid, row and column headings, zeros, default colours and outlines are shown.
    let shown = 0x00B6;
    let frozen = if header { 0x0108 } else { 0 };
    let active = if selected { 0x0600 } else { 0 };
    put_words(buf, 0x023E, &[shown | frozen | active, 0, 0, 0x0040, 0, 0, 0, 0, 0]);
    let (pane, row) = if header { (2, 1) } else { (3, 0) };
    if header {
        // PANE: one row stays above, row 1 is the first below, the lower pane is active.
        put_words(buf, 0x0041, &[0, 1, 1, 0, u16::from(pane)]);
    }
    // SELECTION: the cursor is in the first cell of its pane.
    put(buf, 0x001D, |data| {
        data.push(pane);
        put_u16s(data, &[row, 0, 0, 1, row, row, 0]);
    });
    buf.extend_from_slice(&record::EOF);
}

fn put_calculation(buf: &mut Vec<u8>) {
    // CALCMODE automatic, CALCCOUNT, REFMODE A1, ITERATION off, DELTA, SAVERECALC.
    put_words(buf, 0x000D, &[1]);
    put_words(buf, 0x000C, &[100]);
    put_words(buf, 0x000F, &[1]);
    put_words(buf, 0x0011, &[0]);
    put(buf, 0x0010, |data| data.extend_from_slice(&0.001_f64.to_le_bytes()));
    put_words(buf, 0x005F, &[1]);
}

fn put_print(buf: &mut Vec<u8>) {
    // PRINTHEADERS and PRINTGRIDLINES off, GRIDSET, GUTS: no outlines, DEFAULTROWHEIGHT in 1/20 points, WSBOOL.
    put_words(buf, 0x002A, &[0]);
    put_words(buf, 0x002B, &[0]);
    put_words(buf, 0x0082, &[1]);
    put_words(buf, 0x0080, &[0, 0, 0, 0]);
    put_words(buf, 0x0225, &[0, 255]);
    put_words(buf, 0x0081, &[0x04C1]);
    // HEADER and FOOTER: none. HCENTER and VCENTER: no.
    put_words(buf, 0x0014, &[]);
    put_words(buf, 0x0015, &[]);
    put_words(buf, 0x0083, &[0]);
    put_words(buf, 0x0084, &[0]);
    // SETUP: the printer's paper, 100 %, from page 1; the bit says that no printer was chosen.
    put(buf, 0x00A1, |data| {
        put_u16s(data, &[0, 100, 1, 1, 1, 0x0004, 0, 0]);
        for margin in [0.5_f64, 0.5] {
            data.extend_from_slice(&margin.to_le_bytes());
        }
        put_u16s(data, &[1]);
    });
}
