//! Devices.

pub(crate) mod add;
pub(crate) mod change_gateway;
pub(crate) mod delete;
pub(crate) mod freeze;
pub(crate) mod list;
pub(crate) mod reset_secret;
pub(crate) mod show;
pub(crate) mod unfreeze;
pub(crate) mod update;
