//! The registry of kinds.

mod change_gateway;
mod create_devices;
mod delete_devices;
mod freeze_devices;
mod unfreeze_devices;
mod update_device_shadows;
mod update_devices;

use crate::Kind;

/// Everything that a batch task can do.
pub const KINDS: &[&dyn Kind] = &[
    &create_devices::CreateDevices,
    &update_devices::UpdateDevices,
    &delete_devices::DELETE_DEVICES,
    &freeze_devices::FREEZE_DEVICES,
    &unfreeze_devices::UNFREEZE_DEVICES,
    &change_gateway::ChangeGateway,
    &update_device_shadows::UpdateDeviceShadows,
];

/// The kind of a `task_type`.
pub fn kind(task_type: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.task_type() == task_type)
}
