//! How fast rows become packed pieces: reads a CSV file into memory first and writes nowhere, so that nothing
//! but this crate is timed.
//!
//! `encode_speed IN.csv plain|LEVEL [few-valued column ...]`

use std::error::Error;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::time::Instant;

use unlade_xls::{Cell, Codec, Column, Workbook};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, codec, few_valued @ ..] = &args[..] else {
        return Err("usage: encode_speed IN.csv plain|LEVEL [few-valued column ...]".into());
    };
    let codec = match &codec[..] {
        "plain" => Codec::Plain,
        level => Codec::Deflate { level: level.parse()? },
    };
    let mut reader = csv::ReaderBuilder::new().from_path(input)?;
    let columns: Vec<Column> = reader.headers()?.iter().map(|title| column(title, few_valued)).collect();
    let records = reader.records().collect::<Result<Vec<_>, _>>()?;
    let rows: Vec<Vec<Cell<'_>>> =
        records.iter().map(|record| record.iter().map(Cell::Text).collect()).collect();
    let cells = rows.iter().flatten().filter(|cell| **cell != Cell::Text("")).count();

    let started = Instant::now();
    let mut workbook = Workbook::new(Nowhere(0), Nowhere(0), codec)?;
    for (number, rows) in rows.chunks(65_535).enumerate() {
        let sheet = workbook.add_sheet(&format!("Results {}", number + 1), &columns)?;
        for row in rows {
            workbook.row(sheet, row)?;
        }
    }
    let finished = workbook.finish()?;
    let seconds = started.elapsed().as_secs_f64();
    eprintln!(
        "{} rows, {cells} cells, {} bytes packed to {}: {seconds:.3} s, {:.1} M cells/s, {:.0} k rows/s",
        rows.len(),
        finished.raw_len,
        finished.len,
        cells as f64 / seconds / 1e6,
        rows.len() as f64 / seconds / 1e3
    );
    Ok(())
}

fn column(title: &str, few_valued: &[String]) -> Column {
    let column = Column::new(title);
    if few_valued.iter().any(|name| name == title) { column.few_valued() } else { column }
}

/// A file that keeps nothing but its position.
struct Nowhere(u64);

impl Write for Nowhere {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0 += buf.len() as u64;
        Ok(buf.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Nowhere {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(buf.len())
    }
}

impl Seek for Nowhere {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let SeekFrom::Start(at) = to {
            self.0 = at;
        }
        Ok(self.0)
    }
}
