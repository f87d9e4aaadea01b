//! The table of figures: printed as it grows, and recorded as a document with the machine that it is true for.

use std::{fs, path::Path, process::Command};

use crate::{Outcome, figure::HEAD};

const ABOUT: &str = "\
# Benchmarks · 性能

This file is written by `cargo xtask bench --record`; nothing in it is typed by hand. Each line is a process of its own,
so that its CPU seconds and its peak memory are its own; up to 100,000 rows it is the run in the middle of three. `× scan`
is the time beside that of a bare scan of the same rows in the same database, which no export can beat. An export goes
from the order to the published zip, with every byte of it read back and its checksum compared. Other machines give other
seconds; the ratios and the memory are what to look at.

本文件由 `cargo xtask bench --record` 写出，没有手工填写的内容。每一行都是单独的进程，CPU 时间和内存峰值只属于它自己；10 万行以内取三次运行的
中间一次。`× scan` 是与对同样数据的纯扫描相比的时间倍数。导出从下单算起，直到 zip 发布，并且每个字节都读回核对过校验和。换一台机器，秒数会不同；
请看倍数和内存。
";

/// What has been measured so far.
pub(crate) struct Table(Vec<String>);

impl Table {
    /// Prints the head.
    pub(crate) fn begin() -> Self {
        let mut table = Self(Vec::new());
        table.line(HEAD.to_owned());
        table
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, line: String) {
        println!("{line}");
        self.0.push(line);
    }

    /// Says that something could not be measured here; the document leaves it out.
    pub(crate) fn skipped(&self, what: &str, why: &str) {
        println!("{what}: skipped, {why}");
    }

    /// Writes the document.
    pub(crate) fn record(&self, path: &Path) -> Outcome<()> {
        let text = format!("{ABOUT}\n{}\n\n{}\n", machine()?, self.0.join("\n"));
        #[expect(clippy::disallowed_methods, reason = "a generated document in the source tree, asked for")]
        fs::write(path, text)?;
        Ok(())
    }
}

/// What the figures are true for.
fn machine() -> Outcome<String> {
    let cpus = fs::read_to_string("/proc/cpuinfo")?;
    let models: Vec<&str> = values(&cpus, "model name").collect();
    let memory = fs::read_to_string("/proc/meminfo")?;
    let kib: u64 = values(&memory, "MemTotal").next().unwrap_or("0 kB").trim_end_matches(" kB").parse()?;
    let rustc = String::from_utf8(Command::new("rustc").arg("--version").output()?.stdout)?;
    let (cores, model) = (models.len(), models.first().unwrap_or(&"unknown processor"));
    Ok(format!(
        "Unlade {}, {}, Linux; {cores} cores ({model}), {} GiB.",
        env!("CARGO_PKG_VERSION"),
        rustc.trim(),
        kib >> 20
    ))
}

/// The values of a `key : value` file.
fn values<'t>(text: &'t str, key: &'t str) -> impl Iterator<Item = &'t str> {
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.filter(move |(name, _)| name.trim() == key).map(|(_, value)| value.trim())
}
