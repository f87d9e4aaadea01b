//! Claims, epochs and what a lost one may still do: nothing.

use std::time::Duration;

use crate::{
    drivers,
    store::{
        Error,
        export_tasks::JOB,
        jobs::{self, ATTEMPTS_MAX},
    },
};
use ::domain::Clock;
use domain::Limits;

#[test]
fn a_worker_that_slept_past_its_lease_changes_nothing() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("sleeps", &["a"]);
        world.export(&task).unwrap();
        let asleep = world.claim(JOB).unwrap();
        assert_eq!(world.claim(JOB), None, "it is held");
        world.clock.advance(60_001);
        let awake = world.claim(JOB).unwrap();
        assert_eq!((awake.epoch, awake.attempt), (asleep.epoch + 1, 2));
        let lost = |answer: Result<(), Error>| assert!(matches!(answer, Err(Error::LostClaim)));
        lost(world.store.hold(&asleep, i64::MAX));
        lost(world.store.export_heartbeat(&asleep, i64::MAX, 1, 1));
        lost(world.publish(&asleep, "zombie"));
        lost(world.store.export_fail(&asleep, "zombie".into()));
        lost(world.store.release(&asleep, 0, None));
        world.publish(&awake, "live").unwrap();
        lost(world.publish(&awake, "twice"));
    });
}

#[test]
fn a_worker_that_slept_until_its_object_was_old_still_has_it() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("sleeps long", &["a"]);
        world.export(&task).unwrap();
        let asleep = world.claim(JOB).unwrap();
        let object = format!("exports/{}/{}.zip", asleep.job_id, asleep.epoch);
        let may_count = || world.store.object_may_count(&object).unwrap();
        world.clock.advance(2 * 86_400_000);
        assert!(may_count(), "nobody has overtaken it: it may publish when it wakes");
        let awake = world.claim(JOB).unwrap();
        assert!(!may_count(), "overtaken, it never will");
        world.publish(&awake, "live").unwrap();
        assert!(
            world.store.object_may_count(&format!("exports/{}/{}.zip", awake.job_id, awake.epoch)).unwrap()
        );
        assert!(!may_count());
    });
}

#[test]
fn a_deleted_task_takes_the_claim_with_it() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("deleted", &["a"]);
        let id = world.export(&task).unwrap();
        let claim = world.claim(JOB).unwrap();
        let permit = world.permit(domain::Action::EXPORTTASKS_DELETE);
        crate::wait(world.store.export_tasks().delete(&permit, id)).unwrap();
        assert!(matches!(world.publish(&claim, "late"), Err(Error::LostClaim)));
    });
}

#[test]
fn a_job_that_is_tried_too_often_is_given_up_with_its_last_error() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("poison", &["a"]);
        world.export(&task).unwrap();
        for attempt in 1..=ATTEMPTS_MAX {
            let claim = world.claim(JOB).unwrap();
            assert_eq!(claim.attempt, attempt);
            world.store.release(&claim, 0, Some("the disk failed".into())).unwrap();
        }
        assert_eq!(world.claim(JOB), None);
        let (claim, reason) = world.store.claim_exhausted(JOB).unwrap().unwrap();
        assert!(reason.contains("the disk failed"), "{reason}");
        world.store.export_fail(&claim, reason).unwrap();
        assert_eq!(world.store.claim_exhausted(JOB).unwrap(), None);
    });
}

#[test]
fn a_shutdown_is_not_held_against_a_job() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("drained", &["a"]);
        world.export(&task).unwrap();
        for _ in 0..2 * ATTEMPTS_MAX {
            let claim = world.claim(JOB).unwrap();
            assert_eq!(claim.attempt, 1);
            world.store.release(&claim, world.clock.now_ms(), None).unwrap();
        }
    });
}

