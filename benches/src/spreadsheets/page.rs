//! The section of the document that tells how the export stands beside its peers.

use std::path::Path;

use super::dataset::Dataset;
use crate::{Outcome, document};

const SECTION: &str = "spreadsheets";
const ABOUT: &str = "\
## Spreadsheets beside their peers · 与同类的电子表格比较

This section is written by `cargo xtask bench spreadsheets --record`; nothing in it is typed by hand. Every writer exports
the same cells, nine texts a row, from SQLite. **Unlade** is a server export: from the signed HTTP call that orders it to
the Success that answers it, with the zip, the checksums and the sync to disk. The server is started anew for each, and
its start is not counted; CPU seconds are those of the whole server meanwhile, with what it takes to answer the client's
looks every 20 ms; `added MiB` is its peak on top of what was resident before. A **peer** is a process of its own, its
start included, and does not zip a file that is no zip by itself; CPU seconds are user and system time, and the peak is
the whole process's. All run in turn, a round each; the lines are medians, and a ratio is the median of the ratios within
the rounds (least to most). \"On one core\" means that all threads of the server were bound to one processor. Each writer's first file was
read back: row count and sampled cells equal to the data, or the writer is not in the table. No file was opened in
Microsoft Excel.

本节由 `cargo xtask bench spreadsheets --record` 写出，没有手工填写的内容。所有程序都从 SQLite 导出相同的单元格，每行九列文本。
**Unlade** 的数字是服务器导出：从下单的签名 HTTP 请求到返回 Success，包括压缩、校验和与落盘。每次导出都新启动服务器，启动不计入；CPU 时间是
这段时间内整个服务器进程的，包括应答客户端每 20 毫秒一次的查询；`added MiB` 是内存峰值超出导出前驻留内存的部分。**同类程序**各为一个单独的进程，
包括启动；本身不是 zip 的格式不再压缩；CPU 时间为用户态加内核态，内存峰值属于整个进程。所有程序轮流运行，每轮各一次；表中为中位数，比值为各轮内
比值的中位数（最小到最大）。“单核”（on one core）表示服务器的所有线程绑定在一个处理器上。每个程序的第一个文件都会读回核对：行数与抽样单元格必须与数据一致，否则
不列入表中。没有文件在 Microsoft Excel 中打开过。
";

/// Everything that the section tells.
pub(super) struct Page {
    pub(super) tables: Vec<Vec<String>>,
    pub(super) targets: Vec<String>,
    pub(super) data: Vec<Dataset>,
    pub(super) skipped: Vec<String>,
}

impl Page {
    pub(super) fn record(&self, path: &Path, versions: &[String]) -> Outcome<()> {
        document::record(path, SECTION, &self.text(versions)?)
    }

    fn text(&self, versions: &[String]) -> Outcome<String> {
        let tables: Vec<_> = self.tables.iter().map(|lines| lines.join("\n")).collect();
        let data: Vec<_> = self.data.iter().map(described).collect();
        let mut parts = vec![
            ABOUT.trim_end().to_owned(),
            format!("{} {}", document::machine()?, sentences(versions)),
            data.join("\n"),
            self.targets.join("\n"),
            tables.join("\n\n"),
        ];
        if !self.skipped.is_empty() {
            let lines: Vec<_> = self.skipped.iter().map(|line| format!("- {}", one_line(line))).collect();
            parts.push(format!("Not measured · 未测：\n\n{}", lines.join("\n")));
        }
        Ok(parts.join("\n\n"))
    }
}

fn sentences(versions: &[String]) -> String {
    let lines: Vec<_> = versions.iter().map(|line| format!("{}.", one_line(line))).collect();
    lines.join(" ")
}

fn described(dataset: &Dataset) -> String {
    let Dataset { rows, bytes, cells, .. } = dataset;
    let of_a_row = |number: u64| number as f64 / *rows as f64;
    format!(
        "- {rows} rows 行: {:.0} bytes of text a row 每行文本字节, {:.1} cells filled 非空单元格",
        of_a_row(*bytes),
        of_a_row(*cells)
    )
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
