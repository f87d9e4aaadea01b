//! What a task waits for without a job: its schedule, the pause before what failed is tried again, the deadline of what
//! is in flight. The latest look at the clock decides, never an alarm that was set.

use db::args;
use domain::Limits;

use super::JOB_ROW;
use crate::{Error, Store, jobs};

/// How far ahead a task may be scheduled. Documented: 7 days.
pub const SCHEDULE_MAX_MS: i64 = 7 * 86_400_000;

/// Tasks that are woken at a time.
const SLICE: i64 = 100;

/// The furthest that anything can have been ordered ahead.
fn furthest_ms(limits: &Limits) -> i64 {
    let most = SCHEDULE_MAX_MS.max(limits.upgrade_online_seconds.saturating_mul(1000));
    most.saturating_add(jobs::AHEAD_MAX_MS)
}

/// The time after which nothing is believed to be ordered at `now_ms`: what lies beyond was ordered before the clock
/// was put back, and would wait until it is there again.
pub fn believed_until(now_ms: i64, limits: &Limits) -> i64 {
    now_ms.saturating_add(furthest_ms(limits))
}

impl Store {
    /// Puts the jobs of tasks that are due into the queue; answers how many.
    pub fn wake_due_tasks(&self) -> Result<u64, Error> {
        let (now_ms, context) = (self.now_ms(), self.context.clone());
        let until_ms = believed_until(now_ms, &context.limits);
        let due = self.db.read_blocking(move |tx| {
            let sql = "SELECT project_id, task_id FROM batch_task
                WHERE due_ms IS NOT NULL AND (due_ms <= ?1 OR due_ms > ?2) ORDER BY due_ms LIMIT ?3";
            Ok::<_, Error>(
                tx.all(sql, args![now_ms, until_ms, SLICE], |row| Ok((row.string(0)?, row.string(1)?)))?,
            )
        })?;
        let mut woken = 0;
        for (project_id, task_id) in due {
            woken += self.db.write_blocking(move |tx| {
                // Somebody else may have woken it, or it has been parked anew.
                let sql = "UPDATE batch_task SET due_ms = NULL
                    WHERE project_id = ?1 AND task_id = ?2 AND (due_ms <= ?3 OR due_ms > ?4)";
                let is_due = tx.execute(sql, args![&project_id, &task_id, now_ms, until_ms])?;
                if is_due == 1 {
                    jobs::ensure(tx, &task_id, JOB_ROW, &project_id)?;
                }
                Ok::<_, Error>(is_due)
            })?;
        }
        Ok(woken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_beyond_all_times_is_for_ever() {
        let limits = Limits { upgrade_online_seconds: i64::MAX, ..Limits::default() };
        assert_eq!(believed_until(1, &limits), i64::MAX);
    }
}
