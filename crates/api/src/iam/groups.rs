//! User groups.

use axum::extract::State;
use domain::Action;
use domain::iam::names::{DESCRIPTION, NAME128};
use serde_json::{Value as Json, json};
use store::identity::{Domain, Group};

use super::{asked::Account, order, shape};
use crate::{
    Api,
    error::Answer,
    respond::{created, no_content, ok},
};

const PATH: &str = "/v3/groups";

pub(super) fn shown(group: &Group, domain: &Domain) -> Json {
    json!({
        "id": group.group_id,
        "name": group.group_name,
        "description": group.description,
        "domain_id": domain.domain_id,
        "create_time": group.created_ms,
        "links": shape::links(&format!("{PATH}/{}", group.group_id)),
    })
}

/// KeystoneListGroups
pub(crate) async fn list(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_GROUPS_LIST)?;
    let (mut query, domain) = (account.asked.query()?, account.domain(&api).await?);
    let name = order::sought(&mut query, "name");
    let here = order::sought(&mut query, "domain_id").is_none_or(|id| id == domain.domain_id);
    query.finish(())?;
    let groups = api.store.list_groups(&permit, name, None).await?;
    let groups = groups.iter().filter(|_| here).map(|group| shown(group, &domain)).collect();
    Ok(ok(&shape::list("groups", PATH, groups)))
}

/// KeystoneCreateGroup
pub(crate) async fn create(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_GROUPS_CREATE)?;
    let (body, domain) = (account.asked.json()?, account.domain(&api).await?);
    let (name, description) = order::read(&body, "group", |fields| {
        order::of_domain(fields, "domain_id", &domain);
        (fields.required_text("name", NAME128), fields.text("description", DESCRIPTION).unwrap_or_default())
    })?;
    let group = api.store.create_group(&permit, name, description).await?;
    Ok(created(&json!({ "group": shown(&group, &domain) })))
}

/// KeystoneShowGroup
pub(crate) async fn show(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_GROUPS_GET)?;
    let group = api.store.show_group(&permit, account.asked.id("group_id")?).await?;
    Ok(ok(&json!({ "group": shown(&group, &account.domain(&api).await?) })))
}

/// KeystoneUpdateGroup
pub(crate) async fn update(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_GROUPS_UPDATE)?;
    let (body, domain) = (account.asked.json()?, account.domain(&api).await?);
    let (name, description) = order::read(&body, "group", |fields| {
        order::of_domain(fields, "domain_id", &domain);
        (fields.text("name", NAME128), fields.text("description", DESCRIPTION))
    })?;
    let group = api.store.update_group(&permit, account.asked.id("group_id")?, name, description).await?;
    Ok(ok(&json!({ "group": shown(&group, &domain) })))
}

/// KeystoneDeleteGroup
pub(crate) async fn delete(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_GROUPS_DELETE)?;
    api.store.delete_group(&permit, account.asked.id("group_id")?).await?;
    Ok(no_content())
}
