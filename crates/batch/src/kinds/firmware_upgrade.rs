//! `firmwareUpgrade`: each target is upgraded to a package that is for its product.

use crate::{PackageType, upgrade::Upgrade};

/// `firmwareUpgrade`
pub(super) const FIRMWARE_UPGRADE: Upgrade =
    Upgrade { task_type: "firmwareUpgrade", package_type: PackageType::Firmware };
