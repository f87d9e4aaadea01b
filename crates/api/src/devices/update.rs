//! UpdateDevice

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, update_device},
};
use types::Code;

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn update(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_MODIFY)?;
    let body = call.json()?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let order = update_device(&mut fields);
    let order = fields.finish(order)?;
    let device = api.store.devices().update(&permit, call.id(Code::DeviceMissing)?, order).await?;
    Ok(ok(&device))
}
