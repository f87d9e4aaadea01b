//! Batch task files.

pub(crate) mod delete;
pub(crate) mod list;
mod pace;
mod parts;
pub(crate) mod upload;
