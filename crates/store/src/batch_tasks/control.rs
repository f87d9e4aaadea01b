//! To retry, stop and confirm: a whole task by what its row says, which its job then does in slices, or a few of its
//! targets at once. Whoever does holds the task's row, so that no worker moves a subtask or ends the task meanwhile.

use std::collections::HashSet;

use db::{Tx, args};
use domain::{Permit, Scope};
use types::{
    Code, Fault, Language,
    batch_task::{SubtaskStatus, TargetResult, TaskProgress, TaskStatus},
    text,
};

use super::{
    BatchTasks, JOB_ROW, Work, count,
    create::admit_one_more,
    hold,
    work::{CONFIRMED, UNCONFIRMED},
};
use crate::{
    Context, Error, gate, jobs,
    subtasks::{self, Moved, Turn},
};

/// What is done to a task that has been created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// What did not succeed is tried again.
    Retry,
    /// What has not ended never will.
    Stop,
    /// What waits for its confirmation begins.
    Confirm,
}

/// Whether a kind lets that be done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suits {
    /// It does not.
    Not,
    /// It does.
    All,
    /// It does to subtasks that have kept their row of the file; earlier programs have thrown away those of what failed.
    Kept,
}

impl BatchTasks<'_> {
    /// Retries, stops or confirms a task, or only `targets` of it; answers what became of each of those. `suits` says
    /// what a kind is fit for.
    pub async fn control(
        &self,
        permit: &Permit,
        task_id: String,
        what: Control,
        targets: Option<Vec<String>>,
        suits: impl Fn(&str) -> Suits + Send + 'static,
    ) -> Result<Vec<TargetResult>, Error> {
        let scope = permit.scope().clone();
        self.0
            .unit(move |tx, context| control(tx, context, &scope, &task_id, what, targets.as_deref(), &suits))
            .await
    }
}

fn control(
    tx: &mut dyn Tx,
    context: &Context,
    scope: &Scope,
    task_id: &str,
    what: Control,
    targets: Option<&[String]>,
    suits: &dyn Fn(&str) -> Suits,
) -> Result<Vec<TargetResult>, Error> {
    let project_id = scope.project_id();
    if what == Control::Retry {
        // It may make a finished task an unfinished one.
        gate::enter(tx, project_id)?;
    }
    let work = hold(tx, project_id, task_id)?.ok_or(Code::BatchTaskMissing)?;
    scope.admit(&work.app_id)?;
    let suits = suits(&work.task_type);
    let status = TaskStatus::from_wire(&work.status);
    if suits == Suits::Not || !status.is_some_and(|status| what.admits(status)) {
        let (kind, status) = (&work.task_type, &work.status);
        let detail = text!("The task is {kind} and {status}.", "任务类型为{kind}，状态为{status}。");
        return Err(Fault::new(Code::TaskStateRefused, detail).into());
    }
    let results = match targets {
        None => {
            whole(tx, project_id, &work, what)?;
            Vec::new()
        }
        Some(targets) => {
            let (results, moved) = named(tx, context, project_id, &work, what, suits, targets)?;
            if !moved {
                return Ok(results);
            }
            results
        }
    };
    if what == Control::Retry {
        if status.is_some_and(TaskStatus::is_final) {
            admit_one_more(tx, context, project_id)?;
        }
        let sql = "UPDATE batch_task SET status = 'Processing' WHERE project_id = ?1 AND task_id = ?2";
        tx.execute(sql, args![project_id, task_id])?;
    }
    let sql = "UPDATE batch_task SET due_ms = NULL, changed_ms = ?3 WHERE project_id = ?1 AND task_id = ?2";
    tx.execute(sql, args![project_id, task_id, context.clock.now_ms()])?;
    jobs::ensure(tx, task_id, JOB_ROW, project_id)?;
    Ok(results)
}

impl Control {
    /// Whether a task in this status lets it be done.
    fn admits(self, status: TaskStatus) -> bool {
        use TaskStatus::{Fail, PartialSuccess, Processing, Stopping};
        match self {
            Self::Retry => matches!(status, Processing | Fail | PartialSuccess),
            Self::Stop | Self::Confirm => !status.is_final() && status != Stopping,
        }
    }

    /// From where to where it moves subtasks.
    fn moves(self) -> (&'static [SubtaskStatus], SubtaskStatus) {
        use SubtaskStatus::{Fail, FailWaitRetry, Processing, Stopped, Waiting};
        match self {
            Self::Retry => (&[Fail, FailWaitRetry, Stopped], Waiting),
            Self::Stop => (&[Processing, Waiting, FailWaitRetry], Stopped),
            Self::Confirm => (&[Waiting], Waiting),
        }
    }
}

/// Says in the task's row what its job is to do.
fn whole(tx: &mut dyn Tx, project_id: &str, work: &Work, what: Control) -> Result<(), Error> {
    let task_id = &work.task_id;
    match what {
        Control::Retry => {
            let sql = "UPDATE batch_task SET retry_from = 0 WHERE project_id = ?1 AND task_id = ?2";
            tx.execute(sql, args![project_id, task_id])?;
        }
        Control::Stop => {
            let sql = "UPDATE batch_task SET status = 'Stopping', retry_from = NULL
                WHERE project_id = ?1 AND task_id = ?2";
            tx.execute(sql, args![project_id, task_id])?;
            if work.is(TaskStatus::Initializing) {
                // What is not there yet never will be.
                let made = subtasks::made(tx, task_id)?;
                let sql = "UPDATE batch_task SET total = ?3, waitting = ?3 - stopped
                    WHERE project_id = ?1 AND task_id = ?2";
                tx.execute(sql, args![project_id, task_id, made])?;
            }
        }
        Control::Confirm => {
            let sql = "UPDATE batch_task SET need_confirm = ?3
                WHERE project_id = ?1 AND task_id = ?2 AND need_confirm = ?4";
            tx.execute(sql, args![project_id, task_id, CONFIRMED, UNCONFIRMED])?;
        }
    }
    Ok(())
}

