//! DeleteDeviceGroup

use axum::extract::State;
use domain::Action;

use crate::{Api, call::Call, error::Answer, respond::no_content};

pub(crate) async fn delete(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::GROUP_DELETE)?;
    api.store.device_groups().delete(&permit, super::id(&call)?).await?;
    Ok(no_content())
}
