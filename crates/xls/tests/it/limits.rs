//! The limits, at and after their last step, and that a refusal changes nothing.

use std::io::{self, Read, Seek, SeekFrom, Write};

use unlade_xls::{COLUMNS_MAX, Cell, Codec, Error, RAW_LEN_MAX, ROWS_MAX, SHEETS_MAX, Workbook};

use crate::written::{Memory, columns, finish, open, sheet, text, workbook};

#[test]
fn a_sheet_takes_65_536_rows_and_no_more() {
    let mut workbook = workbook(Codec::Plain);
    let id = workbook.add_sheet("S", &columns(2)).unwrap();
    assert_eq!(workbook.rows_left(id), ROWS_MAX - 1);
    for row in 1..ROWS_MAX {
        workbook.row(id, &[Cell::Text("x"), Cell::Int(row.into())]).unwrap();
    }
    assert_eq!(workbook.rows_left(id), 0);
    let before = workbook.raw_len();
    assert!(matches!(workbook.row(id, &[Cell::Text("one more")]), Err(Error::SheetFull)));
    assert_eq!(workbook.raw_len(), before);
    let next = workbook.add_sheet("S 2", &columns(2)).unwrap();
    workbook.row(next, &[Cell::Text("one more")]).unwrap();
    let file = finish(workbook);
    let range = sheet(&file, "S");
    assert_eq!(range.get_size(), (65_536, 2));
    assert_eq!(range.get_value((65_535, 1)), Some(&calamine::Data::Float(65_535.0)));
    assert_eq!(text(&sheet(&file, "S 2"), 1, 0), "one more");
}

#[test]
fn a_sheet_has_256_columns_and_no_more() {
    let mut workbook = workbook(Codec::Plain);
    assert!(matches!(workbook.add_sheet("S", &columns(257)), Err(Error::TooManyColumns(257))));
    let id = workbook.add_sheet("S", &columns(COLUMNS_MAX)).unwrap();
    workbook.row(id, &[Cell::Text("x"); COLUMNS_MAX]).unwrap();
    let error = workbook.row(id, &[Cell::Text("x"); COLUMNS_MAX + 1]).unwrap_err();
    assert_eq!(error.to_string(), "a row of 257 cells in a sheet of 256 columns");
    let range = sheet(&finish(workbook), "S");
    assert_eq!(range.get_size(), (2, 256));
    assert_eq!(text(&range, 0, 255), "column 255");
}

#[test]
fn a_workbook_has_the_sheets_it_reserved_and_no_more() {
    for sheets_max in [1, 2, SHEETS_MAX] {
        let (out, spool) = (Memory::default(), Memory::default());
        let mut workbook = Workbook::with_sheets_max(out, spool, Codec::Plain, sheets_max).unwrap();
        for n in 0..sheets_max {
            let id = workbook.add_sheet(&format!("{n:名>31}"), &columns(1)).unwrap();
            workbook.row(id, &[Cell::Text(&"数".repeat(n * 90))]).unwrap();
        }
        assert_eq!(workbook.sheets_left(), 0);
        assert!(matches!(workbook.add_sheet("more", &[]), Err(Error::TooManySheets(n)) if n == sheets_max));
        let file = finish(workbook);
        assert_eq!(calamine::Reader::sheet_names(&open(file.clone())).len(), sheets_max);
        let last = sheets_max - 1;
        let range = sheet(&file, &format!("{last:名>31}"));
        assert!(text(&range, 1, 0) == "数".repeat(last * 90));
    }
    for sheets_max in [0, SHEETS_MAX + 1] {
        let result =
            Workbook::with_sheets_max(Memory::default(), Memory::default(), Codec::Plain, sheets_max);
        assert!(matches!(result.err(), Some(Error::SheetsReserved(n)) if n == sheets_max));
    }
}

#[test]
fn what_is_not_of_this_workbook_or_is_no_workbook_is_refused() {
    let mut other = workbook(Codec::Plain);
    let id = other.add_sheet("S", &columns(1)).unwrap();
    let mut workbook = workbook(Codec::Plain);
    assert!(matches!(workbook.row(id, &[]), Err(Error::UnknownSheet)));
    assert!(matches!(workbook.move_first(id), Err(Error::UnknownSheet)));
    assert_eq!(workbook.rows_left(id), 0);
    assert!(matches!(workbook.finish().err(), Some(Error::NoSheet)));
}

/// An output that keeps nothing and fails after `left` bytes.
struct Nowhere {
    at: u64,
    left: u64,
}

impl Write for Nowhere {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.left = self.left.checked_sub(buf.len() as u64).ok_or(io::ErrorKind::StorageFull)?;
        self.at += buf.len() as u64;
        Ok(buf.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Nowhere {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(buf.len())
    }
}

impl Seek for Nowhere {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Start(at) => self.at = at,
            SeekFrom::Current(0) => {}
            _ => return Err(io::ErrorKind::Unsupported.into()),
        }
        Ok(self.at)
    }
}

#[test]
fn a_workbook_stops_before_2_gib() {
    let nowhere = || Nowhere { at: 0, left: u64::MAX };
    let mut workbook = Workbook::new(nowhere(), nowhere(), Codec::Plain).unwrap();
    let id = workbook.add_sheet_without_header("S", &columns(256)).unwrap();
    let long = "x".repeat(32_767);
    let row = [Cell::Text(&long); 256];
    let error = loop {
        if let Err(error) = workbook.row(id, &row) {
            break error;
        }
    };
    assert!(matches!(error, Error::WorkbookFull));
    assert!(workbook.raw_len() > RAW_LEN_MAX);
    let finished = workbook.finish().unwrap();
    assert_eq!(finished.raw_len, finished.len);
    assert!(finished.raw_len < (1 << 31) && finished.raw_len > RAW_LEN_MAX);
}

#[test]
fn a_failed_write_leaves_a_workbook_that_cannot_be_finished() {
    let (out, spool) = (Nowhere { at: 0, left: 400_000 }, Memory::default());
    let mut workbook = Workbook::new(out, spool, Codec::Plain).unwrap();
    let id = workbook.add_sheet("S", &columns(1)).unwrap();
    let error = loop {
        if let Err(error) = workbook.row(id, &[Cell::Text(&"x".repeat(999))]) {
            break error;
        }
    };
    assert!(matches!(error, Error::Io(_)));
    assert!(matches!(workbook.row(id, &[]), Err(Error::Broken)));
    assert!(matches!(workbook.finish().err(), Some(Error::Broken)));
}
