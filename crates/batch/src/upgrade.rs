//! An upgrade of devices: the whole kind is its name and what it upgrades. One upgrade of a device is in flight at a
//! time; it waits until the device comes online.

use db::Tx;
use domain::order::{Fields, packages};
use store::{
    device_upgrades::{self, Upgrade as Reserved},
    devices::Each,
    subtasks::Subtask,
};
use types::{Code, Fault, text};

use crate::{Awaits, Effect, Kind, PackageType, Task, kind::each, package_ids};

/// A kind of batch task that upgrades devices.
pub(crate) struct Upgrade {
    /// Its `task_type`.
    pub(crate) task_type: &'static str,
    /// What it upgrades.
    pub(crate) package_type: PackageType,
}

impl Kind for Upgrade {
    fn task_type(&self) -> &'static str {
        self.task_type
    }

    fn document(&self) -> Option<fn(&mut Fields<'_>)> {
        Some(|fields| drop(packages(fields)))
    }

    fn upgrades(&self) -> Option<PackageType> {
        Some(self.package_type)
    }

    fn execute(&self, tx: &mut dyn Tx, task: &Task<'_>, subtasks: &[Subtask]) -> Each<Effect> {
        let package_ids = package_ids(task.document);
        let wait_ms = task.context.limits.upgrade_online_seconds.saturating_mul(1000);
        each(subtasks, |subtask| {
            let upgrade = Reserved {
                task_id: task.task_id,
                ordinal: subtask.ordinal,
                package_type: self.package_type.as_str(),
                package_ids: &package_ids,
            };
            let device = device_upgrades::begin(tx, task.reach, &subtask.target, upgrade)?;
            let until_ms = task.context.clock.now_ms().saturating_add(wait_ms);
            let awaits = Some(Awaits { stage: "online", until_ms, order: None });
            Ok(Effect { awaits, ..Effect::on(device, String::new()) })
        })
    }

    fn overdue(&self) -> Fault {
        Fault::new(Code::DeviceOffline, text!("Waiting for the device online timeout", "等待设备上线超时"))
    }
}
