//! What other libraries read of a result, one small reader a Format: titles, then rows, as texts. A text that goes
//! on elsewhere is put together again.

use std::{collections::BTreeMap, io::Cursor};

use calamine::{Data, Reader, Sheets, open_workbook_auto_from_rs};

use unlade_export::row::Column;

use crate::written::Written;

pub(crate) type Rows = Vec<Vec<String>>;

/// The titles and the rows of a result of `export_format`.
pub(crate) fn rows(export_format: &str, written: &Written, columns: &[Column]) -> Rows {
    let parts = written.parts.iter().map(|part| written.entry(&part.name));
    let read: Vec<Rows> = match export_format {
        "xls" | "xlsx" => parts.map(workbook).collect(),
        "csv" => parts.map(|bytes| csv(&bytes)).collect(),
        "jsonl" => parts.map(|bytes| jsonl(&bytes, columns)).collect(),
        other => panic!("write a reader of {other} here"),
    };
    join(read)
}

/// One table of several that have the same titles.
fn join(tables: Vec<Rows>) -> Rows {
    let mut all = Rows::new();
    for table in tables {
        let titles = all.first().is_some_and(|first| *first == table[0]);
        all.extend(table.into_iter().skip(usize::from(titles)));
    }
    all
}

fn workbook(bytes: Vec<u8>) -> Rows {
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    assert_eq!(names[0], "Summary");
    let results = names.iter().filter(|name| name.starts_with("Results"));
    let mut sheets: Vec<Rows> = results.map(|name| sheet(&mut book, name)).collect();
    if names.iter().any(|name| name == "Overflow") {
        for line in sheet(&mut book, "Overflow").iter().skip(1) {
            let [sheet, row, column] = [0, 1, 2].map(|at| line[at].parse::<usize>().unwrap() - 1);
            sheets[sheet][row][column] += &line[4];
        }
    }
    join(sheets)
}

fn sheet(book: &mut Sheets<Cursor<Vec<u8>>>, name: &str) -> Rows {
    let range = book.worksheet_range(name).unwrap();
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

/// A cell of a sheet that holds nothing but texts.
fn text(cell: &Data) -> String {
    assert!(matches!(cell, Data::String(_) | Data::Empty), "{cell:?} is not a text");
    cell.to_string()
}

fn csv(bytes: &[u8]) -> Rows {
    let text = std::str::from_utf8(bytes).unwrap();
    let text = text.strip_prefix('\u{FEFF}').unwrap();
    assert!(text.ends_with("\r\n"));
    let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.into_records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn jsonl(bytes: &[u8], columns: &[Column]) -> Rows {
    let titles: Vec<String> = columns.iter().map(|column| column.title.en.to_owned()).collect();
    let rows = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(|line| {
        let object: BTreeMap<String, Option<String>> = serde_json::from_slice(line).unwrap();
        assert_eq!(object.len(), titles.len());
        titles.iter().map(|title| object[title].clone().unwrap_or_default()).collect()
    });
    let rows: Rows = rows.collect();
    [vec![titles.clone()], rows].concat()
}
