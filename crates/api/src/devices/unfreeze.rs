//! UnfreezeDevice

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, openapi::About, respond::no_content};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::DEVICES_UNFREEZE, "Lets a frozen device do again what others may.")
        .of(Code::DeviceMissing)
        .gives_nothing(204)
        .refuses(&[Code::DeviceNotFrozen, Code::SubDeviceNotFreezable]);
}

pub(crate) async fn unfreeze(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_UNFREEZE)?;
    api.store.devices().unfreeze(&permit, call.id(Code::DeviceMissing)?).await?;
    Ok(no_content())
}
