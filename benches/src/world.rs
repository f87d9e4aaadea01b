//! The parts that are measured, put together as the server does.

use std::{path::Path, sync::Arc, time::Duration};

use batch::Batches;
use blob::Blobs;
use db::{Db, Flow, Options};
use domain::{Action, Caller, Limits, Permit, SystemClock, SystemRng, authorize};
use export::Exports;
use jobs::{Bell, Job, Workers};
use store::{
    Context, MasterKey, Store, Vault,
    batch_tasks::{self, NewBatchTask, Targets},
    export_tasks::NewExportTask,
    identity::Chosen,
    subtasks::{self, Done, NewSubtask},
};
use types::{Code, Fault, Language, export_task::AppType, product::AddProduct};

use crate::Outcome;

const PROJECT: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
const CHUNK: i64 = 1000;
/// A key that protects nothing: the directory is thrown away.
const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// A batch task of devices that is ready to be executed.
pub(crate) struct Ready {
    store: Store,
    blobs: Blobs,
    rows: i64,
}

fn open(directory: &Path) -> Outcome<(Store, Blobs)> {
    let limits = Limits { batch_targets: usize::MAX, devices: i64::MAX, ..Limits::default() };
    let vault = Vault::new(MasterKey::from_hex(KEY).ok_or("key")?, Vec::new());
    let context = Context::new(Arc::new(SystemClock), Arc::new(SystemRng), limits, vault);
    let db = Db::open(&directory.join("unlade.db"), Options::default())?;
    let store = Store::open(db, context)?;
    let chosen = Chosen { access_key: None, project_id: Some(PROJECT.to_owned()) };
    wait(store.bootstrap(chosen))??;
    Ok((store, Blobs::open(&directory.join("blobs"))?))
}

fn wait<T>(future: impl Future<Output = T>) -> Outcome<T> {
    Ok(tokio::runtime::Builder::new_current_thread().build()?.block_on(future))
}

fn permit(action: Action) -> Outcome<Permit> {
    let caller = Caller { user_id: "bench".to_owned(), project_id: PROJECT.to_owned(), root: true };
    Ok(authorize(caller, action, PROJECT)?)
}

fn batch_task(store: &Store, task_type: &'static str, rows: i64) -> Outcome<String> {
    let targets =
        (0..rows).map(|number| format!("5e25cf17ff794294_{:012}", 860_000_000_000 + number * 7)).collect();
    let order = NewBatchTask {
        app_id: None,
        task_name: "bench".to_owned(),
        task_type,
        targets: Targets::Given(targets),
    };
    Ok(wait(store.batch_tasks().create(&permit(Action::BATCHTASKS_CREATE)?, order))??.task_id)
}

/// What became of the `number`-th device: like the rows of a real fleet, each 12th failed, most with JSON.
fn done(number: i64) -> Done {
    let mixed = number.wrapping_mul(6_364_136_223_846_793_005).unsigned_abs();
    let failed = number % 12 == 0;
    let output = (number % 5 < 3).then(|| {
        format!(
            r#"{{"result_code":0,"response_name":"COMMAND_RESPONSE","paras":{{"result":"success","rssi":-{},"battery":{},"voltage":3.{:02},"trace":"{mixed:016x}"}}}}"#,
            50 + mixed % 64,
            mixed % 101,
            mixed % 100,
        )
    });
    let name = if number % 9 < 2 { "上海浦东-智能水表" } else { "plant-a/water-meter" };
    Done {
        ordinal: number,
        target: format!("5e25cf17ff794294_{:012}", 860_000_000_000 + number * 7),
        output: output.filter(|_| !failed),
        error: failed.then(|| Fault::from(Code::DeviceMissing)),
        node_id: Some(format!("{:012}", 860_000_000_000 + number * 7)),
        device_name: Some(format!("{name}-{:06}", mixed % 1_000_000)),
        started_ms: 1_769_842_800_000 + number * 8,
        ended_ms: 1_769_842_800_100 + number * 8 + (mixed % 8000) as i64,
    }
}

/// Makes a batch task of `rows` finished subtasks.
pub(crate) fn seed(directory: &Path, rows: i64) -> Outcome<()> {
    let (store, _) = open(directory)?;
    let task_id = batch_task(&store, "freezeDevices", rows)?;
    for from in (0..rows).step_by(CHUNK as usize) {
        let task_id = task_id.clone();
        store.db().write_blocking(move |tx| {
            let chunk: Vec<_> = (from..rows.min(from + CHUNK)).map(done).collect();
            subtasks::settle(tx, &task_id, &chunk)
        })?;
    }
    Ok(())
}

