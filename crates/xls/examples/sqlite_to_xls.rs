//! Runs a query and writes its rows into `.xls` workbooks: numbers as numbers, text as text, NULL as an empty
//! cell, a BLOB as its hexadecimal digits. Columns that are named behind the path hold milliseconds since 1970
//! and become dates.
//!
//! `sqlite_to_xls DB SQL OUT.xls [column of milliseconds ...]`

#[path = "csv_to_xls/books.rs"]
mod books;

use std::error::Error;
use std::fmt::Write;

use books::Books;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use unlade_xls::{Cell, Column};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [database, sql, output, dates @ ..] = &args[..] else {
        return Err("usage: sqlite_to_xls DB SQL OUT.xls [column of milliseconds ...]".into());
    };
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut statement = connection.prepare(sql)?;
    let titles: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let is_date: Vec<bool> = titles.iter().map(|title| dates.contains(title)).collect();
    let columns = titles.iter().map(|title| Column::new(title).width(24).milliseconds()).collect();
    let mut books = Books::create(output, columns)?;
    let mut rows = statement.query([])?;
    // Digits of BLOBs; everything else is borrowed from the database.
    let mut digits = vec![String::new(); titles.len()];
    while let Some(row) = rows.next()? {
        for (index, digits) in digits.iter_mut().enumerate() {
            digits.clear();
            if let ValueRef::Blob(bytes) = row.get_ref(index)? {
                bytes.iter().try_for_each(|byte| write!(digits, "{byte:02x}"))?;
            }
        }
        let mut cells = Vec::with_capacity(titles.len());
        for (index, digits) in digits.iter().enumerate() {
            cells.push(match row.get_ref(index)? {
                ValueRef::Null => Cell::Empty,
                ValueRef::Integer(ms) if is_date[index] => Cell::Date(ms),
                ValueRef::Integer(int) => Cell::Int(int),
                ValueRef::Real(number) => Cell::Number(number),
                ValueRef::Text(text) => Cell::Text(std::str::from_utf8(text)?),
                ValueRef::Blob(_) => Cell::Text(digits),
            });
        }
        books.row(&cells)?;
    }
    eprintln!("{}", books.finish()?);
    Ok(())
}
