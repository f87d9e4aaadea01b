//! The registry of kinds.

mod change_gateway;
mod create_async_commands;
mod create_commands;
mod create_devices;
mod create_messages;
mod delete_devices;
mod firmware_upgrade;
mod freeze_devices;
mod module_upgrade;
mod software_upgrade;
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
    &create_messages::CreateMessages,
    &create_commands::CreateCommands,
    &create_async_commands::CreateAsyncCommands,
    &software_upgrade::SOFTWARE_UPGRADE,
    &firmware_upgrade::FIRMWARE_UPGRADE,
    &module_upgrade::MODULE_UPGRADE,
];

/// Words of the service for what no kind here does: no task is made by them, and a list of such tasks is empty.
const UNSERVED: [&str; 5] = ["sendEmails", "sendSmss", "addDevicesToGroup", "deviceConfig", "deviceJob"];

/// Every `task_type` that there may be tasks of, here or in the cloud.
pub fn task_types() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|kind| kind.task_type()).chain(UNSERVED)
}

/// The kind of a `task_type`.
pub fn kind(task_type: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.task_type() == task_type)
}
