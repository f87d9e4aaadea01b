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

use types::{Code, Fault};

/// An app that is not there: in these calls it does not exist, where others say that it does not match its user.
fn foreign_app_is_missing(error: store::Error) -> store::Error {
    match error {
        store::Error::Fault(fault @ Fault { code: Code::AppForeign, .. }) => {
            store::Error::Fault(Fault { code: Code::AppMissing, ..fault })
        }
        other => other,
    }
}
