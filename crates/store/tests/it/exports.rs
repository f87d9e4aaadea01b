//! The documented rules of export tasks.

use crate::{
    Code, World, code, drivers,
    store::{
        Error,
        downloads::{Admission, Ask},
        export_tasks::{ExportFilter, JOB},
    },
    wait,
};
use domain::{Action, Limits};
use types::{Language, RecordId, export_task::AppType, page::PageOrder};

fn ask(id: &str) -> Ask {
    Ask { export_task_id: id.into(), resumes: None, holds: Vec::new() }
}

fn download(world: &World, ask: Ask) -> Result<Admission, Error> {
    wait(world.store.admit_download(&world.permit(Action::EXPORTTASKS_QUERY), ask))
}

fn served(world: &World, id: &str) -> Result<String, Error> {
    let found = wait(world.store.look_at_result(&world.permit(Action::EXPORTTASKS_QUERY), id.into()));
    found.map(|result| result.sha256)
}

fn delete(world: &World, id: &str) -> Result<(), Error> {
    wait(world.store.export_tasks().delete(&world.permit(Action::EXPORTTASKS_DELETE), id.into()))
}

fn listed(world: &World) -> Vec<String> {
    let filter = ExportFilter {
        resource_type: "BatchTask",
        resource_condition: None,
        app_type: AppType::Global,
        app_id: None,
    };
    let order = PageOrder { limit: 50, marker: RecordId::MAX, offset: 0 };
    let page = wait(world.store.export_tasks().list(&world.permit(Action::EXPORTTASKS_LIST), filter, order))
        .unwrap();
    page.records.into_iter().map(|task| task.export_task_id).collect()
}

#[test]
fn the_sixth_unfinished_is_refused_and_names_the_five() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("five", &["a"]);
        let five: Vec<String> = (0..5).map(|_| world.export(&task).unwrap()).collect();
        let Err(Error::Fault(fault)) = world.export(&task) else { panic!("a sixth was taken") };
        assert_eq!(fault.code, Code::ExportTasksUnfinished);
        for message in Language::ALL.map(|language| fault.message(language)) {
            assert!(five.iter().all(|id| message.contains(id)), "{message}");
        }
        delete(world, &five[2]).unwrap();
        world.export(&task).unwrap();
    });
}

#[test]
fn fifty_are_kept_and_the_oldest_goes_with_its_job() {
    let limits = Limits { export_unfinished: 100, ..Limits::default() };
    drivers(&limits, |world| {
        let task = world.batch_task("fifty", &["a"]);
        let ids: Vec<String> = (0..51).map(|_| world.export(&task).unwrap()).collect();
        let listed = listed(world);
        assert_eq!(listed.len(), 50);
        assert!(!listed.contains(&ids[0]) && listed[0] == ids[50]);
        assert_eq!(world.claim(JOB).unwrap().job_id, ids[1], "the job of the first went with it");
    });
}

#[test]
fn a_refused_create_evicts_nothing() {
    let limits = Limits { export_kept: 3, export_unfinished: 3, ..Limits::default() };
    drivers(&limits, |world| {
        let task = world.batch_task("three", &["a"]);
        for _ in 0..3 {
            world.export(&task).unwrap();
        }
        assert_eq!(code(world.export(&task)), Code::ExportTasksUnfinished);
        assert_eq!(listed(world).len(), 3);
    });
}

#[test]
fn the_same_condition_serves_the_newest_success_under_every_id() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("same", &["a"]);
        let first = world.export(&task).unwrap();
        world.publish(&world.claim(JOB).unwrap(), "old").unwrap();
        let second = world.export(&task).unwrap();
        assert_eq!(served(world, &first).unwrap(), "old", "until the newer one succeeds");
        assert_eq!(code(served(world, &second)), Code::ExportTaskNotCompleted);
        world.publish(&world.claim(JOB).unwrap(), "new").unwrap();
        assert_eq!(
            (served(world, &first).unwrap(), served(world, &second).unwrap()),
            ("new".into(), "new".into())
        );
        assert_eq!(world.store.garbage().unwrap(), [format!("exports/{first}/1.zip")]);
        delete(world, &second).unwrap();
        assert_eq!(
            served(world, &first).unwrap(),
            "new",
            "the file goes with the last task that refers to it"
        );
        delete(world, &first).unwrap();
        assert_eq!(world.store.garbage().unwrap().len(), 2);
        assert_eq!(code(served(world, &first)), Code::ExportTaskMissing);
    });
}

