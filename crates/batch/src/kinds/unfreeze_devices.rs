//! `unfreezeDevices`: what UnfreezeDevice does, for each target.

use store::devices;

use crate::verb::Verb;

/// `unfreezeDevices`
pub(super) const UNFREEZE_DEVICES: Verb = Verb { task_type: "unfreezeDevices", act: devices::unfreeze };
