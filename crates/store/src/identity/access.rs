//! What a user may do in a project: policies as rows, compiled once and kept until any of them changes.
//!
//! Every change of a user, a group, a policy or an app counts [`changed`]; every request reads that number with its
//! key, so that a node acts on a change at the next request, whichever node made it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use db::{Tx, args};
use domain::{
    ACCOUNT, Access, AppOf, Caller, Rights,
    iam::{Grants, Policy, roles},
};
use types::{Code, Language};

use super::ENTERPRISE_PROJECT_DEFAULT;
use crate::{Error, Store};

/// Users times projects whose compiled policies a node keeps; beyond it all are forgotten and compiled anew.
const KEPT_MAX: usize = 1024;

/// Who a key or a token stands for.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The user, or the agency that a user has assumed.
    pub user_id: String,
    /// Its name.
    pub user_name: String,
    /// Whether it is the account's root.
    pub root: bool,
    /// The project that the key or the token was made for.
    pub project_id: String,
    /// A policy that narrows a temporary key.
    pub session: Option<String>,
}

/// The number of changes to what anybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision(i64);

/// What the root may do.
const EVERYTHING: &str = r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["*:*:*"]}]}"#;

/// What a user may do in a project, `None` if there is no such project.
type Compiled = Option<Arc<Access>>;

/// What was compiled for (user, project), and of which revision it is.
#[derive(Default)]
pub(crate) struct AccessCache(Mutex<HashMap<(String, String), (Revision, Compiled)>>);

impl AccessCache {
    fn get(&self, key: &(String, String), revision: Revision) -> Option<Compiled> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|(of, _)| *of == revision).map(|(_, access)| access.clone())
    }

    fn put(&self, key: (String, String), revision: Revision, access: Compiled) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(key, (revision, access));
    }
}

/// Counts a change to what anybody may do.
pub(crate) fn changed(tx: &mut dyn Tx) -> Result<(), Error> {
    tx.execute("UPDATE iam_revision SET revision = revision + 1", args![])?;
    Ok(())
}

pub(super) fn revision(tx: &mut dyn Tx) -> Result<Revision, Error> {
    let found = tx.first("SELECT revision FROM iam_revision", args![], |row| row.int(0))?;
    Ok(Revision(found.unwrap_or_default()))
}

impl Store {
    /// The caller that a principal is in a project, or ([`ACCOUNT`]) in the account as a whole. A project that is not there looks like one in which the
    /// principal has no right, unless its key or token was made for it.
    pub async fn caller(
        &self,
        principal: Principal,
        project_id: &str,
        revision: Revision,
    ) -> Result<Caller, Error> {
        let key = (principal.user_id.clone(), project_id.to_owned());
        let cached = self.access.get(&key, revision);
        let access = match cached {
            Some(access) => access,
            None => {
                let (user_id, project_id, root) = (key.0.clone(), key.1.clone(), principal.root);
                let found = self.db.read(move |tx| compile(tx, &user_id, &project_id, root)).await?;
                self.access.put(key, revision, found.clone());
                found
            }
        };
        let access = access.ok_or(Code::ForeignProject)?;
        let home = project_id == principal.project_id;
        if !principal.root && !home && project_id != ACCOUNT && access.grants.policies().is_empty() {
            return Err(Code::ForeignProject.into());
        }
        let rights = match (principal.root, &principal.session) {
            (true, None) => {
                let apps = || access.apps.iter().map(|app| app.app_id.clone()).collect();
                Rights::Root(access.removing.then(apps))
            }
            (_, None) => Rights::Granted(access),
            (_, Some(document)) => Rights::Granted(Arc::new(narrowed(&access, document)?)),
        };
        Ok(Caller {
            user_id: principal.user_id,
            user_name: principal.user_name,
            project_id: project_id.to_owned(),
            rights,
            source: None,
        })
    }
}

