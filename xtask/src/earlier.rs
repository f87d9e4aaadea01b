//! `unlade` of an earlier commit, for the tests that upgrade from it: built once, beside what is built of this one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::place::{built, cargo, root, target};
use crate::suite::{Count, Outcome, Suite, skipped, untried};
use crate::summary::Summary;
use crate::test::pytest;

/// "Many nodes of one database: roles, one clock, drain, a shared key": the first commit whose program is a node of a
/// shared database and ends in peace. An upgrade from it is an upgrade from whatever came between.
const COMMIT: &str = "3acb42df402329ac68f934757646abfb317e8104";
/// Its version as it was, and what it is called here.
const OURS: &str = "\nversion = \"0.1.0\"\n";
const EARLIER: &str = "\nversion = \"0.1.0-earlier\"\n";
const NAME: &str = "rolling upgrade";

/// Nodes of that commit are replaced by ours.
pub(crate) fn suite(arguments: &[String], postgres: Result<&str, &str>, summary: &mut Summary) {
    let found = postgres.map_err(|why| skipped(NAME, why.to_owned()));
    let (url, program) = match found.and_then(|url| Ok((PathBuf::from(url), program(summary)?))) {
        Ok((url, Some(program))) => (url, program),
        Ok((_, None)) => return,
        Err(outcome) => {
            summary.add(outcome);
            return;
        }
    };
    // It was put where ours belongs.
    let build = Suite { name: "unlade build", budget_seconds: 3600, count: Count::ExitCode };
    if summary.add(build.run(&mut cargo(&["build", "-p", "unlade"]))) {
        let more = [("UNLADE_TEST_POSTGRES", url), ("UNLADE_EARLIER_BIN", program)];
        let picked = ["test_rolling_upgrade.py".to_owned()];
        let arguments: Vec<String> = picked.iter().chain(arguments).cloned().collect();
        summary.add(pytest(NAME, "sdk-tests/python", 300, &arguments, &more));
    }
}

/// Where it lies; nothing, if it could not be built, which has been said then.
fn program(summary: &mut Summary) -> Result<Option<PathBuf>, Outcome> {
    let place = target().join("earlier");
    let program = place.join(format!("unlade-{COMMIT}"));
    if program.exists() {
        return Ok(Some(program));
    }
    if !is_known() {
        // Where the history ends early nobody has done anything wrong; anywhere else the commit must be there.
        let why = format!("this copy of the repository does not have commit {COMMIT}");
        return Err(if has_whole_history() { skipped(NAME, why) } else { untried(NAME, &why) });
    }
    let source = place.join("source");
    unpack(&source).map_err(|why| skipped(NAME, why))?;
    // Into the same directory, so that what both need is compiled once. Not locked: the versions of our own crates change.
    let suite = Suite { name: "earlier build", budget_seconds: 3600, count: Count::ExitCode };
    let mut command = cargo(&["build", "-p", "unlade"]);
    if !summary.add(suite.run(command.current_dir(&source))) {
        return Ok(None);
    }
    let kept = keep(&program).and_then(|()| fs::remove_dir_all(&source));
    kept.map(|()| Some(program)).map_err(|error| skipped(NAME, format!("{}: {error}", place.display())))
}

/// Under its name only when it is whole.
fn keep(program: &Path) -> std::io::Result<()> {
    let beginning = program.with_extension("new");
    fs::copy(built("debug", "unlade"), &beginning)?;
    fs::rename(&beginning, program)
}

/// The files of the commit. Not a worktree: a build directory outlives clones, and a worktree is of one clone.
fn unpack(source: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", source.display());
    let _ = fs::remove_dir_all(source);
    fs::create_dir_all(source).map_err(failed)?;
    let mut archive =
        git(&["archive", "--format=tar", COMMIT]).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let files = archive.stdout.take().ok_or("git archive has no output")?;
    let unpacked = Command::new("tar").arg("-x").current_dir(source).stdin(files).status().map_err(failed)?;
    let archived = archive.wait().map_err(failed)?;
    match archived.success() && unpacked.success() {
        true => rename_version(&source.join("Cargo.toml")).map_err(failed),
        false => Err(format!("commit {COMMIT} cannot be unpacked")),
    }
}

/// Cargo tells crates of two workspaces apart by name and version alone, not by where they lie: with the same version
/// it would take the one's for the other's, as old as their files say they are.
fn rename_version(manifest: &Path) -> std::io::Result<()> {
    let text = fs::read_to_string(manifest)?;
    let renamed = text.replacen(OURS, EARLIER, 1);
    if renamed == text {
        return Err(std::io::Error::other(format!("has no {}", OURS.trim())));
    }
    fs::write(manifest, renamed)
}

fn is_known() -> bool {
    let commit = format!("{COMMIT}^{{commit}}");
    git(&["cat-file", "-e", &commit]).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn has_whole_history() -> bool {
    let asked = git(&["rev-parse", "--is-shallow-repository"]).stderr(Stdio::null()).output();
    asked.is_ok_and(|answer| answer.stdout.trim_ascii() == b"false")
}

fn git(arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(root());
    command
}
