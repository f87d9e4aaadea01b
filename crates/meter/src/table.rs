//! The table of all metrics. What is not here cannot be recorded; `docs/metrics.md` is made from it.

use crate::metric::{Counter, Gauge, Histogram, Metric, Written};

macro_rules! metrics {
    ($($metric:ident: $kind:ident<$n:literal> = $name:literal [$($label:literal),*], $unit:literal,
       $english:literal, $chinese:literal;)*) => {
        $(#[doc = $english]
        pub static $metric: $kind<$n> = Metric::new($name, &[$($label),*], $unit, $english, $chinese);)*

        /// Every metric, in the order of the table.
        pub(crate) static ALL: &[&dyn Written] = &[$(&$metric),*];
    };
}

metrics! {
    // The process.
    BUILD_INFO: Gauge<1> = "unlade_build_info" ["version"], "none",
        "Always 1; the label tells the version that runs.", "恒为 1；标签为正在运行的版本。";
    START_TIME: Gauge<0> = "unlade_start_time_seconds" [], "seconds",
        "When the process started, as seconds since 1970 in UTC.", "进程启动时间，即自 1970 年（UTC）起的秒数。";

    // The API.
    CONNECTIONS_OPEN: Gauge<1> = "unlade_connections_open" ["listener"], "connections",
        "Connections that are open, by listener: api, metrics.", "打开的连接数，按监听器（api、metrics）区分。";
    CONNECTIONS_REFUSED: Counter<2> = "unlade_connections_refused_total" ["listener", "why"], "connections",
        "Connections closed before their first request, by listener and why: address (it has as many as one may have), handshake (TLS failed or took too long).",
        "在第一个请求之前关闭的连接数，按监听器和原因区分：address（该地址的连接数已达上限）、handshake（TLS 握手失败或超时）。";
    TLS_RELOADS: Counter<1> = "unlade_tls_reloads_total" ["outcome"], "reloads",
        "Changes of the files of tls.certificate and tls.key, by outcome: taken, refused (the old certificate goes on).",
        "tls.certificate 和 tls.key 文件的变更次数，按结果区分：taken（已采用）、refused（被拒绝，继续使用旧证书）。";
    TLS_CERTIFICATE_END: Gauge<0> = "unlade_tls_certificate_end_timestamp_seconds" [], "seconds",
        "When the certificate that is shown ends, as a unix time.", "当前证书的到期时间（unix 时间）。";
    HTTP_REQUESTS: Counter<3> = "unlade_http_requests_total" ["operation", "method", "status"], "requests",
        "Requests answered, by operation, method and class of status: 2xx, 3xx, 4xx, 5xx, or gone if the caller went away first; unknown and other are what the API has not.",
        "已应答的请求数，按操作、方法和状态码类别（2xx、3xx、4xx、5xx；gone 表示调用方先行断开）区分；unknown 和 other 表示 API 没有的操作和方法。";
    HTTP_DURATION: Histogram<1> = "unlade_http_request_duration_seconds" ["operation"], "seconds",
        "Time from a request's header to its answer's header.", "从收到请求头到发出应答头的时间。";
    HTTP_IN_FLIGHT: Gauge<0> = "unlade_http_requests_in_flight" [], "requests",
        "Requests that have one of the turns of server.requests_max; when all are taken, more are answered with 503.",
        "占用 server.requests_max 名额的请求数；名额用尽后，更多请求以 503 应答。";
    REFUSALS: Counter<1> = "unlade_refusals_total" ["code"], "requests",
        "Requests refused, by the error_code that they were answered with.", "被拒绝的请求数，按返回的 error_code 区分。";
    AUDIT_LINES: Counter<1> = "unlade_audit_lines_total" ["outcome"], "lines",
        "Lines of the audit, by outcome: stored, or lost because the database took none for too long; a lost one is in the log.",
        "审计行数，按结果区分：stored（已入库）、lost（数据库长时间不可写而未入库，内容见日志）。";
    AUDIT_FILE_FAILURES: Counter<0> = "unlade_audit_file_failures_total" [], "lines",
        "Lines that could not be appended to the file of audit.file.", "未能追加到 audit.file 所指文件的审计行数。";
    DOWNLOAD_BYTES: Counter<0> = "unlade_download_bytes_total" [], "bytes",
        "Bytes of results handed to clients.", "已发送给客户端的导出结果字节数。";
    UPLOADS: Counter<1> = "unlade_uploads_total" ["outcome"], "files",
        "Files uploaded, by outcome: kept, refused.",
        "上传的文件数，按结果区分：kept（保留）、refused（拒绝）。";

    // The queue.
    JOBS_WAITING: Gauge<1> = "unlade_jobs_waiting" ["kind"], "jobs",
        "Jobs that nobody works on, by kind: export, batch.", "无人处理的作业数，按种类（export、batch）区分。";
    OLDEST_WAITING: Gauge<1> = "unlade_oldest_waiting_job_age_seconds" ["kind"], "seconds",
        "How long ago the oldest of the waiting jobs was ordered; 0 if none waits.",
        "最早的等待作业自下达以来的时间；没有等待作业时为 0。";
    JOBS_RUNNING: Gauge<1> = "unlade_jobs_running" ["kind"], "jobs",
        "Jobs that a worker holds a claim on.", "工作线程正持有租约的作业数。";
    CLAIMS: Counter<1> = "unlade_claims_total" ["kind"], "claims",
        "Jobs claimed by a worker: attempts begun.", "工作线程领取作业的次数，即开始的尝试数。";
    RESUMES: Counter<1> = "unlade_resumes_total" ["kind"], "claims",
        "Of these, claims of a job that had been claimed before.", "其中领取曾被领取过的作业的次数。";
    ATTEMPTS: Counter<2> = "unlade_attempts_ended_total" ["kind", "outcome"], "attempts",
        "Attempts ended, by outcome: settled, lost (the claim was, or the task deleted), interrupted (by a shutdown), no_space, yielded (others have their turn), failed.",
        "已结束的尝试数，按结果区分：settled（完成）、lost（丢失租约或任务被删除）、interrupted（因停机中断）、no_space（空间不足）、yielded（让其他任务先行）、failed（失败）。";
    GIVEN_UP: Counter<1> = "unlade_jobs_given_up_total" ["kind"], "jobs",
        "Jobs given up because they were tried too often.", "因尝试次数过多而放弃的作业数。";

    // The work.
    SUBTASKS: Counter<2> = "unlade_subtasks_total" ["task_type", "outcome"], "subtasks",
        "Subtasks executed, by the batch task's task_type and outcome: success, fail.",
        "已执行的子任务数，按批量任务的 task_type 和结果（success、fail）区分。";
    EXPORT_ROWS: Counter<0> = "unlade_export_rows_total" [], "rows",
        "Rows in results that were published.", "已发布的导出结果的行数。";
    EXPORT_BYTES: Counter<0> = "unlade_export_bytes_total" [], "bytes",
        "Bytes of results that were published.", "已发布的导出结果的字节数。";

    // The object store.
    STORE_REQUESTS: Counter<2> = "unlade_object_store_requests_total" ["tried", "outcome"], "requests",
        "Requests to the bucket of storage.bucket with all their retries, by what was tried (put, get, head, delete, list, sign) and outcome: ok, missing, failed.",
        "对 storage.bucket 所指存储桶的请求数（重试计入同一请求），按操作（put、get、head、delete、list、sign）和结果（ok、missing、failed）区分。";
    DOWNLOAD_REDIRECTS: Counter<0> = "unlade_download_redirects_total" [], "requests",
        "Downloads that were answered with a signed URL of the bucket.", "以存储桶签名 URL 应答的下载次数。";

    // The disk.
    DATABASE_BYTES: Gauge<0> = "unlade_database_bytes" [], "bytes",
        "Size of the database file.", "数据库文件的大小。";
    DATABASE_LOG_BYTES: Gauge<0> = "unlade_database_wal_bytes" [], "bytes",
        "Size of the database's write-ahead log.", "数据库预写日志的大小。";
    DISK_FREE_BYTES: Gauge<0> = "unlade_disk_free_bytes" [], "bytes",
        "Free space of the data directory's file system.", "数据目录所在文件系统的可用空间。";
    DISK_FREE_BYTES_MIN: Gauge<0> = "unlade_disk_free_bytes_min" [], "bytes",
        "The setting server.free_bytes_min, below which new work is refused.",
        "设置项 server.free_bytes_min；可用空间低于该值时拒绝新的工作。";
}
