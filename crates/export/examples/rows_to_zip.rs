//! Writes rows of a file as an export does, for outsiders to judge: each `DIRECTORY/NAME.jsonl`, a line of JSON
//! texts and nulls a row under the columns of a batch task's report, becomes `DIRECTORY/objects/NAME.zip`.
//!
//! `rows_to_zip FORMAT DIRECTORY [LANGUAGE]`, where FORMAT is an `export_format`, and LANGUAGE `en` or `zh`.

use std::{
    error::Error,
    ffi::OsStr,
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use blob::Blobs;
use types::Language;
use unlade_export::{
    Format, Source,
    archive::Archive,
    encode::Layout,
    format,
    report::{Report, Tally},
    row::Cell,
    source,
    source::Subject,
};

/// The age of everything in the files: an hour of 2020.
const CHANGED_MS: i64 = 1_597_234_332_333;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let (name, directory, language) = match &*arguments {
        [name, directory] => (name, directory, Language::default()),
        [name, directory, tag] => (name, directory, Language::from_tag(tag)),
        _ => return Err("usage: rows_to_zip FORMAT DIRECTORY [LANGUAGE]".into()),
    };
    let format = format(name).ok_or("no such format")?;
    let blobs = Blobs::open(Path::new(directory))?;
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new("jsonl")) {
            let name = path.file_stem().and_then(OsStr::to_str).ok_or("a name that is not UTF-8")?;
            write(format, &blobs, (name, language), &path)?;
        }
    }
    Ok(())
}

fn write(
    format: &dyn Format,
    blobs: &Blobs,
    (name, language): (&str, Language),
    rows: &Path,
) -> Result<(), Box<dyn Error>> {
    let source = source("BatchTask").ok_or("no such source")?;
    let layout = Layout { name: name.to_owned(), language, columns: source.columns() };
    let archive = Archive::new(blobs.stage()?, CHANGED_MS);
    let scratch = || blobs.scratch().map_err(std::io::Error::other);
    let mut encoder = format.encoder(layout, archive, &scratch)?;
    let report = pour(source, rows, |cells| Ok(encoder.row(cells)?))?;
    let staged = encoder.finish(&report)?.archive.finish()?;
    Ok(blobs.publish(staged, &format!("{name}.zip"))?)
}

fn pour(
    source: &dyn Source,
    rows: &Path,
    mut take: impl FnMut(&[Cell<'_>]) -> Result<(), Box<dyn Error>>,
) -> Result<Report, Box<dyn Error>> {
    let mut tally = Tally::new(source.counted());
    for line in BufReader::new(File::open(rows)?).lines() {
        let texts: Vec<Option<String>> = serde_json::from_str(&line?)?;
        let cells: Vec<Cell<'_>> = texts.iter().map(|text| text.as_deref().into()).collect();
        tally.row(&cells);
        take(&cells)?;
    }
    let counted = Subject { rows: tally.rows(), changed_ms: CHANGED_MS, ..Subject::default() };
    Ok(tally.report(&counted))
}
