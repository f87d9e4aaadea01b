//! How long a page of 50 takes at places that chance picks.

use std::{
    ops::Range,
    path::Path,
    time::{Duration, Instant},
};

use db::args;
use domain::Action;
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use store::{
    devices::{self, DeviceFilter, Reach},
    subtasks::DetailFilter,
};
use types::{RecordId, batch_task::SubtaskStatus, device::AddDevice, page::PageOrder};

use crate::{
    Outcome,
    house::{House, NEWEST, PROJECT, permit},
    seed,
};

const CALLS: usize = 2000;
/// As long as a sort of page may take; one that reads through everything is called less often.
const PATIENCE: Duration = Duration::from_secs(20);
const LIMIT: i64 = 50;
/// Devices that are there however few are made.
const COMMON: i64 = 10_000;
/// Sub-devices of one device.
const BELOW: i64 = 500;

/// Milliseconds of one sort of work.
#[derive(Serialize, Deserialize)]
pub(crate) struct Times {
    pub(super) what: String,
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) most: f64,
}

impl Times {
    /// Out of all times.
    pub(super) fn of(what: &str, mut times: Vec<f64>) -> Outcome<Self> {
        times.sort_by(f64::total_cmp);
        let last = times.len().checked_sub(1).ok_or("nothing was timed")?;
        let at = |share: f64| times[(last as f64 * share) as usize];
        Ok(Self { what: what.to_owned(), p50: at(0.5), p99: at(0.99), most: at(1.0) })
    }
}

/// Pages of the newest finished task and of the devices in a directory.
pub(crate) fn pages(directory: &Path) -> Outcome<Vec<Times>> {
    let house = House::open(directory)?;
    let mut found = of_subtasks(&house)?;
    found.extend(of_devices(&house)?);
    Ok(found)
}

/// Sorts of pages: a name, and what the page is narrowed to.
type Filters<'a, F> = [(&'a str, &'a dyn Fn(&mut Rng) -> F)];

fn of_subtasks(house: &House) -> Outcome<Vec<Times>> {
    let task = house.newest("freezeDevices")?;
    let permit = permit(Action::BATCHTASKS_QUERY)?;
    let status = |status| DetailFilter { status: Some(Some(status)), ..DetailFilter::default() };
    let total = task.task_progress.total;
    let filters: &Filters<'_, DetailFilter> = &[
        ("any", &|_| DetailFilter::default()),
        ("status=Success", &|_| status(SubtaskStatus::Success)),
        ("status=Fail", &|_| status(SubtaskStatus::Fail)),
        ("target", &|dice| DetailFilter { target: Some(id(dice.i64(0..total))), ..DetailFilter::default() }),
        ("target, status=Success", &|dice| DetailFilter {
            target: Some(id(dice.i64(0..total))),
            ..status(SubtaskStatus::Success)
        }),
    ];
    let under_way: &Filters<'_, DetailFilter> = &[
        ("status=Success of a task that is half done", &|_| status(SubtaskStatus::Success)),
        ("status=Waitting of a task that is half done", &|_| status(SubtaskStatus::Waiting)),
    ];
    let mut found = Vec::new();
    let mut measure = |filters: &Filters<'_, DetailFilter>| {
        for (name, filter) in filters {
            found.push(times(&format!("ShowBatchTask, {name}"), |dice| {
                let marker = RecordId::from_ordinal(dice.i64(0..=total));
                let (tasks, id) = (house.store.batch_tasks(), task.task_id.clone());
                house.wait(tasks.show(&permit, id, filter(dice), page(marker))).map(drop)
            })?);
        }
        Ok::<_, Box<dyn std::error::Error>>(())
    };
    measure(filters)?;
    undo_half(house, &task.task_id, total)?;
    measure(under_way)?;
    Ok(found)
}

/// Makes the later half of a task's subtasks wait, as if their turn had not come.
fn undo_half(house: &House, task_id: &str, total: i64) -> Outcome<()> {
    let (task_id, half) = (task_id.to_owned(), total / 2);
    Ok(house.store.db().write_blocking(move |tx| {
        let rows = "UPDATE subtask SET status = 'Waitting' WHERE task_id = ?1 AND ordinal >= ?2";
        let counters = "UPDATE batch_task SET status = 'Processing', success = ?2, waitting = total - ?2 WHERE task_id = ?1";
        tx.execute(rows, args![&task_id, half])?;
        tx.execute(counters, args![&task_id, half]).map(drop)
    })?)
}

