//! ShowDevicesInGroup

use axum::extract::State;
use domain::Action;
use types::device_group::DevicesInGroup;

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn devices(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_DEVICES_LIST)?;
    let group_id = super::id(&call)?;
    let mut query = call.query()?;
    let page = query.page();
    query.finish(())?;
    let found = api.store.device_groups().devices(&permit, group_id, page).await?;
    Ok(ok(&DevicesInGroup { page: found.page(), devices: found.records }))
}
