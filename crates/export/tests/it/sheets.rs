//! Sheets, workbooks and their titles.

use crate::written::{Written, write};
use calamine::{Data, Reader, Xls, Xlsx};
use std::io::Cursor;
use types::Language;
use unlade_export::row::Cell;

/// Data rows of a sheet, and sheets of a workbook.
const SHEET: usize = 65_535;
const SHEETS: usize = 16;

fn numbered(count: usize) -> Written {
    write("xls", Language::English, |row| {
        for number in 0..count {
            row(&[Cell::Text(&number.to_string()), Cell::Text("Success"), Cell::Empty]);
        }
    })
    .unwrap()
}

#[test]
fn a_task_without_rows_is_a_header_and_a_summary() {
    let written = numbered(0);
    assert_eq!(written.sheet("Results"), [["target", "status", "output"]]);
    assert_eq!(written.summary()["Rows"], "0");
    assert_eq!((written.parts.len(), written.parts[0].rows), (1, 0));
}

#[test]
fn a_summary_counts_no_column_that_its_source_does_not_name() {
    let summary = numbered(2).summary();
    assert_eq!(summary["Rows"], "2");
    assert!(!summary.contains_key("Rows by status") && !summary.contains_key("Success"), "{summary:?}");
}

#[test]
fn a_full_sheet_has_no_second_one_and_one_row_more_has() {
    let full = numbered(SHEET);
    assert_eq!(full.open().sheet_names(), ["Summary", "Results"]);
    assert_eq!(full.sheet("Results").len(), SHEET + 1);
    let more = numbered(SHEET + 1);
    assert_eq!(more.open().sheet_names(), ["Summary", "Results", "Results (2)"]);
    assert_eq!(more.open().defined_names().len(), 2, "a hidden name for the filter arrows of each");
    assert_eq!(
        more.sheet("Results (2)"),
        [["target", "status", "output"], [&SHEET.to_string(), "Success", ""]]
    );
}

#[test]
fn the_row_behind_16_full_sheets_begins_a_second_workbook() {
    let written = numbered(SHEETS * SHEET + 1);
    let parts: Vec<_> = written.parts.iter().map(|part| (&*part.name, part.rows)).collect();
    assert_eq!(parts, [("task.xls", (SHEETS * SHEET) as i64), ("task-2.xls", 1)]);
    let mut second = Xls::new(Cursor::new(written.entry("task-2.xls"))).unwrap();
    assert_eq!(second.sheet_names(), ["Summary", "Results"]);
    let last = (SHEETS * SHEET).to_string();
    let results = second.worksheet_range("Results").unwrap();
    assert_eq!(results.get_value((1, 0)), Some(&Data::String(last)));
    let summary = second.worksheet_range("Summary").unwrap();
    let label = |row| summary.get_value((row, 0)).map(Data::to_string);
    assert_eq!([label(0), label(1)], [Some("Workbook".into()), Some("Rows in this workbook".into())]);
    assert_eq!(summary.get_value((0, 1)), Some(&Data::Float(2.0)));
}

#[test]
fn an_xlsx_has_one_workbook_and_its_sheets_are_longer() {
    const SHEET: usize = 1_048_575;
    let written = write("xlsx", Language::English, |row| {
        for _ in 0..SHEET {
            row(&[Cell::Empty, Cell::Text("Success"), Cell::Empty]);
        }
        row(&[Cell::Text("last"), Cell::Text("Success"), Cell::Empty]);
    })
    .unwrap();
    let parts: Vec<_> = written.parts.iter().map(|part| (&*part.name, part.rows)).collect();
    assert_eq!(parts, [("task.xlsx", SHEET as i64 + 1)]);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(written.entry("task.xlsx"))).unwrap();
    assert_eq!(book.sheet_names(), ["Summary", "Results", "Results (2)"]);
    assert_eq!(book.worksheet_range("Results").unwrap().height(), SHEET + 1);
    let second = book.worksheet_range("Results (2)").unwrap();
    assert_eq!(second.rows().map(|row| row[0].to_string()).collect::<Vec<_>>(), ["target", "last"]);
}

#[test]
fn titles_and_labels_are_in_the_language_of_the_task() {
    let written = write("xls", Language::Chinese, |row| {
        row(&[Cell::Text("t"), Cell::Text("失败"), Cell::Text(&"x".repeat(32_768))]);
    })
    .unwrap();
    assert_eq!(written.sheet("Results")[0], ["目标", "状态", "输出"]);
    assert_eq!(written.sheet("Overflow")[0], ["结果表序号", "行", "列", "片段", "文本"]);
    assert_eq!(written.summary()["总行数"], "1");
}
