//! DeleteDeviceGroup

use axum::extract::State;
use domain::{Action, order::rule};
use types::Code;

use crate::{Api, call::Call, error::Answer, openapi::About, respond::no_content};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::GROUP_DELETE, "Deletes a group.")
        .of_ids(rule::GROUP_ID, Code::GroupMissing)
        .gives_nothing(204)
        .refuses(&[Code::GroupHasChildren, Code::GroupNotEmpty]);
}

pub(crate) async fn delete(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_DELETE)?;
    api.store.device_groups().delete(&permit, super::id(&call)?).await?;
    Ok(no_content())
}
