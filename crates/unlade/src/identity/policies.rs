//! `unlade policy`.

use domain::iam::names;
use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use domain::{
    Action,
    iam::{self, DOCUMENT_BYTES},
};
use serde_json::{Value as Json, json};
use store::identity::{Grantee, PolicyOrder, StoredPolicy};
use types::{Language, time};

use super::{Verb, answer::Answer, check, check::Check, desk::Desk, given};
use crate::error::Error;

/// Policies, to whom they are granted, and what follows from them
#[derive(Subcommand)]
pub(crate) enum Policy {
    /// Make a policy out of its document
    Create {
        /// Its name
        name: String,
        /// The document, in JSON; - for standard input
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// What it is for
        #[arg(long, value_name = "TEXT", default_value = "")]
        description: String,
    },
    /// The system's roles and the account's policies
    List,
    /// One policy or role, with its document
    Show {
        /// Name or id
        policy: String,
    },
    /// Change a policy; whoever it is granted to has its new rights at the next call
    Update {
        /// Name or id
        policy: String,
        /// The new document, in JSON; - for standard input
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
    },
    /// Delete a policy that is granted to nobody
    Delete {
        /// Name or id
        policy: String,
    },
    /// Grant a policy or role in one project or, without one, everywhere
    Grant(Grant),
    /// Take a grant back
    Revoke(Grant),
    /// May a user do this, and why? Ends with 0 if so, with 1 if not
    Check(Check),
}

#[derive(Args)]
pub(crate) struct Grant {
    /// Name or id
    policy: String,
    #[command(flatten)]
    to: To,
    /// Only in this project: name or id
    #[arg(long)]
    project: Option<String>,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct To {
    /// Every user of this group: name or id
    #[arg(long)]
    group: Option<String>,
    /// This user: name or id
    #[arg(long)]
    user: Option<String>,
    /// Whoever assumes this agency: name or id
    #[arg(long)]
    agency: Option<String>,
}

const COLUMNS: &[&str] = &["name", "id", "system", "updated", "description"];

fn shown(policy: &StoredPolicy) -> Json {
    let document = serde_json::from_str(&policy.document).unwrap_or(Json::Null);
    json!({
        "name": policy.policy_name,
        "id": policy.policy_id,
        "description": policy.description,
        "system": policy.created_ms.is_none(),
        "created": policy.created_ms.map(time::iso_ms),
        "updated": policy.updated_ms.map(time::iso_ms),
        "document": document,
    })
}

/// A policy that was written, with what its author may not have meant on standard error.
fn written(policy: &StoredPolicy) -> Result<Answer, Error> {
    let parsed = iam::Policy::parse(&policy.policy_name, &policy.document);
    for warning in parsed.iter().flat_map(iam::Policy::warnings) {
        let _ = writeln!(io::stderr(), "unlade: warning: {}", warning.in_language(Language::English));
    }
    Ok(Answer::of(COLUMNS, shown(policy)))
}

impl Verb for Policy {
    const NOUN: &str = "policy";

    fn run(self, desk: &Desk) -> Result<Answer, Error> {
        match self {
            Self::Create { name, file, description } => {
                let order = PolicyOrder {
                    policy_name: Some(given::checked("NAME", &names::NAME64, name)?),
                    description: Some(given::checked("--description", &names::DESCRIPTION, description)?),
                    document: Some(document(&file)?),
                };
                let permit = desk.permit(Action::IAM_ROLES_CREATE)?;
                written(&desk.wait(desk.store.create_policy(&permit, order))?)
            }
            Self::List => {
                let permit = desk.permit(Action::IAM_ROLES_LIST)?;
                let policies = desk.wait(desk.store.list_policies(&permit, None))?;
                Ok(Answer::of(COLUMNS, policies.iter().map(shown).collect::<Vec<_>>()))
            }
            Self::Show { policy } => {
                let policy = desk.policy(&policy)?;
                // The document alone, so that it can be changed and given to update.
                Ok(Answer::words(policy.document.trim_end(), shown(&policy)))
            }
            Self::Update { policy, file, description } => {
                let order = PolicyOrder {
                    policy_name: None,
                    description: given::checked_some("--description", &names::DESCRIPTION, description)?,
                    document: file.as_deref().map(document).transpose()?,
                };
                let policy_id = desk.policy(&policy)?.policy_id;
                let permit = desk.permit(Action::IAM_ROLES_UPDATE)?;
                written(&desk.wait(desk.store.update_policy(&permit, policy_id, order))?)
            }
            Self::Delete { policy } => {
                let policy = desk.policy(&policy)?;
                let permit = desk.permit(Action::IAM_ROLES_DELETE)?;
                desk.wait(desk.store.delete_policy(&permit, policy.policy_id.clone()))?;
                Ok(Answer::words(format!("Policy {} is deleted.", policy.policy_name), shown(&policy)))
            }
            Self::Grant(grant) => grant.run(desk, true),
            Self::Revoke(grant) => grant.run(desk, false),
            Self::Check(order) => check::run(desk, &order),
        }
    }

