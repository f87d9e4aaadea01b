//! What the downloaded file says, as a short table.

use std::{
    fmt,
    io::{Cursor, Read},
};

use zip::ZipArchive;

use crate::error::Error;

/// More than a workbook of the demo has: a zip is not believed what it says of itself.
const WORKBOOK_BYTES_MAX: u64 = 64 << 20;
const FIRST_ROWS: usize = 5;
const FAILURES_SHOWN: usize = 5;
const CELL_LETTERS_MAX: usize = 60;

/// One device's result.
struct Row {
    target: String,
    status: String,
    output: String,
    error_code: String,
    error_msg: String,
}

impl Row {
    fn error(&self) -> String {
        format!("{} {}", self.error_code, self.error_msg)
    }
}

/// All results in a file, in its order.
pub(super) struct Report(Vec<Row>);

/// Reads the workbooks in a zip.
pub(super) fn read(zip: &[u8]) -> Result<Report, Error> {
    let refuse =
        |error: &dyn fmt::Display| Error::Refused(format!("cannot read the downloaded file: {error}"));
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(|error| refuse(&error))?;
    let mut rows = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| refuse(&error))?;
        if !entry.name().is_ok_and(|name| name.ends_with(".xls")) {
            continue;
        }
        let mut workbook = Vec::new();
        entry.take(WORKBOOK_BYTES_MAX).read_to_end(&mut workbook).map_err(|error| refuse(&error))?;
        for sheet in sheet::results::read_xls(&workbook).map_err(|error| refuse(&error))? {
            rows.extend(results(&sheet.rows));
        }
    }
    Ok(Report(rows))
}

/// The results on a sheet; none if it is not a sheet of results.
fn results(sheet: &[Vec<String>]) -> Vec<Row> {
    let Some((header, rows)) = sheet.split_first() else { return vec![] };
    let column = |name: &str| header.iter().position(|cell| cell == name);
    let (Some(target), Some(status)) = (column("target"), column("status")) else { return vec![] };
    let (output, code, message) = (column("output"), column("error_code"), column("error_msg"));
    let cell = |row: &[String], column: Option<usize>| {
        column.and_then(|column| row.get(column)).cloned().unwrap_or_default()
    };
    rows.iter()
        .map(|row| Row {
            target: cell(row, Some(target)),
            status: cell(row, Some(status)),
            output: cell(row, output),
            error_code: cell(row, code),
            error_msg: cell(row, message),
        })
        .collect()
}

impl Report {
    /// How many there are.
    pub(super) fn rows(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "\nWhat the downloaded file says:")?;
        for (status, count) in counted(self.0.iter().map(|row| row.status.as_str())) {
            writeln!(out, "{:>7}  {status}", thousands(count))?;
        }
        writeln!(out, "The most frequent failures, each with its first text:")?;
        // By code: the texts name the device, so each is its own.
        let failed: Vec<_> = self.0.iter().filter(|row| !row.error_code.is_empty()).collect();
        for (code, count) in
            counted(failed.iter().map(|row| row.error_code.as_str())).into_iter().take(FAILURES_SHOWN)
        {
            let first = failed.iter().find(|row| row.error_code == code).map(|row| row.error());
            writeln!(out, "{:>7}  {}", thousands(count), shortened(&first.unwrap_or_default()))?;
        }
        writeln!(out, "The first rows:")?;
        let first: Vec<_> = self.0.iter().take(FIRST_ROWS).collect();
        let width =
            |cell: fn(&Row) -> &str| first.iter().map(|row| cell(row).chars().count()).max().unwrap_or(0);
        let (target, status) = (width(|row| &row.target), width(|row| &row.status));
        for row in &first {
            let result = if row.error_code.is_empty() { row.output.clone() } else { row.error() };
            writeln!(out, "    {:<target$}  {:<status$}  {}", row.target, row.status, shortened(&result))?;
        }
        Ok(())
    }
}

/// Each text with how often it comes, the most frequent first, equals in their order.
fn counted<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<(&'a str, usize)> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for text in texts {
        match counts.iter_mut().find(|(known, _)| *known == text) {
            Some((_, count)) => *count += 1,
            None => counts.push((text, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(CELL_LETTERS_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// A number as people read it: 1,000.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 12, 123, 1000, 1_234_567].map(thousands), ["0", "12", "123", "1,000", "1,234,567"]);
    }

    #[test]
    fn the_table_counts_what_the_sheets_say() {
        let sheet: Vec<Vec<String>> = [
            "target|status|output|error_code|error_msg",
            "a|Success|a||",
            "b|Fail||X.1|bad b",
            "c|Fail||X.1|bad c",
        ]
        .map(|line| line.split('|').map(str::to_owned).collect())
        .into();
        let report = Report(results(&sheet));
        let text = report.to_string();
        assert_eq!(report.rows(), 3);
        assert!(text.contains("      1  Success\n") && text.contains("      2  X.1 bad b\n"), "{text}");
        assert!(text.contains("    a  Success  a\n    b  Fail     X.1 bad b\n"), "{text}");
        assert!(results(&[vec!["task id".to_owned(), "x".to_owned()]]).is_empty());
    }
}
