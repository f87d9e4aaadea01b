//! The life of a batch task: what it waits for, and what is done to it while a worker is at it.

use db::{Tx, args};
use domain::{Action, Clock, Limits};
use store::{
    Context, Error,
    batch_tasks::{Control, JOB, NewBatchTask, Rest, Retry, Targets},
    jobs::{self, Claim, Priority},
};
use types::{Code, batch_task::TargetResult};

use crate::{World, code, drivers, store, wait};

mod hands;

fn order(targets: &[&str]) -> NewBatchTask {
    let targets = targets.iter().map(ToString::to_string).collect();
    NewBatchTask::of("freezeDevices", "life", Targets::Given(targets))
}

fn said(results: &[TargetResult]) -> Vec<(&str, &str, &str)> {
    let code = |one: &TargetResult| one.error_code.clone().unwrap_or_default();
    results.iter().map(|one| (&*one.target, one.status, &*Box::leak(code(one).into_boxed_str()))).collect()
}

#[test]
fn a_scheduled_task_holds_no_job_until_its_time() {
    drivers(&Limits::default(), |world| {
        let at = world.clock.now_ms() + 3_600_000;
        let task_id = world.made(NewBatchTask { schedule_ms: Some(at), ..order(&["a", "b"]) });
        let claim = world.begun();
        assert_eq!(world.work(&claim).unwrap(), 0);
        assert_eq!(world.rest(&claim).unwrap(), Rest::Waits);
        assert_eq!((world.shown(&task_id).status.as_str(), world.jobs()), ("Waitting", 0));
        assert_eq!(world.store.wake_due_tasks().unwrap(), 0);
        world.clock.advance(3_600_000);
        assert_eq!(world.store.wake_due_tasks().unwrap(), 1);
        assert_eq!(world.store.wake_due_tasks().unwrap(), 0, "it has been");
        let claim = world.claim(JOB).unwrap();
        assert_eq!(world.work(&claim).unwrap(), 2);
        assert_eq!(world.rest(&claim).unwrap(), Rest::Over);
        assert_eq!(world.shown(&task_id).status, "Success");
    });
}

#[test]
fn kinds_that_go_first_do_and_only_who_goes_no_later_is_waited_for() {
    drivers(&Limits::default(), |world| {
        let priority = Priority::of_kinds(&["deleteDevices", "freezeDevices"]);
        let of = |kind| world.made(NewBatchTask::of(kind, kind, Targets::Given(vec!["a".into()])));
        let made =
            ["updateDevices", "freezeDevices", "createMessages", "deleteDevices", "freezeDevices"].map(of);
        let now_ms = world.clock.now_ms();
        let claim =
            || world.store.claim_by(&priority, JOB, "worker".into(), now_ms + 60_000).unwrap().unwrap();
        let another_waits = |claim: &Claim| {
            let (claim, priority) = (claim.clone(), priority.clone());
            world.unit(move |tx, _| jobs::another_waits(tx, JOB, &priority, &claim, now_ms)).unwrap()
        };
        let claimed: Vec<_> = (0..5).map(|_| claim()).map(|claim| (another_waits(&claim), claim)).collect();
        let order: Vec<_> = claimed.iter().map(|(_, claim)| claim.job_id.as_str()).collect();
        assert_eq!(order, [&made[3], &made[1], &made[4], &made[0], &made[2]]);
        let waited: Vec<_> = claimed.iter().map(|(waits, _)| *waits).collect();
        assert_eq!(waited, [false, true, false, true, false]);
        let (_, last) = &claimed[4];
        world.store.release(&claimed[0].1, now_ms, None).unwrap();
        assert!(another_waits(last), "one that goes first has come");
    });
}

#[test]
fn a_clock_that_was_put_back_keeps_no_task_waiting() {
    drivers(&Limits::default(), |world| {
        let at = world.clock.now_ms() + 1_000;
        let task_id = world.made(NewBatchTask { schedule_ms: Some(at), ..order(&["a"]) });
        assert_eq!(world.rest(&world.begun()).unwrap(), Rest::Waits);
        world.clock.advance(-400 * 86_400_000);
        assert_eq!(world.store.wake_due_tasks().unwrap(), 1);
        let claim = world.claim(JOB).unwrap();
        assert_eq!(world.work(&claim).unwrap(), 1);
        assert_eq!(world.rest(&claim).unwrap(), Rest::Over);
        assert_eq!(world.shown(&task_id).status, "Success");
    });
}

