//! The account that a caller belongs to.

use axum::extract::State;
use serde_json::json;

use super::{asked::Account, shape};
use crate::{Api, error::Answer, respond::ok};

/// KeystoneListAuthDomains
pub(crate) async fn list(State(api): State<Api>, _account: Account) -> Answer {
    let domain = api.store.domain().await?;
    let shown = json!({
        "id": domain.domain_id,
        "name": domain.domain_name,
        "description": "",
        "enabled": true,
        "links": shape::links(&format!("/v3/domains/{}", domain.domain_id)),
    });
    Ok(ok(&shape::list("domains", "/v3/auth/domains", vec![shown])))
}
