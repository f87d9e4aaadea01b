//! Groups of devices: static ones, to which devices are added, and dynamic ones, whose rule finds them. A group belongs
//! to one app, and so do its devices.

use db::{Row, Tx, args};
use domain::{Permit, Scope, limits};
use types::{
    Code, Fault,
    device_group::{AddDeviceGroup, DeviceGroup, DeviceInGroup},
    page::{PageOrder, Paged},
};

use crate::{
    Context, Error, Store, apps,
    devices::{Reach, hold_tree},
    gate,
    page::{self, List},
};

mod members;
mod of_device;
mod rule;

pub(crate) use members::forget;
pub use members::{must_exist, resolve};

/// The verbs of groups.
pub struct DeviceGroups<'s>(&'s Store);

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct GroupFilter {
    /// Only this app's.
    pub app_id: Option<String>,
    /// Only the one of this name in its app.
    pub name: Option<String>,
    /// Only `STATIC` or `DYNAMIC` ones.
    pub group_type: Option<String>,
    /// Added or changed after this time, unix ms.
    pub modified_after_ms: Option<i64>,
}

/// What a caller changes of a group.
#[derive(Clone, Debug, Default)]
pub struct GroupChange {
    /// The new name.
    pub name: Option<String>,
    /// The new description.
    pub description: Option<String>,
}

impl Store {
    /// Groups of devices.
    pub fn device_groups(&self) -> DeviceGroups<'_> {
        DeviceGroups(self)
    }
}

const SELECT: &str = "SELECT g.record_id, g.group_id, g.name, g.description, g.super_group_id, g.group_type,
    g.dynamic_group_rule, g.app_id FROM device_group g WHERE g.project_id = ?1";

fn group(row: &dyn Row, whole: bool) -> Result<DeviceGroup, db::Error> {
    Ok(DeviceGroup {
        group_id: row.string(1)?,
        name: row.string(2)?,
        description: row.opt_string(3)?,
        super_group_id: row.opt_string(4)?,
        group_type: row.string(5)?,
        dynamic_group_rule: if whole { row.opt_string(6)? } else { None },
    })
}

impl DeviceGroups<'_> {
    /// Adds a group.
    pub async fn add(
        &self,
        permit: &Permit,
        app_id: Option<String>,
        order: AddDeviceGroup,
    ) -> Result<DeviceGroup, Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                gate::enter(tx, scope.project_id())?;
                let app_id = apps::named_or_default(tx, &scope, app_id.as_deref())?;
                let group_id = insert(tx, context, scope.project_id(), &app_id, &order)?;
                find(tx, &scope, &group_id)
            })
            .await
    }

    /// One page of groups, without their rules.
    pub async fn list(
        &self,
        permit: &Permit,
        filter: GroupFilter,
        order: PageOrder,
    ) -> Result<Paged<DeviceGroup>, Error> {
        let scope = permit.scope().clone();
        self.0
            .db
            .read(move |tx| {
                if let Some(app_id) = &filter.app_id {
                    apps::must_exist(tx, &scope, app_id)?;
                }
                let list = List {
                    select: SELECT,
                    count: "SELECT COUNT(*) FROM device_group g WHERE g.project_id = ?1",
                    narrowed: "(?2 IS NULL OR g.app_id = ?2) AND (?3 IS NULL OR g.name = ?3)
                        AND (?4 IS NULL OR g.group_type = ?4) AND (?5 IS NULL OR g.modified_ms > ?5)
                        AND (?6 IS NULL OR ?6 LIKE '%,' || g.app_id || ',%')",
                    id: "g.record_id",
                };
                let within = scope.apps_listed();
                let args = args![
                    scope.project_id(),
                    filter.app_id.as_ref(),
                    filter.name.as_ref(),
                    filter.group_type.as_ref(),
                    filter.modified_after_ms,
                    within.as_ref(),
                ];
                page::read(tx, &list, args, order, |row| group(row, false))
            })
            .await
    }

    /// One group.
    pub async fn show(&self, permit: &Permit, group_id: String) -> Result<DeviceGroup, Error> {
        let scope = permit.scope().clone();
        self.0.db.read(move |tx| find(tx, &scope, &group_id)).await
    }

    /// Changes the name or the description of a group.
    pub async fn update(
        &self,
        permit: &Permit,
        group_id: String,
        change: GroupChange,
    ) -> Result<DeviceGroup, Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                gate::enter(tx, scope.project_id())?;
                let app_id = admitted(tx, &scope, &group_id)?.app_id;
                if let Some(name) = &change.name {
                    must_be_free(tx, scope.project_id(), &app_id, name, &group_id)?;
                }
                tx.execute(
                    "UPDATE device_group SET name = COALESCE(?3, name), description = COALESCE(?4, description),
                       modified_ms = ?5 WHERE project_id = ?1 AND group_id = ?2",
                    args![
                        scope.project_id(),
                        &group_id,
                        change.name.as_ref(),
                        change.description.as_ref(),
                        context.clock.now_ms()
                    ],
                )?;
                find(tx, &scope, &group_id)
            })
            .await
    }

    /// Deletes a group that has neither subgroups nor members.
    pub async fn delete(&self, permit: &Permit, group_id: String) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, _| {
                let project_id = scope.project_id();
                // Nobody adds a subgroup meanwhile, nor a member.
                gate::enter(tx, project_id)?;
                hold_tree(tx, project_id)?;
                let group = admitted(tx, &scope, &group_id)?;
                let below = "SELECT 1 FROM device_group WHERE project_id = ?1 AND super_group_id = ?2";
                if tx.exists(below, args![project_id, &group_id])? {
                    return Err(Code::GroupHasChildren.into());
                }
                if group.has_members() {
                    return Err(Code::GroupNotEmpty.into());
                }
                let sql = "DELETE FROM device_group WHERE project_id = ?1 AND group_id = ?2";
                tx.execute(sql, args![project_id, &group_id])?;
                Ok(())
            })
            .await
    }

    /// Adds a device to a static group.
    pub async fn add_device(
        &self,
        permit: &Permit,
        group_id: String,
        device_id: String,
    ) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                let group = static_group(tx, &scope, &group_id)?;
                let reach = Reach { project_id: scope.project_id(), app_id: None };
                members::add(tx, context, reach, &group_id, &group, &device_id)
            })
            .await
    }

    /// Removes a device from a static group.
    pub async fn remove_device(
        &self,
        permit: &Permit,
        group_id: String,
        device_id: String,
    ) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, _| {
                let group = static_group(tx, &scope, &group_id)?;
                members::remove(tx, scope.project_id(), &group_id, &group, &device_id)
            })
            .await
    }

    /// One page of a group's devices.
    pub async fn devices(
        &self,
        permit: &Permit,
        group_id: String,
        order: PageOrder,
    ) -> Result<Paged<DeviceInGroup>, Error> {
        let scope = permit.scope().clone();
        self.0
            .db
            .read(move |tx| {
                let group = admitted(tx, &scope, &group_id)?;
                members::page(tx, scope.project_id(), &group_id, &group, order)
            })
            .await
    }
}

