//! Apps: resource spaces.

use serde::Serialize;
use utoipa::ToSchema;

/// An app as answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct App {
    /// Its id.
    pub app_id: String,
    /// Its name, unique in the project.
    pub app_name: String,
    /// Compact time.
    pub create_time: String,
    /// Whether it is the project's first.
    pub default_app: bool,
}

/// The answer of ShowApplications.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Apps {
    /// All of them; there is no paging.
    pub applications: Vec<App>,
}
