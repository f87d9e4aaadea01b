//! The demo as a test: it runs as the README says, in an empty directory, and must leave one zip there.

use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

use crate::place::{cargo, root};
use crate::suite::{Count, Outcome, Suite, Tally};
use crate::summary::Summary;

pub(crate) fn run(summary: &mut Summary) {
    let build = Suite { name: "demo build", budget_seconds: 3600, count: Count::ExitCode };
    if summary.add(build.run(&mut cargo(&["build", "--release"]))) {
        summary.add(demo());
    }
}

fn demo() -> Outcome {
    let directory = match empty_directory() {
        Ok(directory) => directory,
        Err(error) => return failed(0, format!("no empty directory to run in: {error}")),
    };
    let manifest = root().join("Cargo.toml");
    let mut command = cargo(&["run", "--release", "--manifest-path"]);
    command.arg(manifest).args(["--", "demo"]).current_dir(&directory);
    let outcome = Suite { name: "demo", budget_seconds: 120, count: Count::ExitCode }.run(&mut command);
    let zips = zips_in(&directory);
    let _ = fs::remove_dir_all(&directory);
    if outcome.tally.failed > 0 || zips == 1 {
        return outcome;
    }
    failed(outcome.seconds, format!("left {zips} zip files, not 1"))
}

fn failed(seconds: u64, note: String) -> Outcome {
    Outcome { name: "demo", tally: Tally { failed: 1, ..Tally::default() }, seconds, note: Some(note) }
}

fn empty_directory() -> io::Result<PathBuf> {
    let directory = env::temp_dir().join(format!("unlade-demo-{}", process::id()));
    // A process of this number may have been killed and have left its own.
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir(&directory)?;
    Ok(directory)
}

fn zips_in(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "zip")).count()
}
