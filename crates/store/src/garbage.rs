//! Objects that nothing refers to any more. A row here is written in the unit of work that drops the last
//! reference, so a crash between the database and the object store loses no object and keeps none for ever.

use db::{Tx, args};

use crate::{
    Context, Error, Store, apps, async_commands, batch_files, device_messages, devices, identity, subtasks,
};

/// Rows that one unit of the Pruner removes, so that it never holds the writer for long.
const SLICE: i64 = 2000;

pub(crate) fn doom(tx: &mut dyn Tx, object_key: &str, now_ms: i64) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO object_garbage (object_key, doomed_ms) VALUES (?1, ?2) ON CONFLICT (object_key) DO NOTHING",
        args![object_key, now_ms],
    )?;
    Ok(())
}

impl Store {
    /// Objects to delete.
    pub fn garbage(&self) -> Result<Vec<String>, Error> {
        self.db.read_blocking(|tx| {
            let sql = "SELECT object_key FROM object_garbage ORDER BY doomed_ms LIMIT ?1";
            Ok(tx.all(sql, args![SLICE], |row| row.string(0))?)
        })
    }

    /// Forgets objects that have been deleted.
    pub fn garbage_gone(&self, object_keys: Vec<String>) -> Result<(), Error> {
        self.db.write_blocking(move |tx| {
            for object_key in &object_keys {
                tx.execute("DELETE FROM object_garbage WHERE object_key = ?1", args![object_key])?;
            }
            Ok(())
        })
    }

    /// Whether anything refers to an object.
    pub fn object_is_recorded(&self, object_key: &str) -> Result<bool, Error> {
        self.db.read_blocking(|tx| recorded(tx, object_key))
    }

    /// [`Store::object_is_recorded`], or something may refer to it yet: a worker that slept for however long may
    /// publish what it has laid down as long as nobody has overtaken its epoch. Asked in one snapshot, so that a
    /// publication between the two questions is not missed.
    pub fn object_may_count(&self, object_key: &str) -> Result<bool, Error> {
        self.db.read_blocking(|tx| {
            let Some((job_id, epoch)) = attempt(object_key) else { return recorded(tx, object_key) };
            let awaited = "SELECT 1 FROM job WHERE job_id = ?1 AND epoch = ?2";
            Ok(recorded(tx, object_key)? || tx.exists(awaited, args![job_id, epoch])?)
        })
    }

    /// Forgets what has expired and removes a slice of what was deleted; answers whether there may be more.
    pub fn prune(&self) -> Result<bool, Error> {
        let context = self.context.clone();
        self.db.write_blocking(move |tx| prune(tx, &context))
    }

    /// Removes a slice of what was deleted, whatever the clock says; answers whether there may be more.
    pub fn prune_doomed(&self) -> Result<bool, Error> {
        self.db.write_blocking(prune_doomed)
    }
}

fn recorded(tx: &mut dyn Tx, object_key: &str) -> Result<bool, Error> {
    Ok(tx.exists(
        "SELECT 1 FROM export_result WHERE object_key = ?1
         UNION ALL SELECT 1 FROM batch_file WHERE object_key = ?1
         UNION ALL SELECT 1 FROM ota_package WHERE object_key = ?1
         UNION ALL SELECT 1 FROM object_garbage WHERE object_key = ?1",
        args![object_key],
    )?)
}

/// Which attempt has laid an object down: job and epoch, as `exports/<job>/<epoch>.zip` says.
fn attempt(object_key: &str) -> Option<(&str, i64)> {
    let (job_id, file) = object_key.strip_prefix("exports/")?.split_once('/')?;
    Some((job_id, file.split_once('.')?.0.parse().ok()?))
}

fn prune(tx: &mut dyn Tx, context: &Context) -> Result<bool, Error> {
    batch_files::expire(tx, context)?;
    let now_ms = context.clock.now_ms();
    identity::expire(tx, now_ms, SLICE)?;
    // One slice of one thing: what lasts is called again.
    Ok(devices::expire(tx, context)?
        || device_messages::expire(tx, now_ms, SLICE)?
        || async_commands::expire(tx, now_ms, SLICE)?
        || prune_doomed(tx)?)
}

fn prune_doomed(tx: &mut dyn Tx) -> Result<bool, Error> {
    Ok(apps::prune_doomed(tx)? || subtasks::prune_doomed(tx, SLICE)?)
}
