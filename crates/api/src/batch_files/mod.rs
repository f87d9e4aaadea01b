//! Batch task files.

pub(crate) mod delete;
pub(crate) mod list;
mod pace;
pub(crate) mod upload;
