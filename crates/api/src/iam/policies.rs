//! Policies that the account has made, and the system's roles beside them.

use axum::extract::State;
use domain::iam::names::{DESCRIPTION, NAME64};
use domain::{Action, order::Fields};
use serde_json::{Value as Json, json};
use store::identity::{Domain, PolicyOrder, StoredPolicy};

use super::{asked::Account, order, shape};
use crate::{
    Api,
    error::Answer,
    respond::{created, no_content, ok},
};

const PATH: &str = "/v3.0/OS-ROLE/roles";
const ALL_PATH: &str = "/v3/roles";

/// Where a policy may be granted: `AX` is for the account, `XA` for projects.
const TYPES: [(&str, ()); 2] = [("AX", ()), ("XA", ())];

/// A policy that allows or denies nothing but the account's own matters is for the account.
fn type_of(document: &Json) -> &'static str {
    let statements = document["Statement"].as_array().into_iter().flatten();
    let mut actions = statements.flat_map(|statement| statement["Action"].as_array().into_iter().flatten());
    let of_account =
        |action: &Json| action.as_str().is_some_and(|name| name.to_lowercase().starts_with("iam:"));
    if actions.all(of_account) { "AX" } else { "XA" }
}

pub(super) fn shown(policy: &StoredPolicy, domain: &Domain) -> Json {
    let document: Json = serde_json::from_str(&policy.document).unwrap_or_default();
    let mut shown = json!({
        "id": policy.policy_id,
        "name": policy.policy_id,
        "display_name": policy.policy_name,
        "description": policy.description,
        "type": type_of(&document),
        "catalog": "IoTDA",
        "policy": document,
        "links": shape::links(&format!("{ALL_PATH}/{}", policy.policy_id)),
    });
    if let (Some(made), Some(changed)) = (policy.created_ms, policy.updated_ms) {
        shown["name"] = format!("custom_{}", policy.policy_id).into();
        shown["catalog"] = "CUSTOMED".into();
        shown["domain_id"] = domain.domain_id.as_str().into();
        shown["created_time"] = made.to_string().into();
        shown["updated_time"] = changed.to_string().into();
    }
    shown
}

/// KeystoneListPermissions: with the system's roles.
pub(crate) async fn list(State(api): State<Api>, account: Account) -> Answer {
    listed(&api, &account, ALL_PATH, |_| true).await
}

/// ListCustomPolicies
pub(crate) async fn list_own(State(api): State<Api>, account: Account) -> Answer {
    listed(&api, &account, PATH, |policy| policy.created_ms.is_some()).await
}

async fn listed(api: &Api, account: &Account, path: &str, wanted: fn(&StoredPolicy) -> bool) -> Answer {
    let permit = account.authorize(Action::IAM_ROLES_LIST)?;
    let (mut query, domain) = (account.asked.query()?, account.domain(api).await?);
    let display_name = order::sought(&mut query, "display_name");
    let name = order::sought(&mut query, "name");
    let found = api.store.list_policies(&permit, display_name).await?;
    let found = found.iter().filter(|policy| wanted(policy)).map(|policy| shown(policy, &domain));
    let found = found.filter(|policy| name.as_deref().is_none_or(|name| policy["name"] == *name)).collect();
    let found = order::paged(&mut query, found);
    Ok(ok(&query.finish(shape::list("roles", path, found))?))
}

/// KeystoneShowPermission, ShowCustomPolicy
pub(crate) async fn show(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_ROLES_GET)?;
    let policy = api.store.show_policy(&permit, account.asked.id("role_id")?).await?;
    Ok(ok(&json!({ "role": shown(&policy, &account.domain(&api).await?) })))
}

fn read(fields: &mut Fields<'_>) -> PolicyOrder {
    fields.word("type", &TYPES);
    let chinese = fields.text("description_cn", DESCRIPTION);
    PolicyOrder {
        policy_name: fields.text("display_name", NAME64),
        description: fields.text("description", DESCRIPTION).or(chinese),
        document: fields.json("policy").map(Json::to_string),
    }
}

/// CreateCloudServiceCustomPolicy
pub(crate) async fn create(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_ROLES_CREATE)?;
    let (body, domain) = (account.asked.json()?, account.domain(&api).await?);
    let order = order::read(&body, "role", |fields| {
        let order = read(fields);
        fields.required("display_name", order.policy_name.clone());
        fields.required("policy", order.document.clone());
        order
    })?;
    let policy = api.store.create_policy(&permit, order).await?;
    Ok(created(&json!({ "role": shown(&policy, &domain) })))
}

/// UpdateCloudServiceCustomPolicy
pub(crate) async fn update(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_ROLES_UPDATE)?;
    let (body, domain) = (account.asked.json()?, account.domain(&api).await?);
    let order = order::read(&body, "role", read)?;
    let policy = api.store.update_policy(&permit, account.asked.id("role_id")?, order).await?;
    Ok(ok(&json!({ "role": shown(&policy, &domain) })))
}

/// DeleteCustomPolicy
pub(crate) async fn delete(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_ROLES_DELETE)?;
    api.store.delete_policy(&permit, account.asked.id("role_id")?).await?;
    Ok(no_content())
}