fn find(tx: &mut dyn Tx, scope: &Scope, group_id: &str) -> Result<DeviceGroup, Error> {
    let sql = format!("{SELECT} AND g.group_id = ?2");
    let found =
        tx.first(&sql, args![scope.project_id(), group_id], |row| Ok((row.string(7)?, group(row, true)?)))?;
    let (app_id, group) = found.ok_or(Code::GroupMissing)?;
    scope.admit(&app_id)?;
    Ok(group)
}

fn admitted(tx: &mut dyn Tx, scope: &Scope, group_id: &str) -> Result<members::Group, Error> {
    let group = members::find(tx, scope.project_id(), group_id)?.ok_or(Code::GroupMissing)?;
    scope.admit(&group.app_id)?;
    Ok(group)
}

/// A group whose members are about to change.
fn static_group(tx: &mut dyn Tx, scope: &Scope, group_id: &str) -> Result<members::Group, Error> {
    hold_tree(tx, scope.project_id())?;
    let group = admitted(tx, scope, group_id)?;
    if group.is_dynamic() { Err(Code::GroupDynamic.into()) } else { Ok(group) }
}

fn insert(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    app_id: &str,
    order: &AddDeviceGroup,
) -> Result<String, Error> {
    if let Some(above) = &order.super_group_id {
        must_take_subgroups(tx, project_id, app_id, above)?;
    }
    let limit = context.limits.device_groups;
    if tx.count("SELECT COUNT(*) FROM device_group WHERE project_id = ?1", args![project_id])? >= limit {
        return Err(Fault::at_limit(Code::GroupQuota, "limits.device_groups", limit).into());
    }
    must_be_free(tx, project_id, app_id, &order.name, "")?;
    let (group_id, now) = (context.rng.hex(32), context.clock.now_ms());
    tx.execute(
        "INSERT INTO device_group (project_id, group_id, record_id, app_id, name, description, super_group_id, group_type,
           dynamic_group_rule, devices, created_ms, modified_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, ?10)",
        args![
            project_id,
            &group_id,
            &context.ids.next().to_string(),
            app_id,
            &order.name,
            order.description.as_ref(),
            order.super_group_id.as_ref(),
            if order.dynamic_group_rule.is_some() { "DYNAMIC" } else { "STATIC" },
            order.dynamic_group_rule.as_ref(),
            now,
        ],
    )?;
    Ok(group_id)
}

fn must_be_free(tx: &mut dyn Tx, project_id: &str, app_id: &str, name: &str, but: &str) -> Result<(), Error> {
    let sql =
        "SELECT 1 FROM device_group WHERE project_id = ?1 AND app_id = ?2 AND name = ?3 AND group_id <> ?4";
    match tx.exists(sql, args![project_id, app_id, name, but])? {
        true => Err(Fault::of_value(Code::GroupNameTaken, "name", name).into()),
        false => Ok(()),
    }
}

/// A group below which another may lie: it is static, of the same app, and not on the last level itself.
fn must_take_subgroups(tx: &mut dyn Tx, project_id: &str, app_id: &str, group_id: &str) -> Result<(), Error> {
    let refused = |code| Error::from(Fault::of_value(code, "super_group_id", group_id));
    let sql = "SELECT super_group_id, group_type FROM device_group
      WHERE project_id = ?1 AND group_id = ?2 AND app_id = ?3";
    let mut next = Some(group_id.to_owned());
    let mut levels = 0;
    while let Some(above) = next {
        levels += 1;
        if levels >= limits::GROUP_LEVELS {
            return Err(refused(Code::GroupTooDeep));
        }
        let found = tx.first(sql, args![project_id, &above, app_id], |row| {
            Ok((row.opt_string(0)?, row.text(1)? == "DYNAMIC"))
        })?;
        next = match found {
            None => return Err(refused(Code::ParentGroupMissing)),
            Some((_, true)) => return Err(refused(Code::GroupDynamic)),
            Some((above, false)) => above,
        };
    }
    Ok(())
}
