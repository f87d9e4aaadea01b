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
    // Whoever deletes a product or an app takes the same turn, so this is the last time that it may have gone.
    if of_product(tx, project_id, product_id, 1)? == 0 {
        of_project(tx, project_id, -1)?;
        return Err(Fault::of_value(Code::ProductMissing, "product_id", product_id).into());
    }
    Ok(())
}

/// Counts one less of a product.
pub(super) fn one_less(tx: &mut dyn Tx, project_id: &str, product_id: &str) -> Result<(), Error> {
    of_project(tx, project_id, -1)?;
    of_product(tx, project_id, product_id, -1).map(drop)
}

fn of_project(tx: &mut dyn Tx, project_id: &str, more: i64) -> Result<(), Error> {
    let sql = "UPDATE project SET devices = devices + ?2 WHERE project_id = ?1";
    Ok(tx.execute(sql, args![project_id, more]).map(drop)?)
}

/// Answers whether there is such a product.
fn of_product(tx: &mut dyn Tx, project_id: &str, product_id: &str, more: i64) -> Result<u64, Error> {
    let sql =
        "UPDATE product SET devices = COALESCE(devices, 0) + ?3 WHERE project_id = ?1 AND product_id = ?2";
    Ok(tx.execute(sql, args![project_id, product_id, more])?)
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
