//! Devices: added, listed, shown, frozen, unfrozen, deleted. What changes one is in `change`.

use db::{Row, Tx, args};
use domain::{Permit, Scope};
use types::{
    Code,
    device::{AddDevice, AuthInfo, Device},
    page::{PageOrder, Paged},
    time,
};

mod change;

pub use change::{Added, Named, add, delete, freeze, unfreeze};

use crate::{Context, Error, Store, apps, page};

/// The verbs of devices.
pub struct Devices<'s>(&'s Store);

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct DeviceFilter {
    /// Only this app's.
    pub app_id: Option<String>,
    /// Only this product's.
    pub product_id: Option<String>,
    /// Only sub-devices of this gateway.
    pub gateway_id: Option<String>,
    /// Only this node id.
    pub node_id: Option<String>,
    /// Only names that contain this.
    pub device_name: Option<String>,
    /// Created at this time or later, unix ms.
    pub start_ms: Option<i64>,
    /// Created before this time, unix ms.
    pub end_ms: Option<i64>,
}

/// Which devices a unit of work may touch.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// The project.
    pub project_id: &'a str,
    /// Only this app of it; a batch task touches its own app's devices only.
    pub app_id: Option<&'a str>,
}

impl Store {
    /// Devices.
    pub fn devices(&self) -> Devices<'_> {
        Devices(self)
    }
}

const SELECT: &str =
    "SELECT d.record_id, d.app_id, a.app_name, d.device_id, d.node_id, d.gateway_id, d.device_name,
    d.node_type, d.description, d.product_id, p.name, d.status, d.frozen, d.created_ms, d.extension_info,
    d.auth_type, d.fingerprint, d.secure_access, d.timeout_seconds, d.secret_sealed
  FROM device d
    JOIN app a ON a.project_id = d.project_id AND a.app_id = d.app_id
    JOIN product p ON p.project_id = d.project_id AND p.product_id = d.product_id
  WHERE d.project_id = ?1";

const NARROWED: &str = "(?2 IS NULL OR d.app_id = ?2) AND (?3 IS NULL OR d.product_id = ?3)
    AND (?4 IS NULL OR (d.gateway_id = ?4 AND d.device_id <> ?4)) AND (?5 IS NULL OR d.node_id = ?5)
    AND (?6 IS NULL OR LOWER(d.device_name) LIKE ?6 ESCAPE '!')
    AND (?7 IS NULL OR d.created_ms >= ?7) AND (?8 IS NULL OR d.created_ms < ?8)
    AND (?9 IS NULL OR ?9 LIKE '%,' || d.app_id || ',%')";

fn device(row: &dyn Row) -> Result<Device, db::Error> {
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
        product_id: row.string(9)?,
        product_name: row.string(10)?,
        status,
        auth_info: None,
        create_time: None,
        extension_info: None,
        tags: Vec::new(),
    })
}

/// The place that a device's secret is sealed for.
pub(crate) fn secret_place(device_id: &str, project_id: &str) -> String {
    format!("device/{project_id}/{device_id}")
}

/// `3b93****fdc3c`: enough to recognise a secret, not enough to use it.
fn masked(secret: &[u8]) -> String {
    let text = String::from_utf8_lossy(secret);
    match (text.get(..4), text.len().checked_sub(5).and_then(|tail| text.get(tail..))) {
        (Some(head), Some(tail)) if text.len() >= 16 => format!("{head}****{tail}"),
        _ => "****".to_owned(),
    }
}

