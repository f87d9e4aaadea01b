//! The table of figures: printed as it grows, and recorded in a document with the machine that it is true for.

use std::path::Path;

use crate::{Outcome, document, figure::HEAD};

/// Of the document.
const SECTION: &str = "server";
const ABOUT: &str = "\
This section is written by `cargo xtask bench --record`; nothing in it is typed by hand. Each line is a process of its own,
so that its CPU seconds and its peak memory are its own; up to 100,000 rows it is the run in the middle of three. `× scan`
is the time beside that of a bare scan of the same rows in the same database, which no export can beat. An export goes
from the order to the published zip, with every byte of it read back and its checksum compared. Other machines give other
seconds; the ratios and the memory are what to look at.

本节由 `cargo xtask bench --record` 写出，没有手工填写的内容。每一行都是单独的进程，CPU 时间和内存峰值只属于它自己；10 万行以内取三次运行的
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

    /// Writes its section of the document.
    pub(crate) fn record(&self, path: &Path) -> Outcome<()> {
        let text = format!("{ABOUT}\n{}\n\n{}", document::machine()?, self.0.join("\n"));
        document::record(path, SECTION, &text)
    }
}
