//! ListResourcesByTags

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, tags_sought},
};
use types::{Code, tag::Resources};

use crate::{Api, call::Call, error::Answer, respond::ok};

pub(crate) async fn query_resources(State(api): State<Api>, call: Call) -> Answer {
    let body = call.json();
    let permit = call.authorize_about(Action::TAGS_QUERY_RESOURCES, body.as_ref().map(super::asked_of))?;
    let mut query = call.query()?;
    let page = query.page();
    query.finish(())?;
    let body = body?;
    let mut fields = Fields::of(&body, Code::InvalidInput)?;
    let tags = tags_sought(&mut fields);
    let tags = fields.finish(tags)?;
    let found = api.store.tags().resources(&permit, tags, page).await?;
    Ok(ok(&Resources { page: found.page(), resources: found.records }))
}
