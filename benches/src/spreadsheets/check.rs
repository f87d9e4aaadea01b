//! Whether a file holds what it should: as many rows as the data, and some of them cell by cell. A library reads it that
//! wrote none of it.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use calamine::{Data, Reader};
use rusqlite::{Connection, OpenFlags};

use super::dataset::{COLUMNS, Place};
use crate::Outcome;

/// Rows as they are in the data or in a file; what is empty is an empty text.
type Texts = Vec<String>;

/// Looks at a file, or at each in a zip but its manifest; `Err` says what is wrong.
pub(crate) fn check(directory: &Path, file: &Path) -> Outcome<()> {
    let data = Connection::open_with_flags(Place(directory).sqlite(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let rows: i64 = data.query_row("SELECT COUNT(*) FROM subtask", [], |row| row.get(0))?;
    let samples = samples(rows).into_iter().map(|id| Ok((id, sample(&data, id)?)));
    let mut expected: Vec<(i64, Texts)> = samples.collect::<Outcome<_>>()?;
    let unpacked = tempfile::tempdir()?;
    let mut seen = 0;
    for file in files(file, unpacked.path())? {
        each_row(&file, &mut |texts| {
            seen += 1;
            match expected.first() {
                Some((id, wanted)) if *id == seen && *wanted != texts => {
                    Err(format!("row {seen} is {texts:?}, not {wanted:?}").into())
                }
                Some((id, _)) if *id == seen => {
                    expected.remove(0);
                    Ok(())
                }
                _ => Ok(()),
            }
        })?;
    }
    if seen == rows { Ok(()) } else { Err(format!("{seen} rows, not {rows}").into()) }
}

/// The ends, some between, and where a sheet ends; from 1.
fn samples(rows: i64) -> Vec<i64> {
    let mut samples: Vec<i64> =
        [1, 2, 17, 65_535, 65_536, rows / 3, rows / 2, rows - 1, rows].into_iter().collect();
    samples.retain(|id| (1..=rows).contains(id));
    samples.sort_unstable();
    samples.dedup();
    samples
}

fn sample(data: &Connection, id: i64) -> Outcome<Texts> {
    let query = format!("SELECT {} FROM subtask WHERE id = ?1", COLUMNS.join(", "));
    Ok(data.query_row(&query, [id], |row| {
        (0..COLUMNS.len())
            .map(|column| Ok(row.get::<_, Option<String>>(column)?.unwrap_or_default()))
            .collect()
    })?)
}

/// The file itself, or what is in it.
fn files(file: &Path, unpacked: &Path) -> Outcome<Vec<PathBuf>> {
    if file.extension().is_none_or(|ending| ending != "zip") {
        return Ok(vec![file.to_owned()]);
    }
    let mut archive = zip::ZipArchive::new(File::open(file)?)?;
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let ending = entry.name()?.rsplit('.').next().unwrap_or_default().to_owned();
        if ending == "json" {
            continue;
        }
        let path = unpacked.join(format!("{index}.{ending}"));
        #[expect(clippy::disallowed_methods, reason = "a file that is looked at once and thrown away")]
        std::io::copy(&mut entry, &mut File::create(&path)?)?;
        files.push(path);
    }
    Ok(files)
}

fn each_row(file: &Path, each: &mut dyn FnMut(Texts) -> Outcome<()>) -> Outcome<()> {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => each_line(file, each),
        _ => each_sheet_row(file, each),
    }
}

/// Of a file that has our header: another one in the zip tells about the rows.
fn each_line(file: &Path, each: &mut dyn FnMut(Texts) -> Outcome<()>) -> Outcome<()> {
    let mut reader = csv::Reader::from_reader(without_mark(file)?);
    if !reader.headers()?.iter().eq(COLUMNS) {
        return Ok(());
    }
    for record in reader.records() {
        each(record?.iter().map(str::to_owned).collect())?;
    }
    Ok(())
}

/// Its bytes behind the byte order mark that some spreadsheets want.
fn without_mark(file: &Path) -> Outcome<impl Read> {
    let mut file = File::open(file)?;
    let mut begin = Vec::new();
    file.by_ref().take(3).read_to_end(&mut begin)?;
    if begin == b"\xef\xbb\xbf" {
        begin.clear();
    }
    Ok(std::io::Cursor::new(begin).chain(file))
}

