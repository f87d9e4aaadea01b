//! Every setting, with its default. A field here is a key of the settings file and, by itself, a variable
//! `UNLADE_SECTION_KEY`; nothing else needs to be written for a new one.

use std::{fmt, path::PathBuf};

use serde::Deserialize;

/// The sections, by name.
pub(super) const SECTIONS: [&str; 11] = [
    "server",
    "tls",
    "export",
    "batch",
    "jobs",
    "limits",
    "log",
    "audit",
    "database",
    "storage",
    "retention",
];

/// `[server]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Server {
    /// Host and port; with port 0 the system picks one.
    pub(super) listen: String,
    /// Where everything is kept.
    pub(super) data_dir: PathBuf,
    /// Connections at a time; further ones wait in the system's queue.
    pub(super) connections_max: usize,
    /// Of these, connections of one address; 0, as many as there are.
    pub(super) connections_per_address: usize,
    /// Proxies whose `X-Forwarded-For` is believed: addresses and networks, with commas between them.
    pub(super) trusted_proxies: String,
    /// Requests at a time, until their answers are taken; further ones are told to come again.
    pub(super) requests_max: usize,
    /// Free space of the data directory's disk below which new work is refused. 256 MiB let what is under way
    /// end and leave the database room to delete.
    pub(super) free_bytes_min: u64,
    /// Host and port of `/metrics`; empty, there is none.
    pub(super) metrics_listen: String,
    /// Whether plain HTTP may be spoken where others than this machine can listen in.
    pub(super) insecure_http: bool,
    /// How long a client may take for the header of a request.
    pub(super) header_timeout_seconds: u64,
    /// How long a client may keep us waiting for 64 KiB of a body, or for room for more of an answer.
    pub(super) stall_timeout_seconds: u64,
    /// Whether what goes beyond the cloud is refused.
    pub(super) strict: bool,
    /// What this node does.
    pub(super) role: Role,
    /// How long a node that is to end still takes calls, while `/readyz` already sends them elsewhere.
    pub(super) goodbye_seconds: u64,
    /// A program, with its arguments, that prints the master key; empty, it lies in the data directory.
    pub(super) master_key_command: String,
}

/// What a node does.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// It answers calls and does jobs.
    All,
    /// It answers calls.
    Api,
    /// It does jobs, and answers nothing but how it is.
    Worker,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8900".into(),
            data_dir: "./unlade-data".into(),
            connections_max: 1024,
            connections_per_address: 512,
            trusted_proxies: String::new(),
            requests_max: 512,
            free_bytes_min: 256 << 20,
            metrics_listen: String::new(),
            insecure_http: false,
            header_timeout_seconds: 10,
            stall_timeout_seconds: 60,
            strict: false,
            role: Role::All,
            goodbye_seconds: 0,
            master_key_command: String::new(),
        }
    }
}

/// `[tls]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Tls {
    /// The PEM file of the certificate, with those above it behind it; empty, HTTP is spoken in the clear.
    pub(super) certificate: PathBuf,
    /// The PEM file of its key.
    pub(super) key: PathBuf,
}

/// `[export]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Export {
    /// Exports at a time; with 0 they wait.
    pub(super) workers: usize,
    /// How long an attempt may read its snapshot, which keeps the database's log from being cut.
    pub(super) snapshot_age_seconds: u64,
}

impl Default for Export {
    fn default() -> Self {
        Self { workers: 2, snapshot_age_seconds: 900 }
    }
}

/// `[batch]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Batch {
    /// Batch tasks at a time; with 0 they wait.
    pub(super) workers: usize,
    /// Kinds whose tasks go before all others, the first before the second, with commas between them; empty, all
    /// kinds are the same.
    pub(super) priority: String,
}

impl Default for Batch {
    fn default() -> Self {
        Self { workers: 2, priority: String::new() }
    }
}

/// `[jobs]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Jobs {
    /// How long a worker's claim on a job lasts when nothing is heard of the worker.
    pub(super) lease_seconds: u64,
    /// How long jobs may go on once the server is to end; what is not done by then begins anew elsewhere.
    pub(super) drain_seconds: u64,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { lease_seconds: 30, drain_seconds: 10 }
    }
}

