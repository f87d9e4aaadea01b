//! Any workbook that the xls crate is asked for: calamine reads what was asked for, and cfb its container.
//!
//! With a directory in `UNLADE_FUZZ_WRITES`, each workbook is left there beside what it must hold, as JSON, for judges of
//! other languages: `cargo xtask fuzz` lets `judges/fuzzed.py` read them.
#![no_main]

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use libfuzzer_sys::fuzz_target;
use unlade_fuzz::book::Book;
use unlade_fuzz::read;

static LEFT: AtomicUsize = AtomicUsize::new(0);

fuzz_target!(|book: Book| {
    let (file, sheets) = (read::file(&book), read::expected(&book));
    read::container(&file);
    read::cells(&file, &sheets);
    if let Some(directory) = std::env::var_os("UNLADE_FUZZ_WRITES") {
        let number = LEFT.fetch_add(1, Relaxed);
        let path = Path::new(&directory).join(format!("{number:06}"));
        std::fs::write(path.with_extension("json"), read::json(&sheets).to_string()).expect("there is room");
        std::fs::write(path.with_extension("xls"), &file).expect("there is room");
    }
});
