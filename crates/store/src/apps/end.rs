//! How an app goes. What there is little of goes at once, in one unit of work: the app, its products, groups, packages,
//! and the heads of its batch tasks and exports. There may be two million devices; they go in slices, and lie outside of
//! every permit until then ([`domain::Access::removing`]).
//!
//! Batch tasks and exports go, too: they tell of devices that are no more, to callers who might never have been allowed
//! to see this app. Whoever needs a report has it before.

use db::{Tx, args};

use crate::{Context, Error, batch_tasks, devices, export_tasks, garbage, identity};

/// Devices that one unit of work removes. Each may have sixty rows of its own.
const SLICE: i64 = 500;

/// Deletes an app that is not the default one, within the gate of its project.
pub(super) fn delete(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    app_id: &str,
) -> Result<(), Error> {
    // A device that is being added is there before this goes on, or finds its product gone after.
    tx.execute("UPDATE project SET devices = devices WHERE project_id = ?1", args![project_id])?;
    batch_tasks::remove_of_app(tx, context, project_id, app_id)?;
    remove_exports(tx, context, project_id, app_id)?;
    let files = tx.all(
        "SELECT object_key FROM ota_package WHERE project_id = ?1 AND app_id = ?2 AND object_key IS NOT NULL",
        args![project_id, app_id],
        |row| row.string(0),
    )?;
    for object_key in &files {
        garbage::doom(tx, object_key, context.clock.now_ms())?;
    }
    for table in ["ota_package", "device_group", "product", "app"] {
        let sql = format!("DELETE FROM {table} WHERE project_id = ?1 AND app_id = ?2");
        tx.execute(&sql, args![project_id, app_id])?;
    }
    tx.execute("INSERT INTO doomed_app (project_id, app_id) VALUES (?1, ?2)", args![project_id, app_id])?;
    identity::changed(tx)
}

/// Removes every export task of what lies in an app, with their results; a worker that is at one loses its claim.
fn remove_exports(tx: &mut dyn Tx, context: &Context, project_id: &str, app_id: &str) -> Result<(), Error> {
    let ids = tx.all(
        "SELECT export_task_id FROM export_task WHERE project_id = ?1 AND source_app_id = ?2
          ORDER BY user_id, export_task_id",
        args![project_id, app_id],
        |row| row.string(0),
    )?;
    for id in &ids {
        export_tasks::enter_gate(tx, project_id, id)?;
        export_tasks::remove(tx, context, project_id, id)?;
    }
    Ok(())
}

/// Removes a slice of the devices of deleted apps; answers whether there may be more.
pub(crate) fn prune_doomed(tx: &mut dyn Tx) -> Result<bool, Error> {
    let doomed = tx.first("SELECT project_id, app_id FROM doomed_app LIMIT 1", args![], |row| {
        Ok((row.string(0)?, row.string(1)?))
    })?;
    let Some((project_id, app_id)) = doomed else { return Ok(false) };
    // Another node's Pruner takes the next slice, and whoever adds a device that makes way for none of this one.
    devices::hold_tree(tx, &project_id)?;
    let slice = tx.all(
        "SELECT device_id FROM device WHERE project_id = ?1 AND app_id = ?2 ORDER BY record_id LIMIT ?3",
        args![&project_id, &app_id, SLICE],
        |row| row.string(0),
    )?;
    remove(tx, &project_id, &slice)?;
    if slice.is_empty() {
        let sql = "DELETE FROM doomed_app WHERE project_id = ?1 AND app_id = ?2";
        tx.execute(sql, args![&project_id, &app_id])?;
        identity::changed(tx)?;
    }
    Ok(true)
}

/// Removes what is left of a deleted app and has an id that a new device is to have; answers whether anything had.
pub(crate) fn make_way(
    tx: &mut dyn Tx,
    project_id: &str,
    device_id: &str,
    product_id: &str,
    node_id: &str,
) -> Result<bool, Error> {
    let left = tx.all(
        "SELECT device_id FROM device
          WHERE project_id = ?1 AND (device_id = ?2 OR (product_id = ?3 AND node_id = ?4))
            AND app_id IN (SELECT app_id FROM doomed_app WHERE project_id = ?1)",
        args![project_id, device_id, product_id, node_id],
        |row| row.string(0),
    )?;
    remove(tx, project_id, &left)?;
    Ok(!left.is_empty())
}

/// Removes devices of deleted apps, whose tree is held. The groups that had them as members are gone already.
fn remove(tx: &mut dyn Tx, project_id: &str, device_ids: &[String]) -> Result<(), Error> {
    let keys: Vec<_> = device_ids.iter().flat_map(|id| args![project_id, id].to_owned()).collect();
    // Their own rows first, so that whoever is about to give them something more waits, and then finds them gone.
    for table in ["device"].into_iter().chain(devices::OWN).chain(["group_member"]) {
        let sql = format!("DELETE FROM {table} WHERE project_id = ?1 AND device_id = ?2");
        tx.execute_many(&sql, 2, &keys)?;
    }
    let sql = "UPDATE project SET devices = devices - ?2 WHERE project_id = ?1";
    tx.execute(sql, args![project_id, device_ids.len() as i64])?;
    Ok(())
}
