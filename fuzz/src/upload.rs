//! Reads bytes as an uploaded file, in this process, and judges what comes out.

use std::cell::RefCell;
use std::io::{Seek, Write};
use std::ops::ControlFlow;

use sheet::Limits;
use tempfile::NamedTempFile;

use crate::memory;

/// Small, so that an input that asks for much is found by what it asks for and not by what a machine has.
const LIMITS: Limits = Limits {
    file_bytes: 1 << 20,
    entries: 20,
    part_bytes: 1 << 20,
    inflated_bytes: 2 << 20,
    inflated_ratio: 200,
    rows: 1000,
    columns: 64,
    cell_bytes: 4096,
    memory_bytes: MEMORY_BYTES as u64,
    cpu_seconds: 5,
    wall_ms: 5000,
};

/// 32 times what a file may inflate to: the child that really reads it has 2 times as much and is killed beyond that, so
/// this does not ask for thrift but for a bound.
const MEMORY_BYTES: usize = 64 << 20;

thread_local! {
    static FILE: RefCell<NamedTempFile> = RefCell::new(NamedTempFile::new().expect("there is room for a file"));
}

/// Reads `bytes` and checks that rows come as the reader promises. Whether there are any is not judged.
pub fn read(bytes: &[u8]) {
    FILE.with_borrow_mut(|file| {
        write(file, bytes).expect("there is room in the file");
        let mut seen = Seen::default();
        let told = memory::within(MEMORY_BYTES, || {
            sheet::read(file.path(), &LIMITS, |number, cells| {
                seen.row(number, cells);
                ControlFlow::Continue(())
            })
        });
        if let Ok(rows) = told {
            assert_eq!(Some(rows), seen.rows.checked_sub(1), "rows below the header");
        }
    });
}

fn write(file: &mut NamedTempFile, bytes: &[u8]) -> std::io::Result<()> {
    let file = file.as_file_mut();
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(bytes)
}

/// What came so far, the header included.
#[derive(Default)]
struct Seen {
    rows: u64,
    last: u32,
    width: usize,
}

impl Seen {
    fn row(&mut self, number: u32, cells: &[String]) {
        assert!(number > self.last, "row {number} comes after row {}", self.last);
        assert!(self.rows <= LIMITS.rows, "more rows than allowed");
        assert!(cells.len() as u64 <= LIMITS.columns, "more columns than allowed");
        assert!(cells.len() >= self.width, "a row is narrower than the header");
        assert!(cells.iter().any(|cell| !cell.is_empty()), "a blank row");
        for cell in cells {
            assert!(cell.len() as u64 <= LIMITS.cell_bytes, "a cell is too long");
            assert_eq!(cell.trim(), cell, "white space around a cell");
        }
        if self.rows == 0 {
            self.width = cells.len();
        }
        (self.rows, self.last) = (self.rows + 1, number);
    }
}
