//! ShowDevice

use axum::extract::State;
use domain::Action;
use types::Code;

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn show(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::DEVICES_QUERY)?;
    let device = api.store.devices().show(&permit, call.id(Code::DeviceMissing)?).await?;
    Ok(ok(&device))
}
