//! ShowDeviceGroup

use axum::extract::State;
use domain::Action;

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_QUERY)?;
    let group = api.store.device_groups().show(&permit, super::id(&call)?).await?;
    Ok(ok(&group))
}
