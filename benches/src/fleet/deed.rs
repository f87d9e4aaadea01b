//! What a batch task does to devices that are there.

use std::path::Path;

use store::batch_tasks::Targets;

use crate::{
    Outcome, devices,
    figure::{Done, Figure},
    house::House,
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
