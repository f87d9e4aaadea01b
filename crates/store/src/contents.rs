//! What a database holds and refers to, for those who copy it.

use db::{Tx, args};

use crate::{Error, MIGRATIONS};

/// The newest schema that this program knows.
pub fn schema_known() -> i64 {
    MIGRATIONS.last().map_or(0, |last| last.version)
}

/// What one snapshot holds.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The version of its schema.
    pub schema: i64,
    /// The installation that it belongs to.
    pub instance_id: Option<String>,
    /// Batch tasks.
    pub batch_tasks: i64,
    /// Export tasks.
    pub export_tasks: i64,
    /// Devices.
    pub devices: i64,
    /// The objects that it refers to, in the order of their keys.
    pub objects: Vec<Recorded>,
}

/// An object that a row names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its key.
    pub key: String,
    /// Its length and SHA-256, where the row has them.
    pub content: Option<(i64, String)>,
}

/// Looks through a snapshot.
pub fn contents(tx: &mut dyn Tx) -> Result<Contents, Error> {
    let mut count = |table: &str| tx.count(&format!("SELECT COUNT(*) FROM {table}"), args![]);
    let (batch_tasks, export_tasks, devices) =
        (count("batch_task")?, count("export_task")?, count("device")?);
    let objects = tx.all(
        "SELECT object_key, bytes, sha256 FROM export_result
         UNION ALL SELECT object_key, bytes, sha256 FROM ota_package WHERE object_key IS NOT NULL
         UNION ALL SELECT object_key, NULL, NULL FROM batch_file ORDER BY object_key",
        args![],
        |row| {
            let content = row.opt_int(1)?.zip(row.opt_string(2)?);
            Ok(Recorded { key: row.string(0)?, content })
        },
    )?;
    Ok(Contents {
        schema: db::schema(tx)?,
        instance_id: tx.first("SELECT instance_id FROM instance", args![], |row| row.string(0))?,
        batch_tasks,
        export_tasks,
        devices,
        objects,
    })
}
