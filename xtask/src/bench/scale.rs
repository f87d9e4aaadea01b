//! `cargo xtask bench scale`: what many nodes and many rows cost over a private PostgreSQL that keeps every commit.

use std::process::Command;

use crate::place::{built, root};
use crate::postgres::{Postgres, Purpose};
use crate::release;
use crate::suite::{Count, Suite, skipped};
use crate::summary::Summary;

const NAME: &str = "bench scale";

#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Few rows, once: shows that everything runs, not how fast it is
    #[arg(long)]
    quick: bool,
    /// Rows of the largest batch task, instead of 10000000
    #[arg(long)]
    rows: Option<u64>,
    /// Only these parts: scan, nodes, rows, latency, units
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Write the tables to their section of docs/benchmarks.md
    #[arg(long, conflicts_with_all = ["quick", "only"])]
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
    let server = match Postgres::start(Purpose::Benchmarks) {
        Ok(server) => server,
        Err(why) => {
            summary.add(skipped(NAME, why));
            return;
        }
    };
    let budget_seconds = if options.quick { 300 } else { 3600 };
    let suite = Suite { name: NAME, budget_seconds, count: Count::ExitCode };
    summary.add(suite.run(&mut command(options, &server)));
}

fn command(options: &Options, server: &Postgres) -> Command {
    let mut command = Command::new(built("release", "unlade-bench"));
    command.arg("scale").current_dir(root());
    command.args(["--postgres", &server.url, "--postgres-pid", &server.pid().to_string()]);
    if options.quick {
        command.arg("--quick");
    }
    if let Some(rows) = options.rows {
        command.args(["--rows", &rows.to_string()]);
    }
    if !options.only.is_empty() {
        command.args(["--only", &options.only.join(",")]);
    }
    if options.record {
        command.arg("--record").arg(root().join("docs/benchmarks.md"));
    }
    command
}
