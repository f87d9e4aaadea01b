//! What changes a device, each a function over a transaction: what one call does and what a subtask does is the
//! same, so that a subtask fails with exactly the code that the call would have answered.

use db::{Tx, args};
use types::{Code, Fault, device::AddDevice};

use super::{Reach, secret_place};
use crate::{Context, Error, apps, products};

/// What [`add`] has added.
#[derive(Clone)]
pub struct Added {
    /// The device's id.
    pub device_id: String,
    /// Its secret in clear.
    pub secret: Option<String>,
}

/// Adds a device within `reach`.
pub fn add(tx: &mut dyn Tx, context: &Context, reach: Reach<'_>, order: &AddDevice) -> Result<Added, Error> {
    let project_id = reach.project_id;
    let app_id = products::app_of(tx, project_id, &order.product_id)?
        .filter(|app_id| reach.app_id.is_none_or(|only| only == app_id))
        .ok_or_else(|| Fault::of_value(Code::ProductMissing, "product_id", &order.product_id))?;
    let device_id =
        order.device_id.clone().unwrap_or_else(|| format!("{}_{}", order.product_id, order.node_id));
    if let Some(taken) = taken(tx, project_id, &device_id, order)? {
        let made = apps::make_way(tx, project_id, &device_id, &order.product_id, &order.node_id)?;
        return if made { add(tx, context, reach, order) } else { Err(taken.into()) };
    }
    if let Some(gateway_id) = &order.gateway_id {
        hold_tree(tx, project_id)?;
        gateway_may_have_children(tx, project_id, &app_id, gateway_id)?;
    }
    take_quota(tx, context, project_id)?;
    // Whoever deletes a product or an app takes the same turn, so this is the last time that it may have gone.
    if products::app_of(tx, project_id, &order.product_id)?.is_none() {
        give_quota_back(tx, project_id)?;
        return Err(Fault::of_value(Code::ProductMissing, "product_id", &order.product_id).into());
    }
    let secret =
        (order.auth_type == "SECRET").then(|| order.secret.clone().unwrap_or_else(|| context.rng.hex(32)));
    insert(tx, context, project_id, &app_id, &device_id, order, secret.as_deref())?;
    Ok(Added { device_id, secret })
}

/// Why a device can not be called so.
fn taken(
    tx: &mut dyn Tx,
    project_id: &str,
    device_id: &str,
    order: &AddDevice,
) -> Result<Option<Fault>, Error> {
    let node = "SELECT 1 FROM device WHERE project_id = ?1 AND product_id = ?2 AND node_id = ?3";
    let node_taken = tx.exists(node, args![project_id, &order.product_id, &order.node_id])?;
    // In this order, because between two looks another node may add the same device.
    let device = "SELECT 1 FROM device WHERE project_id = ?1 AND device_id = ?2";
    if tx.exists(device, args![project_id, device_id])? {
        // The documented text is the whole text.
        return Ok(Some(Code::DeviceTaken.into()));
    }
    Ok(node_taken.then(|| Fault::of_value(Code::NodeIdTaken, "node_id", &order.node_id)))
}

fn insert(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    app_id: &str,
    device_id: &str,
    order: &AddDevice,
    secret: Option<&str>,
) -> Result<(), Error> {
    let place = secret_place(device_id, project_id);
    let sealed = secret.map(|secret| context.vault.seal(&*context.rng, &place, secret.as_bytes()));
    let extension = order.extension_info.as_ref().map(ToString::to_string);
    tx.execute(
        "INSERT INTO device (project_id, device_id, record_id, app_id, product_id, node_id, gateway_id, device_name,
           description, node_type, status, frozen, auth_type, secret_sealed, fingerprint, secure_access,
           timeout_seconds, extension_info, created_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'INACTIVE', 0, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        args![
            project_id,
            device_id,
            &context.ids.next().to_string(),
            app_id,
            &order.product_id,
            &order.node_id,
            order.gateway_id.as_deref().unwrap_or(device_id),
            order.device_name.as_ref(),
            order.description.as_ref(),
            if order.gateway_id.is_some() { "ENDPOINT" } else { "GATEWAY" },
            &order.auth_type,
            sealed.as_deref(),
            order.fingerprint.as_ref(),
            order.secure_access,
            order.timeout,
            extension.as_ref(),
            context.clock.now_ms(),
        ],
    )?;
    Ok(())
}

/// A sub-device's parent must exist in the same app and itself lie at most one level below a gateway.
fn gateway_may_have_children(
    tx: &mut dyn Tx,
    project_id: &str,
    app_id: &str,
    gateway_id: &str,
) -> Result<(), Error> {
    let parent = "SELECT gateway_id FROM device WHERE project_id = ?1 AND device_id = ?2 AND app_id = ?3";
    let refused = |code| Fault::of_value(code, "gateway_id", gateway_id);
    let above = tx
        .first(parent, args![project_id, gateway_id, app_id], |row| row.string(0))?
        .ok_or_else(|| refused(Code::GatewayMissing))?;
    if above == gateway_id {
        return Ok(());
    }
    let top = tx.first(parent, args![project_id, &above, app_id], |row| row.string(0))?;
    if top.is_some_and(|top| top == above) {
        return Ok(());
    }
    Err(refused(Code::LevelTooDeep).into())
}

