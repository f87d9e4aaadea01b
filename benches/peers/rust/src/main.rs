//! `rust_xlsxwriter` in constant memory at its default level: `rust_xlsxwriter DATABASE OUT.xlsx`.

use std::error::Error;

use rusqlite::{Connection, OpenFlags};
use rust_xlsxwriter::Workbook;

const COLUMNS: [&str; 9] = [
    "target",
    "status",
    "output",
    "error_code",
    "error_msg",
    "device_name",
    "node_id",
    "start_time",
    "end_time",
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["versions"] => Ok(println!("{}", versions())),
        [_, database, out] => write(database, out),
        _ => Err("usage: WRITER DATABASE OUT".into()),
    }
}

fn write(database: &str, out: &str) -> Result<(), Box<dyn Error>> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut query =
        connection.prepare(&format!("SELECT {} FROM subtask ORDER BY id", COLUMNS.join(", ")))?;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.write_row(0, 0, COLUMNS)?;
    let (mut rows, mut line) = (query.query([])?, 0);
    while let Some(row) = rows.next()? {
        line += 1;
        for column in 0..COLUMNS.len() {
            if let Some(text) = row.get_ref(column)?.as_str_or_null()? {
                sheet.write_string(line, u16::try_from(column)?, text)?;
            }
        }
    }
    Ok(book.save(out)?)
}

/// Cargo.toml pins them; a program has no better way to know.
fn versions() -> String {
    let manifest = include_str!("../Cargo.toml");
    let version = |name: &str| {
        let line = manifest.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split('"').nth(1).unwrap_or_default().trim_start_matches('=').to_owned()
    };
    format!("rust_xlsxwriter {}, rusqlite {}", version("rust_xlsxwriter"), version("rusqlite"))
}
