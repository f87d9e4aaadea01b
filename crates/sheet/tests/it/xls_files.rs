//! What is read of an `.xls`: the same as of the `.xlsx` with the same cells.

use crate::biff::{
    BIFF5, BIFF8, book, cell, file, label, long, number, place, record, shared, stream, table,
};
use crate::workbook::{Line, read, read_bytes};
use std::io::Cursor;
use unlade_sheet::{At, Error, Limits};
use xls::{Cell, Codec, Column, Workbook};

fn line(row: u32, cells: &[&str]) -> Line {
    (row, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

/// What is read of the rows below two titles.
fn values(records: impl IntoIterator<Item = Vec<u8>>) -> Result<Vec<String>, Error> {
    let titles = [label((0, 0), "values"), label((0, 1), "more")];
    let records = titles.into_iter().chain(records).collect();
    let lines = read_bytes(&book(&[], records))?;
    Ok(lines.into_iter().skip(1).map(|(_, cells)| cells.concat()).collect())
}

#[test]
fn a_file_by_another_writer_is_read_cell_by_cell() {
    let (out, spool) = (Cursor::new(Vec::new()), Cursor::new(Vec::new()));
    let mut workbook = Workbook::new(out, spool, Codec::Plain).unwrap();
    let columns = [Column::new(" device_id "), Column::new("名称"), Column::new("tries").few_valued()];
    let sheet = workbook.add_sheet("Devices", &columns).unwrap();
    let long = "é".repeat(2048);
    for row in [
        [Cell::Text("000421"), Cell::Text("泵 😀"), Cell::Int(3)],
        [Cell::Empty, Cell::Text(" "), Cell::Empty],
        [Cell::Text("d-2"), Cell::Text(&long), Cell::Int(1_234_567_890_123)],
    ] {
        workbook.row(sheet, &row).unwrap();
    }
    let bytes = workbook.finish().unwrap().out.into_inner();
    let expected = [
        line(1, &["device_id", "名称", "tries"]),
        line(2, &["000421", "泵 😀", "3"]),
        line(4, &["d-2", &long, "1234567890123"]),
    ];
    assert_eq!(read_bytes(&bytes).unwrap(), expected);
}

#[test]
fn values_look_as_in_the_sheet() {
    let whole = |value: i32| (value << 2 | 2).to_le_bytes();
    let hundredths = |value: i32| (value << 2 | 3).to_le_bytes();
    let many = [&place(3, 0)[..], &[0, 0], &whole(7), &[0, 0], &hundredths(150), &[1, 0]].concat();
    let formula =
        |row: u16, value: [u8; 8]| cell(0x0006, (row, 0), &[&value[..], &[0; 6], &[2, 0, 0x17, 9]].concat());
    let shown = values([
        number((1, 0), 0.1 + 0.2),
        cell(0x027E, (2, 0), &whole(-5)),
        record(0x00BD, &many),
        cell(0x0205, (4, 0), &[1, 0]),
        cell(0x0205, (5, 0), &[0x2A, 1]),
        formula(6, 2.5_f64.to_le_bytes()),
        formula(7, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
        record(0x0207, &long("公式")),
        formula(8, [1, 0, 1, 0, 0, 0, 0xFF, 0xFF]),
        cell(0x00D6, (9, 0), &[&long("rich")[..], &[1, 0, 0, 0, 1, 0]].concat()),
        label((10, 0), "000421"),
    ]);
    let expected = ["0.3", "-5", "71.5", "TRUE", "#N/A", "2.5", "公式", "TRUE", "rich", "000421"];
    assert_eq!(shown.unwrap(), expected);
}

#[test]
fn dates_are_told_from_numbers() {
    let style = |format: u16| record(0x00E0, &[&[0, 0], &format.to_le_bytes()[..], &[0; 16]].concat());
    let own = record(0x041E, &[&164_u16.to_le_bytes()[..], &long("yyyy\"年\"m\"月\"d\"日\"")].concat());
    let styled = |row: u16, style: u16| {
        record(0x0203, &[&place(row, 0)[..], &style.to_le_bytes(), &46_350_f64.to_le_bytes()].concat())
    };
    let sheet = vec![label((0, 0), "when"), styled(1, 0), styled(2, 1), styled(3, 2)];
    let lines = read_bytes(&book(&[own, style(0), style(14), style(164)], sheet)).unwrap();
    let shown: Vec<_> = lines.iter().map(|(_, cells)| cells[0].as_str()).collect();
    assert_eq!(shown, ["when", "46350", "2026-11-24", "2026-11-24"]);
}

#[test]
fn an_id_that_the_spreadsheet_has_damaged_is_refused() {
    let damaged = values([number((1, 0), 89_860_012_345_678_901_234.0)]);
    assert_eq!(damaged, Err(Error::DigitsLost { at: At { row: 2, column: 1 } }));
}

#[test]
fn only_the_first_visible_worksheet_is_read_whatever_the_order_of_its_cells() {
    let sheet = |text: &str| vec![label((1, 0), text), label((0, 0), "header")];
    let sheets = [(1, sheet("hidden")), (2, sheet("very hidden")), (0, sheet("first")), (0, sheet("second"))];
    let lines = read_bytes(&file("Workbook", &stream(BIFF8, &[], &sheets))).unwrap();
    assert_eq!(lines, [line(1, &["header"]), line(2, &["first"])]);
    assert_eq!(read_bytes(&file("Workbook", &stream(BIFF8, &[], &sheets[..2]))), Err(Error::NoWorksheet));
    assert_eq!(read_bytes(&book(&[], Vec::new())), Err(Error::Blank));
}

#[test]
fn cells_of_a_chart_within_the_sheet_are_not_cells_of_the_sheet() {
    let chart = [record(0x0809, &BIFF8), number((5, 5), 1.0), record(0x000A, &[])].concat();
    assert_eq!(values([chart, label((1, 0), "after")]).unwrap(), ["after"]);
}

#[test]
fn a_text_of_the_table_may_go_on_in_the_next_record() {
    let rich = [&[3, 0, 0x0D, 1, 0, 4, 0, 0, 0][..], b"a\0b\0c\0", &[0; 8]].concat();
    let first = [&[0; 8][..], &[4, 0, 0], b"cu"].concat();
    let second = [&[1][..], b"t\0\x61\x4E", &rich].concat();
    let globals = [record(0x00FC, &first), record(0x003C, &second), record(0x003C, &long("last"))];
    let sheet = vec![shared((0, 0), 0), shared((0, 1), 1), shared((0, 2), 2)];
    assert_eq!(read_bytes(&book(&globals, sheet)).unwrap(), [line(1, &["cut乡", "abc", "last"])]);
}

#[test]
fn a_book_of_excel_5_is_read_in_its_code_page() {
    let text = |at, bytes: &[u8]| {
        cell(0x0204, at, &[&u16::try_from(bytes.len()).unwrap().to_le_bytes(), bytes].concat())
    };
    let sheet = vec![text((0, 0), b"device_id"), text((1, 0), b"\xC9\xE8\xB1\xB8")];
    let code_page = record(0x0042, &936_u16.to_le_bytes());
    let bytes = file("Book", &stream(BIFF5, &[code_page], &[(0, sheet)]));
    assert_eq!(read_bytes(&bytes).unwrap(), [line(1, &["device_id"]), line(2, &["设备"])]);

    let older = stream([0x00, 0x04, 0x00, 0x01], &[], &[(0, vec![label((0, 0), "a")])]);
    assert_eq!(read_bytes(&file("Book", &older)), Err(Error::TooOld));
}

#[test]
fn a_code_page_does_not_spoil_unicode() {
    let western = record(0x0042, &1252_u16.to_le_bytes());
    let sheet = vec![shared((0, 0), 0)];
    assert_eq!(read_bytes(&book(&[western, table(&["泵"])], sheet)).unwrap(), [line(1, &["泵"])]);
}

#[test]
fn limits_name_the_cell_as_they_do_for_an_xlsx() {
    let at = At { row: 1, column: 65 };
    assert!(values([label((0, 63), "x")]).is_ok());
    assert_eq!(values([label((0, 64), "x")]), Err(Error::TooManyColumns { at, limit: 64 }));

    let at = At { row: 2, column: 2 };
    let (longest, longer) = ("é".repeat(2048), "é".repeat(2049));
    let too_long = Err(Error::CellTooLong { at, limit: 4096 });
    assert!(values([label((1, 1), &longest)]).is_ok());
    assert_eq!(values([label((1, 1), &longer)]), too_long);
    assert_eq!(values([label((1, 1), &"x".repeat(4097))]), too_long);

    let rows = (1..=3).map(|row| label((row, 0), "x")).collect::<Vec<_>>();
    let limits = Limits { rows: 2, ..Limits::default() };
    let book = book(&[], std::iter::once(label((0, 0), "h")).chain(rows).collect());
    let file = crate::workbook::file(&book);
    assert_eq!(read(file.path(), &limits), Err(Error::TooManyRows { limit: 2 }));
}
