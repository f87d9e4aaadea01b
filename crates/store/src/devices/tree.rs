//! Who lies below whom: a gateway, its sub-devices, and theirs. The gateway at the top counts all of them.

use db::{Tx, args};
use types::{Code, Fault, text};

use super::{Named, Reach};
use crate::{Context, Error};

/// Waits until nobody else changes who lies below whom, until this unit of work ends: a gateway must not go while
/// it is given a sub-device, nor a device twice. Who is in which group does not change either.
pub(crate) fn hold(tx: &mut dyn Tx, project_id: &str) -> Result<(), Error> {
    tx.execute("UPDATE project SET devices = devices WHERE project_id = ?1", args![project_id])?;
    Ok(())
}

/// The top of the tree in which a device comes to lie below `gateway_id`, which must exist in the same app. There are
/// two levels below the top; whoever has sub-devices of its own (`below`) needs both.
pub(super) fn root_for(
    tx: &mut dyn Tx,
    project_id: &str,
    app_id: &str,
    gateway_id: &str,
    below: i64,
) -> Result<String, Error> {
    let refused = |code| Fault::of_value(code, "gateway_id", gateway_id);
    let gateway = "SELECT gateway_id FROM device WHERE project_id = ?1 AND device_id = ?2 AND app_id = ?3";
    let above = tx
        .first(gateway, args![project_id, gateway_id, app_id], |row| row.string(0))?
        .ok_or_else(|| refused(Code::GatewayMissing))?;
    if above == gateway_id {
        return Ok(above);
    }
    if below == 0 && top_of(tx, project_id, &above)? == above {
        return Ok(above);
    }
    Err(refused(Code::LevelTooDeep).into())
}

/// The top of the tree in which a gateway lies.
fn top_of(tx: &mut dyn Tx, project_id: &str, gateway_id: &str) -> Result<String, Error> {
    let above = "SELECT gateway_id FROM device WHERE project_id = ?1 AND device_id = ?2";
    let above = tx.first(above, args![project_id, gateway_id], |row| row.string(0))?;
    Ok(above.unwrap_or_else(|| gateway_id.to_owned()))
}

/// Refuses `more` devices below the top of a tree, which is held, if that would be too many.
pub(super) fn must_have_room(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    root: &str,
    more: i64,
) -> Result<(), Error> {
    let limit = context.limits.gateway_devices;
    let sql = "SELECT below FROM device WHERE project_id = ?1 AND device_id = ?2";
    match tx.count(sql, args![project_id, root])? + more <= limit {
        true => Ok(()),
        false => Err(Fault::at_limit(Code::GatewayFull, "limits.gateway_devices", limit).into()),
    }
}

/// Counts `more` devices below the top of a tree.
pub(super) fn take_room(tx: &mut dyn Tx, project_id: &str, root: &str, more: i64) -> Result<(), Error> {
    let sql = "UPDATE device SET below = COALESCE(below, 0) + ?3 WHERE project_id = ?1 AND device_id = ?2";
    tx.execute(sql, args![project_id, root, more])?;
    Ok(())
}

/// Counts `fewer` devices below the tree in which `gateway_id` lies. An earlier program beside this one counts nothing,
/// so there may be less to take away.
pub(super) fn give_room_back(
    tx: &mut dyn Tx,
    project_id: &str,
    gateway_id: &str,
    fewer: i64,
) -> Result<(), Error> {
    let root = top_of(tx, project_id, gateway_id)?;
    tx.execute(
        "UPDATE device SET below = CASE WHEN below > ?3 THEN below - ?3 ELSE 0 END
          WHERE project_id = ?1 AND device_id = ?2",
        args![project_id, &root, fewer],
    )?;
    Ok(())
}

/// That the device `c` lies directly below the device `d`. Both are of one app: what a deleted app has left may name as its
/// gateway an id that was given anew.
pub(super) const IS_BELOW: &str =
    "c.project_id = d.project_id AND c.gateway_id = d.device_id AND c.gateway_id <> c.device_id
    AND c.app_id = d.app_id";

/// How many devices lie directly below one.
pub(super) fn children(tx: &mut dyn Tx, project_id: &str, device_id: &str) -> Result<i64, Error> {
    let sql = format!(
        "SELECT COUNT(*) FROM device d JOIN device c ON {IS_BELOW} WHERE d.project_id = ?1 AND d.device_id = ?2"
    );
    Ok(tx.count(&sql, args![project_id, device_id])?)
}

/// Puts a sub-device within `reach`, with what lies below it, below another gateway of its app.
pub fn change_gateway(
    tx: &mut dyn Tx,
    context: &Context,
    reach: Reach<'_>,
    device_id: &str,
    gateway_id: &str,
) -> Result<Named, Error> {
    let project_id = reach.project_id;
    hold(tx, project_id)?;
    let found = tx.first(
        "SELECT app_id, gateway_id, node_id, device_name FROM device
          WHERE project_id = ?1 AND device_id = ?2 AND (?3 IS NULL OR app_id = ?3)",
        args![project_id, device_id, reach.app_id],
        |row| {
            let named = Named { node_id: row.string(2)?, device_name: row.opt_string(3)? };
            Ok((row.string(0)?, row.string(1)?, named))
        },
    )?;
    let (app_id, before, named) = found.ok_or(Code::DeviceMissing)?;
    if before == device_id {
        let why = text!(
            "{device_id}: is connected itself and has no gateway",
            "{device_id}：是直连设备，没有所属网关"
        );
        return Err(Fault::new(Code::InvalidInput, why).into());
    }
    if gateway_id == device_id {
        return Err(Fault::of_value(Code::LevelTooDeep, "gateway_id", gateway_id).into());
    }
    let below = children(tx, project_id, device_id)?;
    let root = root_for(tx, project_id, &app_id, gateway_id, below)?;
    if root != top_of(tx, project_id, &before)? {
        must_have_room(tx, context, project_id, &root, 1 + below)?;
        take_room(tx, project_id, &root, 1 + below)?;
        give_room_back(tx, project_id, &before, 1 + below)?;
    }
    tx.execute(
        "UPDATE device SET gateway_id = ?3 WHERE project_id = ?1 AND device_id = ?2",
        args![project_id, device_id, gateway_id],
    )?;
    Ok(named)
}