/// Of every sheet that has our header: the others tell about the rows.
fn each_sheet_row(file: &Path, each: &mut dyn FnMut(Texts) -> Outcome<()>) -> Outcome<()> {
    let mut book = calamine::open_workbook_auto(file)?;
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name)?;
        let mut rows = range.rows();
        let title = rows.next().and_then(|row| row.first()).map(ToString::to_string);
        if title.as_deref() != Some(COLUMNS[0]) {
            continue;
        }
        for row in rows {
            // A column that nobody uses is not there at all.
            let mut texts: Texts = row.iter().map(cell).collect::<Outcome<_>>()?;
            texts.resize(COLUMNS.len(), String::new());
            each(texts)?;
        }
    }
    Ok(())
}

fn cell(cell: &Data) -> Outcome<String> {
    match cell {
        Data::Empty => Ok(String::new()),
        Data::String(text) => Ok(text.clone()),
        other => Err(format!("{other:?} is no text").into()),
    }
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::Workbook;
    use tempfile::TempDir;

    use super::*;

    const ROWS: i64 = 3;

    /// The data, and every cell of it as a writer would get it.
    fn data() -> (TempDir, Vec<Texts>) {
        let directory = tempfile::tempdir().unwrap();
        let data = Connection::open(Place(directory.path()).sqlite()).unwrap();
        let columns = COLUMNS.join(", ");
        data.execute_batch(&format!("CREATE TABLE subtask (id INTEGER PRIMARY KEY, {columns})")).unwrap();
        for id in 1..=ROWS {
            let texts = (0..COLUMNS.len()).map(|column| format!("'{id}/{column}'"));
            let texts: Vec<_> = texts.collect();
            data.execute_batch(&format!("INSERT INTO subtask VALUES ({id}, {})", texts.join(", "))).unwrap();
        }
        let rows = (1..=ROWS).map(|id| sample(&data, id).unwrap()).collect();
        (directory, rows)
    }

    fn csv_of(directory: &Path, rows: &[Texts]) -> Outcome<()> {
        let out = directory.join("out.csv");
        let mut csv = csv::Writer::from_path(&out).unwrap();
        csv.write_record(COLUMNS).unwrap();
        rows.iter().for_each(|row| csv.write_record(row).unwrap());
        csv.flush().unwrap();
        check(directory, &out)
    }

    #[test]
    fn a_row_too_few_or_a_cell_that_differs_is_found() {
        let (directory, rows) = data();
        assert!(csv_of(directory.path(), &rows).is_ok());
        let why = csv_of(directory.path(), &rows[..2]).unwrap_err();
        assert_eq!(why.to_string(), "2 rows, not 3");
        let mut altered = rows.clone();
        altered[2][4].push('!');
        assert!(csv_of(directory.path(), &altered).unwrap_err().to_string().starts_with("row 3 is"));
    }

    #[test]
    fn a_file_that_tells_about_the_rows_is_not_one_of_them() {
        let (directory, rows) = data();
        csv_of(directory.path(), &rows).unwrap();
        let out = directory.path().join("out.zip");
        let mut zip = zip::ZipWriter::new(File::options().create_new(true).write(true).open(&out).unwrap());
        let summary = b"Task ID,1\r\nRows,3\r\n".to_vec();
        let rows = std::fs::read(directory.path().join("out.csv")).unwrap();
        for (name, bytes) in [("summary.csv", summary), ("rows.csv", rows), ("manifest.json", b"{}".to_vec())]
        {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut zip, &bytes).unwrap();
        }
        zip.finish().unwrap();
        check(directory.path(), &out).unwrap();
    }

    #[test]
    fn a_text_that_became_a_number_is_found() {
        let (directory, rows) = data();
        let out = directory.path().join("out.xlsx");
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_row(0, 0, COLUMNS).unwrap();
        sheet.write_row_matrix(1, 0, &rows).unwrap();
        book.save(&out).unwrap();
        assert!(check(directory.path(), &out).is_ok());
        book.worksheet_from_index(0).unwrap().write(2, 0, 2).unwrap();
        book.save(&out).unwrap();
        assert!(check(directory.path(), &out).unwrap_err().to_string().ends_with("is no text"));
    }
}
