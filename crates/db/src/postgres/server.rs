//! Which server, and how it is spoken to.

use std::{path::PathBuf, time::Duration};

/// What speaks PostgreSQL's protocol differs in what it can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// PostgreSQL itself.
    #[default]
    Postgres,
    /// CockroachDB: always serializable; rows cannot be skipped because they are locked.
    Cockroachdb,
    /// YugabyteDB.
    Yugabytedb,
    /// PostgreSQL with Citus.
    Citus,
}

impl Profile {
    /// Whether a claim may skip rows that others are claiming.
    pub(super) fn skips_locked(self) -> bool {
        self != Profile::Cockroachdb
    }

    /// Whether units of work are serializable, and so have to be run again more often.
    pub(super) fn is_serializable(self) -> bool {
        self == Profile::Cockroachdb
    }

    /// Whether texts have to be told to compare byte by byte, as they do everywhere else.
    pub(super) fn collates(self) -> bool {
        self != Profile::Cockroachdb
    }

    /// Whether a transaction can be told which plans to leave alone.
    pub(super) fn is_told_how_to_plan(self) -> bool {
        self != Profile::Cockroachdb
    }
}

/// A database on a server. The address holds a password, so nothing here is shown.
#[derive(Clone)]
pub struct Server {
    /// `postgres://user:password@host:port/database?sslmode=...`
    pub url: String,
    /// What kind of server it is.
    pub profile: Profile,
    /// Connections for calls and claims, each busy with one unit of work at a time.
    pub connections: usize,
    /// Connections for snapshots that last, one an export.
    pub snapshots: usize,
    /// How long a snapshot may be held: an old one keeps the server from clearing away what was changed since.
    pub snapshot_age_max: Duration,
    /// Whether statements are prepared once a connection. Poolers that give each transaction another connection
    /// cannot do that.
    pub prepared: bool,
    /// The certificate authority that the server's certificate must come from; the system's, if none is given.
    pub tls_ca: Option<PathBuf>,
}

impl Server {
    /// The server at `url`, all else as usual.
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            profile: Profile::default(),
            connections: 8,
            snapshots: 2,
            snapshot_age_max: Duration::from_secs(15 * 60),
            prepared: true,
            tls_ca: None,
        }
    }
}
