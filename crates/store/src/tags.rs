//! Tags of devices.

use std::collections::BTreeMap;

use db::{Tx, Value, args};
use domain::{Permit, Scope};
use types::{
    Code, Fault,
    device::Device,
    page::{PageOrder, Paged},
    tag::{Resource, Tag},
};

use crate::{Error, Store, devices, page};

/// The verbs of tags.
pub struct Tags<'s>(&'s Store);

impl Store {
    /// Tags.
    pub fn tags(&self) -> Tags<'_> {
        Tags(self)
    }
}

impl Tags<'_> {
    /// Gives a device tags; one of a key that it has takes the new value.
    pub async fn bind(&self, permit: &Permit, device_id: String, tags: Vec<Tag>) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| {
                let device = held(tx, &scope, &device_id)?;
                for tag in &tags {
                    tx.execute(
                        "INSERT INTO tag (project_id, device_id, tag_key, tag_value, record_id)
                         VALUES (?1, ?2, ?3, ?4, ?5)
                         ON CONFLICT (project_id, device_id, tag_key) DO UPDATE SET tag_value = excluded.tag_value",
                        args![
                            scope.project_id(),
                            &device_id,
                            &tag.tag_key,
                            tag.tag_value.as_ref(),
                            &device.record_id,
                        ],
                    )?;
                }
                let sql = "SELECT COUNT(*) FROM tag WHERE project_id = ?1 AND device_id = ?2";
                let limit = context.limits.device_tags;
                if tx.count(sql, args![scope.project_id(), &device_id])? > limit {
                    return Err(Fault::at_limit(Code::TagQuota, "limits.device_tags", limit).into());
                }
                Ok(())
            })
            .await
    }

    /// Takes tags from a device, which must have all of them.
    pub async fn unbind(&self, permit: &Permit, device_id: String, keys: Vec<String>) -> Result<(), Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, _| {
                held(tx, &scope, &device_id)?;
                for key in &keys {
                    let sql = "DELETE FROM tag WHERE project_id = ?1 AND device_id = ?2 AND tag_key = ?3";
                    if tx.execute(sql, args![scope.project_id(), &device_id, key])? == 0 {
                        return Err(Fault::of_value(Code::TagKeyMissing, "tag_key", key).into());
                    }
                }
                Ok(())
            })
            .await
    }

    /// One page of what has any of these tags.
    pub async fn resources(
        &self,
        permit: &Permit,
        tags: Vec<Tag>,
        order: PageOrder,
    ) -> Result<Paged<Resource>, Error> {
        let scope = permit.scope().clone();
        self.0.db.read(move |tx| resources(tx, &scope, &tags, order)).await
    }
}

/// What has any of `tags`, newest first. The index has what has one of them in that order; a device that has several
/// stands in several runs of it.
fn resources(
    tx: &mut dyn Tx,
    scope: &Scope,
    tags: &[Tag],
    order: PageOrder,
) -> Result<Paged<Resource>, Error> {
    let (within, marker) = (scope.apps_listed(), order.marker.to_string());
    let mut found = BTreeMap::new();
    let (mut each, mut all) = (Vec::new(), vec![Value::from(scope.project_id())]);
    for tag in tags {
        let mut args = vec![Value::from(scope.project_id())];
        let having_it = having(tag, within.as_ref(), &mut args);
        args.extend([Value::from(&marker), (order.limit + order.offset).into()]);
        let sql = format!(
            "SELECT t.record_id, t.device_id {having_it} AND t.record_id < ?{}
              ORDER BY t.record_id DESC LIMIT ?{}",
            args.len() - 1,
            args.len()
        );
        found.extend(tx.all(&sql, &args, |row| Ok((page::record_id(row, 0)?, row.string(1)?)))?);
        each.push(format!("SELECT t.record_id {}", having(tag, within.as_ref(), &mut all)));
    }
    let count = tx.count(&format!("SELECT COUNT(*) FROM ({}) AS had", each.join(" UNION ")), &all)?;
    let (offset, limit) = (order.offset.unsigned_abs() as usize, order.limit.unsigned_abs() as usize);
    let page = found.into_iter().rev().skip(offset).take(limit);
    let page = page.map(|(id, device_id)| (id, Resource { resource_id: device_id })).collect();
    Ok(page::paged(page, count))
}

/// The rest of a query of tags `t` of a key and a value, or of any value, within a scope; its arguments go behind `args`.
fn having<'v>(tag: &'v Tag, within: Option<&'v String>, args: &mut Vec<Value<'v>>) -> String {
    let mut sql = "FROM tag t WHERE t.project_id = ?1".to_owned();
    let mut and = |condition: &str, value: &'v String| {
        args.push(value.into());
        sql.push_str(&condition.replace("{}", &format!("?{}", args.len())));
    };
    and(" AND t.tag_key = {}", &tag.tag_key);
    if let Some(value) = &tag.tag_value {
        and(" AND t.tag_value = {}", value);
    }
    if let Some(within) = within {
        let of_an_app = " AND EXISTS (SELECT 1 FROM device d WHERE d.project_id = t.project_id
            AND d.device_id = t.device_id AND {} LIKE '%,' || d.app_id || ',%')";
        and(of_an_app, within);
    }
    sql
}

/// The device that is tagged.
fn held(tx: &mut dyn Tx, scope: &Scope, device_id: &str) -> Result<devices::Held, Error> {
    let missing = |error| match error {
        Error::Fault(fault) if fault.code == Code::DeviceMissing => Code::ResourceMissing.into(),
        other => other,
    };
    let reach = devices::reach(tx, scope, device_id).map_err(missing)?;
    devices::hold(tx, reach, device_id).map_err(missing)
}

/// Puts their tags to devices of a project, each in the order of the keys.
pub(crate) fn fill<'d>(
    tx: &mut dyn Tx,
    project_id: &str,
    devices: impl Iterator<Item = &'d mut Device>,
) -> Result<(), Error> {
    let mut devices: Vec<&mut Device> = devices.collect();
    if devices.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = devices.iter().map(|device| device.device_id.clone()).collect();
    let places: Vec<String> = (2..ids.len() + 2).map(|at| format!("?{at}")).collect();
    let sql = format!(
        "SELECT device_id, tag_key, tag_value FROM tag WHERE project_id = ?1 AND device_id IN ({})
          ORDER BY device_id, tag_key",
        places.join(", ")
    );
    let mut args = vec![Value::from(project_id)];
    args.extend(ids.iter().map(Value::from));
    let tags = tx.all(&sql, &args, |row| {
        Ok((row.string(0)?, Tag { tag_key: row.string(1)?, tag_value: row.opt_string(2)? }))
    })?;
    for (device_id, tag) in tags {
        if let Some(device) = devices.iter_mut().find(|device| device.device_id == device_id) {
            device.tags.push(tag);
        }
    }
    Ok(())
}
