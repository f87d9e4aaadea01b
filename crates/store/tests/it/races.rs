//! What many nodes do at the same moment: whoever comes second finds what the first has done.

use std::{sync::Barrier, thread};

use domain::{Action, Limits};
use types::Code;

use crate::{
    World, code, drivers,
    registry::{add, order, product},
    store::{Error, downloads::Ask, export_tasks},
    wait,
};

const CALLERS: usize = 8;

/// What `each` answers to callers that all begin at the same moment.
pub(crate) fn at_once<T: Send>(each: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let begin = Barrier::new(CALLERS);
    let call = |number| {
        begin.wait();
        each(number)
    };
    thread::scope(|scope| {
        let call = &call;
        let callers: Vec<_> = (0..CALLERS).map(|number| scope.spawn(move || call(number))).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    })
}

/// How many were done; all others were refused as `refusal`.
pub(crate) fn done<T>(answers: Vec<Result<T, Error>>, refusal: Code) -> usize {
    let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    refused.into_iter().for_each(|answer| assert_eq!(code(answer), refusal));
    done.len()
}

pub(crate) fn rows(world: &World, sql: &'static str) -> i64 {
    world.store.db().read_blocking(|tx| tx.count(sql, &[])).unwrap()
}

#[test]
fn of_many_exports_ordered_at_once_no_more_are_unfinished_than_may_be() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("t", &["a"]);
        assert_eq!(done(at_once(|_| world.export(&task)), Code::ExportTasksUnfinished), 5);
    });
}

#[test]
fn a_job_is_claimed_once() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("t", &["a"]);
        let exports: Vec<_> = (0..3).map(|_| world.export(&task).unwrap()).collect();
        let mut claimed = Vec::new();
        // A claimer that another was in the way of may find nothing, and looks again a moment later.
        for _ in 0..4 {
            claimed.extend(at_once(|_| world.claim(export_tasks::JOB)).into_iter().flatten());
        }
        let mut jobs: Vec<_> = claimed.iter().map(|claim| claim.job_id.clone()).collect();
        jobs.sort();
        assert_eq!(jobs, exports);
        assert!(claimed.iter().all(|claim| claim.epoch == 1));
    });
}

#[test]
fn of_results_published_at_once_the_newest_tasks_stays_and_the_others_go() {
    drivers(&Limits { export_unfinished: 50, ..Limits::default() }, |world| {
        let task = world.batch_task("t", &["a"]);
        let exports: Vec<_> = (0..CALLERS).map(|_| world.export(&task).unwrap()).collect();
        let claims: Vec<_> = (0..CALLERS).map(|_| world.claim(export_tasks::JOB).unwrap()).collect();
        at_once(|number| world.publish(&claims[number], &format!("content {number}")).unwrap());
        let made_by = world
            .store
            .db()
            .read_blocking(|tx| tx.all("SELECT made_by FROM export_result", &[], |row| row.string(0)));
        assert_eq!(made_by.unwrap(), exports[CALLERS - 1..]);
        // Every other file is on its way out: none is forgotten.
        assert_eq!(world.store.garbage().unwrap().len(), CALLERS - 1);
    });
}

#[test]
fn of_downloads_begun_at_once_one_is_admitted() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("t", &["a"]);
        let export = world.export(&task).unwrap();
        world.publish(&world.claim(export_tasks::JOB).unwrap(), "content").unwrap();
        let permit = world.permit(Action::EXPORTTASKS_QUERY);
        let ask = || Ask { export_task_id: export.clone(), resumes: None, holds: Vec::new() };
        let answers = at_once(|_| wait(world.store.admit_download(&permit, ask())));
        assert_eq!(done(answers, Code::RateLimited), 1);
    });
}

#[test]
fn a_device_that_many_delete_or_freeze_at_once_is_deleted_and_frozen_once() {
    drivers(&Limits::default(), |world| {
        let product = product(world);
        add(world, order(&product, "one")).unwrap();
        let id = add(world, order(&product, "two")).unwrap();
        let freeze = world.permit(Action::DEVICES_FREEZE);
        let frozen = at_once(|_| wait(world.store.devices().freeze(&freeze, id.clone())));
        assert_eq!(done(frozen, Code::DeviceFrozen), 1);
        let delete = world.permit(Action::DEVICES_DELETE);
        let deleted = at_once(|_| wait(world.store.devices().delete(&delete, id.clone())));
        assert_eq!(done(deleted, Code::DeviceMissing), 1);
        assert_eq!(rows(world, "SELECT devices FROM project"), 1, "the quota counts what is there");
    });
}

#[test]
fn a_device_that_many_add_at_once_is_added_once() {
    drivers(&Limits::default(), |world| {
        let product = product(world);
        let answers = at_once(|_| add(world, order(&product, "one")));
        assert_eq!(done(answers, Code::DeviceTaken), 1);
        assert_eq!(rows(world, "SELECT devices FROM project"), 1);
    });
}

#[test]
fn a_node_whose_clock_is_behind_still_makes_the_newest_task() {
    drivers(&Limits { export_kept: 2, export_unfinished: 9, ..Limits::default() }, |world| {
        let behind = world.another_node(-600_000);
        let task = world.batch_task("t", &["a"]);
        let earlier = [world.export(&task).unwrap(), world.export(&task).unwrap()];
        let newest = behind.export(&task).unwrap();
        assert!(newest > earlier[1]);
        let kept = rows(world, "SELECT COUNT(*) FROM export_task");
        assert_eq!(kept, 2, "the oldest went, not the one just made");
    });
}

#[test]
fn what_is_deleted_by_many_at_once_is_deleted_once() {
    drivers(&Limits { export_unfinished: 50, ..Limits::default() }, |world| {
        for _ in 0..10 {
            let task = world.batch_task("t", &["a"]);
            world.finish_batch();
            let export = world.export(&task).unwrap();
            let permit = world.permit(Action::EXPORTTASKS_DELETE);
            let exports = at_once(|_| wait(world.store.export_tasks().delete(&permit, export.clone())));
            assert_eq!(done(exports, Code::ExportTaskMissing), 1);
            let permit = world.permit(Action::BATCHTASKS_DELETE);
            let batches = at_once(|_| wait(world.store.batch_tasks().delete(&permit, task.clone())));
            assert_eq!(done(batches, Code::BatchTaskMissing), 1);
        }
    });
}
