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

/// Orders that a kind is done to the first `count` devices, by their ids.
pub(crate) fn order(directory: &Path, task_type: &str, count: i64) -> Outcome<()> {
    let house = House::open(directory)?;
    let targets = (0..count).map(|number| {
        let [product_id, node_id, _] = seed::device(number);
        format!("{product_id}_{node_id}")
    });
    house.batch_task(known(task_type)?, Targets::Given(targets.collect())).map(drop)
}

/// Orders that a kind is done to all devices by way of a group whose rule admits them all.
pub(crate) fn order_by_group(directory: &Path, task_type: &str) -> Outcome<()> {
    let house = House::open(directory)?;
    let kind = known(task_type)?;
    let order = AddDeviceGroup {
        name: kind.to_owned(),
        description: None,
        super_group_id: None,
        dynamic_group_rule: Some("device_name != 'x' and status = 'INACTIVE'".to_owned()),
    };
    let groups = house.store.device_groups();
    let group_ids = vec![house.wait(groups.add(&permit(Action::GROUP_CREATE)?, None, order))?.group_id];
    let given = serde_json::json!({ "group_ids": group_ids });
    house.batch_task(kind, Targets::Groups { group_ids, given }).map(drop)
}

/// Executes what was ordered: of a group, the reading of it, slice by slice, too.
pub(crate) fn deed(directory: &Path, task_type: &str) -> Outcome<Figure> {
    let house = House::open(directory)?;
    let kind = known(task_type)?;
    Figure::of(|| Ok(Done { rows: devices::execute(&house, kind)?, bytes: None }))
}

fn known(task_type: &str) -> Outcome<&'static str> {
    Ok(batch::kind(task_type).ok_or("no such kind")?.task_type())
}