/// Moves the subtasks of some targets; answers what became of each target, and whether anything has moved.
fn named(
    tx: &mut dyn Tx,
    context: &Context,
    project_id: &str,
    work: &Work,
    what: Control,
    suits: Suits,
    targets: &[String],
) -> Result<(Vec<TargetResult>, bool), Error> {
    let (now_ms, (from, to)) = (context.clock.now_ms(), what.moves());
    let (mut results, mut by) = (Vec::with_capacity(targets.len()), TaskProgress::default());
    let (mut seen, mut moved) = (HashSet::new(), false);
    for target in targets.iter().filter(|target| seen.insert(*target)) {
        let found = subtasks::of_target(tx, &work.task_id, target)?;
        let fit: Vec<_> = found
            .iter()
            .filter(|one| from.contains(&one.status) && (suits != Suits::Kept || one.keeps_input))
            .filter(|one| what != Control::Confirm || (work.unconfirmed && !one.is_due))
            // A retry of the whole task has yet to come to these, and would make what is stopped now wait anew.
            .filter(|one| what != Control::Stop || work.retry_from.is_none_or(|from| one.ordinal < from))
            .copied()
            .collect();
        if fit.is_empty() {
            let code = if found.is_empty() { Code::TargetNotInTask } else { Code::TaskStateRefused };
            results.push(failure(target, code));
            continue;
        }
        fit.iter().for_each(|one| by.moved(one.status, to, 1));
        let turn = |one: &Moved| match what {
            Control::Retry => turn_of_retried(work, one, Turn::Now),
            Control::Stop | Control::Confirm => Turn::Now,
        };
        subtasks::move_all(tx, &work.task_id, &fit, to, turn, now_ms)?;
        moved = true;
        let (error_code, error_msg) = (None, None);
        results.push(TargetResult { target: target.clone(), status: "success", error_code, error_msg });
    }
    count(tx, project_id, &work.task_id, &by, now_ms)?;
    Ok((results, moved))
}

fn failure(target: &str, code: Code) -> TargetResult {
    TargetResult {
        target: target.to_owned(),
        status: "failure",
        error_code: Some(code.as_str().to_owned()),
        error_msg: Some(Fault::from(code).message(Language::English)),
    }
}

/// Subtasks that are moved in one transaction.
const SLICE: usize = 1000;

/// Stops the next subtasks of a task that is being stopped; answers where to go on, `None` when none is left.
pub fn stop_slice(tx: &mut dyn Tx, context: &Context, work: &Work, from: i64) -> Result<Option<i64>, Error> {
    let found = subtasks::from_on(tx, &work.task_id, from, Control::Stop.moves().0, SLICE)?;
    move_slice(tx, context, work, &found, Control::Stop)?;
    Ok(after(&found))
}

/// Makes the next subtasks wait anew of a task that is retried, those that have kept their input if they need it.
pub fn retry_slice(tx: &mut dyn Tx, context: &Context, work: &Work, needs_input: bool) -> Result<(), Error> {
    let Some(from) = work.retry_from else { return Ok(()) };
    let mut found = subtasks::from_on(tx, &work.task_id, from, Control::Retry.moves().0, SLICE)?;
    let next = after(&found);
    found.retain(|one| one.keeps_input || !needs_input);
    move_slice(tx, context, work, &found, Control::Retry)?;
    let sql = "UPDATE batch_task SET retry_from = ?2 WHERE task_id = ?1";
    tx.execute(sql, args![&work.task_id, next])?;
    Ok(())
}

/// Where to go on after a slice, `None` when nothing was left.
fn after(slice: &[Moved]) -> Option<i64> {
    slice.last().map(|last| last.ordinal + 1)
}

fn move_slice(
    tx: &mut dyn Tx,
    context: &Context,
    work: &Work,
    found: &[Moved],
    what: Control,
) -> Result<(), Error> {
    let (now_ms, (_, to)) = (context.clock.now_ms(), what.moves());
    let mut by = TaskProgress::default();
    found.iter().for_each(|one| by.moved(one.status, to, 1));
    let turn = |one: &Moved| turn_of_retried(work, one, Turn::Own);
    subtasks::move_all(tx, &work.task_id, found, to, turn, now_ms)?;
    count(tx, &work.project_id, &work.task_id, &by, now_ms)
}

/// When what is retried is executed: `usually`, unless subtasks of its task wait for their confirmation. Then what has
/// begun before was confirmed and goes at once, and all else waits for its confirmation.
fn turn_of_retried(work: &Work, one: &Moved, usually: Turn) -> Turn {
    match (work.unconfirmed, one.has_begun) {
        (false, _) => usually,
        (true, true) => Turn::Now,
        (true, false) => Turn::Own,
    }
}
