//! `cargo xtask check`: formatting, lints, and documentation whose links lead somewhere.

use crate::place::cargo;
use crate::suite::{Count, Suite};
use crate::summary::Summary;

pub(crate) fn run(summary: &mut Summary) {
    summary.add(step("fmt", 60).run(&mut cargo(&["fmt", "--all", "--check"])));
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    summary.add(step("clippy", 2400).run(&mut cargo(&clippy)));
    let mut doc = cargo(&["doc", "--workspace", "--no-deps"]);
    summary.add(step("doc", 1200).run(doc.env("RUSTDOCFLAGS", "-D warnings")));
}

/// A command whose exit code says all. The budget has room for a first build on a small machine.
fn step(name: &'static str, budget_seconds: u64) -> Suite {
    Suite { name, budget_seconds, count: Count::ExitCode }
}
