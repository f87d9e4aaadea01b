//! ShowDevice

use axum::extract::State;
use domain::Action;
use types::{Code, device::Device};

use crate::{Api, call::Call, error::Answer, openapi::About, respond::ok};

pub(crate) fn about(about: &mut About<'_>) {
    about.lets(Action::DEVICES_QUERY, "Shows a device.").of(Code::DeviceMissing).gives::<Device>(200);
}

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_QUERY)?;
    let device = api.store.devices().show(&permit, call.id(Code::DeviceMissing)?).await?;
    Ok(ok(&device))
}
