//! What people put into a sheet, and what is read of it.

use crate::workbook::{Line, file, read, read_bytes, sheet, table};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use std::ops::ControlFlow;
use unlade_sheet::{At, Error, Limits};

fn line(row: u32, cells: &[&str]) -> Line {
    (row, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

#[test]
fn the_first_row_that_is_not_blank_is_the_header_and_blank_rows_are_skipped() {
    let bytes = table(&[
        &[],
        &[Some("  "), Some("\t")],
        &[Some(" device_id "), Some("device_name"), Some("description")],
        &[],
        &[Some("d-1"), Some("泵 😀")],
        &[None, Some(" ")],
        &[None, None, Some("only this")],
    ]);
    let expected = [
        line(3, &["device_id", "device_name", "description"]),
        line(5, &["d-1", "泵 😀", ""]),
        line(7, &["", "", "only this"]),
    ];
    assert_eq!(read_bytes(&bytes).unwrap(), expected);
}

#[test]
fn a_value_whose_column_has_no_title_is_refused_and_not_passed_over() {
    let header: &[Option<&str>] = &[Some("device_id"), None, Some("device_name")];
    let blank_between = read_bytes(&table(&[header, &[Some("d-1"), Some("lost")]]));
    assert_eq!(blank_between, Err(Error::NoTitle { at: At { row: 2, column: 2 } }));
    let beyond = read_bytes(&table(&[header, &[Some("d-1"), None, None, None, Some("lost")]]));
    assert_eq!(beyond, Err(Error::NoTitle { at: At { row: 2, column: 5 } }));
    assert!(read_bytes(&table(&[header, &[Some("d-1"), Some(" "), Some("Lamp")]])).is_ok());
}

#[test]
fn values_look_as_in_the_sheet() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "values").unwrap();
    sheet.write_number(1, 0, 1_234_567_890_123.0).unwrap();
    sheet.write_number(2, 0, 0.1 + 0.2).unwrap();
    sheet.write_boolean(3, 0, true).unwrap();
    let date = ExcelDateTime::from_ymd(2026, 11, 24).unwrap();
    sheet.write_datetime_with_format(4, 0, &date, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    let moment = ExcelDateTime::from_ymd(2026, 11, 24).unwrap().and_hms(1, 30, 0).unwrap();
    sheet
        .write_datetime_with_format(5, 0, &moment, &Format::new().set_num_format("yyyy-mm-dd hh:mm"))
        .unwrap();
    sheet.write_formula(6, 0, Formula::new("=1+1").set_result("2")).unwrap();
    sheet.write_string(7, 0, "000421").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();

    let values: Vec<_> =
        read_bytes(&bytes).unwrap().into_iter().skip(1).map(|(_, cells)| cells.concat()).collect();
    let expected = ["1234567890123", "0.3", "TRUE", "2026-11-24", "2026-11-24T01:30:00", "2", "000421"];
    assert_eq!(values, expected);
    let error = sheet_error(r#"<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>"#);
    assert_eq!(error.unwrap(), [line(1, &["#N/A"])]);
}

fn sheet_error(sheet_data: &str) -> Result<Vec<Line>, Error> {
    read_bytes(&sheet(sheet_data))
}

#[test]
fn an_id_that_the_spreadsheet_has_damaged_is_refused() {
    let bytes = sheet(r#"<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>89860012345678901234</v></c></row>"#);
    assert_eq!(read_bytes(&bytes), Err(Error::DigitsLost { at: At { row: 1, column: 2 } }));
}

#[test]
fn only_the_first_visible_worksheet_is_read() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_hidden(true).write_string(0, 0, "hidden").unwrap();
    workbook.add_worksheet().set_active(true).write_string(0, 0, "first").unwrap();
    workbook.add_worksheet().write_string(0, 0, "second").unwrap();
    assert_eq!(read_bytes(&workbook.save_to_buffer().unwrap()).unwrap(), [line(1, &["first"])]);
}

#[test]
fn too_many_rows_are_an_error_and_never_a_cut() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory().unwrap();
    for row in 0..=100_001 {
        sheet.write_number(row, 0, f64::from(row)).unwrap();
    }
    let whole = file(&workbook.save_to_buffer().unwrap());
    assert_eq!(read(whole.path(), &Limits::default()), Err(Error::TooManyRows { limit: 100_000 }));
    let more = Limits { rows: 100_001, ..Limits::default() };
    let lines = read(whole.path(), &more).unwrap();
    assert_eq!((lines.len(), lines.last()), (100_002, Some(&line(100_002, &["100001"]))));
}

#[test]
fn columns_and_cells_have_limits_that_name_the_cell() {
    let cells = ["x"; 65].map(Some);
    assert_eq!(read_bytes(&table(&[&cells[..64]])).unwrap()[0].1.len(), 64);
    let at = At { row: 1, column: 65 };
    assert_eq!(read_bytes(&table(&[&cells])), Err(Error::TooManyColumns { at, limit: 64 }));

    let longest = "é".repeat(2048);
    assert_eq!(read_bytes(&table(&[&[Some(&longest)]])).unwrap(), [line(1, &[&longest])]);
    let error = read_bytes(&table(&[&[Some("a")], &[None, Some(&format!("{longest}x"))]]));
    assert_eq!(error, Err(Error::CellTooLong { at: At { row: 2, column: 2 }, limit: 4096 }));
    assert_eq!(error.unwrap_err().to_string(), "cell B2 is longer than 4096 bytes");
}

#[test]
fn a_sheet_without_a_text_has_no_header() {
    assert_eq!(read_bytes(&table(&[])), Err(Error::Blank));
    assert_eq!(read_bytes(&table(&[&[Some(" ")]])), Err(Error::Blank));
    assert_eq!(read_bytes(&table(&[&[Some("device_id")]])).unwrap(), [line(1, &["device_id"])]);
}

#[test]
fn the_sink_may_break_off() {
    let file = file(&table(&[&[Some("h")], &[Some("1")], &[Some("2")], &[Some("3")]]));
    let mut seen = 0;
    let rows = unlade_sheet::read(file.path(), &Limits::default(), |_, _| {
        seen += 1;
        if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((rows, seen), (Ok(1), 2));
}

#[test]
fn a_results_workbook_is_read_back() {
    let sheets = unlade_sheet::results::read_xls(include_bytes!("../fixtures/results.xls")).unwrap();
    let names: Vec<_> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["Summary", "Results", "Empty"]);
    assert_eq!(sheets[0].rows, [["task", "批量冻结"], ["", ""], ["", "3"]]);
    assert_eq!(sheets[1].rows[1], ["00421", "success", "", ""]);
    assert_eq!(sheets[1].rows[2], ["设备-1 😀", "fail", "", "IOTDA.014000"]);
    assert_eq!(sheets[1].rows[3], ["1234567890123", "TRUE", "0.1", ""]);
    assert!(sheets[2].rows.is_empty());
    assert!(unlade_sheet::results::read_xls(b"no workbook").is_err());
}
