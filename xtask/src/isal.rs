//! The suite of the feature `isal`: the crates that pack, with the compressor that is built from C.

use crate::place::cargo;
use crate::suite::{Count, Suite, skipped};
use crate::summary::Summary;

/// What ISA-L is built by.
const TOOLS: [&str; 4] = ["nasm", "autoconf", "automake", "libtoolize"];
const FEATURE: [&str; 6] = ["-p", "unlade-xls", "-p", "unlade-export", "--features", "unlade-export/isal"];

pub(crate) fn run(summary: &mut Summary) {
    let missing: Vec<&str> = TOOLS.into_iter().filter(|tool| !is_there(tool)).collect();
    if !missing.is_empty() {
        summary.add(skipped("isal", format!("{} is not installed", missing.join(", "))));
        return;
    }
    let lint = Suite { name: "isal lint", budget_seconds: 1200, count: Count::ExitCode };
    let strict = ["--all-targets", "--", "-D", "warnings"];
    summary.add(lint.run(cargo(&["clippy"]).args(FEATURE).args(strict)));
    let build = Suite { name: "isal build", budget_seconds: 1200, count: Count::ExitCode };
    if summary.add(build.run(cargo(&["test", "--no-run"]).args(FEATURE))) {
        let suite = Suite { name: "isal", budget_seconds: 300, count: Count::CargoTest };
        summary.add(suite.run(cargo(&["test", "--no-fail-fast"]).args(FEATURE)));
    }
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
}
