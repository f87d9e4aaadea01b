//! The section of the document: printed as it grows.

use std::path::Path;

use super::pages::Times;
use crate::{Outcome, document, figure::Figure};

const SECTION: &str = "fleet";
const ABOUT: &str = "\
## Batch tasks and long lists · 批量任务与长列表

This section is written by `cargo xtask bench fleet --record`; nothing in it is typed by hand. Each line of the first table is
a process of its own over the embedded database, one worker, every transaction on the disk. What a batch task does to a
device is its effect, the record of its subtask, the counters and the claim. `÷ bare` is its speed beside that of bare inserts
of as many rows of that table, which nobody checks, in the same run. A task of 10 is timed alone, and
beside a task of all devices that the same worker is at. Pages are of 50 records at places that chance picks.

本节由 `cargo xtask bench fleet --record` 写出，没有手工填写的内容。第一张表的每一行都是单独的进程，使用内嵌数据库和一个工作线程，每个事务都落盘。
批量任务对每个设备的工作包括其效果、子任务记录、计数和租约。`÷ bare` 是与同一次运行中对同一张表不做任何检查的插入速度之比。10 个子任务的任务分别单独计时，以及在同一线程正执行针对全部设备的任务时计时。每页 50 条，位置随机。
";

pub(super) struct Section(Vec<String>);

impl Section {
    pub(super) fn begin() -> Self {
        let mut section = Self(Vec::new());
        section.line(
            "| what                      |      rows |  seconds |    rows/s |  CPU s | peak MiB | ÷ bare |"
                .to_owned(),
        );
        section.line(
            "|---------------------------|----------:|---------:|----------:|-------:|---------:|-------:|"
                .to_owned(),
        );
        section
    }

    pub(super) fn figure(&mut self, what: &str, figure: &Figure, bare: &Figure) {
        self.line(figure.beside(what, bare));
    }

    pub(super) fn times(&mut self, of: &str, all: &[Times]) {
        let mut lines = vec![
            format!("\n| {of:<60} | p50 ms | p99 ms | most ms |"),
            format!("|{:-<62}|-------:|-------:|--------:|", ""),
        ];
        for Times { what, p50, p99, most } in all {
            lines.push(format!("| {what:<60} | {p50:>6.2} | {p99:>6.2} | {most:>7.2} |"));
        }
        self.line(lines.join("\n"));
    }

    fn line(&mut self, line: String) {
        println!("{line}");
        self.0.push(line);
    }

    pub(super) fn record(&self, path: &Path) -> Outcome<()> {
        document::record(
            path,
            SECTION,
            &format!("{ABOUT}\n{}\n\n{}", document::machine()?, self.0.join("\n")),
        )
    }
}
