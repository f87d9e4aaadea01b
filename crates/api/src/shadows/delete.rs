//! DeleteDeviceShadow

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, respond::no_content};

pub(crate) async fn delete(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::SHADOW_DELETE)?;
    api.store.shadows().delete(&permit, call.id(Code::DeviceMissing)?).await?;
    Ok(no_content())
}
