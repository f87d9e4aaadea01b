//! Which batch tasks go first.

use crate::jobs::Priority;

impl Priority {
    /// Tasks of these kinds before all others, the first kind before the second. What each kind is called is ours, and so
    /// may stand in a statement.
    pub fn of_kinds(task_types: &[&'static str]) -> Self {
        if task_types.is_empty() {
            return Self::default();
        }
        let ranks: String =
            task_types.iter().enumerate().map(|(rank, kind)| format!(" WHEN '{kind}' THEN {rank}")).collect();
        Self::by_rank(format!(
            "CASE (SELECT t.task_type FROM batch_task t
               WHERE t.project_id = job.project_id AND t.task_id = job.job_id){ranks} ELSE {} END",
            task_types.len()
        ))
    }
}
