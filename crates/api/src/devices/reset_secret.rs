//! ResetDeviceSecret

use axum::extract::State;
use domain::{Action, order::new_secret};
use types::{Code, device::NewSecret};

use crate::{Api, call::Call, error::Answer, openapi::About, query::Query, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::DEVICES_RESET_SECRET, "Makes a secret of a device anew, and shows it.")
        .of(Code::DeviceMissing)
        .asks(action_id)
        .may_take(Code::InvalidInput, new_secret)
        .gives::<NewSecret>(200);
}

pub(crate) async fn reset_secret(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_RESET_SECRET)?;
    call.asked(action_id)?;
    let (secret_type, secret) = call.read_any(Code::InvalidInput, new_secret)?;
    let device_id = call.id(Code::DeviceMissing)?;
    Ok(ok(&api.store.devices().reset_secret(&permit, device_id, secret_type, secret).await?))
}

fn action_id(query: &mut Query) {
    query.word("action_id", &[("resetSecret", ())], Code::InvalidInput);
    query.require("action_id", Code::InvalidInput);
}
