//! Apps: resource spaces.

pub(crate) mod add;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod show;
pub(crate) mod update;
