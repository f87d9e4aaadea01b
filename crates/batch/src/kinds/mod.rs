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
const DEVICE_ID: &[FileColumn] = &[FileColumn::required("device_id", "设备ID").explained(
    "The id of a device in the app of the task: 1 to 128 letters, digits, _ and -.",
    "任务所属资源空间中的设备ID：1~128个字符，只能是字母、数字、下划线（_）和连接符（-）。",
    "5c8ba99030344005c02316ad_lamp-0001",
)];

/// What such a kind gives.
const SUCCESS: &str = "success";
