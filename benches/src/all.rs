//! The whole table: each figure by child processes of this program, the run in the middle if there are several.

use std::process::{Command, Output};

use crate::{Outcome, devices, figure::Figure, figure::HEAD, peer};

/// Up to so many rows a figure is short enough to be measured three times, and a peer's to be waited for.
const SHORT: i64 = 100_000;

/// Measures everything.
pub(crate) fn run(quick: bool, rows: Option<i64>) -> Outcome<()> {
    let (exported, created) = match (rows, quick) {
        (Some(rows), _) => (vec![rows], rows),
        (None, true) => (vec![20_000], 20_000),
        (None, false) => (vec![100_000, 1_000_000], 100_000),
    };
    println!("{HEAD}");
    for rows in exported {
        exports(rows, runs(quick, rows))?;
    }
    createdevices(created, runs(quick, created))
}

fn runs(quick: bool, rows: i64) -> usize {
    if quick || rows > SHORT { 1 } else { 3 }
}

fn exports(rows: i64, runs: usize) -> Outcome<()> {
    let place = tempfile::tempdir()?;
    let directory = place.path().to_string_lossy();
    child(&["seed", &directory, &rows.to_string()])?;
    let scan = median(runs, || measured(&["scan", &directory]))?;
    println!("{}", scan.line("bare scan", Some(&scan)));
    println!("{}", median(runs, || measured(&["export", &directory]))?.line("export to .zip", Some(&scan)));
    if rows > SHORT {
        return Ok(());
    }
    match peer::export(place.path())? {
        Some(figure) => println!("{}", figure.line("xlwt (Python), .xls only", Some(&scan))),
        None => println!("{:<26}skipped: xlwt not installed", "xlwt (Python)"),
    }
    Ok(())
}

fn createdevices(rows: i64, runs: usize) -> Outcome<()> {
    println!("{}", median(runs, || create(rows, &[]))?.line("createDevices, execution", None));
    if devices::program()?.exists() {
        println!(
            "{}",
            median(runs, || create(rows, &["--from-file"]))?.line("createDevices from .xlsx", None)
        );
    } else {
        println!("{:<26}skipped: no `unlade` beside this program", "createDevices from .xlsx");
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

/// Runs this program; answers what it printed.
fn child(arguments: &[&str]) -> Outcome<Vec<u8>> {
    let Output { status, stdout, stderr } =
        Command::new(std::env::current_exe()?).args(arguments).output()?;
    if status.success() {
        return Ok(stdout);
    }
    Err(format!("{}: {status}: {}", arguments.join(" "), String::from_utf8_lossy(&stderr)).into())
}
