//! What lies in the store before anything is measured.

use std::{io::Write, ops::Range, path::Path};

use db::args;
use domain::Action;
use rust_xlsxwriter::Workbook;
use serde_json::json;
use store::{
    Store,
    batch_files::Upload,
    batch_tasks::{self, Targets},
    devices::Reach,
    jobs,
    subtasks::{self, NewSubtask},
};
use types::{Language, product::AddProduct};

use crate::{
    Outcome, devices, exports,
    house::{House, PROJECT, permit},
    rows,
};

/// Subtasks made in one transaction.
const CHUNK: i64 = 1000;
/// Subtasks inserted in one transaction.
const LOADED: i64 = 10_000;
/// Time of a lease that nobody else looks at.
const FOR_EVER: i64 = i64::MAX;
const PRODUCT: &str = "bench";

/// Makes a batch task of `rows` finished subtasks, by the steps of its executor.
pub(crate) fn results(directory: &Path, rows: i64) -> Outcome<()> {
    let house = House::open(directory)?;
    let targets = Targets::Given((0..rows).map(rows::target).collect());
    let task_id = house.batch_task(exports::KIND, targets)?.task_id;
    let claim = house.store.claim(batch_tasks::JOB, "seed".to_owned(), FOR_EVER)?.ok_or("no job")?;
    begin(&house.store, &task_id, rows)?;
    for from in (0..rows).step_by(CHUNK as usize) {
        settle(&house.store, &task_id, from, rows.min(from + CHUNK))?;
    }
    let now = house.store.now_ms();
    house.store.db().write_blocking(move |tx| {
        jobs::settle(tx, &claim)?;
        batch_tasks::finish(tx, PROJECT, &task_id, None, now)
    })?;
    Ok(())
}

fn begin(store: &Store, task_id: &str, rows: i64) -> Outcome<()> {
    let (task_id, now) = (task_id.to_owned(), store.now_ms());
    Ok(store.db().write_blocking(move |tx| batch_tasks::begin(tx, PROJECT, &task_id, rows, now))?)
}

fn settle(store: &Store, task_id: &str, from: i64, until: i64) -> Outcome<()> {
    let (task_id, now) = (task_id.to_owned(), store.now_ms());
    store.db().write_blocking(move |tx| {
        let done: Vec<_> = (from..until).map(rows::done).collect();
        let failed = done.iter().filter(|done| done.error.is_some()).count() as i64;
        let reach = Reach { project_id: PROJECT, app_id: None };
        subtasks::settle(tx, reach, &task_id, &done)?;
        batch_tasks::count_done(tx, PROJECT, &task_id, until - from - failed, failed, now)
    })?;
    Ok(())
}

/// Makes a batch task of `rows` finished subtasks in as few statements as can be; answers its id.
pub(crate) fn loaded(house: &House, rows: i64) -> Outcome<String> {
    let task_id = house.batch_task(exports::KIND, Targets::Given(Vec::new()))?.task_id;
    let claim = house.store.claim(batch_tasks::JOB, "seed".to_owned(), FOR_EVER)?.ok_or("no job")?;
    if claim.job_id != task_id {
        return Err("another batch task waits".into());
    }
    begin(&house.store, &task_id, rows)?;
    let mut failed = 0;
    for from in (0..rows).step_by(LOADED as usize) {
        failed += load(&house.store, &task_id, from, rows.min(from + LOADED))?;
    }
    let (now, id) = (house.store.now_ms(), task_id.clone());
    house.store.db().write_blocking(move |tx| {
        jobs::settle(tx, &claim)?;
        batch_tasks::count_done(tx, PROJECT, &id, rows - failed, failed, now)?;
        batch_tasks::finish(tx, PROJECT, &id, None, now)
    })?;
    Ok(task_id)
}

