//! `deleteDevices`: what DeleteDevice does, for each target.

use store::devices;

use crate::verb::Verb;

/// `deleteDevices`
pub(super) const DELETE_DEVICES: Verb = Verb { task_type: "deleteDevices", act: devices::delete };
