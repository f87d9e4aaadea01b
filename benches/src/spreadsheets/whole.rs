//! A program measured as a whole process, by a process that has no other child: what the system says of its ended
//! children is then said of that one.

use std::{
    process::{Command, Output},
    time::Instant,
};

use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

use crate::Outcome;

/// What one writer's one run took.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// From the start to the end.
    pub(super) seconds: f64,
    /// User and system time.
    pub(super) cpu_seconds: f64,
    /// The highest resident memory of the process.
    pub(super) peak_mib: f64,
    /// For a server, what the export put on top of what was resident before it.
    pub(super) added_mib: Option<f64>,
    /// Of the file.
    pub(super) bytes: u64,
}

/// Runs it to its end; what it printed is told only if it failed.
pub(crate) fn run(command: &[String]) -> Outcome<Cost> {
    let [program, arguments @ ..] = command else { return Err("no program".into()) };
    let begun = Instant::now();
    let Output { status, stdout, stderr } = Command::new(program).args(arguments).output()?;
    let seconds = begun.elapsed().as_secs_f64();
    if !status.success() {
        let told = [stdout, stderr].concat();
        return Err(format!("{status}: {}", String::from_utf8_lossy(&told).trim()).into());
    }
    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let time = [used.user_time(), used.system_time()];
    let cpu_seconds = time.iter().map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6).sum();
    Ok(Cost { seconds, cpu_seconds, peak_mib: used.max_rss() as f64 / 1024.0, added_mib: None, bytes: 0 })
}
