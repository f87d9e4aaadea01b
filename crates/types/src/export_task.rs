//! Export tasks.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::page::Page;

/// Where an export task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportStatus {
    /// Waiting or being executed.
    Processing,
    /// Its result can be downloaded.
    Success,
    /// It ended without a result.
    Failed,
}

impl ExportStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Processing, Self::Success, Self::Failed];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Processing => "Processing",
            Self::Success => "Success",
            Self::Failed => "Failed",
        }
    }
}

/// Whose data an export holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppType {
    /// The whole project's.
    Global,
    /// One app's.
    App,
}

impl AppType {
    /// Every scope.
    pub const ALL: [Self; 2] = [Self::Global, Self::App];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Global => "GLOBAL",
            Self::App => "APP",
        }
    }

    /// The scope whose word is `text`.
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// An export task as answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExportTask {
    /// 24 hex.
    pub export_task_id: String,
    /// The Source's name.
    pub resource_type: String,
    /// An object, however it was sent.
    pub resource_condition: Value,
    /// The Format's name.
    pub export_format: String,
    /// Where it stands.
    pub status: String,
    /// Rows exported so far.
    pub export_count: i64,
    /// 1 to 100; 100 only with Success. An integer: the documentation's sample `"98,"` breaks its own SDK.
    pub progress: i64,
    /// ISO-ms time.
    pub create_time: String,
    /// ISO-ms time; absent until it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    /// `GLOBAL` or `APP`.
    pub app_type: String,
    /// The app it was created with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
}

/// The answer of ListExportTasks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExportTasks {
    /// One page of them.
    pub export_tasks: Vec<ExportTask>,
    /// Which page.
    pub page: Page,
}
