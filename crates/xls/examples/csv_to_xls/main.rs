//! Turns a CSV file with a header line into `.xls` workbooks. Every cell stays text, so ids and leading zeros
//! are what they were. A sheet takes 65,535 rows, a workbook 16 such sheets; what follows goes into `OUT-2.xls`.
//!
//! `csv_to_xls IN.csv OUT.xls`

mod books;

use std::error::Error;

use books::Books;
use unlade_xls::{COLUMNS_MAX, Cell, Column};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = &args[..] else { return Err("usage: csv_to_xls IN.csv OUT.xls".into()) };
    let mut reader = csv::Reader::from_path(input)?;
    // A column that is said to be few-valued makes a smaller file; of a CSV file nobody has said it.
    let columns = reader.headers()?.iter().map(|title| Column::new(title).width(24)).collect();
    let mut books = Books::create(output, columns)?;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        let mut cells = [Cell::Empty; COLUMNS_MAX];
        for (cell, text) in cells.iter_mut().zip(&record) {
            *cell = Cell::Text(text);
        }
        books.row(&cells[..record.len()])?;
    }
    eprintln!("{}", books.finish()?);
    Ok(())
}