/// `[log]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Log {
    /// From which level on Unlade's own events are shown.
    pub(super) level: Level,
    /// How they look.
    pub(super) format: Format,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: Level::Info, format: Format::Text }
    }
}

/// `[audit]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Audit {
    /// Whether what is done is told.
    pub(super) enabled: bool,
    /// A file that each line is appended to, besides the store; empty, there is none.
    pub(super) file: PathBuf,
}

impl Default for Audit {
    fn default() -> Self {
        Self { enabled: true, file: PathBuf::new() }
    }
}

/// A level of events.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// What somebody has to look at.
    Error,
    /// What may become that.
    Warn,
    /// What a day looks like.
    Info,
    /// What a bug looks like.
    Debug,
    /// All there is.
    Trace,
}

/// How events are written.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For machines, one object a line.
    Json,
}

/// `[database]`. Its address holds a password, so it is not shown.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Database {
    /// Read connections of the embedded database, each with at most one snapshot.
    pub(super) readers: usize,
    /// The address of a server; empty, the database is embedded.
    pub(super) url: String,
    /// Connections to that server for calls and claims; each export worker has one besides.
    pub(super) connections: usize,
    /// What kind of server it is.
    pub(super) profile: Profile,
    /// Whether statements are prepared once a connection.
    pub(super) prepared: bool,
    /// The file of the certificate authority that the server must be known by.
    pub(super) tls_ca: PathBuf,
}

/// What speaks PostgreSQL's protocol.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Profile {
    /// PostgreSQL.
    Postgres,
    /// CockroachDB.
    Cockroachdb,
    /// YugabyteDB.
    Yugabytedb,
    /// PostgreSQL with Citus.
    Citus,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            readers: db::Options::default().readers,
            url: String::new(),
            connections: 8,
            profile: Profile::Postgres,
            prepared: true,
            tls_ca: PathBuf::new(),
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { readers, url, connections, profile, prepared, tls_ca } = self;
        let url = if url.is_empty() { "" } else { "..." };
        write!(out, "Database {{ {readers} {url} {connections} {profile:?} {prepared} {tls_ca:?} }}")
    }
}

/// What no output may show.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Secret(pub(super) String);

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.0.is_empty() { "none" } else { "a secret" })
    }
}

/// `[storage]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Storage {
    /// The bucket of results and uploads; empty, they lie below the data directory.
    pub(super) bucket: String,
    /// What every key in it begins with.
    pub(super) prefix: String,
    /// Where the service answers; empty, it is Amazon's.
    pub(super) endpoint: String,
    /// Empty, what the environment says, or `us-east-1`.
    pub(super) region: String,
    /// Empty, credentials come from where AWS' own tools look.
    pub(super) access_key_id: String,
    /// Belongs to it.
    pub(super) secret_access_key: Secret,
    /// Whether the bucket's name is in the path and not in the host.
    pub(super) path_style: bool,
    /// Whether an endpoint on another machine may be spoken to in clear.
    pub(super) allow_http: bool,
    /// How the store encrypts: nothing said, `AES256` or `aws:kms`.
    pub(super) sse: String,
    /// The key for `aws:kms`; empty for the account's own.
    pub(super) sse_kms_key_id: String,
    /// Whether a download is answered with a signed URL of the bucket.
    pub(super) presigned_downloads: bool,
    /// How old an object is when it is swept for want of a row that names it.
    pub(super) sweep_age_seconds: u64,
}

impl Default for Storage {
    fn default() -> Self {
        Self {
            bucket: String::new(),
            prefix: String::new(),
            endpoint: String::new(),
            region: String::new(),
            access_key_id: String::new(),
            secret_access_key: Secret::default(),
            path_style: true,
            allow_http: false,
            sse: String::new(),
            sse_kms_key_id: String::new(),
            presigned_downloads: false,
            sweep_age_seconds: 86_400,
        }
    }
}
