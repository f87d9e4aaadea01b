//! `cargo xtask fuzz`: gives every target of `fuzz/` some seconds, three at a time, each from its own corpus.
//!
//! What a target is about, and how it is built for coverage by the stable compiler, is known to `fuzz/` alone. A finding is
//! printed whole, so that it can be repeated from a log: `xxd -r -p >input`, then
//! `cargo run --release --bin <target> -- input` in `fuzz/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io, thread};

use crate::place::{cargo, root, target};
use crate::suite::{Count, Outcome, Suite, skipped};
use crate::summary::Summary;
use crate::test::pytest;

/// The targets, the slowest first.
const TARGETS: [&str; 9] =
    [WRITE, "upload", "workbook", "multipart", "policy", "signature", "authorization", "order", "group_rule"];
/// What writes. It is given more seconds, for each of its inputs is a whole workbook, and outsiders read what it wrote.
const WRITE: &str = "write";
const SECONDS: u64 = 30;
const WRITE_SECONDS: u64 = 60;
const AT_ONCE: usize = 3;
/// Reading the corpus, and ending, beside the time that is given.
const AROUND_SECONDS: u64 = 90;
/// A single input that takes longer is a finding: longer, too, than a busy machine may let a process wait.
const INPUT_SECONDS: u64 = 30;
/// Of the whole process, the corpus included; each target has bounds of its own on what it reads.
const MEMORY_MIB: u64 = 1024;

#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// How long each target is fuzzed, if not 30 seconds, or 60 what writes
    #[arg(long)]
    seconds: Option<u64>,
    /// Fuzz only this target
    #[arg(long, value_parser = TARGETS)]
    target: Option<String>,
}

impl Options {
    fn seconds(&self, target: &str) -> u64 {
        self.seconds.unwrap_or(if target == WRITE { WRITE_SECONDS } else { SECONDS })
    }
}

pub(crate) fn run(options: &Options, summary: &mut Summary) {
    if Command::new("c++").arg("--version").output().is_err() {
        summary.add(skipped("fuzz", "there is no c++, which libFuzzer is built with".to_owned()));
        return;
    }
    let mut build = cargo(&["build", "--release", "--locked"]);
    build.current_dir(root().join("fuzz")).env("CARGO_TARGET_DIR", directory());
    // Flags from outside would take the place of the ones that make it a fuzzer.
    build.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    let suite = Suite { name: "fuzz build", budget_seconds: 1800, count: Count::ExitCode };
    if !summary.add(suite.run(&mut build)) {
        return;
    }
    let wanted = |name: &&&str| options.target.as_deref().is_none_or(|only| only == **name);
    let targets: Vec<&'static str> = TARGETS.iter().filter(wanted).copied().collect();
    for some in targets.chunks(AT_ONCE) {
        for outcome in at_once(some, options) {
            summary.add(outcome);
        }
    }
    if targets.contains(&WRITE) {
        judges(summary);
    }
}

fn at_once(targets: &[&'static str], options: &Options) -> Vec<Outcome> {
    thread::scope(|scope| {
        let start = |name: &&'static str| (*name, options.seconds(name));
        let running: Vec<_> =
            targets.iter().map(start).map(|(name, time)| scope.spawn(move || fuzz(name, time))).collect();
        running.into_iter().map(|one| one.join().expect("a suite does not panic")).collect()
    })
}

fn fuzz(name: &'static str, seconds: u64) -> Outcome {
    let (grown, found) = (directory().join("grown").join(name), directory().join("found").join(name));
    for place in [&grown, &found] {
        if let Err(error) = make_empty(place) {
            return skipped(name, format!("no empty directory {}: {error}", place.display()));
        }
    }
    let mut command = Command::new(built(name));
    command
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={INPUT_SECONDS}"))
        .arg(format!("-rss_limit_mb={MEMORY_MIB}"))
        .arg(format!("-artifact_prefix={}/", found.display()))
        .args(["-verbosity=0", "-print_final_stats=1"])
        // What is new goes into the first directory, never into the one that is kept.
        .args([grown, root().join("fuzz/corpus").join(name)]);
    let outcome =
        Suite { name, budget_seconds: seconds + AROUND_SECONDS, count: Count::ExitCode }.run(&mut command);
    print(name, &found);
    outcome
}

/// Lets the target write the workbooks of its corpus and of all that it found new, and outsiders read them.
fn judges(summary: &mut Summary) {
    let writes = directory().join("writes");
    if let Err(error) = make_empty(&writes) {
        summary.add(skipped("fuzz judges", format!("no empty directory {}: {error}", writes.display())));
        return;
    }
    let told = ("UNLADE_FUZZ_WRITES", writes);
    let mut write = Command::new(built(WRITE));
    write.args(["-runs=0", "-verbosity=0"]).env(told.0, &told.1);
    write.args([directory().join("grown").join(WRITE), root().join("fuzz/corpus").join(WRITE)]);
    let suite = Suite { name: "fuzz writes", budget_seconds: 120, count: Count::ExitCode };
    if summary.add(suite.run(&mut write)) {
        summary.add(pytest("fuzz judges", "judges", 180, &["fuzzed.py".to_owned()], &[told]));
    }
}

fn make_empty(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::create_dir_all(directory)
}

/// The inputs that were found, in hex: the directory is gone when somebody reads the log.
fn print(name: &str, found: &Path) {
    for finding in fs::read_dir(found).into_iter().flatten().flatten() {
        let bytes = fs::read(finding.path()).unwrap_or_default();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        println!("\n== {name}: {} of {} bytes:\n{hex}", finding.file_name().display(), bytes.len());
    }
}

/// Apart from everything else that is built: these crates are instrumented.
fn directory() -> PathBuf {
    target().join("fuzz")
}

/// Where a target lies depends on the machine's triple, which only the compiler knows; there is one such directory.
fn built(name: &str) -> PathBuf {
    let triples = fs::read_dir(directory()).into_iter().flatten().flatten();
    let candidates = triples.map(|triple| triple.path().join("release").join(name));
    candidates.into_iter().find(|path| path.is_file()).unwrap_or_else(|| PathBuf::from(name))
}
