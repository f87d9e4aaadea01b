//! `cargo xtask instructions`: how many instructions the export spends on a row.
//!
//! Seconds on a shared machine say little; instructions under callgrind are the same tomorrow. Two sizes are counted, and
//! the difference is what a row costs, with start and end left out. A change that makes rows dearer fails here and has
//! to raise [`PER_ROW`] in plain sight; one that makes them cheaper is told to lower it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs, process};

use crate::place::built;
use crate::release;
use crate::suite::{Outcome, Tally, skipped};
use crate::summary::Summary;

/// What a row costs, as measured when it was last changed. Half of it is SHA-256, which a processor does in a few
/// instructions of its own that valgrind does not know.
const PER_ROW: u64 = 68_190;
/// How far from it is no news: the same program differs by a thousandth of that, another processor's copies of memory
/// by more.
const TOLERANCE_PERCENT: u64 = 2;
const FEW: u64 = 2_000;
const MANY: u64 = 12_000;

const NAME: &str = "instructions";

pub(crate) fn run(summary: &mut Summary) {
    if !release::build(summary) {
        return;
    }
    summary.add(if has_valgrind() {
        judged()
    } else {
        skipped(NAME, "valgrind is not installed".to_owned())
    });
}

fn has_valgrind() -> bool {
    let mut version = Command::new("valgrind");
    version.arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn judged() -> Outcome {
    let started = Instant::now();
    let place = env::temp_dir().join(format!("unlade-instructions-{}", process::id()));
    let counted = per_row(&place);
    let _ = fs::remove_dir_all(&place);
    let (good, note) = match counted {
        Err(why) => (false, why),
        Ok(per_row) => verdict(per_row),
    };
    println!("\n== {NAME}: {note}");
    let tally = Tally { passed: u64::from(good), failed: u64::from(!good), skipped: 0 };
    Outcome { name: NAME, tally, seconds: started.elapsed().as_secs(), note: Some(note) }
}

fn verdict(per_row: u64) -> (bool, String) {
    let most = PER_ROW + PER_ROW * TOLERANCE_PERCENT / 100;
    let least = PER_ROW - PER_ROW * TOLERANCE_PERCENT / 100;
    match per_row {
        dear if dear > most => (false, format!("{dear} a row, {PER_ROW} were enough before")),
        cheap if cheap < least => (false, format!("{cheap} a row: better; lower PER_ROW from {PER_ROW}")),
        same => (true, format!("{same} a row")),
    }
}

fn per_row(place: &Path) -> Result<u64, String> {
    let few = export(&place.join("few"), FEW)?;
    let many = export(&place.join("many"), MANY)?;
    Ok(many.saturating_sub(few) / (MANY - FEW))
}

/// The instructions of one attempt at an export of so many rows, by one thread: threads that wait for each other look
/// more or less often.
fn export(directory: &PathBuf, rows: u64) -> Result<u64, String> {
    fs::create_dir_all(directory).map_err(|error| error.to_string())?;
    let program = built("release", "unlade-bench");
    let mut seed = Command::new(&program);
    succeed(seed.arg("seed").arg(directory).arg(rows.to_string()))?;
    let out = directory.join("callgrind.out");
    let mut counted = Command::new("valgrind");
    counted.args(["--tool=callgrind", "--quiet"]).arg(format!("--callgrind-out-file={}", out.display()));
    succeed(counted.arg(&program).arg("attempt").arg(directory))?;
    let text = fs::read_to_string(&out).map_err(|error| error.to_string())?;
    let total =
        text.lines().find_map(|line| line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")));
    total.and_then(|total| total.trim().parse().ok()).ok_or_else(|| "callgrind told no total".to_owned())
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dearer_and_cheaper_rows_are_told() {
        assert!(verdict(PER_ROW).0);
        assert!(!verdict(PER_ROW * 11 / 10).0);
        assert!(!verdict(PER_ROW * 9 / 10).0);
    }
}
