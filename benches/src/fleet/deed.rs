//! What a batch task does to devices that are there.

use std::path::Path;

use domain::Action;
use store::batch_tasks::Targets;
use types::device_group::AddDeviceGroup;

use crate::{
    Outcome, devices,
    figure::{Done, Figure},
    house::{House, permit},
    seed,
};

/// Has a kind done to the first `count` devices; what is measured is its execution.
pub(crate) fn deed(directory: &Path, task_type: &str, count: i64) -> Outcome<Figure> {
    let house = House::open(directory)?;
    let kind = batch::kind(task_type).ok_or("no such kind")?.task_type();
    let targets = (0..count).map(|number| {
        let [product_id, node_id, _] = seed::device(number);
        format!("{product_id}_{node_id}")
    });
    house.batch_task(kind, Targets::Given(targets.collect()))?;
    Figure::of(|| Ok(Done { rows: devices::execute(&house, kind)?, bytes: None }))
}

/// Has a kind done to all devices by way of a group whose rule admits them all; what is measured is the reading of the
/// group, slice by slice, and the execution.
pub(crate) fn deed_by_group(directory: &Path, task_type: &str) -> Outcome<Figure> {
    let house = House::open(directory)?;
    let kind = batch::kind(task_type).ok_or("no such kind")?.task_type();
    let order = AddDeviceGroup {
        name: kind.to_owned(),
        description: None,
        super_group_id: None,
        dynamic_group_rule: Some("device_name != 'x' and status = 'INACTIVE'".to_owned()),
    };
    let groups = house.store.device_groups();
    let group_ids = vec![house.wait(groups.add(&permit(Action::GROUP_CREATE)?, None, order))?.group_id];
    let given = serde_json::json!({ "group_ids": group_ids });
    house.batch_task(kind, Targets::Groups { group_ids, given })?;
    Figure::of(|| Ok(Done { rows: devices::execute(&house, kind)?, bytes: None }))
}
