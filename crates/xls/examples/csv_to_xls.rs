//! Turns a CSV file into one workbook, as many `Results` sheets as it takes, and prints what that cost. It is
//! for measuring and for looking at the result in other programs.
//!
//! `csv_to_xls IN.csv OUT.xls plain` or `csv_to_xls IN.csv OUT.deflate 2 [few-valued column ...]`.

use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::time::Instant;

use unlade_xls::{COLUMNS_MAX, Cell, Codec, Column, SheetId, Workbook};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, codec, few_valued @ ..] = &args[..] else {
        return Err("usage: csv_to_xls IN.csv OUT plain|LEVEL [few-valued column ...]".into());
    };
    let codec = match &codec[..] {
        "plain" => Codec::Plain,
        level => Codec::Deflate { level: level.parse()? },
    };
    let mut reader = csv::ReaderBuilder::new().from_path(input)?;
    let columns: Vec<Column> = reader.headers()?.iter().map(|title| column(title, few_valued)).collect();

    let started = Instant::now();
    let out = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(output)?;
    let mut workbook = Workbook::new(out, tempfile::tempfile()?, codec)?;
    let rows = copy(&mut reader, &columns, &mut workbook)?;
    let finished = workbook.finish()?;

    let seconds = started.elapsed().as_secs_f64();
    eprintln!(
        "rows {rows}, raw {} bytes, written {}, crc {:08x}",
        finished.raw_len, finished.len, finished.crc32
    );
    eprintln!("wall {seconds:.3} s, {}", peak());
    Ok(())
}

fn column(title: &str, few_valued: &[String]) -> Column {
    let column = Column::new(title).width(24);
    if few_valued.iter().any(|name| name == title) { column.few_valued() } else { column }
}

fn copy<W: Write + Seek, S: Read + Write + Seek>(
    reader: &mut csv::Reader<File>,
    columns: &[Column],
    workbook: &mut Workbook<W, S>,
) -> Result<u64, Box<dyn Error>> {
    let mut sheets = 1;
    let mut sheet: SheetId = workbook.add_sheet("Results", columns)?;
    let mut record = csv::StringRecord::new();
    let mut rows = 0;
    while reader.read_record(&mut record)? {
        if workbook.rows_left(sheet) == 0 {
            sheets += 1;
            sheet = workbook.add_sheet(&format!("Results {sheets}"), columns)?;
        }
        let mut cells = [Cell::Empty; COLUMNS_MAX];
        for (cell, text) in cells.iter_mut().zip(&record) {
            *cell = Cell::Text(text);
        }
        workbook.row(sheet, &cells[..record.len()])?;
        rows += 1;
    }
    Ok(rows)
}

/// The peak of this process's memory, where the system tells.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM unknown").to_owned()
}
