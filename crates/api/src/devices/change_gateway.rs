//! ChangeGateway

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, rule},
};
use types::Code;

use crate::{Api, call::Call, error::Answer, openapi::About, respond::no_content};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::DEVICES_MODIFY, "Puts a sub-device below another gateway.")
        .of(Code::DeviceMissing)
        .takes(Code::InvalidInput, gateway_id)
        .gives_nothing(204)
        .refuses(&[Code::GatewayMissing, Code::LevelTooDeep, Code::GatewayFull]);
}

pub(crate) async fn change_gateway(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_MODIFY)?;
    let gateway_id = call.read(Code::InvalidInput, gateway_id)?;
    api.store.devices().change_gateway(&permit, call.id(Code::DeviceMissing)?, gateway_id).await?;
    Ok(no_content())
}

fn gateway_id(fields: &mut Fields<'_>) -> String {
    fields.required_text("gateway_id", rule::ID128)
}
