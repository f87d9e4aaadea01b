//! `freezeDevices`: what FreezeDevice does, for each target.

use store::devices;

use crate::verb::Verb;

/// `freezeDevices`
pub(super) const FREEZE_DEVICES: Verb = Verb { task_type: "freezeDevices", act: devices::freeze };
