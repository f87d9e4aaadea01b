//! `cargo xtask bench`: builds the benchmarks as a release and runs them.
//!
//! What is measured, and how, is known to `benches/` alone.

pub(crate) mod fleet;
mod peers;
pub(crate) mod scale;
pub(crate) mod spreadsheets;

use std::process::Command;

use crate::place::{built, root};
use crate::release;
use crate::suite::{Count, Suite};
use crate::summary::Summary;

#[derive(clap::Args, Default)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) part: Option<Part>,
    /// Few rows: shows that everything runs, not how fast it is
    #[arg(long)]
    pub(crate) quick: bool,
    /// How many rows to export
    #[arg(long)]
    pub(crate) rows: Option<u64>,
    /// Write the table to its section of docs/benchmarks.md
    #[arg(long)]
    pub(crate) record: bool,
}

/// What is a benchmark of its own.
#[derive(clap::Subcommand)]
pub(crate) enum Part {
    /// Server exports beside the writers of others, in turn on the same rows
    Spreadsheets(spreadsheets::Options),
    /// Nodes, rows, latency and units of work over PostgreSQL
    Scale(scale::Options),
    /// Batch tasks beside bare inserts, and pages of long lists
    Fleet(fleet::Options),
}

pub(crate) fn run(options: &Options, summary: &mut Summary) {
    match &options.part {
        Some(Part::Spreadsheets(options)) => return spreadsheets::run(options, summary),
        Some(Part::Scale(options)) => return scale::run(options, summary),
        Some(Part::Fleet(options)) => return fleet::run(options, summary),
        None => {}
    }
    if !release::build(summary) {
        return;
    }
    let bench = Suite { name: "bench", budget_seconds: budget_seconds(options), count: Count::ExitCode };
    summary.add(bench.run(&mut command(options)));
}

fn command(options: &Options) -> Command {
    let mut command = Command::new(built("release", "unlade-bench"));
    command.arg("all").current_dir(root());
    if options.quick {
        command.arg("--quick");
    }
    if let Some(rows) = options.rows {
        command.args(["--rows", &rows.to_string()]);
    }
    if options.record {
        command.arg("--record").arg(root().join("docs/benchmarks.md"));
    }
    command
}

fn budget_seconds(options: &Options) -> u64 {
    if options.quick { 300 } else { 3600 }
}
