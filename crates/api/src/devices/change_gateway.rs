//! ChangeGateway

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, rule},
};
use types::Code;

use crate::{Api, call::Call, error::Answer, respond::no_content};

pub(crate) async fn change_gateway(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_MODIFY)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let gateway_id = fields.required_text("gateway_id", rule::ID128);
    let gateway_id = fields.finish(gateway_id)?;
    api.store.devices().change_gateway(&permit, call.id(Code::DeviceMissing)?, gateway_id).await?;
    Ok(no_content())
}
