//! ShowDevicesInGroup

use axum::extract::State;
use domain::{Action, order::rule};
use types::{Code, device_group::DevicesInGroup};

use crate::{Api, call::Call, error::Answer, openapi::About, query::Query, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::GROUP_DEVICES_LIST, "Lists the devices of a group.")
        .of_ids(rule::GROUP_ID, Code::GroupMissing)
        .asks(Query::page)
        .gives::<DevicesInGroup>(200);
}

pub(crate) async fn devices(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_DEVICES_LIST)?;
    let group_id = super::id(&call)?;
    let page = call.asked(Query::page)?;
    let found = api.store.device_groups().devices(&permit, group_id, page).await?;
    Ok(ok(&DevicesInGroup { page: found.page(), devices: found.records }))
}
