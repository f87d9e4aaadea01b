//! `unlade-bench scale`: what many nodes and many rows cost over PostgreSQL, beside the embedded database.
//!
//! Nodes are processes of the real server; the database's share is the CPU time of all of its processes. Objects lie on
//! the nodes' own disks, so that no store stands between: what a bucket adds is its own.

mod bed;
mod day;
mod latency;
mod nodes;
mod page;
mod scan;
mod server;
mod tall;
mod units;

use std::path::PathBuf;

use crate::Outcome;
use bed::Bed;
use page::Page;
use server::Postgres;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Few rows, once: shows that everything runs, not how fast it is
    #[arg(long)]
    quick: bool,
    /// Rows of the largest batch task
    #[arg(long)]
    rows: Option<i64>,
    /// Only these parts: scan, nodes, rows, latency, units
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// The address of a PostgreSQL server that is ours alone
    #[arg(long)]
    postgres: String,
    /// The process that all others of that server descend from
    #[arg(long)]
    postgres_pid: i32,
    /// Write the tables to a section of this document
    #[arg(long, conflicts_with_all = ["quick", "only"])]
    record: Option<PathBuf>,
}

/// How much of everything.
struct Amounts {
    /// Rows of the batch tasks whose export is to take the same memory.
    tall: Vec<i64>,
    /// Rows of a batch task of which several are exported at a time.
    task: i64,
    /// Rows of a bare scan.
    scan: i64,
    rounds: usize,
    /// Calls of each kind.
    calls: usize,
    /// How long callers do units of work.
    unit_seconds: f64,
    devices: i64,
}

impl Options {
    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }

    fn amounts(&self) -> Amounts {
        let most = self.rows.unwrap_or(10_000_000);
        match self.quick {
            true => Amounts {
                tall: vec![1_000, 4_000],
                task: 1_000,
                scan: 4_000,
                rounds: 1,
                calls: 20,
                unit_seconds: 0.2,
                devices: 500,
            },
            false => Amounts {
                tall: vec![100_000, 1_000_000, most],
                task: 250_000,
                scan: 1_000_000,
                rounds: 3,
                calls: 400,
                unit_seconds: 2.0,
                devices: 20_000,
            },
        }
    }
}

pub(crate) fn run(options: &Options) -> Outcome<()> {
    let place = tempfile::tempdir()?;
    let postgres = Postgres::at(&options.postgres, options.postgres_pid);
    let (server, embedded) = (
        Bed::over(place.path().join("server"), Some(&postgres))?,
        Bed::over(place.path().join("embedded"), None)?,
    );
    let amounts = options.amounts();
    let mut page = Page::default();
    // What is short comes first: it is not to wait for what the long parts leave to be written.
    if options.wants("units") {
        units::run(&amounts, [&embedded, &server], &mut page)?;
    }
    if options.wants("scan") {
        scan::run(&amounts, [&embedded, &server], &postgres, &mut page)?;
    }
    if options.wants("nodes") {
        nodes::run(&amounts, &server, &postgres, &mut page)?;
    }
    if options.wants("latency") {
        latency::run(&amounts, [&embedded, &server], &mut page)?;
    }
    if options.wants("rows") {
        tall::run(&amounts, &server, &postgres, &mut page)?;
    }
    let day = day::table(&page);
    page.add(&day);
    match &options.record {
        None => Ok(()),
        Some(path) => page.record(path, &postgres.version()?),
    }
}
