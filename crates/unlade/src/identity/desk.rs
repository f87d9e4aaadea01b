//! Where the account is administered: the database, opened beside whoever serves it.
//!
//! A running server holds the lock of its data directory, because its workers' claims have one owner. Nothing here
//! touches a claim, and SQLite lets a second process write, so the lock is left alone; what seals everything anew
//! or moves it elsewhere keeps visitors out ([`db::DirLock::take_alone`]).

use std::{cell::RefCell, path::Path};

use api::{Command, OPERATOR};
use db::{Db, DirLock};
use domain::{ACCOUNT, Action, Caller, Permit, SystemRng, authorize};
use store::{
    Context, Store,
    identity::{Agency, Group, Project, StoredPolicy, User},
};
use tokio::runtime::Runtime;
use types::app::App;

use super::answer::Answer;
use crate::{
    backup,
    config::{Config, Database},
    error::Error,
    keys, serve, transfer,
};

/// Connections of one command.
const CONNECTIONS: usize = 2;
/// The account, and what it takes to work on it.
pub(crate) struct Desk {
    pub(super) store: Store,
    runtime: Runtime,
    /// The change that was asked for last, and in which project: what the command was about.
    changes: RefCell<Option<(Action, String)>>,
    is_told: bool,
    /// Last, so that it is given back when the database is closed.
    _visit: Option<DirLock>,
}

impl Desk {
    /// Opens the database of the settings. It must have been served before, by this program or one that works beside it.
    pub(super) fn open(config: &Config) -> Result<Self, Error> {
        let directory = &config.data_dir;
        let visit = match config.database.is_shared() {
            true => None,
            false => Some(visit(directory)?),
        };
        let vault = keys::vault(directory, config.master_key.key()?.as_ref())?;
        let db = match &config.database {
            Database::Embedded(options) => {
                let options = db::Options { readers: CONNECTIONS, ..*options };
                Db::open(&keys::database_path(directory), options)?
            }
            Database::Server(server) => {
                Db::connect(&db::Server { connections: CONNECTIONS, snapshots: 0, ..server.clone() })?
            }
        };
        let clock = serve::clock(&db);
        let context = Context::new(clock, std::sync::Arc::new(SystemRng), config.limits.clone(), vault);
        let store = Store::beside(db, context)?;
        if store.is_unfinished_transfer()? {
            let why =
                "the database is the target of a copy that is not finished: run unlade migrate-store again";
            return Err(Error::Refused(why.into()));
        }
        let runtime = Runtime::new().map_err(Error::system("start the runtime"))?;
        let (changes, is_told) = (RefCell::default(), config.audit.is_some());
        Ok(Self { store, runtime, changes, is_told, _visit: visit })
    }

    /// Waits for a unit of work.
    pub(super) fn wait<T>(&self, work: impl Future<Output = Result<T, store::Error>>) -> Result<T, Error> {
        Ok(self.runtime.block_on(work)?)
    }

    /// The operator's permit for something in the account.
    pub(super) fn permit(&self, action: Action) -> Result<Permit, Error> {
        self.permit_in(ACCOUNT, action)
    }

    /// The operator's permit for something in a project.
    pub(super) fn permit_in(&self, project_id: &str, action: Action) -> Result<Permit, Error> {
        if action.changes() {
            self.changes.replace(Some((action, project_id.to_owned())));
        }
        let operator = Caller::root(OPERATOR, project_id);
        let permit = authorize(operator, action, project_id, self.store.now_ms());
        permit.map_err(|refusal| store::Error::from(refusal).into())
    }

    /// Tells the audit what came of a command, if it was to change anything.
    pub(super) fn tell(&self, noun: &str, done: &Result<Answer, Error>) -> Result<(), Error> {
        let Some((action, project_id)) = self.changes.take().filter(|_| self.is_told) else { return Ok(()) };
        let code = match done {
            Err(Error::Store(store::Error::Fault(fault))) => Some(fault.code),
            _ => None,
        };
        let resource = done.as_ref().map(|answer| answer.about(noun)).unwrap_or_default();
        let command =
            Command { operation: "command", action: Some(action), project_id: &project_id, resource, code };
        let line = command.line(&self.store).into_iter().collect::<Vec<_>>();
        self.wait(self.store.keep_audit(line.into()))
    }

