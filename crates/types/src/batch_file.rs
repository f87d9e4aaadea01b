//! Batch task files: what a batch task reads its rows from.

use serde::Serialize;
use utoipa::ToSchema;

/// A file as answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatchTaskFile {
    /// Its id, a UUID.
    pub file_id: String,
    /// The name it was uploaded under.
    pub file_name: String,
    /// Compact time.
    pub upload_time: String,
}

/// The answer of ListBatchTaskFiles.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatchTaskFiles {
    /// All of them; there is no paging.
    pub files: Vec<BatchTaskFile>,
}
