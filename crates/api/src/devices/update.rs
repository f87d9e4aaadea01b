//! UpdateDevice

use axum::extract::State;
use domain::{Action, order::update_device};
use types::{Code, device::Device};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::DEVICES_MODIFY, "Changes a device; what is left out stays as it is.")
        .of(Code::DeviceMissing)
        .takes(Code::InvalidInput, update_device)
        .gives::<Device>(200);
}

pub(crate) async fn update(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_MODIFY)?;
    let order = call.read(Code::InvalidInput, update_device)?;
    let device = api.store.devices().update(&permit, call.id(Code::DeviceMissing)?, order).await?;
    Ok(ok(&device))
}
