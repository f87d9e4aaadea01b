//! Apps: resource spaces.

pub(crate) mod add;
pub(crate) mod list;
pub(crate) mod show;
