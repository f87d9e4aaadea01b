//! Agencies: rights of their own that a user of the account may assume for a time. The only account that one can be
//! trusted to is this one.

use axum::extract::State;
use domain::iam::names::{DESCRIPTION, NAME64};
use domain::{Action, order::Fields};
use serde_json::{Value as Json, json};
use store::identity::{Agency, Domain};
use types::text;

use super::{asked::Account, order, shape};
use crate::{
    Api,
    error::Answer,
    respond::{created, no_content, ok},
};

const PATH: &str = "/v3.0/OS-AGENCY/agencies";

fn shown(agency: &Agency, domain: &Domain) -> Json {
    json!({
        "id": agency.agency_id,
        "name": agency.agency_name,
        "description": agency.description,
        "domain_id": domain.domain_id,
        "trust_domain_id": domain.domain_id,
        "trust_domain_name": domain.domain_name,
        "duration": "FOREVER",
        "expire_time": null,
        "create_time": shape::microseconds(agency.created_ms),
    })
}

/// The fields that may say only what is so.
fn agree(fields: &mut Fields<'_>, domain: &Domain) {
    for name in ["domain_id", "trust_domain_id", "trust_domain_name"] {
        order::of_domain(fields, name, domain);
    }
    if fields.json("duration").is_some_and(|duration| duration != "FOREVER") {
        fields.wrong("duration", text!("must be FOREVER", "取值只能是FOREVER"));
    }
}

/// ListAgencies
pub(crate) async fn list(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_AGENCIES_LIST)?;
    let (mut query, domain) = (account.asked.query()?, account.domain(&api).await?);
    let name = order::sought(&mut query, "name");
    let here = ["domain_id", "trust_domain_id"]
        .map(|param| order::sought(&mut query, param).is_none_or(|id| id == domain.domain_id));
    let found = api.store.list_agencies(&permit, name).await?;
    let found = found.iter().filter(|_| here == [true; 2]).map(|agency| shown(agency, &domain)).collect();
    let found = order::paged(&mut query, found);
    Ok(ok(&query.finish(shape::list("agencies", PATH, found))?))
}

/// CreateAgency
pub(crate) async fn create(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_AGENCIES_CREATE)?;
    let (body, domain) = (account.asked.json()?, account.domain(&api).await?);
    let (name, description) = order::read(&body, "agency", |fields| {
        agree(fields, &domain);
        (fields.required_text("name", NAME64), fields.text("description", DESCRIPTION).unwrap_or_default())
    })?;
    let agency = api.store.create_agency(&permit, name, description).await?;
    Ok(created(&json!({ "agency": shown(&agency, &domain) })))
}

/// ShowAgency
pub(crate) async fn show(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_AGENCIES_GET)?;
    let agency = api.store.show_agency(&permit, account.asked.id("agency_id")?).await?;
    Ok(ok(&json!({ "agency": shown(&agency, &account.domain(&api).await?) })))
}

/// UpdateAgency
pub(crate) async fn update(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_AGENCIES_UPDATE)?;
    let (body, domain) = (account.asked.json()?, account.domain(&api).await?);
    let description = order::read(&body, "agency", |fields| {
        agree(fields, &domain);
        fields.text("description", DESCRIPTION)
    })?;
    let agency_id = account.asked.id("agency_id")?;
    let agency = match description {
        Some(description) => api.store.update_agency(&permit, agency_id, description).await?,
        None => api.store.show_agency(&permit, agency_id).await?,
    };
    Ok(ok(&json!({ "agency": shown(&agency, &domain) })))
}

/// DeleteAgency
pub(crate) async fn delete(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_AGENCIES_DELETE)?;
    api.store.delete_agency(&permit, account.asked.id("agency_id")?).await?;
    Ok(no_content())
}
