//! `docs/metrics.md`, out of the table.

use std::fmt::Write;

use crate::{ALL, Described};

const HEAD: &str = "\
# Metrics / 指标

With the setting `server.metrics_listen`, for example `127.0.0.1:8901`, `GET /metrics` on that address answers what
stands below in Prometheus's text format. It asks for no credentials: let only your monitoring reach it. Counters
begin at 0 when the process starts; a gauge that cannot be read is left out.

设置 `server.metrics_listen`（例如 `127.0.0.1:8901`）后，在该地址上 `GET /metrics` 会以 Prometheus 文本格式返回下列指标。
该地址不要求凭证，请仅允许监控系统访问。计数器在进程启动时从 0 开始；无法读取的 gauge 不会出现。

<!-- Made from crates/meter/src/table.rs by `UPDATE=1 cargo test -p unlade-meter`. -->

| Name 名称 | Type 类型 | Labels 标签 | Unit 单位 | Meaning | 含义 |
|---|---|---|---|---|---|
";

/// The whole page.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for metric in ALL {
        let Described { name, kind, labels, unit, english, chinese } = metric.described();
        let labels = labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(page, "| `{name}` | {kind} | {labels} | {unit} | {english} | {chinese} |");
    }
    page
}
