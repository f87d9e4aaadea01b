//! Numbered, checksummed migrations, applied in one unit of work each. Programs of two versions share a database
//! while one is replaced by the other, so a migration says which programs may go on beside it. A schema that is too
//! new is refused: an old program must not write what it does not understand.

use sha2::{Digest, Sha256};

use crate::{Db, Error, Tx, args};

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// 1, 2, 3, ...
    pub version: i64,
    /// What it is about.
    pub name: &'static str,
    /// Portable SQL. `{clustered}` stands where a table is to be stored in the order of its primary key.
    pub sql: &'static str,
    /// The least schema that a program must know to work beside this one: its own version, if it takes away or changes
    /// what older programs use.
    pub beside: i64,
}

impl Migration {
    fn checksum(&self) -> String {
        Sha256::digest(self.sql).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Brings the schema to the last of `migrations`. Several processes may do so at the same time.
pub fn migrate(db: &Db, migrations: &'static [Migration], now_ms: i64) -> Result<(), Error> {
    let known = migrations.last().map_or(0, |last| last.version);
    let applied = db.write_blocking(move |tx| applied(tx))?;
    if let Some(newest) = applied.last().filter(|newest| newest.beside > known) {
        return Err(Error::NewerSchema { found: newest.version, known });
    }
    for migration in migrations {
        match applied.iter().find(|applied| applied.version == migration.version) {
            Some(applied) if applied.checksum == migration.checksum() => {}
            Some(_) => return Err(Error::ChangedMigration(migration.version)),
            None => db.write_blocking(move |tx| apply(tx, migration, now_ms))?,
        }
    }
    Ok(())
}

/// Refuses a schema that is not what `migrations` make of it or goes beside them, and changes nothing: for whoever visits a
/// database that others serve.
pub fn must_be_current(db: &Db, migrations: &'static [Migration]) -> Result<(), Error> {
    let known = migrations.last().map_or(0, |last| last.version);
    let found = db.read_blocking(schema)?;
    if found < known {
        return Err(Error::OlderSchema { found, known });
    }
    let applied = db.read_blocking(listed)?;
    match applied.last().filter(|newest| newest.beside > known) {
        Some(newest) => Err(Error::NewerSchema { found: newest.version, known }),
        None => Ok(()),
    }
}

/// The version of the schema.
pub fn schema(tx: &mut dyn Tx) -> Result<i64, Error> {
    tx.count("SELECT MAX(version) FROM schema_migration", args![])
}

struct Applied {
    version: i64,
    checksum: String,
    /// That of the strictest so far.
    beside: i64,
}

fn applied(tx: &mut dyn Tx) -> Result<Vec<Applied>, Error> {
    tx.script(
        "CREATE TABLE IF NOT EXISTS schema_migration (
           version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_ms BIGINT NOT NULL);
         CREATE TABLE IF NOT EXISTS schema_beside (version BIGINT PRIMARY KEY, beside BIGINT NOT NULL)",
    )?;
    listed(tx)
}

fn listed(tx: &mut dyn Tx) -> Result<Vec<Applied>, Error> {
    let mut strictest = 0;
    tx.all(
        "SELECT m.version, m.checksum, b.beside FROM schema_migration m
           LEFT JOIN schema_beside b ON b.version = m.version ORDER BY m.version",
        args![],
        |row| {
            let version = row.int(0)?;
            // What was applied before there was such a rule goes beside nothing older.
            strictest = row.opt_int(2)?.unwrap_or(version).max(strictest);
            Ok(Applied { version, checksum: row.string(1)?, beside: strictest })
        },
    )
}

fn apply(tx: &mut dyn Tx, migration: &Migration, now_ms: i64) -> Result<(), Error> {
    let applied = "SELECT 1 FROM schema_migration WHERE version = ?1";
    if tx.exists(applied, args![migration.version])? {
        return Ok(());
    }
    // First, because it makes another process that applies the same wait, and find it applied.
    tx.execute(
        "INSERT INTO schema_migration (version, name, checksum, applied_ms) VALUES (?1, ?2, ?3, ?4)",
        args![migration.version, migration.name, &migration.checksum(), now_ms],
    )?;
    tx.execute(
        "INSERT INTO schema_beside (version, beside) VALUES (?1, ?2)",
        args![migration.version, migration.beside],
    )?;
    tx.script(migration.sql)
}
