//! How many devices there are: a project and each of its products count their own, so that the length of most lists is
//! known without counting. Whoever adds or deletes a device holds the row of the project, so that no two count at once.

use std::collections::BTreeMap;

use db::{Tx, args};
use types::{Code, Fault};

use super::tree;
use crate::{Context, Error};

/// How many more devices the project may have; nobody else adds or deletes any until this unit of work ends.
pub(super) fn room(tx: &mut dyn Tx, context: &Context, project_id: &str) -> Result<i64, Error> {
    tree::hold(tx, project_id)?;
    let there = tx.count("SELECT devices FROM project WHERE project_id = ?1", args![project_id])?;
    Ok(context.limits.devices - there)
}

/// Why there may not be one more.
pub(super) fn full(context: &Context) -> Fault {
    Fault::at_limit(Code::DeviceQuota, "limits.devices", context.limits.devices)
}

/// Counts devices of these products, one each, as so many more or less.
pub(super) fn count(tx: &mut dyn Tx, project_id: &str, product_ids: &[&str], each: i64) -> Result<(), Error> {
    if product_ids.is_empty() {
        return Ok(());
    }
    let mut of_products = BTreeMap::new();
    for product_id in product_ids {
        *of_products.entry(*product_id).or_insert(0) += each;
    }
    let of_project = "UPDATE project SET devices = devices + ?2 WHERE project_id = ?1";
    tx.execute(of_project, args![project_id, of_products.values().sum::<i64>()])?;
    let values: Vec<_> =
        of_products.iter().flat_map(|(id, more)| args![project_id, *id, *more].to_owned()).collect();
    tx.execute_many(
        "UPDATE product SET devices = COALESCE(devices, 0) + ?3 WHERE project_id = ?1 AND product_id = ?2",
        3,
        &values,
    )?;
    Ok(())
}

/// The products that count other than they have; an earlier program that ran beside this one did not count them. One more
/// may be among them whose id a deleted app's product had: to count it anew does no harm.
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
           WHERE d.project_id = product.project_id AND d.product_id = product.product_id
             AND d.app_id = product.app_id)
          WHERE project_id = ?1 AND product_id = ?2",
        args![project_id, product_id],
    )?;
    Ok(())
}
