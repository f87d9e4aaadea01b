//! A device as answered, out of its row.

use db::{Row, Tx, args};
use domain::Scope;
use types::{
    Code,
    device::{AuthInfo, Device},
    time,
};

use super::{secondary_place, secret_place};
use crate::{Context, Error, tags};

pub(super) const SELECT: &str =
    "SELECT d.record_id, d.app_id, a.app_name, d.device_id, d.node_id, d.gateway_id, d.device_name,
    d.node_type, d.description, d.product_id, p.name, d.status, d.frozen, d.fw_version, d.sw_version, d.created_ms,
    d.extension_info, d.auth_type, d.fingerprint, d.secure_access, d.timeout_seconds, d.secondary_fingerprint,
    d.secret_sealed, d.secondary_secret_sealed
  FROM device d
    JOIN app a ON a.project_id = d.project_id AND a.app_id = d.app_id
    JOIN product p ON p.project_id = d.project_id AND p.product_id = d.product_id
  WHERE d.project_id = ?1";

/// A device in short; its tags lie elsewhere.
pub(super) fn device(row: &dyn Row) -> Result<Device, db::Error> {
    let status = if row.int(12)? != 0 { "FROZEN".to_owned() } else { row.string(11)? };
    Ok(Device {
        app_id: row.string(1)?,
        app_name: row.string(2)?,
        device_id: row.string(3)?,
        node_id: row.string(4)?,
        gateway_id: row.string(5)?,
        device_name: row.opt_string(6)?,
        node_type: row.string(7)?,
        description: row.opt_string(8)?,
        fw_version: row.opt_string(13)?,
        sw_version: row.opt_string(14)?,
        product_id: row.string(9)?,
        product_name: row.string(10)?,
        status,
        auth_info: None,
        create_time: None,
        extension_info: None,
        tags: Vec::new(),
    })
}

/// The whole device, its secrets masked.
pub(super) fn find(
    tx: &mut dyn Tx,
    context: &Context,
    scope: &Scope,
    device_id: &str,
) -> Result<Device, Error> {
    let project_id = scope.project_id();
    let sql = format!("{SELECT} AND d.device_id = ?2");
    let found = tx.first(&sql, args![project_id, device_id], |row| {
        let mut whole = device(row)?;
        whole.create_time = Some(time::compact(row.int(15)?));
        whole.extension_info = row.opt_text(16)?.and_then(|text| serde_json::from_str(text).ok());
        let auth = AuthInfo {
            auth_type: row.string(17)?,
            secret: None,
            secondary_secret: None,
            fingerprint: row.opt_string(18)?,
            secondary_fingerprint: row.opt_string(21)?,
            secure_access: row.int(19)? != 0,
            timeout: row.int(20)?,
        };
        let sealed = |column| Ok::<_, db::Error>(row.opt_blob(column)?.map(<[u8]>::to_vec));
        Ok((whole, auth, sealed(22)?, sealed(23)?))
    })?;
    let (mut device, mut auth, primary, secondary) = found.ok_or(Code::DeviceMissing)?;
    scope.admit(&device.app_id)?;
    let opened = |place: String, sealed: Option<Vec<u8>>| -> Result<Option<String>, Error> {
        let Some(sealed) = sealed else { return Ok(None) };
        Ok(Some(masked(&context.vault.open(&place, &sealed)?)))
    };
    auth.secret = opened(secret_place(device_id, project_id), primary)?;
    auth.secondary_secret = opened(secondary_place(device_id, project_id), secondary)?;
    device.auth_info = Some(auth);
    tags::fill(tx, project_id, std::iter::once(&mut device))?;
    Ok(device)
}

/// `3b93****fdc3c`: enough to recognise a secret, not enough to use it.
fn masked(secret: &[u8]) -> String {
    let text = String::from_utf8_lossy(secret);
    match (text.get(..4), text.len().checked_sub(5).and_then(|tail| text.get(tail..))) {
        (Some(head), Some(tail)) if text.len() >= 16 => format!("{head}****{tail}"),
        _ => "****".to_owned(),
    }
}
