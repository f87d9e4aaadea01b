//! Where the rows lie, out of `[database]`.

use std::time::Duration;

use super::{
    Role, at_least_one,
    settings::{self, Profile},
};
use crate::error::Error;

/// Where the rows lie.
pub(crate) enum Database {
    /// In a file of the data directory, which this process has for itself.
    Embedded(db::Options),
    /// On a server, which other nodes use too.
    Server(db::Server),
}

impl Database {
    /// `exports` are at work at a time, each with a snapshot of at most `snapshot_age_max`.
    pub(super) fn resolve(
        given: settings::Database,
        role: Role,
        exports: usize,
        snapshot_age_max: Duration,
    ) -> Result<Self, Error> {
        at_least_one("database.readers", given.readers as u64)?;
        at_least_one("database.connections", given.connections as u64)?;
        if !given.url.is_empty() {
            return Ok(Self::Server(db::Server {
                url: given.url,
                profile: profile(given.profile),
                connections: given.connections,
                snapshots: exports,
                snapshot_age_max,
                prepared: given.prepared,
                tls_ca: (!given.tls_ca.as_os_str().is_empty()).then_some(given.tls_ca),
            }));
        }
        if role != Role::All {
            return Err(Error::Setting(
                "server.role: an embedded database has one node for everything; api and worker need database.url".into(),
            ));
        }
        // Each export holds one for as long as it runs; the calls keep theirs.
        let readers = given.readers.saturating_add(exports);
        Ok(Self::Embedded(db::Options { readers, snapshot_age_max, ..db::Options::default() }))
    }

    /// Whether other nodes may use it too.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Self::Server(_))
    }
}

fn profile(given: Profile) -> db::Profile {
    match given {
        Profile::Postgres => db::Profile::Postgres,
        Profile::Cockroachdb => db::Profile::Cockroachdb,
        Profile::Yugabytedb => db::Profile::Yugabytedb,
        Profile::Citus => db::Profile::Citus,
    }
}
