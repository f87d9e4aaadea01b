//! UnfreezeDevice

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, respond::no_content};

pub(crate) async fn unfreeze(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_UNFREEZE)?;
    api.store.devices().unfreeze(&permit, call.id(Code::DeviceMissing)?).await?;
    Ok(no_content())
}
