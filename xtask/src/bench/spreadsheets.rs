//! `cargo xtask bench spreadsheets`: builds Unlade, once a codec, and the peers that this machine can have, and measures
//! them in turn.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use super::peers::{self, PEERS};
use crate::place::{built, cargo, root, target};
use crate::release;
use crate::suite::{Count, Suite};
use crate::summary::Summary;

const NAME: &str = "bench spreadsheets";

#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Few rows, once: shows that everything runs, not how fast it is
    #[arg(long)]
    quick: bool,
    /// Row counts, instead of 60000,100000,1000000
    #[arg(long, value_delimiter = ',')]
    rows: Vec<u64>,
    /// Rounds, instead of 5 at 60,000 rows and 3 at more
    #[arg(long)]
    runs: Option<u64>,
    /// Writers to leave out, such as openpyxl,xlsxwriter; the name of a peer's tool (java, python, node, rust, sqlite3)
    /// leaves out all that need it, isal the second build
    #[arg(long, value_delimiter = ',')]
    without: Vec<String>,
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
    let mut command = command(options);
    product(&mut command, "default", Ok(built("release", "unlade")));
    product(&mut command, ISAL, isal(options, summary));
    for peer in PEERS {
        let left_out = options.without.iter().any(|name| name == peer.name);
        let place = if left_out { Err(LEFT_OUT.to_owned()) } else { peers::place(peer) };
        given(&mut command, "--tool", peer.name, place);
    }
    let suite = Suite { name: NAME, budget_seconds: budget_seconds(options), count: Count::ExitCode };
    summary.add(suite.run(&mut command));
}

const ISAL: &str = "isal";
const LEFT_OUT: &str = "left out by --without";

fn product(command: &mut Command, name: &str, program: Result<PathBuf, String>) {
    given(command, "--product", name, program);
}

/// Says where something is, or why it is nowhere.
fn given(command: &mut Command, flag: &str, name: &str, place: Result<PathBuf, String>) {
    match place {
        Ok(place) => command.arg(flag).arg(format!("{name}={}", place.display())),
        Err(why) => {
            println!("== {name}: not measured, {why}");
            command.arg("--lacking").arg(format!("{name}={why}"))
        }
    };
}

/// Unlade with the faster codec, in a build directory of its own: the features of one build are those of all of it.
fn isal(options: &Options, summary: &mut Summary) -> Result<PathBuf, String> {
    if options.without.iter().any(|name| name == ISAL) {
        return Err(LEFT_OUT.to_owned());
    }
    if options.quick {
        return Err("--quick builds no second Unlade".to_owned());
    }
    let manifest = fs::read_to_string(root().join("crates/unlade/Cargo.toml")).unwrap_or_default();
    if !manifest.lines().any(|line| line.starts_with("isal = ")) {
        return Err("this Unlade has no feature isal".to_owned());
    }
    let tools = ["nasm", "autoconf", "automake", "libtoolize"];
    if let Some(tool) = tools.into_iter().find(|tool| !is_program(tool)) {
        return Err(format!("there is no {tool}, with which ISA-L is built"));
    }
    let directory = target().join(ISAL);
    let mut build = cargo(&["build", "--release", "-p", "unlade", "--features", "isal"]);
    build.env("CARGO_TARGET_DIR", &directory);
    let suite = Suite { name: "bench build isal", budget_seconds: 3600, count: Count::ExitCode };
    match summary.add(suite.run(&mut build)) {
        true => Ok(directory.join("release/unlade")),
        false => Err("its build failed".to_owned()),
    }
}

/// Whether there is a program of this name.
pub(super) fn is_program(name: &str) -> bool {
    let paths = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&paths).any(|directory| directory.join(name).is_file())
}

fn command(options: &Options) -> Command {
    let mut command = Command::new(built("release", "unlade-bench"));
    command.arg("spreadsheets").current_dir(root());
    if options.quick {
        command.arg("--quick");
    }
    let words: Vec<_> = options.rows.iter().map(u64::to_string).collect();
    for (flag, words) in [("--rows", words), ("--without", options.without.clone())] {
        if !words.is_empty() {
            command.args([flag, &words.join(",")]);
        }
    }
    if let Some(runs) = options.runs {
        command.args(["--runs", &runs.to_string()]);
    }
    if options.record {
        command.arg("--record").arg(root().join("docs/benchmarks.md"));
    }
    command
}

fn budget_seconds(options: &Options) -> u64 {
    if options.quick { 300 } else { 3600 }
}
