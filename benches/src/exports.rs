//! The export of a finished batch task, and the bare scan that it cannot be faster than.

use std::{path::Path, time::Instant};

use db::Flow;
use domain::Action;
use export::Exports;
use jobs::{Bell, Lease, Term};
use store::{
    export_tasks::{ExportFilter, JOB, NewExportTask},
    subtasks::{self, Reported},
};
use types::{
    Language,
    export_task::{AppType, ExportTask},
};

use crate::{
    Outcome,
    figure::{Done, Figure},
    house::{House, NEWEST, permit},
};

/// The kind of the batch task that is exported.
pub(crate) const KIND: &str = "freezeDevices";
pub(crate) const SOURCE: &str = "BatchTask";

/// Reads every row, as the Source does, and only sums up its lengths.
pub(crate) fn scan(directory: &Path) -> Outcome<Figure> {
    let house = House::open(directory)?;
    let task_id = house.newest(KIND)?.task_id;
    Figure::of(|| {
        let (rows, bytes) = read(&house, &task_id)?;
        Ok(Done { rows, bytes: Some(bytes as i64) })
    })
}

/// Reads every row of a task; answers how many there were, and the bytes of their texts.
pub(crate) fn read(house: &House, task_id: &str) -> Outcome<(i64, usize)> {
    let (mut rows, mut bytes) = (0, 0);
    house.store.db().snapshot_blocking(|tx| {
        subtasks::report(tx, task_id, &mut |row| {
            rows += 1;
            bytes += length(&row);
            Ok(Flow::More)
        })
    })?;
    Ok((rows, bytes))
}

fn length(row: &Reported<'_>) -> usize {
    let optional = [row.output, row.error_code, row.error_msg, row.device_name, row.node_id];
    row.target.len() + row.status.len() + optional.iter().flatten().map(|text| text.len()).sum::<usize>()
}

/// Exports it, from the order to the published file.
pub(crate) fn export(directory: &Path) -> Outcome<Figure> {
    let house = House::open(directory)?;
    let task = house.newest(KIND)?;
    Figure::of(|| {
        let ordered = order(&house, &task.task_id)?;
        let exports = Exports::new(house.store.clone(), house.blobs.clone());
        let rows = house.work(exports, |_| finished(&house, &ordered.export_task_id))?;
        let permit = permit(Action::EXPORTTASKS_QUERY)?;
        let result = house.wait(house.store.look_at_result(&permit, ordered.export_task_id))?;
        Ok(Done { rows, bytes: Some(result.bytes) })
    })
}

/// Exports it as one thread that asks nobody, for whoever counts instructions and not seconds.
pub(crate) fn attempt(directory: &Path) -> Outcome<()> {
    let house = House::open(directory)?;
    let task = house.newest(KIND)?;
    order(&house, &task.task_id)?;
    let exports = Exports::new(house.store.clone(), house.blobs.clone());
    let (term, begun) = (Term::new(Term::MAX), Instant::now());
    let claim = house.store.claim(JOB, "bench".to_owned(), term.until(house.store.now_ms()))?;
    let claim = claim.ok_or("no export waits")?;
    let lease = Lease::new(claim.clone(), term, Bell::default(), house.space.clone(), begun);
    let stopped = |stop| format!("{stop:?}");
    let outcome = exports.attempt(&lease).map_err(stopped)?;
    Ok(exports.settle(&claim, outcome).map_err(stopped)?)
}

fn order(house: &House, task_id: &str) -> Outcome<ExportTask> {
    let order = NewExportTask {
        resource_type: SOURCE,
        resource_condition: serde_json::json!({ "task_id": task_id }).to_string(),
        export_format: "xls",
        app_type: AppType::Global,
        app_id: None,
        language: Language::English,
    };
    let source = export::source(SOURCE).ok_or("no such source")?;
    let (tasks, permit) = (house.store.export_tasks(), permit(Action::EXPORTTASKS_CREATE)?);
    house.wait(tasks.create(&permit, order, move |tx, selection| source.selected(tx, selection)))
}

/// The rows of an export task once it is a success.
fn finished(house: &House, export_task_id: &str) -> Outcome<Option<i64>> {
    let filter = ExportFilter {
        resource_type: SOURCE,
        resource_condition: None,
        app_type: AppType::Global,
        app_id: None,
    };
    let permit = permit(Action::EXPORTTASKS_LIST)?;
    let page = house.wait(house.store.export_tasks().list(&permit, filter, NEWEST))?;
    let task = page.records.into_iter().next().ok_or("no export task")?;
    match task.status.as_str() {
        _ if task.export_task_id != export_task_id => Err("another export task".into()),
        "Success" => Ok(Some(task.export_count)),
        "Failed" => Err("the export failed".into()),
        _ => Ok(None),
    }
}
