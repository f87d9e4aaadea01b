//! `cargo xtask simulate`: builds the simulated scheduler as a release and lets it play.
//!
//! What happens in a schedule, and what must hold, is known to `simulation/` alone. A schedule that breaks a rule is
//! printed with the command that plays it again.

use std::process::Command;

use crate::place::{built, root};
use crate::release;
use crate::suite::{Count, Suite};
use crate::summary::Summary;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many schedules are played
    #[arg(long, default_value_t = 100_000)]
    schedules: u64,
    /// The seed of the first; the others follow
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// A fault that is planted, to see it found; `help` lists them
    #[arg(long, default_value = "none")]
    plant: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { schedules: 100_000, seed: 0, plant: "none".to_owned() }
    }
}

impl Options {
    /// On a busy machine a schedule takes some milliseconds.
    fn budget_seconds(&self) -> u64 {
        300 + self.schedules / 100
    }
}

pub(crate) fn run(options: &Options, summary: &mut Summary) {
    if !release::build(summary) {
        return;
    }
    let suite =
        Suite { name: "simulation", budget_seconds: options.budget_seconds(), count: Count::CargoTest };
    let mut command = Command::new(built("release", "unlade-simulation"));
    command.args(["--schedules", &options.schedules.to_string(), "--seed", &options.seed.to_string()]);
    summary.add(suite.run(command.args(["--plant", &options.plant]).current_dir(root())));
}
