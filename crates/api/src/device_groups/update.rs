//! UpdateDeviceGroup

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, rule},
};
use store::device_groups::GroupChange;
use types::Code;

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn update(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_MODIFY)?;
    let group_id = super::id(&call)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let change = GroupChange {
        name: fields.text("name", rule::GROUP_TEXT64),
        description: fields.text("description", rule::GROUP_TEXT64),
    };
    let change = fields.finish(change)?;
    let group = api.store.device_groups().update(&permit, group_id, change).await?;
    Ok(ok(&group))
}
