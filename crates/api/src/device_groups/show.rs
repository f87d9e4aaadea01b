//! ShowDeviceGroup

use axum::extract::State;
use domain::{Action, order::rule};
use types::{Code, device_group::DeviceGroup};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::GROUP_QUERY, "Shows a group.")
        .of_ids(rule::GROUP_ID, Code::GroupMissing)
        .gives::<DeviceGroup>(200);
}

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_QUERY)?;
    let group = api.store.device_groups().show(&permit, super::id(&call)?).await?;
    Ok(ok(&group))
}
