//! `cargo xtask chaos`: random schedules of faults on three real nodes, each from a seed that is printed.
//!
//! What a fault is, and what must hold after it, is known to `chaos/` alone. A few seeds and each fault by itself are
//! a suite of `cargo xtask test`; this plays as many as one has time for.

use crate::place::{built, cargo, root};
use crate::suite::{Count, Suite, skipped};
use crate::summary::Summary;
use crate::test::pytest;
use crate::venv;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many schedules are played
    #[arg(long, default_value_t = 20)]
    seeds: u64,
    /// The first seed; the others follow
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Play this seed alone
    #[arg(long)]
    seed: Option<u64>,
    /// Print the schedules and play none
    #[arg(long)]
    show: bool,
}

/// Most schedules take less than one minute; one whose queue stays full takes three more until that is said.
const SEED_SECONDS: u64 = 300;

pub(crate) fn run(options: &Options, summary: &mut Summary) {
    if !build(summary) {
        return;
    }
    let mut python = match venv::python() {
        Ok(python) => python,
        Err(why) => {
            summary.add(skipped("chaos", why));
            return;
        }
    };
    python.arg("play.py").args(["--seeds", &options.seeds.to_string(), "--from", &options.from.to_string()]);
    python.args(options.seed.iter().map(|seed| format!("--seed={seed}")));
    python.args(options.show.then_some("--show"));
    python.env("UNLADE_BIN", built("debug", "unlade")).current_dir(root().join("chaos"));
    let budget_seconds = 300 + SEED_SECONDS * options.seed.map_or(options.seeds, |_| 1);
    let count = if options.show { Count::ExitCode } else { Count::CargoTest };
    summary.add(Suite { name: "chaos", budget_seconds, count }.run(&mut python));
}

/// Each fault by itself, the seeds of CI, and the tests of the checker.
pub(crate) fn suite(arguments: &[String], summary: &mut Summary) {
    if build(summary) {
        summary.add(pytest("chaos", "chaos", 1500, arguments, &[]));
    }
}

fn build(summary: &mut Summary) -> bool {
    let build = Suite { name: "unlade build", budget_seconds: 3600, count: Count::ExitCode };
    summary.add(build.run(&mut cargo(&["build", "-p", "unlade"])))
}
