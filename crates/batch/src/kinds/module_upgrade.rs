//! `moduleUpgrade`: each target is upgraded to a package that is for its product.

use crate::{PackageType, upgrade::Upgrade};

/// `moduleUpgrade`
pub(super) const MODULE_UPGRADE: Upgrade =
    Upgrade { task_type: "moduleUpgrade", package_type: PackageType::Module };
