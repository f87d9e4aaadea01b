//! UpdateDeviceShadowDesiredData

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, shadow},
};
use types::Code;

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn update(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::SHADOW_CONFIG)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let services = shadow(&mut fields);
    let services = fields.required("shadow", services);
    let services = fields.finish(services)?;
    Ok(ok(&api.store.shadows().desire(&permit, call.id(Code::DeviceMissing)?, services).await?))
}
