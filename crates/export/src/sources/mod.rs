//! The registry of Sources.

mod batch_task;

use crate::Source;

/// Everything that can be exported.
pub const SOURCES: &[&dyn Source] = &[&batch_task::BatchTask];

/// The Source of a `resource_type`.
pub fn source(resource_type: &str) -> Option<&'static dyn Source> {
    SOURCES.iter().copied().find(|source| source.resource_type() == resource_type)
}
