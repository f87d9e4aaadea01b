//! The groups of one device.

use db::{Tx, args};
use domain::{
    Permit,
    group_rule::{Field, Subject},
};
use types::{Code, device_group::DeviceGroup};

use super::{DeviceGroups, SELECT, group, members};
use crate::{Error, devices};

impl DeviceGroups<'_> {
    /// The groups that a device is in, the newest first: static ones, and the dynamic ones whose rule it meets.
    pub async fn of_device(&self, permit: &Permit, device_id: String) -> Result<Vec<DeviceGroup>, Error> {
        let scope = permit.scope().clone();
        self.0
            .db
            .read(move |tx| {
                let project_id = scope.project_id();
                devices::reach(tx, &scope, &device_id)?;
                let (app_id, subject) = subject(tx, project_id, &device_id)?.ok_or(Code::DeviceMissing)?;
                // One statement for all of its app's dynamic groups: asking each for one device takes a thousand.
                let sql = format!(
                    "{SELECT} AND g.app_id = ?2 AND (g.group_type = 'DYNAMIC' OR EXISTS (SELECT 1 FROM group_member m
                        WHERE m.project_id = g.project_id AND m.group_id = g.group_id AND m.device_id = ?3))
                      ORDER BY g.record_id DESC"
                );
                let found = tx.all(&sql, args![project_id, &app_id, &device_id], |row| {
                    Ok((group(row, false)?, row.opt_string(6)?))
                })?;
                let mut groups = Vec::new();
                for (group, rule) in found {
                    let is_in = match rule {
                        Some(text) => members::read(&text)?.admits(&subject),
                        None => true,
                    };
                    groups.extend(is_in.then_some(group));
                }
                Ok(groups)
            })
            .await
    }
}

/// A device as rules see it, and its app.
fn subject(tx: &mut dyn Tx, project_id: &str, device_id: &str) -> Result<Option<(String, Subject)>, Error> {
    let fields = [
        Field::AppId,
        Field::DeviceId,
        Field::GatewayId,
        Field::ProductId,
        Field::DeviceName,
        Field::NodeId,
        Field::Status,
        Field::NodeType,
        Field::SwVersion,
        Field::FwVersion,
        Field::Marker,
    ];
    let sql = "SELECT app_id, device_id, gateway_id, product_id, device_name, node_id,
        CASE WHEN frozen <> 0 THEN 'FROZEN' ELSE status END, node_type, sw_version, fw_version, record_id, created_ms
      FROM device WHERE project_id = ?1 AND device_id = ?2";
    let found = tx.first(sql, args![project_id, device_id], |row| {
        let mut texts = Vec::new();
        for (column, field) in fields.into_iter().enumerate() {
            texts.extend(row.opt_string(column)?.map(|text| (field, text)));
        }
        Ok((row.string(0)?, Subject { texts, created_ms: row.int(11)?, ..Subject::default() }))
    })?;
    let Some((app_id, mut subject)) = found else { return Ok(None) };
    let tags = "SELECT tag_key, COALESCE(tag_value, '') FROM tag WHERE project_id = ?1 AND device_id = ?2";
    subject.tags = tx.all(tags, args![project_id, device_id], |row| Ok((row.string(0)?, row.string(1)?)))?;
    let groups = "SELECT group_id FROM group_member WHERE project_id = ?1 AND device_id = ?2";
    subject.groups = tx.all(groups, args![project_id, device_id], |row| row.string(0))?;
    Ok(Some((app_id, subject)))
}
