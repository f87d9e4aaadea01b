//! Permanent access keys. Everybody may make, see, change and delete their own.

use axum::extract::State;
use domain::iam::names::DESCRIPTION;
use domain::{Action, Permit, order::rule};
use serde_json::{Value as Json, json};
use store::identity::AccessKey;
use types::Code;

use super::{asked::Account, order, shape};
use crate::{
    Api,
    error::{Answer, ApiError},
    respond::{created, no_content, ok},
};

fn shown(key: &AccessKey) -> Json {
    json!({
        "access": key.access_key_id,
        "user_id": key.user_id,
        "description": key.description,
        "status": if key.enabled { "active" } else { "inactive" },
        "create_time": shape::microseconds(key.created_ms),
    })
}

/// CreatePermanentAccessKey: the one and only look at the secret.
pub(crate) async fn create(State(api): State<Api>, account: Account) -> Answer {
    let body = account.asked.json()?;
    let (user_id, description) = order::read(&body, "credential", |fields| {
        (fields.required_text("user_id", rule::ID128), fields.text("description", DESCRIPTION))
    })?;
    let permit = account.authorize_own(Action::IAM_CREDENTIALS_CREATE, &user_id)?;
    account.refuse_temporary()?;
    account.spare_root(&api.store.show_user(&permit, user_id.clone()).await?)?;
    let (key, secret) = api.store.create_key(&permit, user_id, None, description.unwrap_or_default()).await?;
    let mut shown = shown(&key);
    shown["secret"] = secret.into();
    Ok(created(&json!({ "credential": shown })))
}

/// ListPermanentAccessKeys: of a user; without one, the caller's own or, for those who may see them, all.
pub(crate) async fn list(State(api): State<Api>, account: Account) -> Answer {
    let mut query = account.asked.query()?;
    let user_id = query.text("user_id", rule::ID128, Code::IamInvalid);
    let user_id = query.finish(user_id)?;
    let own = account.principal.user_id.clone();
    let (permit, of) = match (account.authorize(Action::IAM_CREDENTIALS_LIST), user_id) {
        (Ok(permit), of) => (permit, of),
        (Err(_), of) => {
            let of = of.unwrap_or(own);
            (account.authorize_own(Action::IAM_CREDENTIALS_LIST, &of)?, Some(of))
        }
    };
    let keys = api.store.list_keys(&permit, of).await?;
    Ok(ok(&json!({ "credentials": keys.iter().map(shown).collect::<Vec<_>>() })))
}

/// The key that the path names, and what permits to do something with it. Whoever may not see a key that is not theirs
/// does not learn whether there is one.
async fn named(api: &Api, account: &Account, action: Action) -> Result<(AccessKey, Permit), ApiError> {
    let id = account.asked.id("access_key")?;
    match account.authorize(action) {
        Ok(permit) => Ok((api.store.show_key(&permit, id).await?, permit)),
        Err(denied) => {
            let permit = account.authorize_own(action, &account.principal.user_id)?;
            let found = api.store.list_keys(&permit, Some(account.principal.user_id.clone())).await?;
            let key = found.into_iter().find(|key| key.access_key_id == id).ok_or(denied)?;
            Ok((key, permit))
        }
    }
}

/// [`named`], of whoever may be changed.
async fn changeable(api: &Api, account: &Account, action: Action) -> Result<(AccessKey, Permit), ApiError> {
    let (key, permit) = named(api, account, action).await?;
    account.spare_root(&api.store.show_user(&permit, key.user_id.clone()).await?)?;
    Ok((key, permit))
}

/// ShowPermanentAccessKey
pub(crate) async fn show(State(api): State<Api>, account: Account) -> Answer {
    let (key, _) = named(&api, &account, Action::IAM_CREDENTIALS_GET).await?;
    Ok(ok(&json!({ "credential": shown(&key) })))
}

/// UpdatePermanentAccessKey
pub(crate) async fn update(State(api): State<Api>, account: Account) -> Answer {
    let body = account.asked.json()?;
    let (enabled, description) = order::read(&body, "credential", |fields| {
        let status = fields.word("status", &[("active", true), ("inactive", false)]);
        (status, fields.text("description", DESCRIPTION))
    })?;
    let (key, permit) = changeable(&api, &account, Action::IAM_CREDENTIALS_UPDATE).await?;
    let key = api.store.update_key(&permit, key.access_key_id, description, enabled).await?;
    Ok(ok(&json!({ "credential": shown(&key) })))
}

/// DeletePermanentAccessKey
pub(crate) async fn delete(State(api): State<Api>, account: Account) -> Answer {
    let (key, permit) = changeable(&api, &account, Action::IAM_CREDENTIALS_DELETE).await?;
    api.store.delete_key(&permit, key.access_key_id).await?;
    Ok(no_content())
}
