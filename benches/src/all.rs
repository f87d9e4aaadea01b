//! The whole table: each figure by child processes of this program, the run in the middle if there are several.

use std::path::Path;

use crate::{Outcome, child, devices, figure::Figure, http, peer, signatures, table::Table};

/// Up to so many rows a figure is short enough to be measured three times, and a peer's to be waited for.
const SHORT: i64 = 100_000;

/// Measures everything; writes what it printed to a document, if one is named.
pub(crate) fn run(quick: bool, rows: Option<i64>, record: Option<&Path>) -> Outcome<()> {
    let (exported, created) = match (rows, quick) {
        (Some(rows), _) => (vec![rows], rows),
        (None, true) => (vec![20_000], 20_000),
        (None, false) => (vec![100_000, 1_000_000], 100_000),
    };
    let mut table = Table::begin();
    for rows in exported {
        exports(&mut table, rows, runs(quick, rows))?;
    }
    createdevices(&mut table, created, runs(quick, created))?;
    if let Some(path) = record {
        table.record(path)?;
    }
    signatures::run(quick, record)?;
    http::run(quick, record)
}

fn runs(quick: bool, rows: i64) -> usize {
    if quick || rows > SHORT { 1 } else { 3 }
}

fn exports(table: &mut Table, rows: i64, runs: usize) -> Outcome<()> {
    let place = tempfile::tempdir()?;
    let directory = place.path().to_string_lossy();
    child(&["seed", &directory, &rows.to_string()])?;
    let scan = median(runs, || measured(&["scan", &directory]))?;
    table.line(scan.line("bare scan", Some(&scan)));
    table.line(median(runs, || measured(&["export", &directory]))?.line("export to .zip", Some(&scan)));
    if rows > SHORT {
        return Ok(());
    }
    match peer::export(place.path())? {
        Some(figure) => table.line(figure.line("xlwt (Python), .xls only", Some(&scan))),
        None => table.skipped("xlwt (Python)", "not installed"),
    }
    Ok(())
}

fn createdevices(table: &mut Table, rows: i64, runs: usize) -> Outcome<()> {
    table.line(median(runs, || create(rows, &[]))?.line("createDevices, execution", None));
    if devices::program()?.exists() {
        table.line(median(runs, || create(rows, &["--from-file"]))?.line("createDevices from .xlsx", None));
    } else {
        table.skipped("createDevices from .xlsx", "no `unlade` beside this program");
    }
    Ok(())
}

/// Creates devices, in a new directory each time.
fn create(rows: i64, road: &[&str]) -> Outcome<Figure> {
    let place = tempfile::tempdir()?;
    let directory = place.path().to_string_lossy();
    child(&[&["seed-devices", &directory, &rows.to_string()], road].concat())?;
    measured(&["create-devices", &directory])
}

fn median(runs: usize, run: impl Fn() -> Outcome<Figure>) -> Outcome<Figure> {
    Figure::median((0..runs).map(|_| run()).collect::<Outcome<_>>()?)
}

fn measured(arguments: &[&str]) -> Outcome<Figure> {
    Figure::read(&child(arguments)?)
}
