//! UpdateDeviceGroup

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, rule},
};
use store::device_groups::GroupChange;
use types::{Code, device_group::DeviceGroup};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::GROUP_MODIFY, "Changes a group; what is left out stays as it is.")
        .of_ids(rule::GROUP_ID, Code::GroupMissing)
        .takes(Code::InvalidInput, change)
        .gives::<DeviceGroup>(200)
        .refuses(&[Code::GroupNameTaken]);
}

pub(crate) async fn update(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_MODIFY)?;
    let group_id = super::id(&call)?;
    let change = call.read(Code::InvalidInput, change)?;
    let group = api.store.device_groups().update(&permit, group_id, change).await?;
    Ok(ok(&group))
}

fn change(fields: &mut Fields<'_>) -> GroupChange {
    GroupChange {
        name: fields.text("name", rule::GROUP_TEXT64),
        description: fields.text("description", rule::GROUP_TEXT64),
    }
}