#[test]
fn what_fails_is_tried_again_after_the_pause_and_no_more_often_than_ordered() {
    drivers(&Limits::default(), |world| {
        let retry = Some(Retry { count: 2, interval: 1 });
        let task_id = world.made(NewBatchTask { retry, ..order(&["a", "x"]) });
        let claim = world.begun();
        assert_eq!(world.work(&claim).unwrap(), 2);
        for round in 0..2 {
            let progress = world.shown(&task_id).task_progress;
            assert_eq!((progress.success, progress.fail_wait_retry, progress.fail), (1, 1, 0));
            let claim = if round == 0 { claim.clone() } else { world.claim(JOB).unwrap() };
            if round == 1 {
                assert_eq!(world.work(&claim).unwrap(), 1);
            }
            assert_eq!(world.rest(&claim).unwrap(), Rest::Waits);
            assert_eq!(world.store.wake_due_tasks().unwrap(), 0);
            world.clock.advance(60_000);
            assert_eq!(world.store.wake_due_tasks().unwrap(), 1);
        }
        let claim = world.claim(JOB).unwrap();
        assert_eq!(world.work(&claim).unwrap(), 1);
        assert_eq!(world.rest(&claim).unwrap(), Rest::Over);
        let task = world.shown(&task_id);
        assert_eq!((task.status.as_str(), task.task_progress.fail), ("PartialSuccess", 1));
    });
}

#[test]
fn a_worker_whose_task_is_stopped_executes_nothing_more_of_it() {
    drivers(&Limits::default(), |world| {
        let task_id = world.made(order(&["a", "b"]));
        let claim = world.begun();
        world.control(&task_id, Control::Stop, None).unwrap();
        assert_eq!(world.shown(&task_id).status, "Stopping");
        assert_eq!(world.work(&claim).unwrap(), 0);
        assert_eq!(world.rest(&claim).unwrap(), Rest::Go);
        world.stop_it(&claim);
        let task = world.shown(&task_id);
        assert_eq!((task.status.as_str(), task.task_progress.stopped, world.jobs()), ("Stopped", 2, 0));
        for what in [Control::Stop, Control::Retry, Control::Confirm] {
            assert_eq!(code(world.control(&task_id, what, None)), Code::TaskStateRefused);
        }
    });
}

#[test]
fn a_task_that_was_to_begin_later_is_stopped_now() {
    drivers(&Limits::default(), |world| {
        let at = world.clock.now_ms() + 3_600_000;
        let task_id = world.made(NewBatchTask { schedule_ms: Some(at), ..order(&["a"]) });
        assert_eq!(world.rest(&world.begun()).unwrap(), Rest::Waits);
        world.control(&task_id, Control::Stop, None).unwrap();
        let claim = world.claim(JOB).unwrap();
        assert_eq!(world.rest(&claim).unwrap(), Rest::Go, "its schedule is no reason to wait any more");
        world.stop_it(&claim);
        assert_eq!(world.shown(&task_id).status, "Stopped");
    });
}

#[test]
fn some_targets_are_stopped_and_retried_and_each_answer_says_what_became_of_it() {
    drivers(&Limits::default(), |world| {
        let task_id = world.made(order(&["a", "b", "x"]));
        let claim = world.begun();
        let stopped = world.control(&task_id, Control::Stop, Some(&["b", "nobody", "b"])).unwrap();
        let not_there = ("nobody", "failure", "IOTDA.014219");
        assert_eq!(said(&stopped), [("b", "success", ""), not_there]);
        assert_eq!(world.work(&claim).unwrap(), 2);
        let late = world.control(&task_id, Control::Stop, Some(&["a"])).unwrap();
        assert_eq!(said(&late), [("a", "failure", "IOTDA.014202")]);
        assert_eq!(world.rest(&claim).unwrap(), Rest::Over);
        assert_eq!(world.shown(&task_id).status, "PartialSuccess");
        let again = world.control(&task_id, Control::Retry, Some(&["b", "a"])).unwrap();
        assert_eq!(said(&again), [("b", "success", ""), ("a", "failure", "IOTDA.014202")]);
        assert_eq!(world.shown(&task_id).status, "Processing");
        let claim = world.claim(JOB).unwrap();
        assert_eq!(world.work(&claim).unwrap(), 1);
        assert_eq!(world.rest(&claim).unwrap(), Rest::Over);
        assert_eq!(world.shown(&task_id).task_progress.success, 2);
    });
}

