//! FreezeDevice

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, openapi::About, respond::no_content};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::DEVICES_FREEZE, "Freezes a device: it cannot connect, nor be sent anything.")
        .of(Code::DeviceMissing)
        .gives_nothing(204)
        .refuses(&[Code::DeviceFrozen, Code::SubDeviceNotFreezable]);
}

pub(crate) async fn freeze(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_FREEZE)?;
    api.store.devices().freeze(&permit, call.id(Code::DeviceMissing)?).await?;
    Ok(no_content())
}
