//! ResetDeviceSecret

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, new_secret},
};
use serde_json::json;
use types::{Code, text};

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn reset_secret(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_RESET_SECRET)?;
    let mut query = call.query()?;
    if query.get("action_id") != Some("resetSecret") {
        query.wrong(Code::InvalidInput, "action_id", text!("must be resetSecret", "取值只能是resetSecret"));
    }
    query.finish(())?;
    // Nothing of it is required, so it may be left out.
    let body = if call.is_bare() { json!({}) } else { call.json()? };
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let order = new_secret(&mut fields);
    let (secret_type, secret) = fields.finish(order)?;
    let device_id = call.id(Code::DeviceMissing)?;
    Ok(ok(&api.store.devices().reset_secret(&permit, device_id, secret_type, secret).await?))
}