#[test]
fn a_task_that_is_retried_as_its_worker_ends_it_does_not_end() {
    drivers(&Limits::default(), |world| {
        let task_id = world.made(order(&["a", "x"]));
        let claim = world.begun();
        world.work(&claim).unwrap();
        world.control(&task_id, Control::Retry, None).unwrap();
        assert_eq!(world.rest(&claim).unwrap(), Rest::Go);
        world.retry_it(&claim);
        assert_eq!(world.shown(&task_id).task_progress.waitting, 1);
        assert_eq!(world.work(&claim).unwrap(), 1);
        assert_eq!(world.rest(&claim).unwrap(), Rest::Over);
        // And the other way round.
        world.control(&task_id, Control::Retry, None).unwrap();
        assert_eq!(code(delete(world, &task_id)), Code::BatchTaskUnfinished);
        let claim = world.claim(JOB).unwrap();
        world.retry_it(&claim);
        assert_eq!(world.work(&claim).unwrap(), 1);
        assert_eq!(world.rest(&claim).unwrap(), Rest::Over);
        delete(world, &task_id).unwrap();
    });
}

fn delete(world: &World, task_id: &str) -> Result<(), Error> {
    wait(world.store.batch_tasks().delete(&world.permit(Action::BATCHTASKS_DELETE), task_id.to_owned()))
}

#[test]
fn a_retry_makes_no_more_tasks_unfinished_than_the_limit() {
    let limits = Limits { batch_running: 1, ..Limits::default() };
    drivers(&limits, |world| {
        let task_id = world.made(order(&["x"]));
        let claim = world.begun();
        world.work(&claim).unwrap();
        assert_eq!(world.rest(&claim).unwrap(), Rest::Over);
        world.made(order(&["a"]));
        for targets in [None, Some(["x"].as_slice())] {
            assert_eq!(code(world.control(&task_id, Control::Retry, targets)), Code::BatchTaskQuota);
        }
        assert_eq!(world.shown(&task_id).status, "Fail");
    });
}

#[test]
fn subtasks_wait_until_each_or_all_are_confirmed() {
    drivers(&Limits::default(), |world| {
        let task_id = world.made(NewBatchTask { need_confirm: Some(true), ..order(&["a", "b", "c"]) });
        let claim = world.begun();
        assert_eq!(world.work(&claim).unwrap(), 0);
        assert_eq!(world.rest(&claim).unwrap(), Rest::Waits);
        assert_eq!((world.shown(&task_id).status.as_str(), world.jobs()), ("Waitting", 0));
        let confirmed = world.control(&task_id, Control::Confirm, Some(&["b"])).unwrap();
        assert_eq!(said(&confirmed), [("b", "success", "")]);
        let claim = world.claim(JOB).unwrap();
        let twice = world.control(&task_id, Control::Confirm, Some(&["b"])).unwrap();
        assert_eq!(said(&twice), [("b", "failure", "IOTDA.014202")]);
        assert_eq!(world.work(&claim).unwrap(), 1);
        assert_eq!(world.rest(&claim).unwrap(), Rest::Waits);
        assert_eq!(world.shown(&task_id).status, "Processing");
        world.control(&task_id, Control::Confirm, None).unwrap();
        let claim = world.claim(JOB).unwrap();
        assert_eq!(world.work(&claim).unwrap(), 2);
        assert_eq!(world.rest(&claim).unwrap(), Rest::Over);
        assert_eq!(world.shown(&task_id).status, "Success");
    });
}

