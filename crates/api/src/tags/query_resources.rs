//! ListResourcesByTags

use axum::extract::State;
use domain::{Action, order::tags_sought};
use types::{Code, tag::Resources};

use crate::{
    Api,
    call::{Call, fields},
    error::Answer,
    openapi::About,
    query::Query,
    respond::ok,
};

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(Action::TAGS_QUERY_RESOURCES, "Lists devices that have any of these tags.")
        .asks(Query::page)
        .takes(Code::InvalidInput, tags_sought)
        .gives::<Resources>(200)
        .refuses(&[Code::ResourceTypeInvalid]);
}

pub(crate) async fn query_resources(State(api): State<Api>, call: Call) -> Answer {
    let body = call.json();
    let permit =
        call.authorize_about(Action::TAGS_QUERY_RESOURCES, body.as_ref().map(super::asked_of_tags))?;
    let page = call.asked(Query::page)?;
    let tags = fields(&body?, Code::InvalidInput, tags_sought)?;
    let found = api.store.tags().resources(&permit, tags, page).await?;
    Ok(ok(&Resources { page: found.page(), resources: found.records }))
}
