//! Groups of devices.

use db::{Tx, args};

use crate::{Error, devices::Reach};

/// The devices that are in any of the groups and within reach, by their ids, each once: those greater than `after`.
pub fn resolve(
    tx: &mut dyn Tx,
    reach: Reach<'_>,
    group_ids: &[String],
    after: &str,
    limit: usize,
) -> Result<Vec<String>, Error> {
    let mut found = std::collections::BTreeSet::new();
    for group_id in group_ids {
        found.extend(tx.all(
            "SELECT m.device_id FROM group_member m
               JOIN device d ON d.project_id = m.project_id AND d.device_id = m.device_id
              WHERE m.project_id = ?1 AND m.group_id = ?2 AND m.device_id > ?3 AND (?4 IS NULL OR d.app_id = ?4)
              ORDER BY m.device_id LIMIT ?5",
            args![reach.project_id, group_id, after, reach.app_id, limit as i64],
            |row| row.string(0),
        )?);
    }
    Ok(found.into_iter().take(limit).collect())
}
