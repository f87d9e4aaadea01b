//! What changes a device in place.

use db::{Tx, Value, args};
use types::{
    Code, Fault,
    device::{SecretType, UpdateDevice},
    text,
};

use super::{Each, Reach, end, hold, keys, secondary_place, secret_place};
use crate::{Context, Error};

/// What a batch task's report tells of a device besides its id.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its own id.
    pub node_id: String,
    /// Its name.
    pub device_name: Option<String>,
}

/// Freezes devices within `reach`.
pub fn freeze(tx: &mut dyn Tx, reach: Reach<'_>, device_ids: &[&str]) -> Each<Named> {
    set_frozen(tx, reach, device_ids, true)
}

/// Unfreezes devices within `reach`.
pub fn unfreeze(tx: &mut dyn Tx, reach: Reach<'_>, device_ids: &[&str]) -> Each<Named> {
    set_frozen(tx, reach, device_ids, false)
}

fn set_frozen(tx: &mut dyn Tx, reach: Reach<'_>, device_ids: &[&str], frozen: bool) -> Each<Named> {
    let taken = || Fault::from(if frozen { Code::DeviceFrozen } else { Code::DeviceNotFrozen });
    let mut done: Vec<_> = device_ids.iter().map(|_| Err(Fault::from(Code::DeviceMissing))).collect();
    tx.query_many(
        "SELECT node_type, frozen, node_id, device_name, app_id FROM device WHERE project_id = ?1 AND device_id = ?2",
        2,
        &keys(reach.project_id, device_ids),
        &mut |at, row| {
            if reach.app_id.is_none() || reach.app_id == row.opt_text(4)? {
                done[at] = match (row.text(0)?, row.int(1)? != 0) {
                    ("ENDPOINT", _) => Err(Code::SubDeviceNotFreezable.into()),
                    (_, is) if is == frozen => Err(taken()),
                    _ => Ok(Named { node_id: row.string(2)?, device_name: row.opt_string(3)? }),
                };
            }
            Ok(())
        },
    )?;
    let admitted: Vec<usize> = (0..done.len()).filter(|at| done[*at].is_ok()).collect();
    let values: Vec<_> =
        admitted.iter().flat_map(|at| args![reach.project_id, device_ids[*at], frozen].to_owned()).collect();
    let changed = tx.execute_many(
        "UPDATE device SET frozen = ?3 WHERE project_id = ?1 AND device_id = ?2 AND frozen <> ?3",
        3,
        &values,
    )?;
    for (at, changed) in admitted.into_iter().zip(changed) {
        // It was named twice, or somebody else did it between the look and this.
        if changed == 0 {
            done[at] = Err(taken());
        }
    }
    Ok(done)
}

/// Changes a device within `reach`; what the order does not name stays.
pub fn update(
    tx: &mut dyn Tx,
    context: &Context,
    reach: Reach<'_>,
    device_id: &str,
    order: &UpdateDevice,
) -> Result<Named, Error> {
    let named = hold(tx, reach, device_id)?.named;
    let key = args![reach.project_id, device_id];
    let extension = order.extension_info.as_ref().map(ToString::to_string);
    let mut set = |column: &str, value: Value<'_>| {
        let sql = format!("UPDATE device SET {column} = ?3 WHERE project_id = ?1 AND device_id = ?2");
        tx.execute(&sql, &[key[0], key[1], value])
    };
    if let Some(name) = &order.device_name {
        set("device_name", name.into())?;
    }
    if let Some(description) = &order.description {
        set("description", description.into())?;
    }
    if let Some(extension) = &extension {
        set("extension_info", extension.into())?;
    }
    if let Some(secure) = order.secure_access {
        set("secure_access", secure.into())?;
    }
    if let Some(seconds) = order.timeout {
        set("timeout_seconds", seconds.into())?;
        // The time begins anew: to be told of a limit that passed long ago would be to be deleted. A sub-device has none.
        tx.execute(
            "UPDATE device SET expires_ms = ?3
              WHERE project_id = ?1 AND device_id = ?2 AND gateway_id = device_id",
            args![reach.project_id, device_id, end::due(context, seconds)],
        )?;
    }
    Ok(Named { device_name: order.device_name.clone().or(named.device_name), ..named })
}

/// Gives a device within `reach` another secret.
pub(super) fn reset_secret(
    tx: &mut dyn Tx,
    context: &Context,
    reach: Reach<'_>,
    device_id: &str,
    secret_type: SecretType,
    secret: &str,
) -> Result<(), Error> {
    let project_id = reach.project_id;
    hold(tx, reach, device_id)?;
    let by_secret = "SELECT 1 FROM device WHERE project_id = ?1 AND device_id = ?2 AND auth_type = 'SECRET'";
    if !tx.exists(by_secret, args![project_id, device_id])? {
        let why = text!("The device proves itself by a certificate.", "该设备使用证书认证。");
        return Err(Fault::new(Code::InvalidInput, why).into());
    }
    let (column, place) = match secret_type {
        SecretType::Primary => ("secret_sealed", secret_place(device_id, project_id)),
        SecretType::Secondary => ("secondary_secret_sealed", secondary_place(device_id, project_id)),
    };
    let sealed = context.vault.seal(&*context.rng, &place, secret.as_bytes());
    let sql = format!("UPDATE device SET {column} = ?3 WHERE project_id = ?1 AND device_id = ?2");
    tx.execute(&sql, args![project_id, device_id, &*sealed])?;
    Ok(())
}
