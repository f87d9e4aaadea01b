//! How fast: an export from SQLite to the finished zip beside a bare scan of the same rows, and createDevices.
//! Each figure is a process of its own, so that its CPU seconds and its peak memory are its own.

#![expect(clippy::print_stdout, reason = "this program prints figures")]

mod figures;
mod world;

use std::{path::PathBuf, process::Command};

use clap::{Parser, Subcommand};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[derive(Parser)]
#[command(about = "Measures Unlade")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Every figure
    All {
        /// Few rows, once
        #[arg(long)]
        quick: bool,
        /// Rows to export
        #[arg(long)]
        rows: Option<i64>,
    },
    /// Makes a batch task of so many finished subtasks in a directory
    #[command(hide = true)]
    Seed { directory: PathBuf, rows: i64 },
    /// Reads every row of that task
    #[command(hide = true)]
    Scan { directory: PathBuf },
    /// Exports that task
    #[command(hide = true)]
    Export { directory: PathBuf },
    /// Creates so many devices by a batch task
    #[command(hide = true)]
    CreateDevices { directory: PathBuf, rows: i64 },
}

fn main() -> Outcome<()> {
    match Arguments::parse().what {
        What::All { quick, rows } => all(quick, rows),
        What::Seed { directory, rows } => world::seed(&directory, rows),
        What::Scan { directory } => figures::print("bare scan", || world::scan(&directory)),
        What::Export { directory } => figures::print("export to .zip", || world::export(&directory)),
        What::CreateDevices { directory, rows } => {
            let ready = world::devices_to_create(&directory, rows)?;
            figures::print("createDevices", || world::create_devices(ready))
        }
    }
}

fn all(quick: bool, rows: Option<i64>) -> Outcome<()> {
    let (sizes, runs) = match (quick, rows) {
        (_, Some(rows)) => (vec![rows], 3),
        (true, None) => (vec![20_000], 1),
        (false, None) => (vec![100_000, 1_000_000], 3),
    };
    println!("{}", figures::HEAD);
    for rows in sizes {
        let place = tempfile::tempdir()?;
        let directory = place.path().to_string_lossy().into_owned();
        run(&["seed", &directory, &rows.to_string()])?;
        for _ in 0..runs {
            run(&["scan", &directory])?;
            run(&["export", &directory])?;
        }
    }
    for _ in 0..runs {
        let place = tempfile::tempdir()?;
        run(&["create-devices", &place.path().to_string_lossy(), if quick { "20000" } else { "100000" }])?;
    }
    Ok(())
}

fn run(arguments: &[&str]) -> Outcome<()> {
    let status = Command::new(std::env::current_exe()?).args(arguments).status()?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", arguments.join(" ")).into()) }
}
