//! The small vocabulary of these tests: rows into a result, a result as what other libraries read of it.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    path::Path,
};

use blob::Blobs;
use calamine::{Data, Reader, Xls};
use types::Language;
use unlade_export::{
    archive::Archive,
    encode::{Altered, Error, Layout, Part},
    format,
    report::Tally,
    row::{Cell, Column},
    source::{Counted, Subject},
};

pub(crate) const COLUMNS: &[Column] = &[
    Column::new("target", "目标", 36),
    Column::few_valued("status", "状态", 12),
    Column::new("output", "输出", 40),
];
const CHANGED_MS: i64 = 1_597_234_332_333;

/// A row that an encoder has taken.
pub(crate) type Row<'a> = [Cell<'a>; 3];

/// A result called `task`.
pub(crate) struct Written {
    pub(crate) zip: Vec<u8>,
    pub(crate) parts: Vec<Part>,
    pub(crate) altered: Altered,
}

/// Writes the rows that `rows` gives, as an attempt does.
pub(crate) fn write(
    export_format: &str,
    language: Language,
    rows: impl FnOnce(&mut dyn FnMut(&Row<'_>)),
) -> Result<Written, Error> {
    let dir = tempfile::tempdir().unwrap();
    write_in(dir.path(), export_format, language, COLUMNS, |row| rows(&mut |cells| row(cells)))
}

/// The same below other columns, in a directory that the caller may look into.
pub(crate) fn write_in(
    directory: &Path,
    export_format: &str,
    language: Language,
    columns: &'static [Column],
    rows: impl FnOnce(&mut dyn FnMut(&[Cell<'_>])),
) -> Result<Written, Error> {
    let blobs = Blobs::open(directory).unwrap();
    let layout = Layout { name: "task".to_owned(), language, columns };
    let scratch = || blobs.scratch().map_err(std::io::Error::other);
    let archive = Archive::new(blobs.stage().unwrap(), CHANGED_MS);
    let mut encoder = format(export_format).unwrap().encoder(layout, archive, &scratch)?;
    let (mut tally, mut taken) = (Tally::new(Counted::default()), Ok(()));
    rows(&mut |cells| {
        tally.row(cells);
        if taken.is_ok() {
            taken = encoder.row(cells);
        }
    });
    taken?;
    let encoded = encoder.finish(&tally.report(&Subject { changed_ms: CHANGED_MS, ..Subject::default() }))?;
    let staged = encoded.archive.finish()?;
    let zip = std::fs::read(staged.path()).unwrap();
    Ok(Written { zip, parts: encoded.parts, altered: encoded.altered })
}

/// Writes these texts as the outputs of one row each.
pub(crate) fn outputs(texts: &[&str]) -> Written {
    write("xls", Language::English, |row| {
        for text in texts {
            row(&[Cell::Text("target"), Cell::Text("Success"), Cell::Text(text)]);
        }
    })
    .unwrap()
}

impl Written {
    /// One entry's bytes.
    pub(crate) fn entry(&self, name: &str) -> Vec<u8> {
        let mut zip = zip::ZipArchive::new(Cursor::new(&self.zip)).unwrap();
        let mut bytes = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// The first workbook, open.
    pub(crate) fn open(&self) -> Xls<Cursor<Vec<u8>>> {
        Xls::new(Cursor::new(self.entry("task.xls"))).unwrap()
    }

    /// A sheet of the first workbook, row by row.
    pub(crate) fn sheet(&self, name: &str) -> Vec<Vec<String>> {
        let range = self.open().worksheet_range(name).unwrap();
        range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
    }

    /// What the summary of the first workbook says behind each label.
    pub(crate) fn summary(&self) -> BTreeMap<String, String> {
        self.sheet("Summary").into_iter().map(|row| (row[0].clone(), row[1].clone())).collect()
    }
}
