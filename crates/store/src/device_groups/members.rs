//! Who is in a group: the devices that were added to a static one, or those that the rule of a dynamic one finds at the
//! moment of asking. A group's subgroups have devices of their own, which are not the group's.

use std::collections::BTreeSet;

use db::{Row, Tx, Value, args};
use domain::{GroupRule, limits, order::rule::GROUP_ID};
use types::{
    Code, Fault,
    device_group::DeviceInGroup,
    page::{PageOrder, Paged},
};

use super::rule::Where;
use crate::{Context, Error, devices::Reach, page};

/// What decides who is in a group.
pub(super) struct Group {
    pub(super) app_id: String,
    rule: Option<GroupRule>,
    devices: i64,
}

pub(super) fn find(tx: &mut dyn Tx, project_id: &str, group_id: &str) -> Result<Option<Group>, Error> {
    let sql = "SELECT app_id, dynamic_group_rule, devices FROM device_group WHERE project_id = ?1 AND group_id = ?2";
    let found = tx.first(sql, args![project_id, group_id], |row| {
        Ok((row.string(0)?, row.opt_string(1)?, row.int(2)?))
    })?;
    let Some((app_id, text, devices)) = found else { return Ok(None) };
    let rule = text.as_deref().map(read).transpose()?;
    Ok(Some(Group { app_id, rule, devices }))
}

/// A rule that was checked when it was written.
pub(super) fn read(text: &str) -> Result<GroupRule, Error> {
    GroupRule::parse(text).map_err(|error| {
        Fault::new(Code::Internal, types::Text::field("dynamic_group_rule", error.text())).into()
    })
}

/// Refuses the first group that is not within reach, where an unknown and a foreign one look alike.
pub fn must_exist(tx: &mut dyn Tx, reach: Reach<'_>, group_ids: &[String]) -> Result<(), Error> {
    let sql =
        "SELECT 1 FROM device_group WHERE project_id = ?1 AND group_id = ?2 AND (?3 IS NULL OR app_id = ?3)";
    for group_id in group_ids {
        // A text that is no id may hold what a server refuses.
        let known =
            GROUP_ID.admits(group_id) && tx.exists(sql, args![reach.project_id, group_id, reach.app_id])?;
        if !known {
            return Err(Fault::of_value(Code::GroupMissing, "group_ids", group_id).into());
        }
    }
    Ok(())
}

/// The devices within reach that are in any of the groups, each once, by their ids: at most `limit` behind `after`. A
/// group that is not within reach has none. Whoever goes on from the last one reads no device twice.
pub fn resolve(
    tx: &mut dyn Tx,
    reach: Reach<'_>,
    group_ids: &[String],
    after: &str,
    limit: usize,
) -> Result<Vec<String>, Error> {
    let mut found = BTreeSet::new();
    for group_id in group_ids {
        let Some(group) = find(tx, reach.project_id, group_id)? else { continue };
        if reach.app_id.is_some_and(|only| only != group.app_id) {
            continue;
        }
        found.extend(behind(tx, reach.project_id, group_id, &group, after, limit)?);
        while found.len() > limit {
            found.pop_last();
        }
    }
    Ok(found.into_iter().collect())
}

/// The devices of one group, from the index of their ids.
fn behind(
    tx: &mut dyn Tx,
    project_id: &str,
    group_id: &str,
    group: &Group,
    after: &str,
    limit: usize,
) -> Result<Vec<String>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let Some(rule) = &group.rule else {
        // Only devices of its own app are in it, and those that are deleted are not.
        let sql =
            "SELECT device_id FROM group_member WHERE project_id = ?1 AND group_id = ?2 AND device_id > ?3
            ORDER BY device_id LIMIT ?4";
        return Ok(tx.all(sql, args![project_id, group_id, after, limit], |row| row.string(0))?);
    };
    let met = Where::of(rule, args![project_id, &group.app_id, after, limit]);
    let sql = format!(
        "SELECT d.device_id FROM device d WHERE d.project_id = ?1 AND d.app_id = ?2 AND d.device_id > ?3 AND {}
          ORDER BY d.device_id LIMIT ?4",
        met.sql
    );
    Ok(tx.all(&sql, met.args(), |row| row.string(0))?)
}

fn short(row: &dyn Row) -> Result<DeviceInGroup, db::Error> {
    Ok(DeviceInGroup {
        device_id: row.string(1)?,
        node_id: row.string(2)?,
        device_name: row.opt_string(3)?,
        product_id: row.string(4)?,
    })
}

const SHORT: &str = "d.record_id, d.device_id, d.node_id, d.device_name, d.product_id";

