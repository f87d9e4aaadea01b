//! The account's users. Everybody may look at themselves and change their own password.

use axum::extract::State;
use domain::iam::names::{DESCRIPTION, SECRET};
use domain::{Action, order::Fields};
use serde_json::{Value as Json, json};
use store::identity::{Domain, User, UserOrder, password_fault};
use types::{Code, Fault, Text, text};

use super::{asked::Account, order, passwords::Login, shape};
use crate::{
    Api,
    error::{Answer, ApiError},
    respond::{created, no_content, ok},
};

const PATH: &str = "/v3/users";

pub(super) fn shown(user: &User, domain: &Domain) -> Json {
    json!({
        "id": user.user_id,
        "name": user.user_name,
        "description": user.description,
        "domain_id": domain.domain_id,
        "enabled": user.enabled,
        "pwd_status": user.has_password,
        "password_expires_at": null,
        "links": shape::links(&format!("{PATH}/{}", user.user_id)),
    })
}

/// What a body says of a user, whose password is still to be checked against its name, and hashed.
struct Said {
    order: UserOrder,
    password: Option<String>,
}

fn read(fields: &mut Fields<'_>, domain: &Domain) -> Said {
    order::of_domain(fields, "domain_id", domain);
    let order = UserOrder {
        user_name: order::user_name_of(fields),
        description: fields.text("description", DESCRIPTION),
        enabled: fields.boolean("enabled"),
        password_hash: None,
    };
    Said { order, password: fields.text("password", SECRET) }
}

/// The hash of a new password that is as it must be.
async fn hashed(
    api: &Api,
    account: &Account,
    user_name: &str,
    password: Option<String>,
) -> Result<Option<String>, ApiError> {
    let Some(password) = password else { return Ok(None) };
    account.refuse_temporary()?;
    if let Some(why) = password_fault(user_name, &password) {
        return Err(Fault::new(Code::IamInvalid, Text::field("password", why)).into());
    }
    Ok(Some(api.0.passwords.hash(api, password).await?))
}

/// KeystoneListUsers
pub(crate) async fn list(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_USERS_LIST)?;
    let (mut query, domain) = (account.asked.query()?, account.domain(&api).await?);
    let name = order::sought(&mut query, "name");
    let here = order::sought(&mut query, "domain_id").is_none_or(|id| id == domain.domain_id);
    let enabled = order::truth(&mut query, "enabled");
    query.finish(())?;
    let users = api.store.list_users(&permit, name).await?;
    let wanted = |user: &&User| here && enabled.is_none_or(|enabled| user.enabled == enabled);
    let users = users.iter().filter(wanted).map(|user| shown(user, &domain)).collect();
    Ok(ok(&shape::list("users", PATH, users)))
}

/// KeystoneCreateUser
pub(crate) async fn create(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_USERS_CREATE)?;
    let (body, domain) = (account.asked.json()?, account.domain(&api).await?);
    let Said { order, password } = order::read(&body, "user", |fields| {
        let said = read(fields, &domain);
        fields.required("name", said.order.user_name.clone());
        said
    })?;
    let hash = hashed(&api, &account, order.user_name.as_deref().unwrap_or_default(), password).await?;
    let user = api.store.create_user(&permit, UserOrder { password_hash: hash, ..order }).await?;
    Ok(created(&json!({ "user": shown(&user, &domain) })))
}

/// KeystoneShowUser
pub(crate) async fn show(State(api): State<Api>, account: Account) -> Answer {
    let user_id = account.asked.id("user_id")?;
    let permit = account.authorize_own(Action::IAM_USERS_GET, &user_id)?;
    let (user, domain) = (api.store.show_user(&permit, user_id).await?, account.domain(&api).await?);
    Ok(ok(&json!({ "user": shown(&user, &domain) })))
}

/// KeystoneUpdateUserByAdmin
pub(crate) async fn update(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_USERS_UPDATE)?;
    let (body, domain) = (account.asked.json()?, account.domain(&api).await?);
    let Said { order, password } = order::read(&body, "user", |fields| read(fields, &domain))?;
    let before = api.store.show_user(&permit, account.asked.id("user_id")?).await?;
    account.spare_root(&before)?;
    let name = order.user_name.as_deref().unwrap_or(&before.user_name);
    let password_hash = hashed(&api, &account, name, password).await?;
    let order = UserOrder { password_hash, ..order };
    let user = api.store.update_user(&permit, before.user_id, order).await?;
    Ok(ok(&json!({ "user": shown(&user, &domain) })))
}

/// KeystoneDeleteUser
pub(crate) async fn delete(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_USERS_DELETE)?;
    api.store.delete_user(&permit, account.asked.id("user_id")?).await?;
    Ok(no_content())
}

/// KeystoneUpdateUserPassword: their own, by whoever knows the one before. It ends all of
/// their tokens and temporary keys.
pub(crate) async fn change_password(State(api): State<Api>, account: Account) -> Answer {
    let user_id = account.asked.id("user_id")?;
    if !account.owns(&user_id) {
        return Err(Code::Denied.into());
    }
    let permit = account.authorize_own(Action::IAM_USERS_UPDATE, &user_id)?;
    let body = account.asked.json()?;
    let (original, password) = order::read(&body, "user", |fields| {
        (fields.required_text("original_password", SECRET), fields.required_text("password", SECRET))
    })?;
    let login = Login::Id(user_id.clone());
    let user = api.0.passwords.check(&api, &account.asked, login, original.clone()).await?;
    if password == original {
        let why = text!("must differ from the one before", "不能与旧密码相同");
        return Err(Fault::new(Code::IamInvalid, Text::field("password", why)).into());
    }
    let password_hash = hashed(&api, &account, &user.user_name, Some(password)).await?;
    api.store.update_user(&permit, user_id, UserOrder { password_hash, ..UserOrder::default() }).await?;
    Ok(no_content())
}
