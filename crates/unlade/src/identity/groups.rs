//! `unlade group`.

use clap::Subcommand;
use domain::Action;
use domain::iam::names;
use serde_json::{Value as Json, json};
use store::identity::{self, Grantee};
use types::time;

use super::{Verb, answer::Answer, desk::Desk, given, policies};
use crate::error::Error;

/// User groups, to which rights are best granted
#[derive(Subcommand)]
pub(crate) enum Group {
    /// Make a group
    Create {
        /// Its name
        name: String,
        /// What it is for
        #[arg(long, value_name = "TEXT", default_value = "")]
        description: String,
    },
    /// All groups
    List,
    /// One group, with its users and policies
    Show {
        /// Name or id
        group: String,
    },
    /// Delete a group; its users lose what it was granted
    Delete {
        /// Name or id
        group: String,
    },
    /// Take a user into a group
    AddUser(Member),
    /// Take a user out of a group
    RemoveUser(Member),
}

#[derive(clap::Args)]
pub(crate) struct Member {
    /// Name or id
    group: String,
    /// Name or id
    user: String,
}

const COLUMNS: &[&str] = &["name", "id", "created", "description"];
const ONE: &[&str] = &["name", "id", "created", "description", "users", "policies"];

fn shown(group: &identity::Group) -> Json {
    json!({
        "name": group.group_name,
        "id": group.group_id,
        "description": group.description,
        "created": time::iso_ms(group.created_ms),
    })
}

impl Verb for Group {
    const NOUN: &str = "group";

    fn run(self, desk: &Desk) -> Result<Answer, Error> {
        match self {
            Self::Create { name, description } => {
                let name = given::checked("NAME", &names::NAME128, name)?;
                let description = given::checked("--description", &names::DESCRIPTION, description)?;
                let permit = desk.permit(Action::IAM_GROUPS_CREATE)?;
                let group = desk.wait(desk.store.create_group(&permit, name, description))?;
                Ok(Answer::of(COLUMNS, shown(&group)))
            }
            Self::List => {
                let permit = desk.permit(Action::IAM_GROUPS_LIST)?;
                let groups = desk.wait(desk.store.list_groups(&permit, None, None))?;
                Ok(Answer::of(COLUMNS, groups.iter().map(shown).collect::<Vec<_>>()))
            }
            Self::Show { group } => show(desk, &desk.group(&group)?),
            Self::Delete { group } => {
                let group = desk.group(&group)?;
                let permit = desk.permit(Action::IAM_GROUPS_DELETE)?;
                desk.wait(desk.store.delete_group(&permit, group.group_id.clone()))?;
                Ok(Answer::words(format!("Group {} is deleted.", group.group_name), shown(&group)))
            }
            Self::AddUser(member) => add(desk, &member),
            Self::RemoveUser(member) => remove(desk, &member),
        }
    }
}

fn add(desk: &Desk, member: &Member) -> Result<Answer, Error> {
    let (group, user) = (desk.group(&member.group)?, desk.user(&member.user)?);
    let permit = desk.permit(Action::IAM_MEMBERS_ADD)?;
    desk.wait(desk.store.add_member(&permit, group.group_id.clone(), user.user_id))?;
    show(desk, &group)
}

fn remove(desk: &Desk, member: &Member) -> Result<Answer, Error> {
    let (group, user) = (desk.group(&member.group)?, desk.user(&member.user)?);
    let permit = desk.permit(Action::IAM_MEMBERS_REMOVE)?;
    desk.wait(desk.store.remove_member(&permit, group.group_id.clone(), user.user_id))?;
    show(desk, &group)
}

fn show(desk: &Desk, group: &identity::Group) -> Result<Answer, Error> {
    let permit = desk.permit(Action::IAM_USERS_LIST)?;
    let members = desk.wait(desk.store.members(&permit, group.group_id.clone()))?;
    let users = desk.wait(desk.store.list_users(&permit, None))?;
    let within = users.iter().filter(|user| members.contains(&user.user_id));
    let mut shown = shown(group);
    shown["users"] = within.map(|user| user.user_name.as_str()).collect();
    shown["policies"] = policies::granted(desk, &Grantee::Group(group.group_id.clone()))?;
    Ok(Answer::of(ONE, shown))
}
