//! TagDevice

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, resource_id, tags},
};
use types::Code;

use crate::{Api, audit, call::Call, error::Answer, respond::ok_without_content};

pub(crate) async fn bind(State(api): State<Api>, call: Call) -> Answer {
    let body = call.json();
    let permit = call.authorize_about(Action::TAGS_BIND, body.as_ref().map(super::asked_of))?;
    let body = body?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let order = (resource_id(&mut fields), tags(&mut fields));
    let (device_id, tags) = fields.finish(order)?;
    audit::device(&device_id);
    api.store.tags().bind(&permit, device_id, tags).await?;
    Ok(ok_without_content())
}
