//! Devices.

pub(crate) mod add;
pub(crate) mod delete;
pub(crate) mod freeze;
pub(crate) mod list;
pub(crate) mod show;
pub(crate) mod unfreeze;
