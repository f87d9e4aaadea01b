//! Finished work goes when it is old enough. What may go is looked for in a snapshot, which holds up nobody,
//! and removed in a unit of work that looks again; whatever is large about it goes in slices (`garbage`).

use domain::Retention;

use crate::{Error, Store, batch_tasks, export_tasks};

/// Tasks that one unit of work removes.
const SLICE: i64 = 200;

/// What went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retired {
    /// Batch tasks.
    pub batch_tasks: u64,
    /// Export tasks.
    pub export_tasks: u64,
    /// Lines of the audit.
    pub audit_lines: u64,
}

impl Retired {
    /// Whether anything did.
    pub fn is_any(self) -> bool {
        self != Self::default()
    }
}

impl Store {
    /// Removes a slice of what is older than `retention` says; answers what. `now_ms` is given, because the
    /// caller judges whether the clock can be believed: what goes does not come back.
    pub fn retire(&self, retention: &Retention, now_ms: i64) -> Result<Retired, Error> {
        Ok(Retired {
            batch_tasks: self.retire_batch_tasks(retention.batch_tasks_before(now_ms))?,
            export_tasks: self.retire_export_tasks(retention.export_tasks_before(now_ms))?,
            audit_lines: self.retire_audit(retention.audit_before(now_ms))?,
        })
    }

    fn retire_batch_tasks(&self, before_ms: Option<i64>) -> Result<u64, Error> {
        let Some(before_ms) = before_ms else { return Ok(0) };
        let old = self.db.read_blocking(|tx| batch_tasks::finished_before(tx, before_ms, SLICE))?;
        if old.is_empty() {
            return Ok(0);
        }
        self.db.write_blocking(move |tx| {
            old.iter().try_fold(0, |retired, (project_id, task_id)| {
                Ok(retired + u64::from(batch_tasks::retire(tx, before_ms, project_id, task_id)?))
            })
        })
    }

    fn retire_export_tasks(&self, before_ms: Option<i64>) -> Result<u64, Error> {
        let Some(before_ms) = before_ms else { return Ok(0) };
        let old = self.db.read_blocking(|tx| export_tasks::finished_before(tx, before_ms, SLICE))?;
        if old.is_empty() {
            return Ok(0);
        }
        let context = self.context.clone();
        self.db.write_blocking(move |tx| {
            // One that has finished stays finished, so there is nothing to look at again.
            for (project_id, id) in &old {
                export_tasks::enter_gate(tx, project_id, id)?;
                export_tasks::remove(tx, &context, project_id, id)?;
            }
            Ok(old.len() as u64)
        })
    }
}
