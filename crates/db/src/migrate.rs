//! Numbered, checksummed migrations, applied in one unit of work each. A newer schema is refused: an old
//! program must not write what it does not understand.

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
}

impl Migration {
    fn checksum(&self) -> String {
        Sha256::digest(self.sql).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Brings the schema to the last of `migrations`.
pub fn migrate(db: &Db, migrations: &'static [Migration], now_ms: i64) -> Result<(), Error> {
    let known = migrations.last().map_or(0, |last| last.version);
    let applied = db.write_blocking(move |tx| applied(tx))?;
    if let Some((found, _)) = applied.last().filter(|(version, _)| *version > known) {
        return Err(Error::NewerSchema { found: *found, known });
    }
    for migration in migrations {
        match applied.iter().find(|(version, _)| *version == migration.version) {
            Some((_, checksum)) if *checksum == migration.checksum() => {}
            Some(_) => return Err(Error::ChangedMigration(migration.version)),
            None => db.write_blocking(move |tx| apply(tx, migration, now_ms))?,
        }
    }
    Ok(())
}

/// The version of the schema.
pub fn schema(tx: &mut dyn Tx) -> Result<i64, Error> {
    tx.count("SELECT MAX(version) FROM schema_migration", args![])
}

fn applied(tx: &mut dyn Tx) -> Result<Vec<(i64, String)>, Error> {
    tx.script(
        "CREATE TABLE IF NOT EXISTS schema_migration (
           version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_ms BIGINT NOT NULL)",
    )?;
    tx.all("SELECT version, checksum FROM schema_migration ORDER BY version", args![], |row| {
        Ok((row.int(0)?, row.string(1)?))
    })
}

fn apply(tx: &mut dyn Tx, migration: &Migration, now_ms: i64) -> Result<(), Error> {
    tx.script(&migration.sql.replace("{clustered}", "WITHOUT ROWID"))?;
    tx.execute(
        "INSERT INTO schema_migration (version, name, checksum, applied_ms) VALUES (?1, ?2, ?3, ?4)",
        args![migration.version, migration.name, &migration.checksum(), now_ms],
    )?;
    Ok(())
}
