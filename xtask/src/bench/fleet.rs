//! `cargo xtask bench fleet`: batch tasks beside bare inserts, and pages of long lists.

use std::process::Command;

use crate::place::{built, root};
use crate::release;
use crate::suite::{Count, Suite};
use crate::summary::Summary;

#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Few rows: shows that everything runs, not how fast it is
    #[arg(long)]
    quick: bool,
    /// Devices, instead of 1000000
    #[arg(long)]
    rows: Option<u64>,
    /// Write the tables to their section of docs/benchmarks.md
    #[arg(long, conflicts_with = "quick")]
    record: bool,
}

impl Options {
    /// As in CI.
    pub(crate) fn quick() -> Self {
        Self { quick: true, ..Self::default() }
    }
}

pub(crate) fn run(options: &Options, summary: &mut Summary) {
    if !release::build(summary) {
        return;
    }
    let budget_seconds = if options.quick { 120 } else { 1800 };
    let suite = Suite { name: "bench fleet", budget_seconds, count: Count::ExitCode };
    let mut command = Command::new(built("release", "unlade-bench"));
    command.arg("fleet").current_dir(root());
    if options.quick {
        command.arg("--quick");
    }
    if let Some(rows) = options.rows {
        command.args(["--rows", &rows.to_string()]);
    }
    if options.record {
        command.arg("--record").arg(root().join("docs/benchmarks.md"));
    }
    summary.add(suite.run(&mut command));
}
