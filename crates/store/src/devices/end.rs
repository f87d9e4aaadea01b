//! How a device goes, with everything that is its own.

use db::{Tx, args};
use types::Code;

use super::{Named, Reach, counted, tree};
use crate::{Context, Error, device_groups};

/// What belongs to one device and to nobody else.
pub(crate) const OWN: [&str; 5] = ["tag", "shadow", "device_message", "async_command", "device_upgrade"];
/// Devices that one unit of the Pruner deletes.
const SLICE: i64 = 100;

/// Deletes a device within `reach`, its secrets with it. A gateway must lose its sub-devices first: nobody who
/// names one device means fifty thousand. What batch tasks say of the device stays as they said it.
pub fn delete(tx: &mut dyn Tx, reach: Reach<'_>, device_id: &str) -> Result<Named, Error> {
    let project_id = reach.project_id;
    tree::hold(tx, project_id)?;
    let found = tx.first(
        "SELECT node_id, device_name, gateway_id, product_id FROM device
          WHERE project_id = ?1 AND device_id = ?2 AND (?3 IS NULL OR app_id = ?3)",
        args![project_id, device_id, reach.app_id],
        |row| {
            let named = Named { node_id: row.string(0)?, device_name: row.opt_string(1)? };
            Ok((named, row.string(2)?, row.string(3)?))
        },
    )?;
    let (named, gateway_id, product_id) = found.ok_or(Code::DeviceMissing)?;
    let children =
        "SELECT 1 FROM device WHERE project_id = ?1 AND gateway_id = ?2 AND gateway_id <> device_id";
    if tx.exists(children, args![project_id, device_id])? {
        return Err(Code::DeviceHasChildren.into());
    }
    if gateway_id != device_id {
        tree::give_room_back(tx, project_id, &gateway_id, 1)?;
    }
    // First of all, so that whoever is about to give it something more waits, and then finds it gone.
    tx.execute("DELETE FROM device WHERE project_id = ?1 AND device_id = ?2", args![project_id, device_id])?;
    device_groups::forget(tx, project_id, device_id)?;
    for table in OWN {
        let sql = format!("DELETE FROM {table} WHERE project_id = ?1 AND device_id = ?2");
        tx.execute(&sql, args![project_id, device_id])?;
    }
    counted::one_less(tx, project_id, &product_id)?;
    Ok(named)
}

/// When a device goes that is not activated within so many seconds; 0 is never.
pub(super) fn due(context: &Context, timeout_seconds: i64) -> Option<i64> {
    (timeout_seconds > 0).then(|| context.clock.now_ms() + timeout_seconds * 1000)
}

/// Deletes a slice of the devices that were not activated in time; answers whether there may be more. A gateway that has
/// been given sub-devices stays for as long as it has them.
pub(crate) fn expire(tx: &mut dyn Tx, context: &Context) -> Result<bool, Error> {
    let overdue = tx.all(
        "SELECT d.project_id, d.device_id FROM device d
          WHERE d.expires_ms IS NOT NULL AND d.status = 'INACTIVE' AND d.expires_ms <= ?1
            AND NOT EXISTS (SELECT 1 FROM device c
              WHERE c.project_id = d.project_id AND c.gateway_id = d.device_id AND c.gateway_id <> c.device_id)
          ORDER BY d.expires_ms LIMIT ?2",
        args![context.clock.now_ms(), SLICE],
        |row| Ok((row.string(0)?, row.string(1)?)),
    )?;
    for (project_id, device_id) in &overdue {
        tree::hold(tx, project_id)?;
        // It may have been activated, deleted or given a sub-device before its turn came.
        let still = "SELECT 1 FROM device WHERE project_id = ?1 AND device_id = ?2 AND status = 'INACTIVE'
            AND expires_ms <= ?3";
        if !tx.exists(still, args![project_id, device_id, context.clock.now_ms()])? {
            continue;
        }
        match delete(tx, Reach { project_id, app_id: None }, device_id) {
            Err(Error::Fault(fault)) if fault.code == Code::DeviceHasChildren => {}
            done => done.map(|_| ())?,
        }
    }
    Ok(overdue.len() as i64 == SLICE)
}
