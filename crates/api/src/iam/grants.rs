//! What is granted to a group, a user or an agency: in one project, or in the account and all of its projects.
//!
//! The cloud tells the account itself (`/v3/domains/...`) from its projects (`/v3/OS-INHERIT/...`). Here both are one
//! grant: a policy names the services that it is about anyway.

use axum::extract::State;
use domain::Action;
use store::identity::Grantee;
use types::{Code, Fault};

use super::{asked::Account, policies, shape};
use crate::{
    Api,
    error::{Answer, ApiError},
    respond::{no_content, ok},
};

/// Whom the path is about.
fn grantee(account: &Account) -> Result<Grantee, Fault> {
    let asked = &account.asked;
    if asked.has_id("group_id") {
        return asked.id("group_id").map(Grantee::Group);
    }
    if asked.has_id("agency_id") {
        return asked.id("agency_id").map(Grantee::Agency);
    }
    asked.id("user_id").map(Grantee::User)
}

/// The project of the path; `None` for the account, which is the one that there is.
async fn place(api: &Api, account: &Account) -> Result<Option<String>, ApiError> {
    if account.asked.has_id("project_id") {
        return Ok(Some(account.asked.id("project_id")?));
    }
    account.domain(api).await?;
    Ok(None)
}

/// KeystoneAssociateGroupWithProjectPermission and its kin
pub(crate) async fn add(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_GRANTS_ADD)?;
    let (grantee, project_id) = (grantee(&account)?, place(&api, &account).await?);
    api.store.grant(&permit, grantee, project_id, account.asked.id("role_id")?).await?;
    Ok(no_content())
}

/// KeystoneCheckProjectPermissionForGroup and its kin
pub(crate) async fn check(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_GRANTS_CHECK)?;
    let (grantee, project_id) = (grantee(&account)?, place(&api, &account).await?);
    let role_id = account.asked.id("role_id")?;
    let granted = api.store.grants_of(&permit, grantee, project_id).await?;
    match granted.iter().any(|policy| policy.policy_id == role_id) {
        true => Ok(no_content()),
        false => Err(Fault::of_value(Code::IamMissing, "role_id", &role_id).into()),
    }
}

/// KeystoneListProjectPermissionsForGroup and its kin
pub(crate) async fn list(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_GRANTS_LIST)?;
    let (grantee, project_id) = (grantee(&account)?, place(&api, &account).await?);
    let domain = account.domain(&api).await?;
    let granted = api.store.grants_of(&permit, grantee, project_id).await?;
    let granted = granted.iter().map(|policy| policies::shown(policy, &domain)).collect();
    Ok(ok(&shape::list("roles", "/v3/roles", granted)))
}

/// KeystoneRemoveProjectPermissionFromGroup and its kin
pub(crate) async fn revoke(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_GRANTS_REVOKE)?;
    let (grantee, project_id) = (grantee(&account)?, place(&api, &account).await?);
    api.store.revoke(&permit, grantee, project_id, account.asked.id("role_id")?).await?;
    Ok(no_content())
}
