//! How long finished work is kept. All are settings (`[retention]`).

use serde::Deserialize;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// How long finished work and the audit are kept; 0 keeps them for ever.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Days that a finished batch task stays, with its subtasks. Nothing else bounds them: no limit of the API
    /// counts finished batch tasks, and its documents name no age. 90 days outlast a quarter's report.
    pub batch_task_days: u32,
    /// Days that a finished export task stays. Documented is a number and no age (`limits.export_kept`), and
    /// that number bounds them by itself, so none goes for its age unless the operator says so.
    pub export_task_days: u32,
    /// Days that a line of the audit stays: half a year, within which most questions about who did what are asked.
    pub audit_days: u32,
    /// Lines of the audit that stay, whatever their age; 0 for any number. A million take about 600 MB.
    pub audit_rows: i64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { batch_task_days: 90, export_task_days: 0, audit_days: 180, audit_rows: 1_000_000 }
    }
}

impl Retention {
    /// Batch tasks that finished before this may go at `now_ms`.
    pub fn batch_tasks_before(&self, now_ms: i64) -> Option<i64> {
        before(self.batch_task_days, now_ms)
    }

    /// Export tasks that finished before this may go at `now_ms`.
    pub fn export_tasks_before(&self, now_ms: i64) -> Option<i64> {
        before(self.export_task_days, now_ms)
    }

    /// Lines of the audit told before this may go at `now_ms`.
    pub fn audit_before(&self, now_ms: i64) -> Option<i64> {
        before(self.audit_days, now_ms)
    }
}

fn before(days: u32, now_ms: i64) -> Option<i64> {
    (days > 0).then(|| now_ms.saturating_sub(i64::from(days) * DAY_MS))
}
