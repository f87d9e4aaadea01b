//! `cargo xtask test`: the workspace's own tests, then the official SDKs against the binary.
//!
//! Building is a step of its own, so that a suite's budget measures the suite and not the compiler.

use clap::ValueEnum;

use crate::place::{built, cargo, root, target};
use crate::suite::{Count, Outcome, Suite, skipped};
use crate::summary::Summary;
use crate::venv;

#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Run only this suite
    #[arg(long)]
    suite: Option<Which>,
    /// Passed on to pytest, for example `--suite python -- -k crash`
    #[arg(last = true)]
    pytest: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Which {
    Rust,
    Python,
}

impl Options {
    fn wants(&self, which: Which) -> bool {
        self.suite.is_none_or(|only| only == which)
    }
}

pub(crate) fn run(options: &Options, summary: &mut Summary) {
    if options.wants(Which::Rust) {
        rust(summary);
    }
    if options.wants(Which::Python) {
        python(&options.pytest, summary);
    }
}

fn rust(summary: &mut Summary) {
    let build = Suite { name: "rust build", budget_seconds: 3600, count: Count::ExitCode };
    if !summary.add(build.run(&mut cargo(&["test", "--workspace", "--no-run"]))) {
        return;
    }
    let suite = Suite { name: "rust", budget_seconds: 900, count: Count::CargoTest };
    summary.add(suite.run(&mut cargo(&["test", "--workspace", "--no-fail-fast"])));
}

fn python(arguments: &[String], summary: &mut Summary) {
    let build = Suite { name: "unlade build", budget_seconds: 3600, count: Count::ExitCode };
    if summary.add(build.run(&mut cargo(&["build", "-p", "unlade"]))) {
        summary.add(python_sdk(arguments));
    }
}

fn python_sdk(arguments: &[String]) -> Outcome {
    const NAME: &str = "python sdk";
    let mut python = match venv::python() {
        Ok(python) => python,
        Err(why) => return skipped(NAME, why),
    };
    let junit = target().join("python-sdk.xml");
    // A report of an earlier run must not speak for a run that wrote none.
    let _ = std::fs::remove_file(&junit);
    python.args(["-m", "pytest"]).arg(format!("--junitxml={}", junit.display())).args(arguments);
    python.env("UNLADE_BIN", built("debug", "unlade")).current_dir(root().join("sdk-tests/python"));
    Suite { name: NAME, budget_seconds: 1200, count: Count::Junit(junit) }.run(&mut python)
}
