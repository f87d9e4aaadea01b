//! How long a task of ten takes, from its creation to its end: alone, and beside one of as many as there are.

use std::{path::Path, time::Instant};

use batch::Batches;
use domain::Action;
use jobs::Bell;
use store::{batch_tasks::Targets, subtasks::DetailFilter};
use types::{
    batch_task::{BatchTask, TaskStatus},
    page::PageOrder,
};

use super::pages::{Times, id};
use crate::{
    Outcome,
    devices::program,
    house::{House, NEWEST, permit},
};

const KIND: &str = "unfreezeDevices";
const SMALL: i64 = 10;
/// Of those that have nobody beside them.
const TASKS: i64 = 100;

/// Executes the large task that waits, and small ones beside it as long as it lasts, one after the other; then as small
/// ones alone.
pub(crate) fn beside(directory: &Path) -> Outcome<Vec<Times>> {
    let house = House::open(directory)?;
    let large = house.newest(KIND)?.task_id;
    let batches = Batches::new(house.store.clone(), house.blobs.clone(), program()?);
    house.work(batches, |bell| {
        let mut beside = Vec::new();
        while !is_over(&shown(&house, &large)?) {
            beside.push(small(&house, bell)?);
        }
        let alone = (0..TASKS).map(|_| small(&house, bell)).collect::<Outcome<_>>()?;
        Ok(Some(vec![Times::of("alone", alone)?, Times::of("beside one of all devices", beside)?]))
    })
}

/// Milliseconds of one small task.
fn small(house: &House, bell: &Bell) -> Outcome<f64> {
    let begun = Instant::now();
    let task_id = house.batch_task(KIND, Targets::Given((0..SMALL).map(id).collect()))?.task_id;
    bell.ring();
    while !is_over(&shown(house, &task_id)?) {
        house.pause();
    }
    Ok(begun.elapsed().as_secs_f64() * 1e3)
}

fn shown(house: &House, task_id: &str) -> Outcome<BatchTask> {
    let (permit, one) = (permit(Action::BATCHTASKS_QUERY)?, PageOrder { limit: 1, ..NEWEST });
    let tasks = house.store.batch_tasks();
    let shown = tasks.show(&permit, task_id.to_owned(), DetailFilter::default(), one);
    Ok(house.wait(shown)?.0)
}

fn is_over(task: &BatchTask) -> bool {
    TaskStatus::from_wire(&task.status).is_some_and(TaskStatus::is_final)
}