impl Devices<'_> {
    /// Adds a device. The only answer that shows its secret.
    pub async fn add(
        &self,
        permit: &Permit,
        app_id: Option<String>,
        order: AddDevice,
    ) -> Result<Device, Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                if let Some(app_id) = &app_id {
                    apps::must_exist(tx, &scope, app_id)?;
                }
                let reach = Reach { project_id: scope.project_id(), app_id: app_id.as_deref() };
                let added = add(tx, context, reach, &order)?;
                let mut device = find(tx, context, &scope, &added.device_id)?;
                if let Some(auth) = &mut device.auth_info {
                    auth.secret = added.secret;
                }
                Ok(device)
            })
            .await
    }

    /// One page of devices, in short.
    pub async fn list(
        &self,
        permit: &Permit,
        filter: DeviceFilter,
        order: PageOrder,
    ) -> Result<Paged<Device>, Error> {
        let scope = permit.scope().clone();
        self.0
            .db
            .read(move |tx| {
                if let Some(app_id) = &filter.app_id {
                    apps::must_exist(tx, &scope, app_id)?;
                }
                let (project_id, within) = (scope.project_id(), scope.apps_listed());
                let like = filter.device_name.as_deref().map(contains);
                let count = tx.count(
                    &format!("SELECT COUNT(*) FROM device d WHERE d.project_id = ?1 AND {NARROWED}"),
                    args![
                        project_id,
                        filter.app_id.as_ref(),
                        filter.product_id.as_ref(),
                        filter.gateway_id.as_ref(),
                        filter.node_id.as_ref(),
                        like.as_ref(),
                        filter.start_ms,
                        filter.end_ms,
                        within.as_ref(),
                    ],
                )?;
                let sql =
                    format!("{SELECT} AND {NARROWED} AND d.record_id < ?10 ORDER BY d.record_id DESC LIMIT ?11 OFFSET ?12");
                let records = tx.all(
                    &sql,
                    args![
                        project_id,
                        filter.app_id.as_ref(),
                        filter.product_id.as_ref(),
                        filter.gateway_id.as_ref(),
                        filter.node_id.as_ref(),
                        like.as_ref(),
                        filter.start_ms,
                        filter.end_ms,
                        within.as_ref(),
                        &order.marker.to_string(),
                        order.limit,
                        order.offset,
                    ],
                    |row| Ok((page::record_id(row, 0)?, device(row)?)),
                )?;
                Ok(page::paged(records, count))
            })
            .await
    }

    /// One device, its secret masked.
    pub async fn show(&self, permit: &Permit, device_id: String) -> Result<Device, Error> {
        let (scope, context) = (permit.scope().clone(), self.0.context.clone());
        self.0.db.read(move |tx| find(tx, &context, &scope, &device_id)).await
    }

    /// Freezes a device.
    pub async fn freeze(&self, permit: &Permit, device_id: String) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, _| {
                let reach = reach(tx, &scope, &device_id)?;
                freeze(tx, reach, &device_id).map(|_| ())
            })
            .await
    }

    /// Unfreezes a device.
    pub async fn unfreeze(&self, permit: &Permit, device_id: String) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, _| {
                let reach = reach(tx, &scope, &device_id)?;
                unfreeze(tx, reach, &device_id).map(|_| ())
            })
            .await
    }

    /// Deletes a device.
    pub async fn delete(&self, permit: &Permit, device_id: String) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, _| {
                let reach = reach(tx, &scope, &device_id)?;
                delete(tx, reach, &device_id).map(|_| ())
            })
            .await
    }
}

/// A LIKE pattern that finds `text` anywhere in a lower-cased text, its own wildcards taken literally. Not every
/// server's LIKE finds `a` in `A`, and their LOWER agrees on ASCII alone.
fn contains(text: &str) -> String {
    let literal = text.to_ascii_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{literal}%")
}

/// Where a permit lets a device be touched: refuses one that belongs to another app than it is for.
fn reach<'a>(tx: &mut dyn Tx, scope: &'a Scope, device_id: &str) -> Result<Reach<'a>, Error> {
    let project_id = scope.project_id();
    if !scope.is_whole() {
        let sql = "SELECT app_id FROM device WHERE project_id = ?1 AND device_id = ?2";
        let app_id = tx.first(sql, args![project_id, device_id], |row| row.string(0))?;
        scope.admit(&app_id.ok_or(Code::DeviceMissing)?)?;
    }
    Ok(Reach { project_id, app_id: None })
}

fn find(tx: &mut dyn Tx, context: &Context, scope: &Scope, device_id: &str) -> Result<Device, Error> {
    let project_id = scope.project_id();
    let sql = format!("{SELECT} AND d.device_id = ?2");
    let found = tx.first(&sql, args![project_id, device_id], |row| {
        let mut whole = device(row)?;
        whole.create_time = Some(time::compact(row.int(13)?));
        whole.extension_info = row.opt_text(14)?.and_then(|text| serde_json::from_str(text).ok());
        let auth = AuthInfo {
            auth_type: row.string(15)?,
            secret: None,
            fingerprint: row.opt_string(16)?,
            secure_access: row.int(17)? != 0,
            timeout: row.int(18)?,
        };
        Ok((whole, auth, row.opt_blob(19)?.map(<[u8]>::to_vec)))
    })?;
    let (mut device, mut auth, sealed) = found.ok_or(Code::DeviceMissing)?;
    scope.admit(&device.app_id)?;
    if let Some(sealed) = sealed {
        let secret = context.vault.open(&secret_place(device_id, project_id), &sealed)?;
        auth.secret = Some(masked(&secret));
    }
    device.auth_info = Some(auth);
    Ok(device)
}
