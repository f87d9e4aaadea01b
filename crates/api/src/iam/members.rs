//! Who is in which group.

use axum::extract::State;
use domain::Action;
use types::{Code, Fault};

use super::{asked::Account, groups, shape, users};
use crate::{
    Api,
    error::Answer,
    respond::{no_content, ok},
};

/// KeystoneListUsersForGroupByAdmin
pub(crate) async fn list_users(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_USERS_LIST)?;
    let (group_id, domain) = (account.asked.id("group_id")?, account.domain(&api).await?);
    let members = api.store.members(&permit, group_id.clone()).await?;
    let all = api.store.list_users(&permit, None).await?;
    let users = all.iter().filter(|user| members.contains(&user.user_id));
    let users = users.map(|user| users::shown(user, &domain)).collect();
    Ok(ok(&shape::list("users", &format!("/v3/groups/{group_id}/users"), users)))
}

/// KeystoneListGroupsForUser
pub(crate) async fn list_groups(State(api): State<Api>, account: Account) -> Answer {
    let user_id = account.asked.id("user_id")?;
    let permit = account.authorize_own(Action::IAM_GROUPS_LIST, &user_id)?;
    let domain = account.domain(&api).await?;
    api.store.show_user(&permit, user_id.clone()).await?;
    let groups = api.store.list_groups(&permit, None, Some(user_id.clone())).await?;
    let groups = groups.iter().map(|group| groups::shown(group, &domain)).collect();
    Ok(ok(&shape::list("groups", &format!("/v3/users/{user_id}/groups"), groups)))
}

/// KeystoneAddUserToGroup
pub(crate) async fn add(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_MEMBERS_ADD)?;
    api.store.add_member(&permit, account.asked.id("group_id")?, account.asked.id("user_id")?).await?;
    Ok(no_content())
}

/// KeystoneCheckUserInGroup
pub(crate) async fn check(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_MEMBERS_CHECK)?;
    let user_id = account.asked.id("user_id")?;
    match api.store.members(&permit, account.asked.id("group_id")?).await?.contains(&user_id) {
        true => Ok(no_content()),
        false => Err(Fault::of_value(Code::IamMissing, "user_id", &user_id).into()),
    }
}

/// KeystoneRemoveUserFromGroup
pub(crate) async fn remove(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_MEMBERS_REMOVE)?;
    api.store.remove_member(&permit, account.asked.id("group_id")?, account.asked.id("user_id")?).await?;
    Ok(no_content())
}
