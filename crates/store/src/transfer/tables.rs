//! What is copied: every table with every column, its key first, and tables before those that refer to them.
//! A test holds this list against the schema.

/// A table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// How many of its columns, from the first on, are its primary key.
    pub key: usize,
    /// Its columns.
    pub columns: &'static [&'static str],
}

/// Every table that is copied.
pub const TABLES: &[Table] = &[
    table("instance", 1, &["instance_id"]),
    table("iam_domain", 1, &["domain_id", "domain_name", "created_ms"]),
    table(
        "project",
        1,
        &["project_id", "created_ms", "devices", "project_name", "description", "enterprise_project_id"],
    ),
    table(
        "iam_user",
        1,
        &["user_id", "user_name", "root", "created_ms", "description", "disabled", "password_hash"],
    ),
    table(
        "access_key",
        1,
        &["access_key_id", "user_id", "project_id", "secret_sealed", "created_ms", "description", "disabled"],
    ),
    table("iam_group", 1, &["group_id", "group_name", "description", "created_ms"]),
    table("iam_member", 2, &["group_id", "user_id"]),
    table(
        "iam_policy",
        1,
        &["policy_id", "policy_name", "description", "document", "created_ms", "updated_ms"],
    ),
    table("iam_grant", 3, &["grantee_id", "project_id", "policy_id"]),
    table("iam_agency", 1, &["agency_id", "agency_name", "description", "created_ms"]),
    table(
        "iam_token",
        1,
        &["token_sha256", "user_id", "agency_id", "project_id", "methods", "issued_ms", "expires_ms"],
    ),
    table(
        "temporary_key",
        1,
        &[
            "access_key_id",
            "secret_sealed",
            "token_sha256",
            "user_id",
            "agency_id",
            "project_id",
            "policy",
            "created_ms",
            "expires_ms",
        ],
    ),
    table(
        "app",
        2,
        &["project_id", "app_id", "app_name", "default_app", "created_ms", "enterprise_project_id"],
    ),
    table(
        "product",
        2,
        &[
            "project_id",
            "product_id",
            "record_id",
            "app_id",
            "name",
            "device_type",
            "protocol_type",
            "data_format",
            "manufacturer_name",
            "industry",
            "description",
            "service_capabilities",
            "created_ms",
        ],
    ),
    table(
        "device",
        2,
        &[
            "project_id",
            "device_id",
            "record_id",
            "app_id",
            "product_id",
            "node_id",
            "gateway_id",
            "device_name",
            "description",
            "node_type",
            "status",
            "frozen",
            "auth_type",
            "secret_sealed",
            "fingerprint",
            "secure_access",
            "timeout_seconds",
            "extension_info",
            "created_ms",
        ],
    ),
    table(
        "batch_file",
        2,
        &[
            "project_id",
            "file_id",
            "user_id",
            "file_name",
            "object_key",
            "header",
            "row_count",
            "uploaded_ms",
            "task_id",
        ],
    ),
    table(
        "batch_task",
        2,
        &[
            "project_id",
            "task_id",
            "app_id",
            "user_id",
            "task_name",
            "task_type",
            "document_source",
            "document",
            "status",
            "status_desc",
            "total",
            "waitting",
            "processing",
            "success",
            "fail",
            "fail_wait_retry",
            "stopped",
            "removed",
            "created_ms",
            "changed_ms",
        ],
    ),
    table(
        "subtask",
        2,
        &[
            "task_id",
            "ordinal",
            "target",
            "status",
            "output",
            "error_code",
            "error_msg",
            "device_name",
            "node_id",
            "row_number",
            "input",
            "started_ms",
            "ended_ms",
        ],
    ),
    table("doomed_task", 1, &["task_id"]),
    table(
        "export_task",
        2,
        &[
            "project_id",
            "export_task_id",
            "user_id",
            "condition_key",
            "resource_type",
            "resource_condition",
            "export_format",
            "app_type",
            "app_id",
            "language",
            "name",
            "status",
            "export_count",
            "progress",
            "failure",
            "created_ms",
            "ended_ms",
            "source_app_id",
        ],
    ),
    table("export_result", 1, &["condition_key", "made_by", "object_key", "bytes", "sha256"]),
    table("download", 1, &["user_id", "started_ms", "sha256"]),
    table("audit", 1, &["audit_id", "time_ms", "request_id", "project_id", "user_id", "line"]),
    table("object_garbage", 1, &["object_key", "doomed_ms"]),
    table(
        "job",
        1,
        &[
            "job_id",
            "kind",
            "project_id",
            "run_at_ms",
            "owner",
            "epoch",
            "lease_until_ms",
            "attempts",
            "last_error",
        ],
    ),
];

/// Tables that are not: what the migrations and this copy itself write at the target, and turns that mean nothing to
/// whoever waits at another database.
pub const LEFT_OUT: &[&str] = &["schema_migration", "schema_beside", "transfer", "gate", "iam_revision"];

const fn table(name: &'static str, key: usize, columns: &'static [&'static str]) -> Table {
    Table { name, key, columns }
}

impl Table {
    /// What is read of a column at the source. A claim is copied freed, for its worker is not at the target.
    pub(super) fn source(&self, column: &'static str) -> &'static str {
        match (self.name, column) {
            ("job", "owner") => "NULL",
            ("job", "lease_until_ms" | "run_at_ms") => "0",
            _ => column,
        }
    }
}