fn take_quota(tx: &mut dyn Tx, context: &Context, project_id: &str) -> Result<(), Error> {
    let limit = context.limits.devices;
    let taken = tx.execute(
        "UPDATE project SET devices = devices + 1 WHERE project_id = ?1 AND devices < ?2",
        args![project_id, limit],
    )?;
    match taken {
        1 => Ok(()),
        _ => Err(Fault::at_limit(Code::DeviceQuota, "limits.devices", limit).into()),
    }
}

/// Waits until nobody else changes who lies below whom, until this unit of work ends: a gateway must not go while
/// it is given a sub-device, nor a device twice.
fn hold_tree(tx: &mut dyn Tx, project_id: &str) -> Result<(), Error> {
    tx.execute("UPDATE project SET devices = devices WHERE project_id = ?1", args![project_id])?;
    Ok(())
}

fn give_quota_back(tx: &mut dyn Tx, project_id: &str) -> Result<(), Error> {
    tx.execute("UPDATE project SET devices = devices - 1 WHERE project_id = ?1", args![project_id])?;
    Ok(())
}

/// What a batch task's report tells of a device besides its id.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its own id.
    pub node_id: String,
    /// Its name.
    pub device_name: Option<String>,
}

/// Freezes a device within `reach`.
pub fn freeze(tx: &mut dyn Tx, reach: Reach<'_>, device_id: &str) -> Result<Named, Error> {
    set_frozen(tx, reach, device_id, true)
}

/// Unfreezes a device within `reach`.
pub fn unfreeze(tx: &mut dyn Tx, reach: Reach<'_>, device_id: &str) -> Result<Named, Error> {
    set_frozen(tx, reach, device_id, false)
}

fn set_frozen(tx: &mut dyn Tx, reach: Reach<'_>, device_id: &str, frozen: bool) -> Result<Named, Error> {
    let found = tx.first(
        "SELECT node_type, frozen, node_id, device_name, app_id FROM device WHERE project_id = ?1 AND device_id = ?2",
        args![reach.project_id, device_id],
        |row| {
            let named = Named { node_id: row.string(2)?, device_name: row.opt_string(3)? };
            let within = reach.app_id.is_none() || reach.app_id == row.opt_text(4)?;
            Ok((row.text(0)? == "ENDPOINT", row.int(1)? != 0, named, within))
        },
    )?;
    let refused = |code: Code| Err(code.into());
    let named = match found {
        Some((true, _, _, true)) => return refused(Code::SubDeviceNotFreezable),
        Some((_, true, _, true)) if frozen => return refused(Code::DeviceFrozen),
        Some((_, false, _, true)) if !frozen => return refused(Code::DeviceNotFrozen),
        Some((_, _, named, true)) => named,
        _ => return refused(Code::DeviceMissing),
    };
    let changed = tx.execute(
        "UPDATE device SET frozen = ?3 WHERE project_id = ?1 AND device_id = ?2 AND frozen <> ?3",
        args![reach.project_id, device_id, frozen],
    )?;
    // Somebody else did it between the look and this.
    if changed == 0 {
        return refused(if frozen { Code::DeviceFrozen } else { Code::DeviceNotFrozen });
    }
    Ok(named)
}

/// Deletes a device within `reach`, its secret with it. A gateway must lose its sub-devices first: nobody who
/// names one device means fifty thousand. What batch tasks say of the device stays as they said it.
pub fn delete(tx: &mut dyn Tx, reach: Reach<'_>, device_id: &str) -> Result<Named, Error> {
    let project_id = reach.project_id;
    hold_tree(tx, project_id)?;
    let found = tx.first(
        "SELECT node_id, device_name FROM device
          WHERE project_id = ?1 AND device_id = ?2 AND (?3 IS NULL OR app_id = ?3)",
        args![project_id, device_id, reach.app_id],
        |row| Ok(Named { node_id: row.string(0)?, device_name: row.opt_string(1)? }),
    )?;
    let named = found.ok_or(Code::DeviceMissing)?;
    let children =
        "SELECT 1 FROM device WHERE project_id = ?1 AND gateway_id = ?2 AND gateway_id <> device_id";
    if tx.exists(children, args![project_id, device_id])? {
        return Err(Code::DeviceHasChildren.into());
    }
    tx.execute("DELETE FROM device WHERE project_id = ?1 AND device_id = ?2", args![project_id, device_id])?;
    give_quota_back(tx, project_id)?;
    Ok(named)
}
