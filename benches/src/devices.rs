//! The execution of a createDevices task.

use std::path::{Path, PathBuf};

use batch::Batches;

use crate::{
    Outcome,
    figure::{Done, Figure},
    house::House,
};

/// The kind that is executed.
pub(crate) const KIND: &str = "createDevices";

/// The program that reads uploaded files.
pub(crate) fn program() -> Outcome<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("unlade"))
}

/// Executes the task that waits, to its last device.
pub(crate) fn create(directory: &Path) -> Outcome<Figure> {
    let house = House::open(directory)?;
    Figure::of(|| Ok(Done { rows: execute(&house, KIND)?, bytes: None }))
}

/// Lets one worker execute the newest task of a kind; answers how many subtasks succeeded.
pub(crate) fn execute(house: &House, kind: &str) -> Outcome<i64> {
    let batches = Batches::new(house.store.clone(), house.blobs.clone(), program()?);
    house.work(batches, |_| finished(house, kind))
}

/// The subtasks once they are all done.
fn finished(house: &House, kind: &str) -> Outcome<Option<i64>> {
    let task = house.newest(kind)?;
    match task.status.as_str() {
        "Success" => Ok(Some(task.task_progress.success)),
        "Fail" | "PartialSuccess" | "Stopped" => {
            Err(format!("the task is {}: {:?}", task.status, task.status_desc).into())
        }
        _ => Ok(None),
    }
}
