//! ListDeviceGroupsByDevice

use axum::extract::State;
use domain::Action;
use types::{Code, device_group::GroupsOfDevice};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::DEVICES_GROUPS_LIST, "Lists the groups that a device is in.")
        .of(Code::DeviceMissing)
        .gives::<GroupsOfDevice>(200);
}

pub(crate) async fn of_device(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_GROUPS_LIST)?;
    let device_groups = api.store.device_groups().of_device(&permit, call.id(Code::DeviceMissing)?).await?;
    Ok(ok(&GroupsOfDevice { device_groups }))
}
