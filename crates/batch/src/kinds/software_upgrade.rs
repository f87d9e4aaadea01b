//! `softwareUpgrade`: each target is upgraded to a package that is for its product.

use crate::{PackageType, upgrade::Upgrade};

/// `softwareUpgrade`
pub(super) const SOFTWARE_UPGRADE: Upgrade =
    Upgrade { task_type: "softwareUpgrade", package_type: PackageType::Software };
