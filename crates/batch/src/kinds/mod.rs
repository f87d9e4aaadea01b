//! The registry of kinds.

mod create_devices;
mod delete_devices;
mod freeze_devices;
mod unfreeze_devices;

use crate::{FileColumn, Kind};

/// Everything that a batch task can do.
pub const KINDS: &[&dyn Kind] = &[
    &create_devices::CreateDevices,
    &delete_devices::DeleteDevices,
    &freeze_devices::FreezeDevices,
    &unfreeze_devices::UnfreezeDevices,
];

/// The kind of a `task_type`.
pub fn kind(task_type: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.task_type() == task_type)
}

/// The file of a kind that needs nothing but devices.
const DEVICE_ID: &[FileColumn] = &[FileColumn::required("device_id", "设备ID")];

/// What such a kind gives.
const SUCCESS: &str = "success";
