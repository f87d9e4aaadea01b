//! How many devices there are: a project and each of its products count their own, so that the length of most lists is
//! known without counting. Whoever adds or deletes a device holds the row of the project, so that no two count at once.

use db::{Tx, args};
use types::{Code, Fault};

use super::tree;
use crate::{Context, Error};

/// Counts one more of a product, if the project may have one more.
pub(super) fn one_more(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    product_id: &str,
) -> Result<(), Error> {
    let limit = context.limits.devices;
    let taken = tx.execute(
        "UPDATE project SET devices = devices + 1 WHERE project_id = ?1 AND devices < ?2",
        args![project_id, limit],
    )?;
    if taken == 0 {
        return Err(Fault::at_limit(Code::DeviceQuota, "limits.devices", limit).into());
    }
    of_product(tx, project_id, product_id, 1)
}

/// Counts one less of a product.
pub(super) fn one_less(tx: &mut dyn Tx, project_id: &str, product_id: &str) -> Result<(), Error> {
    tx.execute("UPDATE project SET devices = devices - 1 WHERE project_id = ?1", args![project_id])?;
    of_product(tx, project_id, product_id, -1)
}

fn of_product(tx: &mut dyn Tx, project_id: &str, product_id: &str, more: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE product SET devices = COALESCE(devices, 0) + ?3 WHERE project_id = ?1 AND product_id = ?2",
        args![project_id, product_id, more],
    )?;
    Ok(())
}

/// The products that count other than they have; an earlier program that ran beside this one did not count them.
pub(crate) fn miscounted(tx: &mut dyn Tx) -> Result<Vec<(String, String)>, Error> {
    let sql = "SELECT p.project_id, p.product_id FROM product p WHERE COALESCE(p.devices, 0) <> (
        SELECT COUNT(*) FROM device d WHERE d.project_id = p.project_id AND d.product_id = p.product_id)";
    Ok(tx.all(sql, args![], |row| Ok((row.string(0)?, row.string(1)?)))?)
}

/// Counts a product anew.
pub(crate) fn recount(tx: &mut dyn Tx, project_id: &str, product_id: &str) -> Result<(), Error> {
    tree::hold(tx, project_id)?;
    tx.execute(
        "UPDATE product SET devices = (SELECT COUNT(*) FROM device d
           WHERE d.project_id = product.project_id AND d.product_id = product.product_id)
          WHERE project_id = ?1 AND product_id = ?2",
        args![project_id, product_id],
    )?;
    Ok(())
}