    fn is_question(&self) -> bool {
        matches!(self, Self::Check(_))
    }
}

impl Grant {
    fn run(&self, desk: &Desk, is_to_have: bool) -> Result<Answer, Error> {
        let policy = desk.policy(&self.policy)?;
        let (grantee, name) = self.to.grantee(desk)?;
        let project = self.project.as_deref().map(|project| desk.project(Some(project))).transpose()?;
        let place = project
            .as_ref()
            .map_or("everywhere".to_owned(), |project| format!("in project {}", project.project_name));
        let project_id = project.map(|project| project.project_id);
        let verb = if is_to_have {
            let permit = desk.permit(Action::IAM_GRANTS_ADD)?;
            desk.wait(desk.store.grant(&permit, grantee, project_id.clone(), policy.policy_id.clone()))?;
            "granted to"
        } else {
            let permit = desk.permit(Action::IAM_GRANTS_REVOKE)?;
            desk.wait(desk.store.revoke(&permit, grantee, project_id.clone(), policy.policy_id.clone()))?;
            "revoked from"
        };
        let json = json!({ "policy": policy.policy_name, "grantee": name, "project_id": project_id, "granted": is_to_have });
        Ok(Answer::words(format!("{} is {verb} {name}, {place}.", policy.policy_name), json))
    }
}

impl To {
    fn grantee(&self, desk: &Desk) -> Result<(Grantee, String), Error> {
        if let Some(group) = &self.group {
            let group = desk.group(group)?;
            return Ok((Grantee::Group(group.group_id), format!("group {}", group.group_name)));
        }
        if let Some(user) = &self.user {
            let user = desk.user(user)?;
            return Ok((Grantee::User(user.user_id), format!("user {}", user.user_name)));
        }
        let agency = desk.agency(self.agency.as_deref().unwrap_or_default())?;
        Ok((Grantee::Agency(agency.agency_id), format!("agency {}", agency.agency_name)))
    }
}

/// What somebody is granted, and where: `IoTDA FullAccess (cn-north-4)`.
pub(super) fn granted(desk: &Desk, grantee: &Grantee) -> Result<Json, Error> {
    let permit = desk.permit(Action::IAM_GRANTS_LIST)?;
    let everywhere = (None, "everywhere".to_owned());
    let projects = desk.projects()?;
    let places = projects.into_iter().map(|project| (Some(project.project_id), project.project_name));
    let mut all = Vec::new();
    for (project_id, place) in std::iter::once(everywhere).chain(places) {
        let policies = desk.wait(desk.store.grants_of(&permit, grantee.clone(), project_id))?;
        all.extend(policies.iter().map(|policy| format!("{} ({place})", policy.policy_name)));
    }
    Ok(all.into())
}

/// The text of a document. One that is too long is not read to its end.
fn document(path: &Path) -> Result<String, Error> {
    let most = DOCUMENT_BYTES as u64 + 1;
    let mut text = String::new();
    let read = match path == Path::new("-") {
        true => io::stdin().lock().take(most).read_to_string(&mut text),
        false => File::open(path).and_then(|file| file.take(most).read_to_string(&mut text)),
    };
    match read {
        Ok(_) => Ok(text),
        Err(error) => Err(Error::Input(format!("--file: {}: {error}", path.display()))),
    }
}
