//! Development commands, the same at a desk and in CI: `cargo xtask tidy`, `check`, `test`, `fuzz`, `simulate`, `chaos`,
//! `bench`, `instructions`, `compatibility`, `ci`.
//!
//! One file a command. A command is a list of suites; [`suite`] runs one under its budget, [`summary`] adds them up.
//! Nothing here knows how a test works: cargo and pytest say what passed, this crate counts.
#![expect(clippy::print_stdout, reason = "a development tool talks to a person at a terminal")]
#![expect(clippy::disallowed_methods, reason = "a development tool may touch files directly")]

mod bench;
mod chaos;
mod check;
mod ci;
mod compatibility;
mod definitions;
mod demo;
mod deploy;
mod earlier;
mod fuzz;
mod instructions;
mod isal;
mod leash;
mod moto;
mod place;
mod poi;
mod pooler;
mod postgres;
mod release;
mod sdks;
mod simulate;
mod suite;
mod summary;
mod test;
mod tidy;
mod venv;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::summary::Summary;

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "Development commands of Unlade")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every test that this machine can run; say what was skipped and why
    Test(test::Options),
    /// Formatting, lints and the links of the documentation
    Check,
    /// The shape of the house: layers, rooms, modules, registries, and that the documents are true
    Tidy,
    /// Give hostile input to what reads it, for some seconds each
    Fuzz(fuzz::Options),
    /// Play schedules of claims, pauses and crashes, each from a seed
    Simulate(simulate::Options),
    /// Play schedules of faults on three real nodes, each from a seed
    Chaos(chaos::Options),
    /// Measure, as children of this process so that each has its own peak memory
    Bench(bench::Options),
    /// Count what the export spends on a row, and compare it with what it spent before
    Instructions,
    /// Write docs/compatibility.md from the last run of `cargo xtask test --suite definitions --suite sdks`
    Compatibility,
    /// Everything, and a skipped test is a failed test
    Ci,
}

fn main() -> ExitCode {
    let mut summary = Summary::new();
    match Arguments::parse().command {
        Command::Test(options) => test::run(&options, &mut summary),
        Command::Check => check::run(&mut summary),
        Command::Tidy => tidy::run(&mut summary),
        Command::Fuzz(options) => fuzz::run(&options, &mut summary),
        Command::Simulate(options) => simulate::run(&options, &mut summary),
        Command::Chaos(options) => chaos::run(&options, &mut summary),
        Command::Bench(options) => bench::run(&options, &mut summary),
        Command::Instructions => instructions::run(&mut summary),
        Command::Compatibility => compatibility::write(&mut summary),
        Command::Ci => ci::run(&mut summary),
    }
    summary.print();
    summary.exit_code()
}
