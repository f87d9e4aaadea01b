//! Batch task files: ten a user, an hour, one use.

use types::{RecordId, batch_task::TaskProgress, page::PageOrder};

use crate::{
    Code, World, code, drivers,
    store::{
        Error,
        batch_files::Upload,
        batch_tasks::{self, NewBatchTask, Targets},
        subtasks::DetailFilter,
    },
    wait,
};
use domain::{Action, Limits};

fn upload(world: &World, name: &str) -> Result<String, Error> {
    let order = Upload {
        file_name: name.into(),
        object_key: format!("uploads/{name}"),
        header: vec!["device_id".into()],
        rows: 3,
    };
    let permit = world.permit(Action::BATCHTASKFILES_CREATE);
    wait(world.store.batch_files().upload(&permit, order)).map(|file| file.file_id)
}

fn run(world: &World, file_id: &str) -> Result<String, Error> {
    let targets = Targets::File { file_id: file_id.into() };
    let order = NewBatchTask::of("freezeDevices", "t", targets);
    let permit = world.permit(Action::BATCHTASKS_CREATE);
    wait(world.store.batch_tasks().create(&permit, order)).map(|task| task.task_id)
}

fn count(world: &World) -> usize {
    wait(world.store.batch_files().list(&world.permit(Action::BATCHTASKFILES_LIST))).unwrap().len()
}

#[test]
fn ten_files_and_no_name_twice() {
    drivers(&Limits::default(), |world| {
        for number in 0..10 {
            upload(world, &format!("{number}.xlsx")).unwrap();
        }
        assert_eq!(code(upload(world, "0.xlsx")), Code::BatchFileNameTaken);
        assert_eq!(code(upload(world, "11.xlsx")), Code::BatchFileQuota);
        assert_eq!(count(world), 10);
    });
}

#[test]
fn an_hour_later_it_is_gone_and_its_object_too() {
    drivers(&Limits::default(), |world| {
        let file_id = upload(world, "a.xlsx").unwrap();
        world.clock.advance(3_600_000);
        assert_eq!(count(world), 0);
        assert_eq!(code(run(world, &file_id)), Code::DocumentSourceMissing);
        upload(world, "a.xlsx").unwrap();
        world.store.prune().unwrap();
        assert_eq!(world.store.garbage().unwrap(), ["uploads/a.xlsx"]);
    });
}

#[test]
fn one_task_takes_it() {
    drivers(&Limits::default(), |world| {
        let file_id = upload(world, "a.xlsx").unwrap();
        run(world, &file_id).unwrap();
        assert_eq!(count(world), 0);
        assert_eq!(code(run(world, &file_id)), Code::DocumentSourceMissing);
        world.clock.advance(3_600_000);
        world.store.prune().unwrap();
        assert!(world.store.garbage().unwrap().is_empty(), "a file in use does not expire");
    });
}

#[test]
fn a_task_whose_file_cannot_be_read_counts_no_rows_that_are_not_there() {
    drivers(&Limits::default(), |world| {
        let task_id = run(world, &upload(world, "a.xlsx").unwrap()).unwrap();
        let (project_id, id) = (world.root.project_id.clone(), task_id.clone());
        let failed = world.store.db().write_blocking(move |tx| {
            batch_tasks::finish(tx, &project_id, &id, Some("The file cannot be read."), 1)
        });
        failed.unwrap();
        let order = PageOrder { limit: 50, marker: RecordId::MAX, offset: 0 };
        let permit = world.permit(Action::BATCHTASKS_QUERY);
        let shown = wait(world.store.batch_tasks().show(&permit, task_id, DetailFilter::default(), order));
        let (task, details) = shown.unwrap();
        assert_eq!((task.status.as_str(), task.task_progress), ("Fail", TaskProgress::default()));
        assert_eq!((details.count, details.records.len()), (0, 0));
    });
}
