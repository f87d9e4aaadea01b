//! Workbooks by their path: what is there before, meanwhile and after.

use std::fs::{self, File};

use unlade_xls::{Cell, Error, Workbook};

use crate::audit::audit;
use crate::written::{columns, sheet, text};

#[test]
fn a_workbook_by_its_path_replaces_the_file_and_leaves_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.xls");
    for rows in [70_000, 3] {
        let mut workbook = Workbook::create(&path).unwrap();
        let ids = ["Results", "Results (2)"].map(|name| workbook.add_sheet(name, &columns(2)).unwrap());
        for row in 0..rows {
            let cells = [Cell::Int(row), Cell::Text("设备")];
            workbook.row(ids[usize::from(row >= 65_535)], &cells).unwrap();
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "the spool has no name");
        let finished = workbook.finish().unwrap();
        let file = fs::read(&path).unwrap();
        assert_eq!((file.len() as u64, crc32fast::hash(&file)), (finished.len, finished.crc32));
        audit(&file);
        assert_eq!(text(&sheet(&file, "Results"), 3, 1), "设备");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_file_that_lies_where_the_spool_would_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.xls");
    File::options().write(true).create_new(true).open(dir.path().join("report.xls.spool")).unwrap();
    assert!(matches!(Workbook::create(&path).err(), Some(Error::Io(_))));
    assert!(matches!(Workbook::create(dir.path().join("no/such/folder.xls")).err(), Some(Error::Io(_))));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "and no workbook was begun");
}
