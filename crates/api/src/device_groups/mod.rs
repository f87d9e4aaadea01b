//! Groups of devices.

pub(crate) mod action;
pub(crate) mod add;
pub(crate) mod delete;
pub(crate) mod devices;
pub(crate) mod list;
pub(crate) mod of_device;
pub(crate) mod show;
pub(crate) mod update;

use domain::order::rule::GROUP_ID;
use types::{Code, Fault};

use crate::call::Call;

/// Whose devices are named, and whose a rule finds.
pub(crate) const KINDS: [(&str, &str); 2] = [("STATIC", "STATIC"), ("DYNAMIC", "DYNAMIC")];

/// The group in the path. One that no group can have is answered like one that no group has.
fn id(call: &Call) -> Result<String, Fault> {
    let id = call.id(Code::GroupMissing)?;
    if GROUP_ID.admits(&id) { Ok(id) } else { Err(Code::GroupMissing.into()) }
}