fn task_of(store: &Store) -> Outcome<String> {
    let filter =
        batch_tasks::TaskFilter { task_type: "freezeDevices".to_owned(), app_id: None, status: None };
    let order = types::page::PageOrder { limit: 1, marker: types::RecordId::MAX, offset: 0 };
    let page = wait(store.batch_tasks().list(&permit(Action::BATCHTASKS_LIST)?, filter, order))??;
    Ok(page.records.into_iter().next().ok_or("no batch task")?.task_id)
}

/// Reads every row and nothing else.
pub(crate) fn scan(directory: &Path) -> Outcome<i64> {
    let (store, _) = open(directory)?;
    let task_id = task_of(&store)?;
    let mut rows = 0;
    store.db().read_blocking(|tx| {
        subtasks::report(tx, &task_id, &mut |row| {
            rows += i64::from(!row.target.is_empty());
            Ok(Flow::More)
        })
    })?;
    Ok(rows)
}

/// Exports the task, from its order to the published file.
pub(crate) fn export(directory: &Path) -> Outcome<i64> {
    let (store, blobs) = open(directory)?;
    let task_id = task_of(&store)?;
    let order = NewExportTask {
        resource_type: "BatchTask",
        resource_condition: serde_json::json!({ "task_id": task_id }).to_string(),
        task_id,
        export_format: "xls",
        app_type: AppType::Global,
        app_id: None,
        language: Language::English,
    };
    let made = wait(store.export_tasks().create(&permit(Action::EXPORTTASKS_CREATE)?, order))??;
    work(&store, Exports::new(store.clone(), blobs), || {
        let filter = store::export_tasks::ExportFilter {
            resource_type: "BatchTask",
            resource_condition: None,
            app_type: AppType::Global,
            app_id: None,
        };
        let order = types::page::PageOrder { limit: 1, marker: types::RecordId::MAX, offset: 0 };
        let page = wait(store.export_tasks().list(&permit(Action::EXPORTTASKS_LIST)?, filter, order))??;
        let task =
            page.records.first().filter(|task| task.export_task_id == made.export_task_id).ok_or("gone")?;
        match task.status.as_str() {
            "Processing" => Ok(None),
            "Success" => Ok(Some(task.export_count)),
            other => Err(format!("the export is {other}").into()),
        }
    })
}

/// Makes everything that createDevices needs but the devices.
pub(crate) fn devices_to_create(directory: &Path, rows: i64) -> Outcome<Ready> {
    let (store, blobs) = open(directory)?;
    let order = AddProduct {
        product_id: Some("bench".to_owned()),
        name: "bench".to_owned(),
        device_type: "meter".to_owned(),
        protocol_type: "MQTT".to_owned(),
        data_format: "json".to_owned(),
        service_capabilities: serde_json::json!([]),
        manufacturer_name: None,
        industry: None,
        description: None,
    };
    wait(store.products().create(&permit(Action::PRODUCTS_CREATE)?, None, order))??;
    let task_id = batch_task(&store, "createDevices", 1)?;
    store.db().write_blocking(move |tx| {
        for number in 1..rows {
            let node_id = format!("node-{number}");
            let input = serde_json::json!({ "product_id": "bench", "node_id": node_id }).to_string();
            let row = NewSubtask { target: &node_id, input: Some(&input), ..NewSubtask::numbered(number) };
            subtasks::insert(tx, &task_id, &[row])?;
        }
        batch_tasks::begin(tx, PROJECT, &task_id, rows, 1)
    })?;
    Ok(Ready { store, blobs, rows })
}

/// Executes that task.
pub(crate) fn create_devices(ready: Ready) -> Outcome<i64> {
    let Ready { store, blobs, rows } = ready;
    work(&store, Batches::new(store.clone(), blobs, "unused".into()), || {
        let filter =
            batch_tasks::TaskFilter { task_type: "createDevices".to_owned(), app_id: None, status: None };
        let order = types::page::PageOrder { limit: 1, marker: types::RecordId::MAX, offset: 0 };
        let page = wait(store.batch_tasks().list(&permit(Action::BATCHTASKS_LIST)?, filter, order))??;
        let task = page.records.first().ok_or("gone")?;
        Ok((task.status == "PartialSuccess" || task.status == "Success").then_some(rows))
    })
}

/// Lets one worker do `job` until `done` answers.
fn work<J: Job>(store: &Store, job: J, done: impl Fn() -> Outcome<Option<i64>>) -> Outcome<i64> {
    let (bell, never) = (Bell::default(), Bell::default());
    let workers = Workers::start(&Arc::new(job), store, &bell, 1)?;
    let answer = loop {
        match done() {
            Ok(None) => never.wait(0, Duration::from_millis(5)),
            Ok(Some(rows)) => break Ok(rows),
            Err(error) => break Err(error),
        }
    };
    bell.end();
    workers.join();
    answer
}
