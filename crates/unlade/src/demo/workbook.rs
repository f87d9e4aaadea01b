//! The spreadsheet that the demo uploads: a thousand street lamps, some of them wrong on purpose, in ways that
//! happen to people.

use rust_xlsxwriter::{Workbook, XlsxError};

use crate::error::Error;

/// Devices in the file.
pub(super) const ROWS: usize = 1000;
const COLUMNS: [&str; 5] = ["product_id", "node_id", "device_id", "device_name", "description"];

/// What is wrong with a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mistake {
    /// A product that nobody made.
    UnknownProduct,
    /// The device of the row above, once more.
    Duplicate,
    /// A node id beyond the 64 characters that one may have.
    LongNodeId,
}

fn mistake(row: usize) -> Option<Mistake> {
    match row {
        row if row % 100 == 3 => Some(Mistake::UnknownProduct),
        row if row % 200 == 42 => Some(Mistake::Duplicate),
        row if row % 400 == 77 => Some(Mistake::LongNodeId),
        _ => None,
    }
}

/// Rows that are wrong.
pub(super) fn mistakes() -> usize {
    (0..ROWS).filter(|row| mistake(*row).is_some()).count()
}

/// The file.
pub(super) fn devices(product_id: &str) -> Result<Vec<u8>, Error> {
    write(product_id).map_err(|error| Error::Refused(format!("cannot make the spreadsheet: {error}")))
}

fn write(product_id: &str) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, COLUMNS)?;
    for (line, row) in (0..ROWS).enumerate() {
        sheet.write_row(line as u32 + 1, 0, cells(product_id, row))?;
    }
    workbook.save_to_buffer()
}

fn cells(product_id: &str, row: usize) -> [String; 5] {
    let mistake = mistake(row);
    let product_id = if mistake == Some(Mistake::UnknownProduct) { "no-such-product" } else { product_id };
    let number = if mistake == Some(Mistake::Duplicate) { row } else { row + 1 };
    let node_id = match mistake {
        Some(Mistake::LongNodeId) => format!("SN{number:080}"),
        _ => format!("SN{number:04}"),
    };
    [
        product_id.to_owned(),
        node_id,
        format!("lamp-{number:04}"),
        format!("Lamp_{number:04}"),
        format!("East Street {}", number / 4 + 1),
    ]
}
