//! What the figures make of a billion subtasks a day: reckoned, not run.

use super::page::{Page, Table};

const A_DAY: f64 = 1e9;
const SECONDS: f64 = 86_400.0;

pub(super) fn table(page: &Page) -> Table {
    let mut table = Table::new(
        "Reckoned from the above, not run: a billion subtasks a day, each executed once and exported once · \
         由上述数字推算，未实际运行：每天十亿个子任务，各执行一次、导出一次",
        &["what 项目", "number 数值"],
    );
    let mut line = |what: &str, number: Option<f64>, unit: &str| {
        let number =
            number.map_or("not measured 未测".to_owned(), |number| format!("{}{unit}", rounded(number)));
        table.line(&[what.to_owned(), number]);
    };
    let rate = A_DAY / SECONDS;
    let cores = |cpu: Option<f64>| cpu.map(|cpu| cpu * rate / 1e6);
    line("subtasks a second, on average 平均每秒子任务", Some(rate), "");
    line("cores of nodes, exporting 导出占用的节点核数", cores(page.known("nodes_cpu")), "");
    line("cores of the database, exporting 导出占用的数据库核数", cores(page.known("database_cpu")), "");
    let workers = page.known("devices").map(|speed| (rate / speed).ceil());
    line("batch workers as fast as the one measured, createDevices 与实测同速的批量线程数", workers, "");
    let day = page.known("row_bytes").map(|bytes| bytes * A_DAY / 1e12);
    line("rows of a day with their indexes 一天的行及索引", day, " TB");
    let load = page.known("load").map(|speed| rate / speed * 100.0);
    line("of what one connection loads 占单连接装载能力", load, " %");
    table
}

/// Three digits say as much as the figures do.
fn rounded(number: f64) -> String {
    match number {
        number if number >= 100.0 => format!("{number:.0}"),
        number if number >= 10.0 => format!("{number:.1}"),
        number => format!("{number:.3}"),
    }
}