#[test]
fn a_job_of_an_earlier_program_is_taken_and_what_its_worker_knows_nothing_of_takes_it_away() {
    drivers(&Limits::default(), |world| {
        let task_id = world.made(order(&["a", "b"]));
        let id = task_id.clone();
        let earlier = move |tx: &mut dyn Tx, _: &Context| {
            Ok(tx.execute("UPDATE job SET kind = 'batch' WHERE job_id = ?1", args![&id])?)
        };
        world.unit(earlier).unwrap();
        let claim = world.begun();
        assert_eq!(claim.job_id, task_id);
        world.control(&task_id, Control::Stop, None).unwrap();
        assert!(matches!(world.work(&claim), Err(Error::LostClaim)), "the worker may be an earlier one");
        let claim = world.claim(JOB).unwrap();
        world.stop_it(&claim);
        assert_eq!(world.shown(&task_id).status, "Stopped");
    });
}

/// One of `0..most`, from a seed.
fn dice(seed: &mut u64, most: u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) % most
}

/// What a worker with a claim does next, as the executor does; answers whether it has it still.
fn step(world: &World, claim: &Claim) -> bool {
    let status = world.shown(&claim.job_id).status;
    if status == "Stopping" {
        world.stop_it(claim);
        return false;
    }
    world.retry_it(claim);
    if world.work(claim).unwrap() > 0 {
        return true;
    }
    world.rest(claim).unwrap() == Rest::Go
}

#[test]
fn whatever_is_done_to_a_task_counters_equal_rows_and_in_the_end_it_is_over() {
    let seeds = if std::env::var_os("UNLADE_TEST_POSTGRES").is_some() { 6 } else { 60 };
    drivers(&Limits { batch_running: 1_000_000, ..Limits::default() }, |world| {
        for mut seed in 0..seeds {
            let now = world.clock.now_ms();
            let order = NewBatchTask {
                schedule_ms: (dice(&mut seed, 3) == 0).then_some(now + 5_000),
                retry: (dice(&mut seed, 2) == 0).then_some(Retry { count: 2, interval: 1 }),
                need_confirm: Some(dice(&mut seed, 3) == 0),
                ..order(&["a", "x1", "b", "x2", "c"])
            };
            let task_id = world.made(order);
            let mut claim = Some(world.begun());
            for _ in 0..40 {
                let target = ["a", "x1", "b", "x2", "c", "d"][dice(&mut seed, 6) as usize];
                let named = (dice(&mut seed, 3) > 0).then_some([target]);
                let named = named.as_ref().map(<[&str; 1]>::as_slice);
                match dice(&mut seed, 12) {
                    0 => drop(world.control(&task_id, Control::Retry, named)),
                    1 if named.is_some() || dice(&mut seed, 5) == 0 => {
                        drop(world.control(&task_id, Control::Stop, named));
                    }
                    2 => drop(world.control(&task_id, Control::Confirm, named)),
                    3 => world.clock.advance(dice(&mut seed, 70_000) as i64),
                    4 => drop(world.store.wake_due_tasks().unwrap()),
                    // A worker that crashed or lets others go first: the next goes on.
                    5 => drop(claim.take().map(|held| world.store.release(&held, 0, None).unwrap())),
                    _ => {
                        claim = claim.take().or_else(|| world.claim(JOB));
                        claim = claim.take().filter(|held| step(world, held));
                    }
                }
                world.shown(&task_id);
            }
            // Everything that anybody may wait for comes.
            for _ in 0..20 {
                drop(world.control(&task_id, Control::Confirm, None));
                claim = claim.take().or_else(|| world.claim(JOB));
                while let Some(held) = claim.take() {
                    claim = step(world, &held).then_some(held);
                }
                world.clock.advance(60_001);
                world.store.wake_due_tasks().unwrap();
            }
            let task = world.shown(&task_id);
            let ended = ["Success", "Fail", "PartialSuccess", "Stopped"].contains(&&*task.status);
            assert!(ended, "seed {seed}: {task:?}");
            assert_eq!(world.jobs(), 0, "seed {seed}: {task:?}");
        }
    });
}
