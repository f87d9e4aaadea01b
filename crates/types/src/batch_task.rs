//! Batch tasks and their subtasks.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::page::Page;

/// Where a batch task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskStatus {
    /// Its targets are being expanded.
    Initializing,
    /// It waits for its time. Spelled `Waitting` on the wire.
    Waiting,
    /// Its subtasks are being executed.
    Processing,
    /// All subtasks succeeded.
    Success,
    /// No subtask succeeded.
    Fail,
    /// Some subtasks succeeded.
    PartialSuccess,
    /// It is being stopped.
    Stopping,
    /// It was stopped.
    Stopped,
}

impl TaskStatus {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Initializing,
        Self::Waiting,
        Self::Processing,
        Self::Success,
        Self::Fail,
        Self::PartialSuccess,
        Self::Stopping,
        Self::Stopped,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initializing => "Initializing",
            Self::Waiting => "Waitting",
            Self::Processing => "Processing",
            Self::Success => "Success",
            Self::Fail => "Fail",
            Self::PartialSuccess => "PartialSuccess",
            Self::Stopping => "Stopping",
            Self::Stopped => "Stopped",
        }
    }

    /// The status whose word is `text`.
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether nothing will change any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Fail | Self::PartialSuccess | Self::Stopped)
    }
}

/// Where a subtask stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubtaskStatus {
    /// Not begun. Spelled `Waitting` on the wire.
    Waiting,
    /// Begun.
    Processing,
    /// Done.
    Success,
    /// Failed for good.
    Fail,
    /// Failed, an automatic retry is pending.
    FailWaitRetry,
    /// Stopped before it was done.
    Stopped,
    /// Its target was removed meanwhile.
    Removed,
}

impl SubtaskStatus {
    /// Every status that a subtask of ours can have.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Processing,
        Self::Success,
        Self::Fail,
        Self::FailWaitRetry,
        Self::Stopped,
        Self::Removed,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "Waitting",
            Self::Processing => "Processing",
            Self::Success => "Success",
            Self::Fail => "Fail",
            Self::FailWaitRetry => "FailWaitRetry",
            Self::Stopped => "Stopped",
            Self::Removed => "Removed",
        }
    }

    /// The status whose word is `text`.
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// `task_progress`: how many subtasks stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskProgress {
    /// All of them.
    pub total: i64,
    /// Being executed.
    pub processing: i64,
    /// Done.
    pub success: i64,
    /// Failed.
    pub fail: i64,
    /// Not begun.
    pub waitting: i64,
    /// Failed, to be retried.
    pub fail_wait_retry: i64,
    /// Stopped.
    pub stopped: i64,
    /// Their target was removed.
    pub removed: i64,
}

impl TaskProgress {
    /// Counts `number` subtasks that went from one status to another.
    pub fn moved(&mut self, from: SubtaskStatus, to: SubtaskStatus, number: i64) {
        *self.of_mut(from) -= number;
        *self.of_mut(to) += number;
    }

    fn of_mut(&mut self, status: SubtaskStatus) -> &mut i64 {
        match status {
            SubtaskStatus::Waiting => &mut self.waitting,
            SubtaskStatus::Processing => &mut self.processing,
            SubtaskStatus::Success => &mut self.success,
            SubtaskStatus::Fail => &mut self.fail,
            SubtaskStatus::FailWaitRetry => &mut self.fail_wait_retry,
            SubtaskStatus::Stopped => &mut self.stopped,
            SubtaskStatus::Removed => &mut self.removed,
        }
    }

    /// The counter of one status.
    pub fn of(&self, status: SubtaskStatus) -> i64 {
        match status {
            SubtaskStatus::Waiting => self.waitting,
            SubtaskStatus::Processing => self.processing,
            SubtaskStatus::Success => self.success,
            SubtaskStatus::Fail => self.fail,
            SubtaskStatus::FailWaitRetry => self.fail_wait_retry,
            SubtaskStatus::Stopped => self.stopped,
            SubtaskStatus::Removed => self.removed,
        }
    }
}

/// A batch task as answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatchTask {
    /// 24 hex.
    pub task_id: String,
    /// Its name.
    pub task_name: String,
    /// Its kind.
    pub task_type: String,
    /// The targets as given, if they were given one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<String>>,
    /// The groups whose devices it acts on, as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets_filter: Option<Value>,
    /// What the kind needs besides its targets, as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<Value>,
    /// When and how often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_policy: Option<TaskPolicy>,
    /// Where it stands.
    pub status: String,
    /// Why the whole task failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_desc: Option<String>,
    /// How many subtasks stand where.
    pub task_progress: TaskProgress,
    /// Compact time.
    pub create_time: String,
    /// Whether its subtasks wait until they are confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need_confirm: Option<bool>,
    /// What is passed on to the devices that it upgrades, as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_ext_info: Option<Value>,
    /// How an upgrade goes to sub-devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_mode: Option<String>,
}

/// `task_policy`: when a task begins, and how often what failed is tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskPolicy {
    /// Compact time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule_time: Option<String>,
    /// How often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_count: Option<i64>,
    /// After how many minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_interval: Option<i64>,
}

/// What became of one target of a call to retry, stop or confirm.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TargetResult {
    /// What it acts on.
    pub target: String,
    /// `success` or `failure`.
    pub status: &'static str,
    /// Why not: the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// Why not: the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_msg: Option<String>,
}

/// The answer of RetryBatchTask, StopBatchTask and ConfirmBatchTask.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TargetResults {
    /// Each target that was named.
    pub targets: Vec<TargetResult>,
}

/// The answer of ListBatchTasks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatchTasks {
    /// One page of them.
    pub batchtasks: Vec<BatchTask>,
    /// Which page.
    pub page: Page,
}

/// A subtask's `error`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorInfo {
    /// The code of the single-device call.
    pub error_code: String,
    /// Its text.
    pub error_msg: String,
}

/// A subtask as answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskDetail {
    /// What it acts on.
    pub target: String,
    /// Where it stands.
    pub status: String,
    /// What it gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorInfo>,
}

/// The answer of ShowBatchTask.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShownBatchTask {
    /// The task.
    pub batchtask: BatchTask,
    /// One page of its subtasks.
    pub task_details: Vec<TaskDetail>,
    /// Which page.
    pub page: Page,
}