#[test]
fn progress_never_goes_back() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("progress", &["a"]);
        world.export(&task).unwrap();
        let claim = world.claim(JOB).unwrap();
        let order = || world.store.export_order(&claim).unwrap().is_some();
        assert!(order());
        let until = world.clock.now_ms() + 60_000;
        world.store.export_heartbeat(&claim, until, 800, 1000).unwrap();
        world.store.export_heartbeat(&claim, until, 10, 1000).unwrap();
        let seen = world.store.db().read_blocking(|tx| {
            tx.first("SELECT export_count, progress FROM export_task", &[], |row| {
                Ok((row.int(0)?, row.int(1)?))
            })
        });
        assert_eq!(seen.unwrap(), Some((800, 79)));
        world.store.export_heartbeat(&claim, until, 1000, 1000).unwrap();
        let percent = world.store.db().read_blocking(|tx| tx.count("SELECT progress FROM export_task", &[]));
        assert_eq!(percent, Ok(99), "100 is for Success alone");
    });
}

#[test]
fn a_clock_that_is_put_back_a_day_delays_no_job() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("clock", &["a"]);
        let waiting = world.export(&task).unwrap();
        let retried = world.export(&task).unwrap();
        assert_eq!(world.claim(JOB).unwrap().job_id, waiting);
        let claim = world.claim(JOB).unwrap();
        assert_eq!(claim.job_id, retried);
        world.store.release(&claim, world.clock.now_ms() + 1_000, Some("the disk failed".into())).unwrap();
        let fresh = world.export(&task).unwrap();
        world.clock.advance(-86_400_000);
        let claimed =
            || (0..4).filter_map(|_| world.claim(JOB)).map(|claim| claim.job_id).collect::<Vec<_>>();
        assert_eq!(claimed(), [&*waiting, &*fresh, &*retried], "no lease and no pause ends a day ahead");
        world.store.free_all_claims().unwrap();
        assert_eq!(claimed(), [waiting, retried, fresh], "a restart frees all");
    });
}

#[test]
fn a_clock_that_is_put_back_a_moment_takes_nobodys_claim() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("moment", &["a"]);
        world.export(&task).unwrap();
        world.claim(JOB).unwrap();
        world.clock.advance(-1_000);
        assert_eq!(world.claim(JOB), None);
    });
}

#[test]
fn an_attempt_that_was_only_interrupted_does_not_count_also_after_progress() {
    drivers(&Limits::default(), |world| {
        let task = world.batch_task("interrupted", &["a"]);
        world.export(&task).unwrap();
        for _ in 0..2 * ATTEMPTS_MAX {
            let claim = world.claim(JOB).unwrap();
            assert_eq!(claim.attempt, 1);
            world.store.release(&claim, 0, None).unwrap();
        }
        let claim = world.claim(JOB).unwrap();
        let held = claim.clone();
        let until = world.clock.now_ms() + 60_000;
        world.store.db().write_blocking(move |tx| jobs::advance(tx, &held, until)).unwrap();
        world.store.release(&claim, 0, None).unwrap();
        assert_eq!(world.claim(JOB).unwrap().attempt, 1, "not less than the first");
    });
}

#[test]
fn the_queue_tells_who_waits_for_how_long_and_who_is_at_work() {
    drivers(&Limits::default(), |world| {
        let queue = |kind| {
            let queue = world.store.queue(kind, Duration::from_secs(60)).unwrap();
            (queue.waiting, queue.running, queue.oldest_ms)
        };
        assert_eq!(queue(JOB), (0, 0, None));
        let task = world.batch_task("queue", &["a"]);
        world.export(&task).unwrap();
        world.clock.advance(5_000);
        world.export(&task).unwrap();
        world.clock.advance(1_000);
        assert_eq!(queue(JOB), (2, 0, Some(6_000)));
        let claim = world.claim(JOB).unwrap();
        assert_eq!(queue(JOB), (1, 1, Some(1_000)));
        world.clock.advance(-60_000);
        assert_eq!(queue(JOB), (1, 1, Some(0)), "a clock that was put back makes nothing negative");
        world.publish(&claim, "done").unwrap();
        assert_eq!(queue(JOB).1, 0);
    });
}
