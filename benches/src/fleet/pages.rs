//! How long a page of 50 takes at places that chance picks.

use std::{ops::Range, path::Path, time::Instant};

use domain::Action;
use serde::{Deserialize, Serialize};
use store::{devices::DeviceFilter, subtasks::DetailFilter};
use types::{RecordId, batch_task::SubtaskStatus, page::PageOrder};

use crate::{
    Outcome,
    house::{House, permit},
    seed,
};

const CALLS: usize = 2000;
const LIMIT: i64 = 50;

/// Milliseconds of one sort of page.
#[derive(Serialize, Deserialize)]
pub(crate) struct Times {
    pub(super) page: String,
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) most: f64,
}

/// Pages of the newest finished task and of the devices in a directory.
pub(crate) fn pages(directory: &Path) -> Outcome<Vec<Times>> {
    let house = House::open(directory)?;
    let mut found = Vec::new();
    let task = house.newest("freezeDevices")?;
    let subtasks = [
        ("any", DetailFilter::default()),
        (
            "status=Success",
            DetailFilter { status: Some(Some(SubtaskStatus::Success)), ..DetailFilter::default() },
        ),
        ("status=Fail", DetailFilter { status: Some(Some(SubtaskStatus::Fail)), ..DetailFilter::default() }),
    ];
    let show = permit(Action::BATCHTASKS_QUERY)?;
    for (name, filter) in subtasks {
        found.push(times(&format!("ShowBatchTask, {name}"), |dice| {
            let marker = RecordId::from_ordinal(dice.i64(0..=task.task_progress.total));
            let (tasks, id) = (house.store.batch_tasks(), task.task_id.clone());
            house.wait(tasks.show(&show, id, filter.clone(), page(marker))).map(drop)
        })?);
    }
    let made = made(&house)?;
    let [product_id, ..] = seed::device(0);
    let devices = [
        ("any", DeviceFilter::default()),
        ("product_id", DeviceFilter { product_id: Some(product_id), ..DeviceFilter::default() }),
        (
            "device_name that few have",
            DeviceFilter { device_name: Some("_0000".to_owned()), ..DeviceFilter::default() },
        ),
    ];
    let list = permit(Action::DEVICES_LIST)?;
    for (name, filter) in devices {
        found.push(times(&format!("ListDevices, {name}"), |dice| {
            let marker = RecordId::new(dice.i64(made.clone()), 0, 0);
            house.wait(house.store.devices().list(&list, filter.clone(), page(marker))).map(drop)
        })?);
    }
    Ok(found)
}

fn page(marker: RecordId) -> PageOrder {
    PageOrder { limit: LIMIT, marker, offset: 0 }
}

/// The times between which the devices were made.
fn made(house: &House) -> Outcome<Range<i64>> {
    let permit = permit(Action::DEVICES_LIST)?;
    let newest = PageOrder { limit: 1, marker: RecordId::MAX, offset: 0 };
    let page = house.wait(house.store.devices().list(&permit, DeviceFilter::default(), newest))?;
    let last = page.page().marker.ok_or("no device")?;
    let task = house.newest("createDevices")?.task_id;
    Ok(at(&task)?..at(&last)?)
}

fn at(id: &str) -> Outcome<i64> {
    Ok(id.parse::<RecordId>().map_err(|_| "no record id")?.made().0)
}

/// A sort of page, some times in vain and then `CALLS` times.
fn times(page: &str, call: impl Fn(&mut fastrand::Rng) -> Outcome<()>) -> Outcome<Times> {
    let mut dice = fastrand::Rng::with_seed(7);
    for _ in 0..CALLS / 10 {
        call(&mut dice)?;
    }
    let mut times = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let begun = Instant::now();
        call(&mut dice)?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Ok(Times { page: page.to_owned(), p50: at(0.5), p99: at(0.99), most: at(1.0) })
}
