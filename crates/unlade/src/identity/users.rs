//! `unlade user`.

use clap::Subcommand;
use domain::Action;
use domain::iam::names;
use serde_json::{Value as Json, json};
use store::identity::{self, Grantee, UserOrder};
use types::time;

use super::{Verb, answer::Answer, desk::Desk, given, passwords, policies};
use crate::error::Error;

/// The account's users
#[derive(Subcommand)]
pub(crate) enum User {
    /// Make a user, who has no right until a policy is granted
    Create {
        /// Its name
        name: String,
        /// What it is for
        #[arg(long, value_name = "TEXT", default_value = "")]
        description: String,
        /// Give it the password on the first line of standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// All users
    List,
    /// One user, with its groups, keys and policies
    Show {
        /// Name or id
        user: String,
    },
    /// Let a disabled user in again
    Enable {
        /// Name or id
        user: String,
    },
    /// Let a user do nothing any more; its tokens end, its keys are kept
    Disable {
        /// Name or id
        user: String,
    },
    /// Set the password to the first line of standard input; the user's tokens end
    Password {
        /// Name or id
        user: String,
    },
    /// Delete a user with its keys; what it made in projects stays
    Delete {
        /// Name or id
        user: String,
    },
}

const COLUMNS: &[&str] = &["name", "id", "enabled", "root", "has_password", "created", "description"];
const ONE: &[&str] = &[
    "name",
    "id",
    "enabled",
    "root",
    "has_password",
    "created",
    "description",
    "groups",
    "keys",
    "policies",
];

fn shown(user: &identity::User) -> Json {
    json!({
        "name": user.user_name,
        "id": user.user_id,
        "description": user.description,
        "enabled": user.enabled,
        "root": user.root,
        "has_password": user.has_password,
        "created": time::iso_ms(user.created_ms),
    })
}

impl Verb for User {
    const NOUN: &str = "user";

    fn run(self, desk: &Desk) -> Result<Answer, Error> {
        match self {
            Self::Create { name, description, password_stdin } => {
                create(desk, name, description, password_stdin)
            }
            Self::List => {
                let users = desk.wait(desk.store.list_users(&desk.permit(Action::IAM_USERS_LIST)?, None))?;
                Ok(Answer::of(COLUMNS, users.iter().map(shown).collect::<Vec<_>>()))
            }
            Self::Show { user } => show(desk, &desk.user(&user)?),
            Self::Enable { user } => {
                update(desk, &user, |_| Ok(UserOrder { enabled: Some(true), ..UserOrder::default() }))
            }
            Self::Disable { user } => {
                update(desk, &user, |_| Ok(UserOrder { enabled: Some(false), ..UserOrder::default() }))
            }
            Self::Password { user } => update(desk, &user, |name| {
                Ok(UserOrder {
                    password_hash: Some(passwords::hash_from_stdin(name)?),
                    ..UserOrder::default()
                })
            }),
            Self::Delete { user } => {
                let user = desk.user(&user)?;
                desk.wait(
                    desk.store.delete_user(&desk.permit(Action::IAM_USERS_DELETE)?, user.user_id.clone()),
                )?;
                Ok(Answer::words(format!("User {} is deleted, with its keys.", user.user_name), shown(&user)))
            }
        }
    }
}

fn create(desk: &Desk, name: String, description: String, password: bool) -> Result<Answer, Error> {
    let name = given::of_user(name)?;
    let password_hash = if password { Some(passwords::hash_from_stdin(&name)?) } else { None };
    let order = UserOrder {
        user_name: Some(name),
        description: Some(given::checked("--description", &names::DESCRIPTION, description)?),
        enabled: None,
        password_hash,
    };
    let user = desk.wait(desk.store.create_user(&desk.permit(Action::IAM_USERS_CREATE)?, order))?;
    Ok(Answer::of(COLUMNS, shown(&user)))
}

fn update(
    desk: &Desk,
    given: &str,
    order: impl FnOnce(&str) -> Result<UserOrder, Error>,
) -> Result<Answer, Error> {
    let user = desk.user(given)?;
    let order = order(&user.user_name)?;
    let permit = desk.permit(Action::IAM_USERS_UPDATE)?;
    let user = desk.wait(desk.store.update_user(&permit, user.user_id, order))?;
    Ok(Answer::of(COLUMNS, shown(&user)))
}

fn show(desk: &Desk, user: &identity::User) -> Result<Answer, Error> {
    let id = || user.user_id.clone();
    let groups =
        desk.wait(desk.store.list_groups(&desk.permit(Action::IAM_GROUPS_LIST)?, None, Some(id())))?;
    let keys = desk.wait(desk.store.list_keys(&desk.permit(Action::IAM_CREDENTIALS_LIST)?, Some(id())))?;
    let mut shown = shown(user);
    shown["groups"] = groups.iter().map(|group| group.group_name.as_str()).collect();
    shown["keys"] = keys.iter().map(|key| key.access_key_id.as_str()).collect();
    shown["policies"] = policies::granted(desk, &Grantee::User(id()))?;
    Ok(Answer::of(ONE, shown))
}
