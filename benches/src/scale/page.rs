//! The section of the document that tells what many nodes and many rows cost.

use std::{collections::BTreeMap, path::Path};

use crate::{Outcome, document};

const SECTION: &str = "scale";
const ABOUT: &str = "\
## Many nodes and many rows · 多节点与大量数据

This section is written by `cargo xtask bench scale --record`; nothing in it is typed by hand. PostgreSQL runs beside the
nodes and the client on the same machine, on the same cores, with every commit synced to the disk: what the nodes add to
each other is bounded by these cores, so look at the CPU seconds a million rows, not at the wall. Nodes are processes of
the real server; objects lie on their own disks, no S3 store was between. Exports are .xls in .zip, from the signed order to
the Success. The database's CPU seconds are those of all of its processes, to a hundredth. Lines are medians of three
rounds, of calls and of the largest export one.

本节由 `cargo xtask bench scale --record` 写出，没有手工填写的内容。PostgreSQL 与各节点、客户端运行在同一台机器的同样几个核上，每次提交都落盘：
节点之间的加速受这些核限制，因此请看每百万行的 CPU 秒，而不是用时。节点是真实服务器的进程；对象存放在节点本地磁盘，没有经过 S3 存储。导出为
.zip 中的 .xls，从签名下单到 Success。数据库的 CPU 秒是其所有进程之和，精确到百分之一秒。各行为三轮的中位数；调用延迟与最大的导出只测一轮。
";

/// Lines below a title.
pub(super) struct Table {
    title: String,
    lines: Vec<String>,
}

impl Table {
    pub(super) fn new(title: &str, head: &[&str]) -> Self {
        let mut table = Self { title: title.to_owned(), lines: Vec::new() };
        table.line(head);
        table.lines.push(format!("|---|{}", "--:|".repeat(head.len() - 1)));
        table
    }

    pub(super) fn line(&mut self, cells: &[impl AsRef<str>]) {
        let cells: Vec<_> = cells.iter().map(AsRef::as_ref).collect();
        self.lines.push(format!("| {} |", cells.join(" | ")));
    }
}

/// Everything that the section tells, and what of it is reckoned with further.
#[derive(Default)]
pub(super) struct Page {
    parts: Vec<String>,
    facts: BTreeMap<&'static str, f64>,
}

impl Page {
    /// Adds a table, and prints it.
    pub(super) fn add(&mut self, table: &Table) {
        let text = format!("**{}**\n\n{}", table.title, table.lines.join("\n"));
        println!("\n{text}\n");
        self.parts.push(text);
    }

    pub(super) fn fact(&mut self, name: &'static str, number: f64) {
        self.facts.insert(name, number);
    }

    /// What was measured under that name, if that part ran.
    pub(super) fn known(&self, name: &str) -> Option<f64> {
        self.facts.get(name).copied()
    }

    pub(super) fn record(&self, path: &Path, version: &str) -> Outcome<()> {
        let machine = format!("{} PostgreSQL {version}.", document::machine()?);
        let text = [ABOUT.trim_end(), &machine, &self.parts.join("\n\n")].join("\n\n");
        document::record(path, SECTION, &text)
    }
}