    /// The user of a name or an id.
    pub(super) fn user(&self, given: &str) -> Result<User, Error> {
        let all = self.wait(self.store.list_users(&self.permit(Action::IAM_USERS_LIST)?, None))?;
        named("user", given, all, |user| [&user.user_name, &user.user_id])
    }

    /// The group of a name or an id.
    pub(super) fn group(&self, given: &str) -> Result<Group, Error> {
        let all = self.wait(self.store.list_groups(&self.permit(Action::IAM_GROUPS_LIST)?, None, None))?;
        named("group", given, all, |group| [&group.group_name, &group.group_id])
    }

    /// The policy or role of a name or an id.
    pub(super) fn policy(&self, given: &str) -> Result<StoredPolicy, Error> {
        let all = self.wait(self.store.list_policies(&self.permit(Action::IAM_ROLES_LIST)?, None))?;
        named("policy", given, all, |policy| [&policy.policy_name, &policy.policy_id])
    }

    /// The agency of a name or an id.
    pub(super) fn agency(&self, given: &str) -> Result<Agency, Error> {
        let all = self.wait(self.store.list_agencies(&self.permit(Action::IAM_AGENCIES_LIST)?, None))?;
        named("agency", given, all, |agency| [&agency.agency_name, &agency.agency_id])
    }

    /// All projects, the oldest first.
    pub(super) fn projects(&self) -> Result<Vec<Project>, Error> {
        self.wait(self.store.list_projects(&self.permit(Action::IAM_PROJECTS_LIST)?))
    }

    /// The project of a name or an id; without one, the oldest.
    pub(super) fn project(&self, given: Option<&str>) -> Result<Project, Error> {
        let mut all = self.projects()?;
        match given {
            Some(given) => {
                named("project", given, all, |project| [&project.project_name, &project.project_id])
            }
            None if all.is_empty() => Err(Error::Refused("there is no project yet".into())),
            None => Ok(all.swap_remove(0)),
        }
    }

    /// The apps of a project.
    pub(super) fn apps(&self, project_id: &str) -> Result<Vec<App>, Error> {
        let permit = self.permit_in(project_id, Action::APPS_LIST)?;
        self.wait(self.store.apps().list(&permit, None))
    }

    /// The app of a name or an id.
    pub(super) fn app(&self, project_id: &str, given: &str) -> Result<App, Error> {
        named("app", given, self.apps(project_id)?, |app| [&app.app_name, &app.app_id])
    }
}

/// Enters a data directory that was served before.
fn visit(directory: &Path) -> Result<DirLock, Error> {
    let path = keys::database_path(directory);
    if !path.exists() {
        let directory = directory.display();
        return Err(Error::Refused(format!(
            "there is no database in {directory}: unlade serve makes it at its first start"
        )));
    }
    let visit = DirLock::visit(directory)?;
    backup::refuse_unfinished(directory)?;
    keys::refuse_unfinished_rotation(directory)?;
    transfer::refuse_moved(directory)?;
    Ok(visit)
}

/// The one thing that `given` is the name or the id of.
fn named<T>(noun: &str, given: &str, all: Vec<T>, known_as: impl Fn(&T) -> [&String; 2]) -> Result<T, Error> {
    let mut found = all.into_iter().filter(|thing| known_as(thing).iter().any(|known| *known == given));
    match (found.next(), found.next()) {
        (Some(thing), None) => Ok(thing),
        (None, _) => Err(Error::Input(format!("there is no {noun} {given:?}"))),
        // Whoever may choose names could otherwise make an operator grant rights to the wrong one.
        (Some(_), Some(_)) => Err(Error::Input(format!(
            "{given:?} is the name of one {noun} and the id of another: say the other of the two"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_another_s_id_is_nobody() {
        let all = || {
            vec![["ops", "1"], ["2", "3"], ["x", "2"]]
                .into_iter()
                .map(|pair| pair.map(str::to_owned))
                .collect()
        };
        let find = |given| named("user", given, all(), |pair: &[String; 2]| [&pair[0], &pair[1]]);
        assert_eq!(find("ops").unwrap(), find("1").unwrap());
        assert!(find("2").unwrap_err().to_string().contains("the id of another"));
        assert!(find("nobody").unwrap_err().to_string().contains("there is no user \"nobody\""));
    }
}
