//! UntagDevice

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, resource_id, tag_keys},
};
use types::Code;

use crate::{
    Api, audit,
    call::{Call, fields},
    error::Answer,
    openapi::About,
    respond::ok_without_content,
};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::TAGS_UNBIND, "Takes tags from a device.")
        .takes(Code::InvalidInput, order)
        .gives_nothing(200)
        .refuses(&[Code::ResourceTypeInvalid, Code::ResourceMissing, Code::TagKeyMissing]);
}

pub(crate) async fn unbind(State(api): State<Api>, call: Call) -> Answer {
    let body = call.json();
    let permit = call.authorize_about(Action::TAGS_UNBIND, body.as_ref().map(super::asked_of_keys))?;
    let (device_id, keys) = fields(&body?, Code::InvalidInput, order)?;
    audit::device(&device_id);
    api.store.tags().unbind(&permit, device_id, keys).await?;
    Ok(ok_without_content())
}

fn order(fields: &mut Fields<'_>) -> (String, Vec<String>) {
    (resource_id(fields), tag_keys(fields))
}
