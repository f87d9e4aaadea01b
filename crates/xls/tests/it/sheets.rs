//! Sheets: names, tabs, columns, several at once, and cells that are not text.

use calamine::{Data, Reader};
use unlade_xls::{Cell, Codec, Column, Error, Written};

use crate::written::{columns, finish, open, sheet, text, workbook};

#[test]
fn rows_of_several_sheets_may_come_in_any_order() {
    let mut workbook = workbook(Codec::Plain);
    let ids: Vec<_> =
        (0..5).map(|n| workbook.add_sheet(&format!("Sheet {n}"), &columns(2)).unwrap()).collect();
    // Enough that each sheet spools several pieces between those of the others.
    for row in 0..30_000 {
        for (n, id) in ids.iter().enumerate() {
            if row % (n + 1) == 0 {
                workbook.row(*id, &[Cell::Text(&format!("{n}/{row}")), Cell::Text("设备")]).unwrap();
            }
        }
    }
    let file = finish(workbook);
    for n in 0..5 {
        let range = sheet(&file, &format!("Sheet {n}"));
        let rows = 30_000_usize.div_ceil(n + 1);
        assert_eq!(range.get_size(), (rows + 1, 2));
        assert_eq!(text(&range, 0, 1), "column 1");
        for row in 0..rows {
            assert_eq!(text(&range, row as u32 + 1, 0), format!("{n}/{}", row * (n + 1)));
        }
    }
}

#[test]
fn a_sheet_added_last_may_be_the_first_tab() {
    let mut workbook = workbook(Codec::Plain);
    let first = workbook.add_sheet("Results", &columns(1)).unwrap();
    workbook.add_sheet("Overflow", &columns(1)).unwrap();
    workbook.row(first, &[Cell::Text("row")]).unwrap();
    let summary = workbook.add_sheet_without_header("概要", &columns(2)).unwrap();
    workbook.row(summary, &[Cell::Bold("Rows"), Cell::Int(1)]).unwrap();
    workbook.move_first(summary).unwrap();
    let file = finish(workbook);
    let offsets = tab_offsets(&file);
    // POI ignores the offsets and takes the sheets in the order in which they lie.
    assert!(offsets.len() == 3 && offsets.is_sorted());
    assert_eq!(open(file.clone()).sheet_names(), ["概要", "Results", "Overflow"]);
    assert_eq!(text(&sheet(&file, "概要"), 0, 0), "Rows");
    assert_eq!(text(&sheet(&file, "Results"), 1, 0), "row");
}

/// Where each tab's substream begins, by the BOUNDSHEET records.
fn tab_offsets(file: &[u8]) -> Vec<u32> {
    let u16_at = |at: usize| u16::from_le_bytes([file[at], file[at + 1]]);
    let mut offsets = Vec::new();
    let mut at = 512;
    while u16_at(at) != 0x000A {
        if u16_at(at) == 0x0085 {
            let offset = u32::from(u16_at(at + 4)) | u32::from(u16_at(at + 6)) << 16;
            let bof = 512 + offset as usize;
            assert_eq!((u16_at(bof), u16_at(bof + 6)), (0x0809, 0x0010), "a worksheet begins there");
            offsets.push(offset);
        }
        at += 4 + usize::from(u16_at(at + 2));
    }
    offsets
}

#[test]
fn a_sheet_without_rows_is_a_sheet() {
    let mut workbook = workbook(Codec::Plain);
    workbook.add_sheet("Header only", &columns(3)).unwrap();
    workbook.add_sheet_without_header("Empty", &columns(3)).unwrap();
    workbook.add_sheet_without_header("No columns", &[]).unwrap();
    let file = finish(workbook);
    assert_eq!(sheet(&file, "Header only").get_size(), (1, 3));
    assert!(sheet(&file, "Empty").is_empty() && sheet(&file, "No columns").is_empty());
}

#[test]
fn numbers_come_back_as_they_were() {
    let numbers = [0.0, 1.0, -1.0, 0.5, 0.1, 1e300, -2.5e-300, 536_870_911.0, 536_870_912.0, 123_456.789];
    let ints = [0, 7, -7, i64::from(i32::MAX), 999_999_999_999_999, -999_999_999_999_999];
    let mut workbook = workbook(Codec::Plain);
    let id = workbook.add_sheet_without_header("S", &columns(10)).unwrap();
    workbook.row(id, &numbers.map(Cell::Number)).unwrap();
    workbook.row(id, &ints.map(Cell::Int)).unwrap();
    let last =
        [Cell::Int(i64::MIN), Cell::Bool(true), Cell::Bool(false), Cell::Empty, Cell::Number(f64::NAN)];
    assert_eq!(workbook.row(id, &last).unwrap(), Written { cut: 0, cleaned: 1 });
    let range = sheet(&finish(workbook), "S");
    let as_f64 = |row, column| match range.get_value((row, column)) {
        Some(Data::Float(number)) => *number,
        Some(Data::Int(number)) => *number as f64,
        other => panic!("{row},{column}: {other:?}"),
    };
    for (column, number) in (0..).zip(numbers) {
        assert_eq!(as_f64(0, column).to_bits(), number.to_bits());
    }
    for (column, int) in (0..).zip(ints) {
        assert_eq!(as_f64(1, column) as i64, int);
    }
    // Excel keeps 15 digits, so a longer integer is text.
    assert_eq!(text(&range, 2, 0), i64::MIN.to_string());
    assert_eq!(range.get_value((2, 1)), Some(&Data::Bool(true)));
    assert_eq!(range.get_value((2, 2)), Some(&Data::Bool(false)));
    assert_eq!(range.get_value((2, 3)), Some(&Data::Empty));
    assert_eq!(range.get_value((2, 4)), Some(&Data::Error(calamine::CellErrorType::Num)));
}

#[test]
fn names_that_excel_refuses_are_refused() {
    let mut workbook = workbook(Codec::Plain);
    let long = "x".repeat(32);
    let pairs = "😀".repeat(16);
    for name in [
        "", " ", "a[b", "a]b", "a:b", "a*b", "a?b", "a/b", "a\\b", "'a", "a'", "a\nb", "History", &long,
        &pairs,
    ] {
        let error = workbook.add_sheet(name, &[]).unwrap_err();
        assert!(matches!(error, Error::SheetName { .. }), "{name:?}: {error}");
    }
    workbook.add_sheet("Größe", &[]).unwrap();
    assert!(workbook.add_sheet("GRÖSSE", &[]).is_ok(), "ß is not ss in a name");
    assert!(matches!(workbook.add_sheet("GRÖßE", &[]), Err(Error::SheetName { .. })));
    for name in ["it's", &"x".repeat(31), &"名".repeat(31)] {
        workbook.add_sheet(name, &[]).unwrap();
    }
    assert_eq!(open(finish(workbook)).sheet_names().len(), 5);
}

#[test]
fn a_title_is_never_altered() {
    let mut workbook = workbook(Codec::Plain);
    for title in ["\0".to_owned(), "x".repeat(32_768)] {
        let columns = [Column::new(title)];
        assert!(matches!(workbook.add_sheet("S", &columns), Err(Error::Title)));
        workbook.add_sheet_without_header("S", &columns).unwrap();
        workbook = crate::written::workbook(Codec::Plain);
    }
}
