//! From groups to subtasks, as the task starts: device after device in the order of their ids, so that the last subtask
//! says where to go on after a crash.

use std::time::Instant;

use jobs::{Lease, Stop};
use store::{
    Store,
    batch_tasks::{self, Work},
    device_groups,
    devices::Reach,
    jobs as queue,
    subtasks::{self, NewSubtask},
};
use types::batch_task::TaskStatus;

use crate::{expand::Ended, turn::Turn};

/// Devices that become subtasks in one transaction.
const CHUNK: usize = 1000;

/// How a slice has ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slice {
    /// There may be more devices.
    More,
    /// All devices are subtasks, or the task wants none any more.
    Last,
    /// There is no device at all.
    Empty,
}

/// Makes the subtasks of a task whose targets are groups, and moves it on.
pub(crate) fn expand(store: &Store, turn: &mut Turn<'_>, work: &Work) -> Result<(), Ended> {
    loop {
        match slice(store, turn.lease, work)? {
            Slice::More => turn.spend()?,
            Slice::Last => return Ok(()),
            Slice::Empty => {
                return Err(Ended::Unreadable("The groups hold no device of the app.".to_owned()));
            }
        }
    }
}

/// Makes the next subtasks.
fn slice(store: &Store, lease: &Lease, work: &Work) -> Result<Slice, Stop> {
    lease.check()?;
    let begun = Instant::now();
    let (claim, term, context) = (lease.claim.clone(), lease.term, store.context().clone());
    let group_ids = work.group_ids.clone();
    let answer = store.db().write_blocking(move |tx| {
        let (project_id, task_id) = (claim.project_id.as_str(), claim.job_id.as_str());
        let work = batch_tasks::hold(tx, project_id, task_id)?.ok_or(store::Error::LostClaim)?;
        let now_ms = context.clock.now_ms();
        queue::advance(tx, &claim, term.until(now_ms))?;
        if !work.expects_groups() {
            return Ok(Slice::Last);
        }
        batch_tasks::show(tx, project_id, task_id, TaskStatus::Initializing, now_ms)?;
        let (made, last) = subtasks::last(tx, task_id)?;
        let reach = Reach { project_id, app_id: Some(&work.app_id) };
        let devices = device_groups::resolve(tx, reach, &group_ids, &last, CHUNK)?;
        let numbered = (made..).map(NewSubtask::numbered).zip(&devices);
        let rows = numbered.map(|(row, target)| NewSubtask { target, ..row });
        let made = made + subtasks::insert(tx, task_id, rows)?;
        if devices.len() == CHUNK {
            return Ok(Slice::More);
        }
        if made == 0 {
            return Ok(Slice::Empty);
        }
        batch_tasks::begin(tx, project_id, task_id, made, now_ms)?;
        Ok(Slice::Last)
    });
    Ok(lease.confirm(begun, answer)?)
}