/// One page of a group's devices, the newest device first.
pub(super) fn page(
    tx: &mut dyn Tx,
    project_id: &str,
    group_id: &str,
    group: &Group,
    order: PageOrder,
) -> Result<Paged<DeviceInGroup>, Error> {
    let marker = order.marker.to_string();
    let each = |row: &dyn Row| Ok((page::record_id(row, 0)?, short(row)?));
    let Some(rule) = &group.rule else {
        let sql = format!(
            "SELECT {SHORT} FROM group_member m
               JOIN device d ON d.project_id = m.project_id AND d.device_id = m.device_id
              WHERE m.project_id = ?1 AND m.group_id = ?2 AND m.record_id < ?3
              ORDER BY m.record_id DESC LIMIT ?4 OFFSET ?5"
        );
        let records = tx.all(&sql, args![project_id, group_id, &marker, order.limit, order.offset], each)?;
        return Ok(page::paged(records, group.devices));
    };
    let mut met = Where::of(rule, args![project_id, &group.app_id]);
    let of_app = "FROM device d WHERE d.project_id = ?1 AND d.app_id = ?2 AND";
    let count = tx.count(&format!("SELECT COUNT(*) {of_app} {}", met.sql), met.args())?;
    let (below, limit) = (met.place(Value::Text(&marker)), met.place(Value::Int(order.limit)));
    let offset = met.place(Value::Int(order.offset));
    let sql = format!(
        "SELECT {SHORT} {of_app} {} AND d.record_id < {below} ORDER BY d.record_id DESC LIMIT {limit} OFFSET {offset}",
        met.sql
    );
    Ok(page::paged(tx.all(&sql, met.args(), each)?, count))
}

/// Adds a device. The tree is held, so nobody else changes who is in which group, nor deletes the device.
pub(super) fn add(
    tx: &mut dyn Tx,
    context: &Context,
    reach: Reach<'_>,
    group_id: &str,
    group: &Group,
    device_id: &str,
) -> Result<(), Error> {
    let device = "SELECT record_id FROM device WHERE project_id = ?1 AND device_id = ?2 AND app_id = ?3";
    let (project_id, app_id) = (reach.project_id, group.app_id.as_str());
    let record_id = tx.first(device, args![project_id, device_id, app_id], |row| row.string(0))?;
    let record_id = record_id.ok_or(Code::DeviceMissing)?;
    let taken = "SELECT 1 FROM group_member WHERE project_id = ?1 AND group_id = ?2 AND device_id = ?3";
    if tx.exists(taken, args![project_id, group_id, device_id])? {
        return Err(Code::DeviceInGroup.into());
    }
    let limit = context.limits.group_devices;
    if group.devices >= limit {
        return Err(Fault::at_limit(Code::GroupFull, "limits.group_devices", limit).into());
    }
    let of_device = "SELECT COUNT(*) FROM group_member WHERE project_id = ?1 AND device_id = ?2";
    if tx.count(of_device, args![project_id, device_id])? >= limits::GROUPS_OF_DEVICE {
        return Err(Code::GroupsOfDeviceQuota.into());
    }
    tx.execute(
        "INSERT INTO group_member (project_id, group_id, device_id, record_id) VALUES (?1, ?2, ?3, ?4)",
        args![project_id, group_id, device_id, &record_id],
    )?;
    count(tx, project_id, group_id, 1)
}

/// Removes a device, whose tree is held.
pub(super) fn remove(
    tx: &mut dyn Tx,
    project_id: &str,
    group_id: &str,
    group: &Group,
    device_id: &str,
) -> Result<(), Error> {
    let gone = tx.execute(
        "DELETE FROM group_member WHERE project_id = ?1 AND group_id = ?2 AND device_id = ?3",
        args![project_id, group_id, device_id],
    )?;
    if gone == 0 {
        let device = "SELECT 1 FROM device WHERE project_id = ?1 AND device_id = ?2 AND app_id = ?3";
        let known = tx.exists(device, args![project_id, device_id, &group.app_id])?;
        return Err(if known { Code::DeviceNotInGroup } else { Code::DeviceMissing }.into());
    }
    count(tx, project_id, group_id, -1)
}

fn count(tx: &mut dyn Tx, project_id: &str, group_id: &str, more: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE device_group SET devices = devices + ?3 WHERE project_id = ?1 AND group_id = ?2",
        args![project_id, group_id, more],
    )?;
    Ok(())
}

/// Takes devices that are being deleted, and whose tree is held, out of their groups; `keys` are their projects and ids.
pub(crate) fn forget(tx: &mut dyn Tx, keys: &[Value<'_>]) -> Result<(), Error> {
    tx.execute_many(
        "UPDATE device_group SET devices = devices - 1 WHERE project_id = ?1 AND group_id IN
           (SELECT group_id FROM group_member WHERE project_id = ?1 AND device_id = ?2)",
        2,
        keys,
    )?;
    tx.execute_many("DELETE FROM group_member WHERE project_id = ?1 AND device_id = ?2", 2, keys)?;
    Ok(())
}

impl Group {
    pub(super) fn is_dynamic(&self) -> bool {
        self.rule.is_some()
    }

    pub(super) fn has_members(&self) -> bool {
        self.devices > 0
    }
}
