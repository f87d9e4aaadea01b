//! How cells look, and the arrows on a header row: what calamine makes of dates, what is refused.

use calamine::{Data, ExcelDateTimeType};
use unlade_xls::{Cell, Codec, Column, Error, Written};

use crate::audit::audit;
use crate::written::{columns, finish, open, sheet, text, workbook};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 1_440 * MINUTE_MS;
/// 1900-03-01, the first date that is a number, and the first millisecond after 9999.
const FIRST: i64 = -2_203_891_200_000;
const TOO_LATE: i64 = 253_402_300_800_000;

#[test]
fn dates_are_numbers_with_a_format_of_their_own() {
    let mut workbook = workbook(Codec::Plain);
    let columns = [Column::new("at"), Column::new("exactly at").milliseconds()];
    let id = workbook.add_sheet_without_header("S", &columns).unwrap();
    let instants = [0, FIRST, TOO_LATE - 1, 1_732_447_268_123, -MINUTE_MS, 951_782_400_000 + DAY_MS / 2];
    for ms in instants {
        assert_eq!(workbook.row(id, &[Cell::Date(ms), Cell::Date(ms)]).unwrap(), Written::default());
    }
    let range = sheet(&finish(workbook), "S");
    for (row, ms) in (0..).zip(instants) {
        for column in 0..2 {
            let Some(Data::DateTime(found)) = range.get_value((row, column)) else {
                panic!("{row},{column} is no date: {:?}", range.get_value((row, column)));
            };
            assert!(found.is_datetime());
            let expected = (ms + 25_569 * DAY_MS) as f64 / DAY_MS as f64;
            assert_eq!(found.as_f64(), expected);
        }
    }
    let found = range.get_value((3, 0)).unwrap();
    let expected = calamine::ExcelDateTime::new(45_620.473_010_682_87, ExcelDateTimeType::DateTime, false);
    assert_eq!(*found, Data::DateTime(expected), "2024-11-24T11:21:08.123Z");
}

#[test]
fn an_instant_that_is_no_date_to_excel_is_text() {
    let mut workbook = workbook(Codec::Plain);
    let id = workbook.add_sheet_without_header("S", &columns(1)).unwrap();
    for ms in [FIRST - 1, TOO_LATE, i64::MIN] {
        workbook.row(id, &[Cell::Date(ms)]).unwrap();
    }
    let range = sheet(&finish(workbook), "S");
    assert_eq!(text(&range, 0, 0), "1900-02-28T23:59:59.999Z");
    assert_eq!(text(&range, 1, 0), "+10000-01-01T00:00:00.000Z");
    assert_eq!(text(&range, 2, 0), "-292275055-05-16T16:47:04.192Z");
}

#[test]
fn arrows_need_a_header_row_to_stand_on() {
    let mut workbook = workbook(Codec::Plain);
    let bare = workbook.add_sheet_without_header("Bare", &columns(1)).unwrap();
    let empty = workbook.add_sheet("Empty", &[]).unwrap();
    for id in [bare, empty] {
        assert!(matches!(workbook.add_filter(id), Err(Error::NoHeader)));
    }
    let other = crate::written::workbook(Codec::Plain).add_sheet("S", &columns(1)).unwrap();
    let mut none = crate::written::workbook(Codec::Plain);
    assert!(matches!(none.add_filter(other), Err(Error::UnknownSheet)));
    finish(workbook);
}

#[test]
fn arrows_reach_over_every_row_and_column() {
    let mut workbook = workbook(Codec::Plain);
    let plain = workbook.add_sheet("Plain", &columns(3)).unwrap();
    let wide = workbook.add_sheet("Wide", &columns(256)).unwrap();
    let empty = workbook.add_sheet("Header only", &columns(1)).unwrap();
    let long = workbook.add_sheet("Long", &columns(2)).unwrap();
    let summary = workbook.add_sheet_without_header("Summary", &columns(2)).unwrap();
    workbook.add_filter(long).unwrap();
    for row in 1..unlade_xls::ROWS_MAX {
        workbook.row(long, &[Cell::Int(row.into())]).unwrap();
    }
    workbook.row(wide, &[Cell::Text("only the first cell")]).unwrap();
    workbook.row(plain, &[Cell::Text("no arrows")]).unwrap();
    for id in [wide, wide, empty] {
        workbook.add_filter(id).unwrap();
    }
    workbook.move_first(summary).unwrap();
    let file = finish(workbook);
    let arrows: Vec<(u32, u16)> = audit(&file).iter().map(|tab| (tab.rows, tab.arrows)).collect();
    assert_eq!(arrows, [(0, 0), (2, 0), (2, 256), (1, 1), (65_536, 2)]);
    assert_eq!(sheet(&file, "Long").get_size(), (65_536, 2));
    // The hidden names are as many as the sheets with arrows, to calamine too.
    assert_eq!(calamine::Reader::defined_names(&open(file)).len(), 3);
}

#[test]
fn every_sheet_may_have_arrows() {
    let sheets_max = unlade_xls::SHEETS_MAX;
    let memory = crate::written::Memory::default;
    let mut workbook =
        unlade_xls::Workbook::with_sheets_max(memory(), memory(), Codec::Plain, sheets_max).unwrap();
    for n in 0..sheets_max {
        let id = workbook.add_sheet(&format!("{n:名>31}"), &columns(n + 1)).unwrap();
        workbook.add_filter(id).unwrap();
    }
    let tabs = audit(&finish(workbook));
    assert!(tabs.iter().map(|tab| usize::from(tab.arrows)).eq(1..=sheets_max));
}

#[test]
fn a_column_says_how_its_texts_and_dates_look() {
    let mut workbook = workbook(Codec::Plain);
    let described =
        [Column::new("a"), Column::new("b").wrapped(), Column::new("c"), Column::new("d").milliseconds()];
    let id = workbook.add_sheet_without_header("S", &described).unwrap();
    for text in ["plain", "=like a formula"] {
        let cells = [Cell::Text(text), Cell::Text(text), Cell::Date(0), Cell::Date(0)];
        workbook.row(id, &cells).unwrap();
    }
    let tabs = audit(&finish(workbook));
    let formats: Vec<u16> = tabs[0].cells.iter().map(|cell| cell[2]).collect();
    assert_eq!(formats, [16, 21, 23, 24, 17, 22, 23, 24]);
}
