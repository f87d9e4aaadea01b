//! The container, read by `cfb` in strict mode at the sizes where its tables gain a sector.

use std::io::{Cursor, Read};

use unlade_xls::{Cell, Codec};

use crate::written::{columns, finish, one_column, workbook};

/// A file of about `sectors` sectors; every row adds one.
fn file_of(sectors: usize) -> Vec<u8> {
    let mut workbook = workbook(Codec::Plain);
    let sheets: Vec<_> = (0..2).map(|n| workbook.add_sheet(&format!("S{n}"), &columns(1)).unwrap()).collect();
    let text = "x".repeat(512 - 14 - 3 - 1);
    for row in 0..sectors {
        workbook.row(sheets[row / 65_000], &[Cell::Text(&text)]).unwrap();
    }
    finish(workbook)
}

/// Reads the stream through its chain and compares it with where it lies.
fn check(file: &[u8]) {
    let mut compound = cfb::CompoundFile::open_strict(Cursor::new(file)).unwrap();
    let names: Vec<String> = compound.walk().map(|entry| entry.name().to_owned()).collect();
    assert_eq!(names, ["Root Entry", "Workbook"]);
    let mut stream = Vec::new();
    compound.open_stream("/Workbook").unwrap().read_to_end(&mut stream).unwrap();
    assert!(stream.len() >= 4_096 && stream.len() % 512 == 0);
    assert!(file[512..512 + stream.len()] == stream);
    assert_eq!(file.len() % 512, 0);
}

#[test]
fn the_smallest_workbook_is_a_compound_file() {
    check(&one_column(&[]));
    check(&one_column(&["x"]));
}

#[test]
fn tables_hold_at_one_sector_more_and_less() {
    // 128 sectors a FAT sector; 109 FAT sectors in the header, 127 in each DIFAT sector.
    for boundary in [128, 256, 109 * 128, (109 + 127) * 128] {
        let step = if boundary < 1_000 { 1 } else { 7 };
        for sectors in (boundary - 28..boundary + 14).step_by(step) {
            check(&file_of(sectors));
        }
    }
}
