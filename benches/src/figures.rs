//! A line of figures about this process.

use std::time::Instant;

use crate::Outcome;

/// What the lines' columns are.
pub(crate) const HEAD: &str = "what                 rows   seconds     rows/s   CPU s   peak MiB";

/// Runs `work`, which answers how many rows it did, and prints its line.
pub(crate) fn print(what: &str, work: impl FnOnce() -> Outcome<i64>) -> Outcome<()> {
    let (begun, cpu) = (Instant::now(), cpu_seconds()?);
    let rows = work()?;
    let seconds = begun.elapsed().as_secs_f64();
    let (cpu, peak) = (cpu_seconds()? - cpu, peak_mib()?);
    println!("{what:<16}{rows:>9}{seconds:>10.2}{:>11.0}{cpu:>8.2}{peak:>11.0}", rows as f64 / seconds);
    Ok(())
}

/// User and system time of this process, in the kernel's ticks of a hundredth.
fn cpu_seconds() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = behind_name.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / 100.0)
}

fn peak_mib() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<f64>()? / 1024.0)
}
