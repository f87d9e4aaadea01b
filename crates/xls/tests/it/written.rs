//! The small vocabulary of these tests: write sheets, read them back.

use std::io::{Cursor, Read};

use calamine::{Data, Range, Reader, Xls};
use unlade_xls::{Cell, Codec, Column, Finished, Workbook};

use crate::audit::audit;

pub(crate) type Memory = Cursor<Vec<u8>>;

pub(crate) fn workbook(codec: Codec) -> Workbook<Memory, Memory> {
    Workbook::new(Memory::default(), Memory::default(), codec).unwrap()
}

pub(crate) fn columns(count: usize) -> Vec<Column> {
    (0..count).map(|n| Column::new(format!("column {n}"))).collect()
}

/// One sheet `S` of a single column without header, a text a row, as the bytes of its file.
pub(crate) fn one_column(texts: &[&str]) -> Vec<u8> {
    let mut workbook = workbook(Codec::Plain);
    let sheet = workbook.add_sheet_without_header("S", &columns(1)).unwrap();
    for text in texts {
        workbook.row(sheet, &[Cell::Text(text)]).unwrap();
    }
    finish(workbook)
}

/// The file of a workbook, which must hold to every rule of the format.
pub(crate) fn finish(workbook: Workbook<Memory, Memory>) -> Vec<u8> {
    let file = workbook.finish().unwrap().out.into_inner();
    audit(&file);
    file
}

pub(crate) fn open(file: Vec<u8>) -> Xls<Memory> {
    Xls::new(Cursor::new(file)).unwrap()
}

pub(crate) fn sheet(file: &[u8], name: &str) -> Range<Data> {
    open(file.to_vec()).worksheet_range(name).unwrap()
}

/// The cell's text; nothing for an empty one.
pub(crate) fn text(range: &Range<Data>, row: u32, column: u32) -> String {
    match range.get_value((row, column)) {
        None | Some(Data::Empty) => String::new(),
        Some(Data::String(text)) => text.clone(),
        Some(other) => panic!("{row},{column} is {other:?}, not text"),
    }
}

pub(crate) fn inflate(finished: &Finished<Memory>) -> Vec<u8> {
    let mut raw = Vec::new();
    let mut inflate = flate2::read::DeflateDecoder::new(&finished.out.get_ref()[..]);
    inflate.read_to_end(&mut raw).unwrap();
    assert_eq!(inflate.total_in(), finished.len, "the stream ends where the output ends");
    raw
}