/// A temporary key may do what its owner may and its own policy allows.
fn narrowed(access: &Access, document: &str) -> Result<Access, Error> {
    let policy = parsed("session", document)?;
    Ok(Access { session: Some(Arc::new(Grants::new(vec![policy]))), ..access.clone() })
}

/// What a user may do in a project, `None` if there is no such project.
fn compile(tx: &mut dyn Tx, user_id: &str, project_id: &str, root: bool) -> Result<Compiled, Error> {
    let domain = tx.first("SELECT domain_id, domain_name FROM iam_domain", args![], |row| {
        Ok((row.string(0)?, row.string(1)?))
    })?;
    let (domain_id, domain_name) = domain.unwrap_or_default();
    let project = tx.first(
        "SELECT project_name, enterprise_project_id FROM project WHERE project_id = ?1",
        args![project_id],
        |row| Ok((row.opt_string(0)?, row.opt_string(1)?)),
    )?;
    let project = if project_id == ACCOUNT { Some((Some(domain_name.clone()), None)) } else { project };
    let Some((project_name, enterprise_project_id)) = project else { return Ok(None) };
    let enterprise_project_id = enterprise_project_id.unwrap_or(ENTERPRISE_PROJECT_DEFAULT.to_owned());
    let apps = tx.all(
        "SELECT app_id, enterprise_project_id FROM app WHERE project_id = ?1 ORDER BY app_id",
        args![project_id],
        |row| {
            let of = row.opt_string(1)?.unwrap_or_else(|| enterprise_project_id.clone());
            Ok(AppOf { app_id: row.string(0)?, enterprise_project_id: of })
        },
    )?;
    let instance_id = match project_id {
        ACCOUNT => None,
        _ => tx.first("SELECT instance_id FROM instance", args![], |row| row.string(0))?,
    };
    let removing = tx.exists("SELECT 1 FROM doomed_app WHERE project_id = ?1", args![project_id])?;
    let policies = match root {
        // Asked only by a temporary key of the root, which is narrowed by its own policy.
        true => vec![parsed("root", EVERYTHING)?],
        false => granted(tx, user_id, project_id)?,
    };
    Ok(Some(Arc::new(Access {
        grants: Arc::new(Grants::new(policies)),
        session: None,
        domain_id,
        domain_name,
        project_name: project_name.unwrap_or_else(|| project_id.to_owned()),
        enterprise_project_id,
        instance_id,
        apps: apps.into(),
        removing,
    })))
}

/// The policies of a user in a project: its own, and those of its groups.
fn granted(tx: &mut dyn Tx, user_id: &str, project_id: &str) -> Result<Vec<Policy>, Error> {
    let ids = tx.all(
        "SELECT DISTINCT policy_id FROM iam_grant
          WHERE (grantee_id = ?1 OR grantee_id IN (SELECT group_id FROM iam_member WHERE user_id = ?1))
            AND (project_id = ?2 OR project_id = '') ORDER BY policy_id",
        args![user_id, project_id],
        |row| row.string(0),
    )?;
    ids.iter()
        .map(|id| policy(tx, id))
        .collect::<Result<Vec<_>, _>>()
        .map(|all| all.into_iter().flatten().collect())
}

fn policy(tx: &mut dyn Tx, policy_id: &str) -> Result<Option<Policy>, Error> {
    if let Some(role) = roles::ALL.iter().find(|role| role.id == policy_id) {
        return parsed(role.name, role.document).map(Some);
    }
    let sql = "SELECT policy_name, document FROM iam_policy WHERE policy_id = ?1";
    let found = tx.first(sql, args![policy_id], |row| Ok((row.string(0)?, row.string(1)?)))?;
    found.map(|(name, document)| parsed(&name, &document)).transpose()
}

fn parsed(name: &str, document: &str) -> Result<Policy, Error> {
    Policy::parse(name, document).map_err(|why| Error::Policy {
        name: name.to_owned(),
        why: why.in_language(Language::English).to_owned(),
    })
}
