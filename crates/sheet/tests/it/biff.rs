//! `.xls` files for the tests, record by record, in a container by an outsider.

use std::io::{Cursor, Write};

pub(crate) const BIFF8: [u8; 4] = [0x00, 0x06, 0x05, 0x00];
pub(crate) const BIFF5: [u8; 4] = [0x00, 0x05, 0x05, 0x00];

/// Any record.
pub(crate) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let len = u16::try_from(data.len()).expect("a record is short");
    [&kind.to_le_bytes(), &len.to_le_bytes(), data].concat()
}

/// A record of one cell, at `A1` for `(0, 0)`, in the first style.
pub(crate) fn cell(kind: u16, (row, column): (u16, u16), value: &[u8]) -> Vec<u8> {
    record(kind, &[&place(row, column)[..], &[0, 0], value].concat())
}

pub(crate) fn place(row: u16, column: u16) -> [u8; 4] {
    let ([a, b], [c, d]) = (row.to_le_bytes(), column.to_le_bytes());
    [a, b, c, d]
}

/// A cell whose text lies in it.
pub(crate) fn label(at: (u16, u16), text: &str) -> Vec<u8> {
    cell(0x0204, at, &long(text))
}

/// A cell with a text of the table.
pub(crate) fn shared(at: (u16, u16), index: u32) -> Vec<u8> {
    cell(0x00FD, at, &index.to_le_bytes())
}

pub(crate) fn number(at: (u16, u16), value: f64) -> Vec<u8> {
    cell(0x0203, at, &value.to_le_bytes())
}

/// A text with a length of two bytes, its characters two bytes each.
pub(crate) fn long(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let count = u16::try_from(units.len()).expect("the text is short");
    let bytes = units.iter().flat_map(|unit| unit.to_le_bytes());
    count.to_le_bytes().into_iter().chain([1]).chain(bytes).collect()
}

/// The table of these texts.
pub(crate) fn table(texts: &[&str]) -> Vec<u8> {
    let texts: Vec<u8> = texts.iter().flat_map(|text| long(text)).collect();
    record(0x00FC, &[&[0; 8], &texts[..]].concat())
}

/// A workbook: records of its own, and sheets, each with its state (0 is visible) and records.
pub(crate) fn stream(version: [u8; 4], globals: &[Vec<u8>], sheets: &[(u8, Vec<Vec<u8>>)]) -> Vec<u8> {
    let begin = record(0x0809, &version);
    let end = record(0x000A, &[]);
    let globals = [&begin[..], &globals.concat()].concat();
    let bound = |at: usize, state: u8| {
        let at = u32::try_from(at).expect("the stream is short");
        record(0x0085, &[&at.to_le_bytes()[..], &[state, 0, 1, 0, b'S']].concat())
    };
    let mut at = globals.len() + sheets.len() * bound(0, 0).len() + end.len();
    let (mut bounds, mut bodies) = (Vec::new(), Vec::new());
    for (state, records) in sheets {
        let body = [&begin[..], &records.concat(), &end].concat();
        bounds.extend(bound(at, *state));
        at += body.len();
        bodies.extend(body);
    }
    [globals, bounds, end, bodies].concat()
}

/// A container with one stream.
pub(crate) fn file(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("memory takes it");
    if let Some((storage, _)) = name.rsplit_once('/') {
        container.create_storage_all(storage).expect("the name is new");
    }
    container.create_stream(name).and_then(|mut out| out.write_all(stream)).expect("the name is new");
    container.into_inner().into_inner()
}

/// A workbook of one visible BIFF8 sheet.
pub(crate) fn book(globals: &[Vec<u8>], sheet: Vec<Vec<u8>>) -> Vec<u8> {
    file("Workbook", &stream(BIFF8, globals, &[(0, sheet)]))
}