#[test]
fn an_older_task_that_ends_late_does_not_overwrite() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("late", &["a"]);
        let (first, second) = (world.export(&task).unwrap(), world.export(&task).unwrap());
        let (slow, fast) = (world.claim(JOB).unwrap(), world.claim(JOB).unwrap());
        assert_eq!((&slow.job_id, &fast.job_id), (&first, &second));
        world.publish(&fast, "newer").unwrap();
        world.publish(&slow, "older").unwrap();
        assert_eq!(
            (served(world, &first).unwrap(), served(world, &second).unwrap()),
            ("newer".into(), "newer".into())
        );
        assert_eq!(world.store.garbage().unwrap(), [format!("exports/{first}/1.zip")]);
    });
}

#[test]
fn a_newer_task_that_fails_leaves_the_file() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("fails", &["a"]);
        let first = world.export(&task).unwrap();
        world.publish(&world.claim(JOB).unwrap(), "old").unwrap();
        let second = world.export(&task).unwrap();
        world.store.export_fail(&world.claim(JOB).unwrap(), "the disk was full".into()).unwrap();
        assert_eq!(served(world, &first).unwrap(), "old");
        let Err(Error::Fault(fault)) = served(world, &second).map(|_| ()) else {
            panic!("a failed task served")
        };
        assert_eq!(fault.code, Code::ExportTaskNotCompleted);
        for message in Language::ALL.map(|language| fault.message(language)) {
            assert!(message.contains("the disk was full"), "{message}");
        }
    });
}

#[test]
fn one_download_an_interval_whatever_the_clock_does() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("download", &["a"]);
        let id = world.export(&task).unwrap();
        world.publish(&world.claim(JOB).unwrap(), "file").unwrap();
        assert!(matches!(download(world, ask(&id)), Ok(Admission::Admitted(_))));
        world.clock.advance(29_999);
        let Err(Error::Fault(fault)) = download(world, ask(&id)).map(|_| ()) else {
            panic!("a second within 30 s")
        };
        assert_eq!((fault.code, fault.retry_after_seconds), (Code::RateLimited, Some(1)));
        world.clock.advance(1);
        assert!(download(world, ask(&id)).is_ok());
        world.clock.advance(-1_000);
        assert_eq!(
            code(download(world, ask(&id))),
            Code::RateLimited,
            "a clock put back a little admits nothing"
        );
        world.clock.advance(-86_400_000);
        assert!(download(world, ask(&id)).is_ok(), "and one put back a day locks nobody out");
    });
}

#[test]
fn what_does_not_count_as_a_download() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("free", &["a"]);
        let id = world.export(&task).unwrap();
        world.publish(&world.claim(JOB).unwrap(), "file").unwrap();
        let unchanged = Ask { holds: vec!["file".into()], ..ask(&id) };
        assert!(matches!(download(world, unchanged.clone()), Ok(Admission::Unchanged(_))));
        assert!(download(world, ask(&id)).is_ok(), "a look did not count");
        let resumed = Ask { resumes: Some("file".into()), ..ask(&id) };
        assert!(
            matches!(download(world, resumed.clone()), Ok(Admission::Admitted(_))),
            "a resumed one neither"
        );
        let stale = Ask { resumes: Some("another file".into()), ..ask(&id) };
        assert_eq!(code(download(world, stale)), Code::RateLimited);
        world.clock.advance(600_001);
        assert!(download(world, resumed.clone()).is_ok(), "late, it counts as a new one");
        assert_eq!(code(download(world, ask(&id))), Code::RateLimited);
    });
}

#[test]
fn an_unknown_batch_task_cannot_be_exported() {
    drivers(&Limits::default(), |world| assert_eq!(code(world.export("ab")), Code::ExportSourceMissing));
}
