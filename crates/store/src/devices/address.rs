//! A device that something is sent to, or kept for until it can be reached.

use db::{Tx, args};
use types::Code;

use super::{Named, Reach};
use crate::Error;

/// A device that can be sent something.
#[derive(Clone, Debug)]
pub struct Addressed {
    /// What reports tell of it.
    pub named: Named,
    /// Its product.
    pub product_id: String,
    /// The version of its firmware, if it has told.
    pub fw_version: Option<String>,
    /// The version of its software, if it has told.
    pub sw_version: Option<String>,
}

/// A device within `reach` that is not frozen. Until this unit of work ends nobody else addresses it, so that what is
/// kept for it can be counted.
pub fn address(tx: &mut dyn Tx, reach: Reach<'_>, device_id: &str) -> Result<Addressed, Error> {
    let within = args![reach.project_id, device_id, reach.app_id];
    let held = tx.execute(
        "UPDATE device SET frozen = frozen WHERE project_id = ?1 AND device_id = ?2 AND (?3 IS NULL OR app_id = ?3)",
        within,
    )?;
    if held == 0 {
        return Err(Code::DeviceMissing.into());
    }
    let found = tx.first(
        "SELECT node_id, device_name, product_id, fw_version, sw_version, frozen FROM device
          WHERE project_id = ?1 AND device_id = ?2 AND (?3 IS NULL OR app_id = ?3)",
        within,
        |row| {
            let named = Named { node_id: row.string(0)?, device_name: row.opt_string(1)? };
            let (product_id, fw_version, sw_version) =
                (row.string(2)?, row.opt_string(3)?, row.opt_string(4)?);
            Ok((Addressed { named, product_id, fw_version, sw_version }, row.int(5)? != 0))
        },
    )?;
    match found.ok_or(Code::DeviceMissing)? {
        (_, true) => Err(Code::DeviceIsFrozen.into()),
        (device, false) => Ok(device),
    }
}
