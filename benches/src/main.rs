//! How fast: an export from SQLite to the finished zip beside a bare scan of the same rows, createDevices, the
//! check of a signature, and requests a second.
//! Each figure is a process of its own, so that its CPU seconds and its peak memory are its own.

#![expect(clippy::print_stdout, reason = "this program prints figures")]

mod all;
mod client;
mod devices;
mod document;
mod exports;
mod figure;
mod fleet;
mod house;
mod http;
mod peer;
mod rows;
mod scale;
mod seed;
mod server;
mod signatures;
mod spreadsheets;
mod table;

use std::{
    path::PathBuf,
    process::{Command, Output},
};

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
    /// Every figure, as one table
    All {
        /// Few rows, once: shows that everything runs, not how fast it is
        #[arg(long)]
        quick: bool,
        /// Rows of every figure
        #[arg(long)]
        rows: Option<i64>,
        /// Write the table, with the machine that it is true for, to this file
        #[arg(long)]
        record: Option<PathBuf>,
    },
    /// The check of a signature under each algorithm
    Signatures {
        /// Few checks: shows that everything runs, not how fast it is
        #[arg(long)]
        quick: bool,
        /// Write the table, with the machine that it is true for, to this file
        #[arg(long)]
        record: Option<PathBuf>,
    },
    /// Requests a second
    Http {
        /// Once: shows that everything runs, not how fast it is
        #[arg(long)]
        quick: bool,
        /// Write the table, with the machine that it is true for, to this file
        #[arg(long)]
        record: Option<PathBuf>,
    },
    /// Server exports beside the writers of others
    Spreadsheets(spreadsheets::Options),
    /// Nodes, rows, latency and units of work over PostgreSQL
    Scale(scale::Options),
    /// Batch tasks beside bare inserts, and pages of long lists
    Fleet(fleet::Options),
    /// Inserts rows that nobody checks
    #[command(hide = true)]
    FleetBare { directory: PathBuf, of: fleet::Rows, rows: i64 },
    /// Orders a batch task over devices that are there
    #[command(hide = true)]
    FleetOrder { directory: PathBuf, kind: String, rows: i64 },
    /// Orders a batch task over the devices of a group
    #[command(hide = true)]
    FleetOrderByGroup { directory: PathBuf, kind: String },
    /// Executes the newest batch task of a kind
    #[command(hide = true)]
    FleetDeed { directory: PathBuf, kind: String },
    /// Times small tasks alone, and beside the large one that waits
    #[command(hide = true)]
    FleetBeside { directory: PathBuf },
    /// Reads pages of what is there
    #[command(hide = true)]
    FleetPages { directory: PathBuf },
    /// Makes the rows that spreadsheets are made of, in an empty directory
    #[command(hide = true)]
    MakeSpreadsheets { directory: PathBuf, rows: i64 },
    /// Looks whether a file holds the rows of that directory
    #[command(hide = true)]
    CheckSpreadsheet { directory: PathBuf, file: PathBuf },
    /// Runs a command and tells what it took as a whole
    #[command(hide = true)]
    Whole {
        #[arg(last = true)]
        command: Vec<String>,
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
    /// Exports that task, as one thread that asks nobody
    #[command(hide = true)]
    Attempt { directory: PathBuf },
    /// Makes a createDevices task of so many devices, that waits, in a directory
    #[command(hide = true)]
    SeedDevices {
        directory: PathBuf,
        rows: i64,
        /// Its rows still lie in an uploaded .xlsx
        #[arg(long)]
        from_file: bool,
    },
    /// Executes that task
    #[command(hide = true)]
    CreateDevices { directory: PathBuf },
}

fn main() -> Outcome<()> {
    match Arguments::parse().what {
        What::All { quick, rows, record } => all::run(quick, rows, record.as_deref()),
        What::Signatures { quick, record } => signatures::run(quick, record.as_deref()),
        What::Http { quick, record } => http::run(quick, record.as_deref()),
        What::Spreadsheets(options) => spreadsheets::run(&options),
        What::Scale(options) => scale::run(&options),
        What::Fleet(options) => fleet::run(&options),
        What::FleetBare { directory, of, rows } => fleet::bare(&directory, of, rows)?.print(),
        What::FleetOrder { directory, kind, rows } => fleet::order(&directory, &kind, rows),
        What::FleetOrderByGroup { directory, kind } => fleet::order_by_group(&directory, &kind),
        What::FleetDeed { directory, kind } => fleet::deed(&directory, &kind)?.print(),
        What::FleetBeside { directory } => print(&fleet::beside(&directory)?),
        What::FleetPages { directory } => print(&fleet::pages(&directory)?),
        What::MakeSpreadsheets { directory, rows } => print(&spreadsheets::make(&directory, rows)?),
        What::CheckSpreadsheet { directory, file } => spreadsheets::check(&directory, &file),
        What::Whole { command } => print(&spreadsheets::whole(&command)?),
        What::Seed { directory, rows } => seed::results(&directory, rows),
        What::Scan { directory } => exports::scan(&directory)?.print(),
        What::Export { directory } => exports::export(&directory)?.print(),
        What::Attempt { directory } => exports::attempt(&directory),
        What::SeedDevices { directory, rows, from_file: false } => {
            seed::devices(&house::House::open(&directory)?, 0, rows)
        }
        What::SeedDevices { directory, rows, from_file: true } => seed::devices_file(&directory, rows),
        What::CreateDevices { directory } => devices::create(&directory)?.print(),
    }
}

/// Tells what was found to the process that asked for it.
fn print(found: &impl serde::Serialize) -> Outcome<()> {
    println!("{}", serde_json::to_string(found)?);
    Ok(())
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
