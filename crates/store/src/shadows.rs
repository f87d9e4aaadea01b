//! Device shadows: what is desired of each service of a device, and what it reported.

use db::{Row, Tx, args};
use domain::Permit;
use serde_json::{Map, Value as Json};
use types::{
    Code, Fault,
    shadow::{Desired, Service, Shadow, Side},
    text, time,
};

use crate::{
    Context, Error, Store,
    devices::{self, Named, Reach},
    products::Fits,
};

/// Most bytes of what is desired of one service, as JSON; the models that there may be are as large.
const DESIRED_BYTES_MAX: usize = 64 << 10;

/// The verbs of shadows.
pub struct Shadows<'s>(&'s Store);

impl Store {
    /// Device shadows.
    pub fn shadows(&self) -> Shadows<'_> {
        Shadows(self)
    }
}

impl Shadows<'_> {
    /// A device's shadow.
    pub async fn show(&self, permit: &Permit, device_id: String) -> Result<Shadow, Error> {
        let scope = permit.scope().clone();
        self.0
            .db
            .read(move |tx| {
                devices::reach(tx, &scope, &device_id)?;
                let sql = "SELECT 1 FROM device WHERE project_id = ?1 AND device_id = ?2";
                if !tx.exists(sql, args![scope.project_id(), &device_id])? {
                    return Err(Code::DeviceMissing.into());
                }
                find(tx, scope.project_id(), &device_id)
            })
            .await
    }

    /// Changes what is desired of a device; answers its shadow then.
    pub async fn desire(
        &self,
        permit: &Permit,
        device_id: String,
        services: Vec<Desired>,
    ) -> Result<Shadow, Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                let reach = devices::reach(tx, &scope, &device_id)?;
                desire(tx, context, reach, &device_id, &services, &mut Fits::default())?;
                find(tx, scope.project_id(), &device_id)
            })
            .await
    }

    /// Deletes a device's shadow.
    pub async fn delete(&self, permit: &Permit, device_id: String) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, _| {
                let reach = devices::reach(tx, &scope, &device_id)?;
                devices::hold(tx, reach, &device_id)?;
                let sql = "DELETE FROM shadow WHERE project_id = ?1 AND device_id = ?2";
                tx.execute(sql, args![scope.project_id(), &device_id])?;
                Ok(())
            })
            .await
    }
}

fn find(tx: &mut dyn Tx, project_id: &str, device_id: &str) -> Result<Shadow, Error> {
    let services = tx.all(
        "SELECT service_id, desired, desired_ms, reported, reported_ms, version FROM shadow
          WHERE project_id = ?1 AND device_id = ?2 ORDER BY service_id",
        args![project_id, device_id],
        |row| {
            Ok(Service {
                service_id: row.string(0)?,
                desired: side(row, 1)?,
                reported: side(row, 3)?,
                version: row.int(5)?,
            })
        },
    )?;
    Ok(Shadow { device_id: device_id.to_owned(), shadow: services })
}

fn side(row: &dyn Row, column: usize) -> Result<Side, db::Error> {
    Ok(Side {
        properties: row.opt_text(column)?.and_then(|text| serde_json::from_str(text).ok()),
        event_time: row.opt_int(column + 1)?.map(time::compact),
    })
}

/// Changes what is desired of a device within `reach`. Each service must be one of its product's model and have each
/// property, which must be writable; a service that has the wrong version changes nothing of any.
pub fn desire(
    tx: &mut dyn Tx,
    context: &Context,
    reach: Reach<'_>,
    device_id: &str,
    services: &[Desired],
    fits: &mut Fits,
) -> Result<Named, Error> {
    let device = devices::hold(tx, reach, device_id)?;
    fits.check(tx, reach.project_id, &device.product_id, |model| {
        services.iter().try_for_each(|service| model.check_desired(&service.service_id, &service.desired))
    })?;
    let mut changed = Vec::with_capacity(services.len());
    for service in services {
        changed.push(desired_then(tx, reach.project_id, device_id, service)?);
    }
    for (service, (desired, version)) in services.iter().zip(changed) {
        tx.execute(
            "INSERT INTO shadow (project_id, device_id, service_id, desired, desired_ms, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (project_id, device_id, service_id) DO UPDATE
               SET desired = excluded.desired, desired_ms = excluded.desired_ms, version = excluded.version",
            args![
                reach.project_id,
                device_id,
                &service.service_id,
                &desired,
                context.clock.now_ms(),
                version,
            ],
        )?;
    }
    Ok(device.named)
}

/// What is desired of a service once `order` is added to what is desired of it now, and its version then.
fn desired_then(
    tx: &mut dyn Tx,
    project_id: &str,
    device_id: &str,
    order: &Desired,
) -> Result<(String, i64), Error> {
    let sql =
        "SELECT desired, version FROM shadow WHERE project_id = ?1 AND device_id = ?2 AND service_id = ?3";
    let now = tx.first(sql, args![project_id, device_id, &order.service_id], |row| {
        let desired = row.opt_text(0)?.and_then(|text| serde_json::from_str::<Map<String, Json>>(text).ok());
        Ok((desired.unwrap_or_default(), row.int(1)?))
    })?;
    let (mut desired, version) = now.unwrap_or_default();
    if order.version.is_some_and(|expected| expected != version) {
        let service_id = &order.service_id;
        let why = text!("{service_id} has version {version}.", "{service_id}的版本为{version}。");
        return Err(Fault::new(Code::ShadowVersion, why).into());
    }
    if order.desired.is_empty() {
        desired.clear();
    }
    for (property, value) in &order.desired {
        match value {
            Json::Null => desired.remove(property),
            value => desired.insert(property.clone(), value.clone()),
        };
    }
    let text = Json::Object(desired).to_string();
    if text.len() > DESIRED_BYTES_MAX {
        let why = text!(
            "desired: must be at most {most} bytes a service",
            "desired：每个服务不能超过{most}字节",
            most = DESIRED_BYTES_MAX
        );
        return Err(Fault::new(Code::InvalidInput, why).into());
    }
    Ok((text, version + 1))
}