/// Inserts subtasks that are over; answers how many of them failed.
fn load(store: &Store, task_id: &str, from: i64, until: i64) -> Outcome<i64> {
    const COLUMNS: [&str; 11] = [
        "task_id",
        "ordinal",
        "target",
        "status",
        "output",
        "error_code",
        "error_msg",
        "device_name",
        "node_id",
        "started_ms",
        "ended_ms",
    ];
    let task_id = task_id.to_owned();
    Ok(store.db().write_blocking(move |tx| {
        let done: Vec<_> = (from..until).map(rows::done).collect();
        let texts: Vec<_> = done
            .iter()
            .map(|done| done.error.as_ref().map(|fault| fault.message(Language::English)))
            .collect();
        let mut values = Vec::with_capacity(done.len() * COLUMNS.len());
        for (done, text) in done.iter().zip(&texts) {
            values.extend_from_slice(args![
                &task_id,
                done.ordinal,
                done.target.as_ref(),
                if done.error.is_some() { "Fail" } else { "Success" },
                done.output.as_ref(),
                done.error.as_ref().map(|fault| fault.code.as_str()),
                text.as_ref(),
                done.device_name.as_ref(),
                done.node_id.as_ref(),
                done.started_ms,
                done.ended_ms,
            ]);
        }
        tx.insert_many("subtask", &COLUMNS, &values)?;
        Ok::<_, store::Error>(texts.iter().flatten().count() as i64)
    })?)
}

/// Makes a createDevices task whose file has been read, of devices from the `first` on: its subtasks wait.
pub(crate) fn devices(house: &House, first: i64, rows: i64) -> Outcome<()> {
    if first == 0 {
        product(house)?;
    }
    let task_id = house.batch_task(devices::KIND, Targets::Given(Vec::new()))?.task_id;
    for from in (0..rows).step_by(CHUNK as usize) {
        insert(&house.store, &task_id, first, from..rows.min(from + CHUNK))?;
    }
    begin(&house.store, &task_id, rows)
}

fn insert(store: &Store, task_id: &str, first: i64, ordinals: Range<i64>) -> Outcome<()> {
    let task_id = task_id.to_owned();
    store.db().write_blocking(move |tx| {
        let made: Vec<_> = ordinals
            .clone()
            .map(|number| {
                let [product_id, node_id, device_name] = device(first + number);
                let input =
                    json!({ "product_id": product_id, "node_id": node_id, "device_name": device_name });
                (number, format!("{product_id}_{node_id}"), node_id, device_name, input.to_string())
            })
            .collect();
        let rows = made.iter().map(|(number, target, node_id, device_name, input)| NewSubtask {
            target,
            row_number: Some(number + 2),
            input: Some(input),
            node_id: Some(node_id),
            device_name: Some(device_name),
            ..NewSubtask::numbered(*number)
        });
        subtasks::insert(tx, &task_id, rows)
    })?;
    Ok(())
}

/// Makes a createDevices task whose .xlsx has been uploaded.
pub(crate) fn devices_file(directory: &Path, rows: i64) -> Outcome<()> {
    let house = House::open(directory)?;
    product(&house)?;
    let (header, object_key) = (["product_id", "node_id", "device_name"], "uploads/bench.xlsx".to_owned());
    let mut staged = house.blobs.stage()?;
    staged.file().write_all(&workbook(&header, rows)?)?;
    house.blobs.publish(staged, &object_key)?;
    let header = header.map(str::to_owned).to_vec();
    let upload = Upload { file_name: "bench.xlsx".to_owned(), object_key, header, rows };
    let permit = permit(Action::BATCHTASKFILES_CREATE)?;
    let file_id = house.wait(house.store.batch_files().upload(&permit, upload))?.file_id;
    house.batch_task(devices::KIND, Targets::File { file_id })?;
    Ok(())
}

fn workbook(header: &[&str], rows: i64) -> Outcome<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, header.iter().copied())?;
    for number in 0..rows {
        sheet.write_row(u32::try_from(number)? + 1, 0, device(number))?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// Product, node id and name of a device.
pub(crate) fn device(number: i64) -> [String; 3] {
    [PRODUCT.to_owned(), format!("SN{number:08}"), format!("Lamp_{number:08}")]
}

fn product(house: &House) -> Outcome<()> {
    let order = AddProduct {
        product_id: Some(PRODUCT.to_owned()),
        name: PRODUCT.to_owned(),
        device_type: "meter".to_owned(),
        protocol_type: "MQTT".to_owned(),
        data_format: "json".to_owned(),
        service_capabilities: json!([]),
        manufacturer_name: None,
        industry: None,
        description: None,
    };
    house.wait(house.store.products().create(&permit(Action::PRODUCTS_CREATE)?, None, order))?;
    Ok(())
}
