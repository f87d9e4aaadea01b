//! What a workbook must hold, worked out from the rules alone, and what calamine and cfb make of it.

use std::io::{Cursor, Read};

use calamine::{CellErrorType, Data, Range, Reader, Xls};
use serde_json::{Value as Json, json};
use xls::{Codec, Finished};

use crate::book::{Book, Memory, Value};

/// A sheet: its name, its rows.
pub type Rows = (String, Vec<Vec<Data>>);

/// Every sheet in the order of the tabs.
pub fn expected(book: &Book) -> Vec<Rows> {
    let mut sheets: Vec<Rows> = book.sheets.iter().map(|sheet| (sheet.name.clone(), Vec::new())).collect();
    for (sheet, (_, rows)) in book.sheets.iter().zip(&mut sheets) {
        if sheet.header {
            rows.push(sheet.columns.iter().map(|(title, ..)| text(title)).collect());
        }
    }
    for (sheet, row) in &book.rows {
        sheets[*sheet].1.push(row.iter().map(data).collect());
    }
    sheets[..=book.first].rotate_right(1);
    sheets
}

fn data(value: &Value) -> Data {
    match value {
        Value::Empty => Data::Empty,
        Value::Text(given) | Value::Bold(given) => text(given),
        // Excel keeps 15 digits.
        Value::Int(int) if int.unsigned_abs() > 999_999_999_999_999 => Data::String(int.to_string()),
        Value::Int(int) => Data::Float(*int as f64),
        Value::Number(number) if !number.is_finite() => Data::Error(CellErrorType::Num),
        Value::Number(number) => Data::Float(*number),
        Value::Bool(truth) => Data::Bool(*truth),
    }
}

fn text(given: &str) -> Data {
    let mut units: Vec<u16> = given.encode_utf16().take(32_767).collect();
    if units.last().is_some_and(|last| (0xD800..0xDC00).contains(last)) {
        units.pop();
    }
    let text = String::from_utf16(&units).expect("only whole characters are left");
    let forbidden = |c: char| matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}');
    if text.is_empty() { Data::Empty } else { Data::String(text.replace(forbidden, "\u{FFFD}")) }
}

/// For those who judge from outside: a text is a string and a number a number, what is neither a list.
pub fn json(sheets: &[Rows]) -> Json {
    let cell = |data: &Data| match data {
        Data::String(text) => json!(text),
        Data::Float(number) => json!(number),
        Data::Bool(truth) => json!([truth]),
        Data::Error(_) => json!(["#NUM!"]),
        _ => json!(""),
    };
    let rows =
        |rows: &Vec<Vec<Data>>| rows.iter().map(|row| row.iter().map(cell).collect()).collect::<Vec<Json>>();
    sheets.iter().map(|(name, found)| json!([name, rows(found)])).collect()
}

/// The file itself, which both codecs must agree on.
pub fn file(book: &Book) -> Vec<u8> {
    let (plain, deflated) = (written(book, Codec::Plain), written(book, Codec::DEFLATE));
    let mut file = Vec::new();
    let mut inflate = flate2::read::DeflateDecoder::new(&deflated.out.get_ref()[..]);
    inflate.read_to_end(&mut file).expect("it inflates");
    assert_eq!(inflate.total_in(), deflated.len, "the stream ends where the output ends");
    assert!(file == *plain.out.get_ref(), "the codecs write different files");
    let mut crc = flate2::Crc::new();
    crc.update(&file);
    for finished in [&plain, &deflated] {
        assert_eq!((finished.raw_len, finished.crc32), (file.len() as u64, crc.sum()));
    }
    file
}

fn written(book: &Book, codec: Codec) -> Finished<Memory> {
    book.write(codec).expect("nothing in it is to be refused")
}

/// The container, by a library that knows nothing of workbooks.
pub fn container(file: &[u8]) {
    let mut container = cfb::CompoundFile::open_strict(Cursor::new(file)).expect("a compound file");
    let mut stream = Vec::new();
    container
        .open_stream("/Workbook")
        .expect("it has the stream")
        .read_to_end(&mut stream)
        .expect("it is whole");
    assert!(stream.len() >= 4096 && file[512..].starts_with(&stream));
}

/// Every cell, by calamine.
pub fn cells(file: &[u8], sheets: &[Rows]) {
    let mut book = Xls::new(Cursor::new(file)).expect("a workbook");
    let names: Vec<&String> = sheets.iter().map(|(name, _)| name).collect();
    assert!(book.sheet_names().iter().eq(names));
    for (name, rows) in sheets {
        let range = book.worksheet_range(name).expect("it has the sheet");
        let mut count = 0;
        for (number, row) in (0..).zip(rows) {
            for (column, wanted) in (0..).zip(row) {
                let found = found(&range, number, column);
                assert_eq!(&found, &as_read(wanted), "{name}, row {number}, column {column}");
                count += usize::from(found != Data::Empty);
            }
        }
        let all = range
            .used_cells()
            .filter(|(.., data)| **data != Data::Empty && **data != Data::String(String::new()));
        assert_eq!(all.count(), count, "{name} has other cells");
    }
}

fn found(range: &Range<Data>, row: u32, column: u32) -> Data {
    match range.get_value((row, column)) {
        Some(Data::Int(int)) => Data::Float(*int as f64),
        Some(Data::String(text)) if text.is_empty() => Data::Empty,
        Some(data) => data.clone(),
        None => Data::Empty,
    }
}

/// Calamine decodes with a library that takes a leading U+FEFF for a byte order mark, and drops it.
fn as_read(wanted: &Data) -> Data {
    match wanted {
        Data::String(text) if text == "\u{FEFF}" => Data::Empty,
        Data::String(text) => Data::String(text.strip_prefix('\u{FEFF}').unwrap_or(text).to_owned()),
        other => other.clone(),
    }
}
