//! Histories that went wrong once, or would be the first to, each under the name of its symptom.

use crate::{
    history::{
        Event::{
            self, Attempt, Beat, Claim, Download, Fail, Kill, Prune, PutClock, Rescue, Settle, Step, Work,
        },
        History, Scope,
    },
    rules::play,
};

const DAY: Event = PutClock { by_ms: 86_400_000 };
const DAY_BACK: Event = PutClock { by_ms: -86_400_000 };
const BEYOND_THE_LEASE: Event = PutClock { by_ms: 30_001 };

fn order(user: usize) -> Event {
    Event::Create { user, batch: 0, scope: Scope::Global, chinese: false }
}

fn played(kept: usize, unfinished: usize, events: &[Event]) {
    if let Err(difference) = play(&History { kept, unfinished, events: events.to_vec() }) {
        panic!("{difference}");
    }
}

#[test]
fn after_a_restart_with_the_clock_put_back_the_export_just_made_is_not_the_one_that_goes() {
    played(1, 1, &[order(0), Work, DAY_BACK, Kill, order(0), Work, Download { user: 0, back: 0 }]);
}

#[test]
fn after_a_restart_with_the_clock_put_back_the_newer_file_replaces_the_older() {
    played(5, 5, &[order(0), Work, Step { batch: 0 }, DAY_BACK, Kill, order(0), Work, Prune]);
}

#[test]
fn a_worker_that_slept_between_its_file_and_its_settlement_changes_nothing() {
    let sleeps = [order(0), Claim, Attempt { hand: 0 }, BEYOND_THE_LEASE, Step { batch: 0 }];
    let another_works = [Claim, Attempt { hand: 1 }, Settle { hand: 1 }];
    let wakes = [Beat { hand: 0 }, Settle { hand: 0 }, Prune, Kill, Download { user: 0, back: 0 }];
    played(5, 5, &[&sleeps[..], &another_works, &wakes].concat());
}

#[test]
fn a_worker_that_slept_settles_nothing_while_another_works() {
    let sleeps = [order(0), Claim, Attempt { hand: 0 }, BEYOND_THE_LEASE, Step { batch: 0 }];
    let both = [Claim, Settle { hand: 0 }, Attempt { hand: 0 }, Settle { hand: 0 }, Prune];
    played(5, 5, &[&sleeps[..], &both].concat());
}

#[test]
fn an_older_export_that_ends_late_does_not_overwrite_the_newer_file() {
    let older = [order(0), Claim, Attempt { hand: 0 }, Step { batch: 0 }];
    let newer = [order(0), Work, Settle { hand: 0 }, Download { user: 0, back: 1 }, Prune];
    played(5, 5, &[&older[..], &newer].concat());
}

#[test]
fn a_worker_that_slept_before_its_file_overwrites_no_object() {
    let sleeps = [order(0), Claim, BEYOND_THE_LEASE, Work, Step { batch: 0 }];
    played(5, 5, &[&sleeps[..], &[Attempt { hand: 0 }, Download { user: 0, back: 0 }, Prune]].concat());
}

#[test]
fn a_process_killed_between_the_file_and_its_row_leaves_nothing_on_the_disk() {
    played(5, 5, &[order(0), Claim, Attempt { hand: 0 }, Kill, Work, Prune]);
}

#[test]
fn a_pause_before_the_next_attempt_does_not_last_until_a_clock_that_was_put_back_is_there_again() {
    played(5, 5, &[order(0), Claim, Fail { hand: 0 }, DAY_BACK, Work, Download { user: 0, back: 0 }]);
}

#[test]
fn a_job_that_kills_its_process_each_time_is_given_up_and_frees_its_place() {
    let tries = [Claim, Kill].repeat(5);
    played(5, 1, &[&[order(0)][..], &tries, &[Claim, Rescue, order(0), DAY, Work]].concat());
}
