//! The one upgrade that a device may have in flight.

use db::{Tx, args};
use types::{Code, Fault, Text, text};

use crate::{
    Error,
    devices::{self, Named, Reach},
};

/// Which subtask upgrades a device, and to what.
#[derive(Clone, Copy, Debug)]
pub struct Upgrade<'a> {
    /// The task.
    pub task_id: &'a str,
    /// The subtask.
    pub ordinal: i64,
    /// What kind of package it takes.
    pub package_type: &'a str,
    /// The packages to choose from: one for each product.
    pub package_ids: &'a [String],
}

/// Reserves a device within `reach` for an upgrade; it is let go as the subtask ends or the device goes.
pub fn begin(
    tx: &mut dyn Tx,
    reach: Reach<'_>,
    device_id: &str,
    upgrade: Upgrade<'_>,
) -> Result<Named, Error> {
    let device = devices::address(tx, reach, device_id)?;
    let mut version = None;
    for package_id in upgrade.package_ids {
        version = tx.first(
            "SELECT version FROM ota_package WHERE project_id = ?1 AND package_id = ?2 AND product_id = ?3
                AND package_type = ?4",
            args![reach.project_id, package_id, &device.product_id, upgrade.package_type],
            |row| row.string(0),
        )?;
        if version.is_some() {
            break;
        }
    }
    let Some(version) = version else {
        let product_id = &device.product_id;
        let none = text!(
            "No package of the task is for the device's product {product_id}.",
            "任务的升级包不适用于设备所属产品{product_id}。"
        );
        return Err(Fault::new(Code::DocumentInvalid, none).into());
    };
    let refused = |why: Text| Err(Fault::new(Code::TaskStateRefused, why).into());
    let current = match upgrade.package_type {
        "firmwarePackage" => device.fw_version,
        "softwarePackage" => device.sw_version,
        _ => None,
    };
    if current == Some(version) {
        return refused(text!(
            "The current version is the same as the target version",
            "当前版本与目标版本相同"
        ));
    }
    let reserved = tx.execute(
        "INSERT INTO device_upgrade (project_id, device_id, task_id, ordinal) VALUES (?1, ?2, ?3, ?4)
          ON CONFLICT (project_id, device_id) DO NOTHING",
        args![reach.project_id, device_id, upgrade.task_id, upgrade.ordinal],
    )?;
    match reserved {
        1 => Ok(device.named),
        _ => refused(text!("Task Conflict", "任务冲突")),
    }
}
