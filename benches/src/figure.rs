//! What one process measured about one job, and how it reaches the table.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::Outcome;

/// The head of the table of [`Figure::line`].
pub(crate) const HEAD: &str = "\
| what                       |      rows |  seconds |    rows/s |  CPU s | peak MiB |     MB | × scan |
|----------------------------|----------:|---------:|----------:|-------:|---------:|-------:|-------:|";

/// What a job did.
pub(crate) struct Done {
    /// Rows that went through it.
    pub(crate) rows: i64,
    /// Bytes that it made, or read if it makes none.
    pub(crate) bytes: Option<i64>,
}

/// What one job cost.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Figure {
    rows: i64,
    bytes: Option<i64>,
    seconds: f64,
    /// User and system time, with that of children that have ended.
    cpu_seconds: f64,
    /// The process's highest resident memory, what came before the job included.
    peak_mib: f64,
}

impl Figure {
    /// Measures `job`.
    pub(crate) fn of(job: impl FnOnce() -> Outcome<Done>) -> Outcome<Self> {
        let (begun, cpu) = (Instant::now(), cpu_seconds()?);
        let Done { rows, bytes } = job()?;
        let (seconds, cpu_seconds) = (begun.elapsed().as_secs_f64(), cpu_seconds()? - cpu);
        Ok(Self { rows, bytes, seconds, cpu_seconds, peak_mib: peak_mib()? })
    }

    /// Tells it to the process that makes the table.
    pub(crate) fn print(&self) -> Outcome<()> {
        println!("{}", serde_json::to_string(self)?);
        Ok(())
    }

    /// What [`Figure::print`] or a peer told.
    pub(crate) fn read(told: &[u8]) -> Outcome<Self> {
        Ok(serde_json::from_slice(told)?)
    }

    /// The run in the middle, by its seconds.
    pub(crate) fn median(mut runs: Vec<Self>) -> Outcome<Self> {
        runs.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
        let middle = runs.len() / 2;
        runs.into_iter().nth(middle).ok_or_else(|| "no run".into())
    }

    /// Its line in the table, beside the bare scan of the same rows.
    pub(crate) fn line(&self, what: &str, scan: Option<&Self>) -> String {
        let Self { rows, seconds, cpu_seconds, peak_mib, .. } = self;
        let speed = *rows as f64 / seconds;
        let bytes = self.bytes.map_or("-".to_owned(), |bytes| format!("{:.1}", bytes as f64 / 1e6));
        let ratio = scan.map_or("-".to_owned(), |scan| format!("{:.1}", seconds / scan.seconds));
        format!(
            "| {what:<26} | {rows:>9} | {seconds:>8.2} | {speed:>9.0} | {cpu_seconds:>6.2} | {peak_mib:>8.0} | {bytes:>6} | {ratio:>6} |"
        )
    }

    /// Its line in a table of speeds, beside bare inserts.
    pub(crate) fn beside(&self, what: &str, bare: &Self) -> String {
        let Self { rows, seconds, cpu_seconds, peak_mib, .. } = self;
        let speed = |figure: &Self| figure.rows as f64 / figure.seconds;
        let (own, ratio) = (speed(self), speed(self) / speed(bare));
        format!(
            "| {what:<25} | {rows:>9} | {seconds:>8.2} | {own:>9.0} | {cpu_seconds:>6.2} | {peak_mib:>8.0} | {ratio:>6.2} |"
        )
    }
}

/// In the kernel's ticks of a hundredth.
fn cpu_seconds() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = behind_name.split_whitespace().skip(11).take(4).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / 100.0)
}

fn peak_mib() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<f64>()? / 1024.0)
}
