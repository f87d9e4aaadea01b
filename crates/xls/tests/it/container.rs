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

/// Reads the stream through its chain and compares it with where it lies. Answers its sectors.
fn check(file: &[u8]) -> usize {
    let mut compound = cfb::CompoundFile::open_strict(Cursor::new(file)).unwrap();
    let names: Vec<String> = compound.walk().map(|entry| entry.name().to_owned()).collect();
    assert_eq!(names, ["Root Entry", "Workbook"]);
    let mut stream = Vec::new();
    compound.open_stream("/Workbook").unwrap().read_to_end(&mut stream).unwrap();
    assert!(stream.len() >= 4_096 && stream.len() % 512 == 0);
    assert!(file[512..512 + stream.len()] == stream);
    assert_eq!(file.len() % 512, 0);
    stream.len() / 512
}

#[test]
fn the_smallest_workbook_is_a_compound_file() {
    check(&one_column(&[]));
    check(&one_column(&["x"]));
}

/// The most sectors a stream can have in a file of so many FAT sectors and DIFAT sectors: each FAT sector lists
/// 128 sectors, those of the directory and of the tables too.
fn edge(fats: usize, difats: usize) -> usize {
    fats * 128 - 1 - fats - difats
}

#[test]
fn tables_hold_at_one_sector_more_and_less() {
    // The header lists 109 FAT sectors, each DIFAT sector 127 more. That is at 6.8 and at 14.7 MiB.
    let edges = [(1, 0), (2, 0), (109, 0), (110, 1), (236, 1), (237, 2)];
    for edge in edges.map(|(fats, difats)| edge(fats, difats)) {
        // A row takes a third of a byte less than a sector, with its share of CONTINUE; all else about 8 sectors.
        let rows = edge + edge / 742 - 12;
        let sizes: Vec<usize> = (rows..rows + 9).map(|rows| check(&file_of(rows))).collect();
        assert!(sizes.contains(&edge) && sizes.contains(&(edge + 1)), "{edge} is not in {sizes:?}");
    }
}
