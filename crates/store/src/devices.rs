//! Devices: added, listed, shown, changed, frozen, unfrozen, deleted. What changes them is a function over a transaction:
//! what one call does to one and what a batch task does to many is the same.

use db::{Tx, Value, args};
use domain::{Permit, Scope};
use types::{
    Code, Fault,
    device::{AddDevice, Device, NewSecret, SecretType, UpdateDevice},
    page::{PageOrder, Paged},
};

mod add;
mod address;
mod change;
mod counted;
mod end;
mod list;
mod read;
mod tree;

pub use add::{Added, add};
pub use address::{Addressed, address};
pub use change::{Named, freeze, unfreeze, update};
pub use end::delete;
pub use list::DeviceFilter;
pub use tree::change_gateway;
pub(crate) use tree::hold as hold_tree;

pub(crate) use counted::{miscounted, recount};
pub(crate) use end::{OWN, expire};

use crate::{Error, Store, apps};

/// The verbs of devices.
pub struct Devices<'s>(&'s Store);

/// Which devices a unit of work may touch.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// The project.
    pub project_id: &'a str,
    /// Only this app of it; a batch task touches its own app's devices only.
    pub app_id: Option<&'a str>,
}

/// What became of each of several, in their order. What was refused has changed nothing.
pub type Each<T> = Result<Vec<Result<T, Fault>>, Error>;

impl Store {
    /// Devices.
    pub fn devices(&self) -> Devices<'_> {
        Devices(self)
    }
}

/// The place that a device's secret is sealed for.
pub(crate) fn secret_place(device_id: &str, project_id: &str) -> String {
    format!("device/{project_id}/{device_id}")
}

/// The place that its other secret is sealed for.
pub(crate) fn secondary_place(device_id: &str, project_id: &str) -> String {
    format!("device-secondary/{project_id}/{device_id}")
}

impl Devices<'_> {
    /// Adds a device. Its answer and [`Devices::reset_secret`]'s are the only ones that show a secret.
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
                let added = only(add(tx, context, reach, &[&order])?)?;
                let mut device = read::find(tx, context, &scope, &added.device_id)?;
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
        self.0.db.read(move |tx| list::List::new(&scope, &filter).page(tx, order)).await
    }

    /// One device, its secrets masked.
    pub async fn show(&self, permit: &Permit, device_id: String) -> Result<Device, Error> {
        let (scope, context) = (permit.scope().clone(), self.0.context.clone());
        self.0.db.read(move |tx| read::find(tx, &context, &scope, &device_id)).await
    }

    /// Changes a device; answers what it is now.
    pub async fn update(
        &self,
        permit: &Permit,
        device_id: String,
        order: UpdateDevice,
    ) -> Result<Device, Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                let reach = reach(tx, &scope, &device_id)?;
                update(tx, context, reach, &device_id, &order)?;
                read::find(tx, context, &scope, &device_id)
            })
            .await
    }

    /// Gives a device another secret: the given one, or one that is made.
    pub async fn reset_secret(
        &self,
        permit: &Permit,
        device_id: String,
        secret_type: SecretType,
        secret: Option<String>,
    ) -> Result<NewSecret, Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                let reach = reach(tx, &scope, &device_id)?;
                let secret = secret.clone().unwrap_or_else(|| context.rng.hex(32));
                change::reset_secret(tx, context, reach, &device_id, secret_type, &secret)?;
                Ok(NewSecret { device_id: device_id.clone(), secret, secret_type: secret_type.as_str() })
            })
            .await
    }

    /// Puts a sub-device below another gateway.
    pub async fn change_gateway(
        &self,
        permit: &Permit,
        device_id: String,
        gateway_id: String,
    ) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                let reach = reach(tx, &scope, &device_id)?;
                change_gateway(tx, context, reach, &device_id, &gateway_id).map(|_| ())
            })
            .await
    }

    /// Freezes a device.
    pub async fn freeze(&self, permit: &Permit, device_id: String) -> Result<(), Error> {
        self.alone(permit, device_id, freeze).await
    }

    /// Unfreezes a device.
    pub async fn unfreeze(&self, permit: &Permit, device_id: String) -> Result<(), Error> {
        self.alone(permit, device_id, unfreeze).await
    }

    /// Deletes a device.
    pub async fn delete(&self, permit: &Permit, device_id: String) -> Result<(), Error> {
        self.alone(permit, device_id, delete).await
    }

    /// Does to one device what a batch task does to many.
    async fn alone(
        &self,
        permit: &Permit,
        device_id: String,
        act: fn(&mut dyn Tx, Reach<'_>, &[&str]) -> Each<Named>,
    ) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, _| {
                let reach = reach(tx, &scope, &device_id)?;
                only(act(tx, reach, &[&device_id])?).map(drop)
            })
            .await
    }
}

/// What became of the only one.
fn only<T>(mut each: Vec<Result<T, Fault>>) -> Result<T, Error> {
    Ok(each.pop().unwrap_or_else(|| Err(Code::DeviceMissing.into()))?)
}

/// Where a permit lets a device be touched: refuses one that belongs to another app than it is for. What is left of an app
/// that is deleted is gone for every caller, though the Pruner has not been there.
pub(crate) fn reach<'a>(tx: &mut dyn Tx, scope: &'a Scope, device_id: &str) -> Result<Reach<'a>, Error> {
    let project_id = scope.project_id();
    if !scope.is_whole() {
        let sql = "SELECT app_id FROM device WHERE project_id = ?1 AND device_id = ?2";
        let app_id = tx.first(sql, args![project_id, device_id], |row| row.string(0))?;
        scope.admit(&app_id.ok_or(Code::DeviceMissing)?).map_err(|fault| match fault.code {
            Code::AppForeign => Code::DeviceMissing.into(),
            _ => fault,
        })?;
    }
    Ok(Reach { project_id, app_id: None })
}

/// The keys of devices, one behind the other.
fn keys<'a>(project_id: &'a str, device_ids: &[&'a str]) -> Vec<Value<'a>> {
    device_ids.iter().flat_map(|device_id| args![project_id, *device_id].to_owned()).collect()
}

/// What is asked of a device before something of it is changed.
pub(crate) struct Held {
    /// What a report tells of it.
    pub(crate) named: Named,
    /// Its place in lists.
    pub(crate) record_id: String,
    /// The product that it is one of.
    pub(crate) product_id: String,
}

/// A device within `reach`, whose row nobody else changes or deletes until this unit of work ends.
pub(crate) fn hold(tx: &mut dyn Tx, reach: Reach<'_>, device_id: &str) -> Result<Held, Error> {
    let key = args![reach.project_id, device_id];
    tx.execute("UPDATE device SET frozen = frozen WHERE project_id = ?1 AND device_id = ?2", key)?;
    let found = tx.first(
        "SELECT node_id, device_name, record_id, product_id FROM device
          WHERE project_id = ?1 AND device_id = ?2 AND (?3 IS NULL OR app_id = ?3)",
        args![reach.project_id, device_id, reach.app_id],
        |row| {
            let named = Named { node_id: row.string(0)?, device_name: row.opt_string(1)? };
            Ok(Held { named, record_id: row.string(2)?, product_id: row.string(3)? })
        },
    )?;
    Ok(found.ok_or(Code::DeviceMissing)?)
}
