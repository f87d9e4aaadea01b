//! UntagDevice

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, resource_id, tag_keys},
};
use types::Code;

use crate::{Api, audit, call::Call, error::Answer, respond::ok_without_content};

pub(crate) async fn unbind(State(api): State<Api>, call: Call) -> Answer {
    let body = call.json();
    let permit = call.authorize_about(Action::TAGS_UNBIND, body.as_ref().map(super::asked_of))?;
    let body = body?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let order = (resource_id(&mut fields), tag_keys(&mut fields));
    let (device_id, keys) = fields.finish(order)?;
    audit::device(&device_id);
    api.store.tags().unbind(&permit, device_id, keys).await?;
    Ok(ok_without_content())
}
