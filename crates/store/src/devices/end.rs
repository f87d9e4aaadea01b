//! How a device goes, with everything that is its own.

use db::{Tx, args};
use types::Code;

use super::{
    Each, Named, Reach, counted, keys,
    tree::{self, IS_BELOW},
};
use crate::{Context, Error, device_groups};

/// What belongs to one device and to nobody else.
pub(crate) const OWN: [&str; 5] = ["tag", "shadow", "device_message", "async_command", "device_upgrade"];
/// Devices that one unit of the Pruner deletes.
const SLICE: i64 = 100;

/// A device that is to be deleted.
struct Found {
    named: Named,
    gateway_id: String,
    product_id: String,
    has_children: bool,
}

/// Deletes devices within `reach`, one after the other, their secrets with them. A gateway must lose its sub-devices
/// first: nobody who names one device means fifty thousand. What batch tasks say of a device stays as they said it.
pub fn delete(tx: &mut dyn Tx, reach: Reach<'_>, device_ids: &[&str]) -> Each<Named> {
    tree::hold(tx, reach.project_id)?;
    let found = find(tx, reach, device_ids)?;
    let has_children = |device: &Option<Found>| device.as_ref().is_some_and(|found| found.has_children);
    let mut done = Vec::with_capacity(found.len());
    // What lies below a gateway may go just before itself.
    for run in found.chunk_by(|one, next| !has_children(one) && !has_children(next)) {
        let ids = &device_ids[done.len()..][..run.len()];
        if run.iter().any(has_children) && tree::children(tx, reach.project_id, ids[0])? > 0 {
            done.push(Err(Code::DeviceHasChildren.into()));
        } else {
            done.extend(remove(tx, reach.project_id, ids, run)?);
        }
    }
    Ok(done)
}

fn find(tx: &mut dyn Tx, reach: Reach<'_>, device_ids: &[&str]) -> Result<Vec<Option<Found>>, Error> {
    let mut found: Vec<_> = device_ids.iter().map(|_| None).collect();
    let values: Vec<_> =
        device_ids.iter().flat_map(|id| args![reach.project_id, *id, reach.app_id].to_owned()).collect();
    let sql = format!(
        "SELECT d.node_id, d.device_name, d.gateway_id, d.product_id,
           CASE WHEN EXISTS (SELECT 1 FROM device c WHERE {IS_BELOW}) THEN 1 ELSE 0 END
         FROM device d WHERE d.project_id = ?1 AND d.device_id = ?2 AND (?3 IS NULL OR d.app_id = ?3)"
    );
    tx.query_many(&sql, 3, &values, &mut |at, row| {
        found[at] = Some(Found {
            named: Named { node_id: row.string(0)?, device_name: row.opt_string(1)? },
            gateway_id: row.string(2)?,
            product_id: row.string(3)?,
            has_children: row.int(4)? != 0,
        });
        Ok(())
    })?;
    Ok(found)
}

/// Removes devices that have no sub-devices. One that is named twice is there once.
fn remove(tx: &mut dyn Tx, project_id: &str, device_ids: &[&str], found: &[Option<Found>]) -> Each<Named> {
    let there: Vec<_> =
        device_ids.iter().zip(found).filter(|(_, found)| found.is_some()).map(|(id, _)| *id).collect();
    // First of all, so that whoever is about to give them something more waits, and then finds them gone.
    let sql = "DELETE FROM device WHERE project_id = ?1 AND device_id = ?2";
    let mut rows = tx.execute_many(sql, 2, &keys(project_id, &there))?.into_iter();
    let (mut gone, mut products, mut done) = (Vec::new(), Vec::new(), Vec::with_capacity(found.len()));
    for (device_id, found) in device_ids.iter().zip(found) {
        let Some(found) = found.as_ref().filter(|_| rows.next() == Some(1)) else {
            done.push(Err(Code::DeviceMissing.into()));
            continue;
        };
        if found.gateway_id != *device_id {
            tree::give_room_back(tx, project_id, &found.gateway_id, 1)?;
        }
        gone.push(*device_id);
        products.push(found.product_id.as_str());
        done.push(Ok(found.named.clone()));
    }
    let keys = keys(project_id, &gone);
    device_groups::forget(tx, &keys)?;
    for table in OWN {
        let sql = format!("DELETE FROM {table} WHERE project_id = ?1 AND device_id = ?2");
        tx.execute_many(&sql, 2, &keys)?;
    }
    counted::count(tx, project_id, &products, -1)?;
    Ok(done)
}

/// When a device goes that is not activated within so many seconds; 0 is never.
pub(super) fn due(context: &Context, timeout_seconds: i64) -> Option<i64> {
    (timeout_seconds > 0).then(|| context.clock.now_ms() + timeout_seconds * 1000)
}

/// Deletes a slice of the devices that were not activated in time; answers whether there may be more. A gateway that has
/// been given sub-devices stays for as long as it has them.
pub(crate) fn expire(tx: &mut dyn Tx, context: &Context) -> Result<bool, Error> {
    let sql = format!(
        "SELECT d.project_id, d.device_id FROM device d
          WHERE d.expires_ms IS NOT NULL AND d.status = 'INACTIVE' AND d.expires_ms <= ?1
            AND NOT EXISTS (SELECT 1 FROM device c WHERE {IS_BELOW})
          ORDER BY d.expires_ms LIMIT ?2"
    );
    let overdue =
        tx.all(&sql, args![context.clock.now_ms(), SLICE], |row| Ok((row.string(0)?, row.string(1)?)))?;
    for (project_id, device_id) in &overdue {
        tree::hold(tx, project_id)?;
        // It may have been activated, deleted or given a sub-device before its turn came.
        let still = "SELECT 1 FROM device WHERE project_id = ?1 AND device_id = ?2 AND status = 'INACTIVE'
            AND expires_ms <= ?3";
        if !tx.exists(still, args![project_id, device_id, context.clock.now_ms()])? {
            continue;
        }
        delete(tx, Reach { project_id, app_id: None }, &[device_id])?;
    }
    Ok(overdue.len() as i64 == SLICE)
}