fn of_devices(house: &House) -> Outcome<Vec<Times>> {
    let (made, gateway) = (made(house)?, gateway(house)?);
    let permit = permit(Action::DEVICES_LIST)?;
    let app_id = house.wait(house.store.devices().list(&permit, DeviceFilter::default(), NEWEST))?;
    let app_id = &app_id.records.first().ok_or("no device")?.app_id;
    let [product_id, ..] = &seed::device(0);
    let (some, none) = (|text: &str| Some(text.to_owned()), DeviceFilter::default);
    let filters: &Filters<'_, DeviceFilter> = &[
        ("any", &|_| none()),
        ("app_id", &|_| DeviceFilter { app_id: some(app_id), ..none() }),
        ("product_id", &|_| DeviceFilter { product_id: some(product_id), ..none() }),
        ("gateway_id", &|_| DeviceFilter { gateway_id: some(&gateway), ..none() }),
        ("gateway_id, is_cascade_query", &|_| DeviceFilter {
            gateway_id: some(&gateway),
            is_cascade: true,
            ..none()
        }),
        ("node_id", &|dice| {
            let [_, node_id, _] = seed::device(dice.i64(0..COMMON));
            DeviceFilter { node_id: Some(node_id), ..none() }
        }),
        ("start_time, end_time, 1 % of all", &|dice| {
            let span = (made.end - made.start) / 100;
            let from = dice.i64(made.start..made.end - span);
            DeviceFilter { start_ms: Some(from), end_ms: Some(from + span), ..none() }
        }),
        ("device_name that most have", &|_| DeviceFilter { device_name: some("Lamp"), ..none() }),
        ("device_name that 1 % have", &|_| DeviceFilter { device_name: some("77"), ..none() }),
    ];
    let mut found = Vec::new();
    for (name, filter) in filters {
        found.push(times(&format!("ListDevices, {name}"), |dice| {
            let marker = RecordId::new(dice.i64(made.clone()), 0, 0);
            house.wait(house.store.devices().list(&permit, filter(dice), page(marker))).map(drop)
        })?);
    }
    Ok(found)
}

/// The id of a device that was made.
pub(super) fn id(number: i64) -> String {
    let [product_id, node_id, _] = seed::device(number);
    format!("{product_id}_{node_id}")
}

/// Adds a gateway with sub-devices, of which one has sub-devices too; answers its id.
fn gateway(house: &House) -> Outcome<String> {
    let [product_id, ..] = seed::device(0);
    let order = move |node_id: String, above: Option<String>| AddDevice {
        device_id: Some(node_id.clone()),
        node_id,
        product_id: product_id.clone(),
        device_name: None,
        description: None,
        gateway_id: above,
        auth_type: "CERTIFICATES".to_owned(),
        secret: None,
        fingerprint: None,
        secure_access: true,
        timeout: 0,
        extension_info: None,
        shadow: Vec::new(),
    };
    let top = "gateway".to_owned();
    let mut orders = vec![order(top.clone(), None)];
    orders.extend((0..BELOW).map(|number| order(format!("below-{number}"), Some(top.clone()))));
    orders.extend((0..BELOW).map(|number| order(format!("lowest-{number}"), Some("below-0".to_owned()))));
    let context = house.store.context().clone();
    house.store.db().write_blocking(move |tx| {
        let orders: Vec<_> = orders.iter().collect();
        let reach = Reach { project_id: PROJECT, app_id: None };
        let added = devices::add(tx, &context, reach, &orders)?;
        Ok::<_, store::Error>(added.into_iter().collect::<Result<Vec<_>, _>>()?)
    })?;
    Ok(top)
}

fn page(marker: RecordId) -> PageOrder {
    PageOrder { limit: LIMIT, marker, offset: 0 }
}

/// The times between which the devices were made.
fn made(house: &House) -> Outcome<Range<i64>> {
    let permit = permit(Action::DEVICES_LIST)?;
    let page = house.wait(house.store.devices().list(&permit, DeviceFilter::default(), NEWEST))?;
    let last = page.page().marker.ok_or("no device")?;
    let task = house.newest("createDevices")?.task_id;
    Ok(at(&task)?..at(&last)?)
}

fn at(id: &str) -> Outcome<i64> {
    Ok(id.parse::<RecordId>().map_err(|_| "no record id")?.made().0)
}

/// A sort of page, some times in vain and then `CALLS` times.
fn times(page: &str, call: impl Fn(&mut Rng) -> Outcome<()>) -> Outcome<Times> {
    let mut dice = Rng::with_seed(7);
    let whole = Instant::now();
    for _ in 0..CALLS / 10 {
        call(&mut dice)?;
        if whole.elapsed() > PATIENCE / 10 {
            break;
        }
    }
    let mut times = Vec::with_capacity(CALLS);
    let whole = Instant::now();
    while times.len() < CALLS && whole.elapsed() < PATIENCE {
        let begun = Instant::now();
        call(&mut dice)?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    Times::of(page, times)
}
