//! Device shadows.

pub(crate) mod delete;
pub(crate) mod show;
pub(crate) mod update;
