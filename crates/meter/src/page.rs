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

<!-- Made from crates/meter/src/table.rs by `UNLADE_UPDATE_DOCS=1 cargo test -p unlade-meter`. -->

| Name 名称 | Type 类型 | Labels 标签 | Unit 单位 | Meaning | 含义 |
|---|---|---|---|---|---|
";

const ALERTS: &str = "
## Worth an alert / 建议告警

| Expression 表达式 | Why | 原因 |
|---|---|---|
| `unlade_disk_free_bytes < 2 * unlade_disk_free_bytes_min` | New work will soon be refused. | 即将拒绝新的工作。 |
| `increase(unlade_jobs_given_up_total[1h]) > 0` | A task failed for good; its log lines say why. | 有任务最终失败，原因见日志。 |
| `unlade_oldest_waiting_job_age_seconds > 900` | More is ordered than the workers do, or they wait for space. | 任务积压，或工作线程在等待可用空间。 |
| `increase(unlade_http_requests_total{status=\"5xx\"}[5m]) > 0` | The log says why, with the id of each request. | 日志中有每个请求的 ID 和原因。 |
| `increase(unlade_refusals_total{code=\"IOTDA.000505\"}[5m]) > 0` | More is asked at a time than `server.requests_max`; `unlade_http_requests_in_flight` shows how it comes to that. | 同时请求数超过 `server.requests_max`，其变化见 `unlade_http_requests_in_flight`。 |
| `unlade_tls_certificate_end_timestamp_seconds - time() < 14 * 86400` | Nobody has renewed the certificate; clients will refuse it. | 证书未及时续期，到期后客户端将拒绝连接。 |
| `unlade_database_wal_bytes > 1e9` | A snapshot is held for long; exports are slow. | 快照持有时间过长，导出过慢。 |
";

/// The whole page.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for metric in ALL {
        let Described { name, kind, labels, unit, english, chinese } = metric.described();
        let labels = labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(page, "| `{name}` | {kind} | {labels} | {unit} | {english} | {chinese} |");
    }
    page + ALERTS
}
