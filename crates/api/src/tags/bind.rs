//! TagDevice

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, resource_id, tags},
};
use types::{Code, tag::Tag};

use crate::{
    Api, audit,
    call::{Call, fields},
    error::Answer,
    openapi::About,
    respond::ok_without_content,
};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::TAGS_BIND, "Gives a device tags.")
        .takes(Code::InvalidInput, order)
        .gives_nothing(200)
        .refuses(&[Code::ResourceTypeInvalid, Code::ResourceMissing, Code::TagKeyReserved, Code::TagQuota]);
}

pub(crate) async fn bind(State(api): State<Api>, call: Call) -> Answer {
    let body = call.json();
    let permit = call.authorize_about(Action::TAGS_BIND, body.as_ref().map(super::asked_of_tags))?;
    let (device_id, tags) = fields(&body?, Code::InvalidInput, order)?;
    audit::device(&device_id);
    api.store.tags().bind(&permit, device_id, tags).await?;
    Ok(ok_without_content())
}

fn order(fields: &mut Fields<'_>) -> (String, Vec<Tag>) {
    (resource_id(fields), tags(fields))
}
