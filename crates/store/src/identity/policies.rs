//! Policies that the account has made, and grants of them and of the system's roles.

use db::{Row, Tx, args};
use domain::{
    Permit,
    iam::{Policy, roles},
};
use types::{Code, Fault};

use super::{agencies, changed, groups, projects, quota, users};
use crate::{Error, Store, gate};

/// A policy as it is stored; its document has been checked.
#[derive(Clone, Debug)]
pub struct StoredPolicy {
    /// Its id.
    pub policy_id: String,
    /// Its name.
    pub policy_name: String,
    /// What it is for.
    pub description: String,
    /// Its document.
    pub document: String,
    /// When it was made, unix ms; `None` for a role of the system.
    pub created_ms: Option<i64>,
    /// When it was changed last, unix ms.
    pub updated_ms: Option<i64>,
}

/// What is to be known of a policy; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct PolicyOrder {
    /// Its name.
    pub policy_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Its document.
    pub document: Option<String>,
}

/// Who is granted something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grantee {
    /// Every user of a group.
    Group(String),
    /// One user.
    User(String),
    /// Whoever assumes an agency.
    Agency(String),
}

impl Grantee {
    fn id(&self) -> &str {
        match self {
            Self::Group(id) | Self::User(id) | Self::Agency(id) => id,
        }
    }

    fn must_exist(&self, tx: &mut dyn Tx) -> Result<(), Error> {
        match self {
            Self::Group(id) => groups::find(tx, id).map(|_| ()),
            Self::User(id) => users::find(tx, id).map(|_| ()),
            Self::Agency(id) => agencies::find(tx, id).map(|_| ()),
        }
    }
}

const COLUMNS: &str = "policy_id, policy_name, description, document, created_ms, updated_ms";

fn policy(row: &dyn Row) -> Result<StoredPolicy, db::Error> {
    Ok(StoredPolicy {
        policy_id: row.string(0)?,
        policy_name: row.string(1)?,
        description: row.string(2)?,
        document: row.string(3)?,
        created_ms: Some(row.int(4)?),
        updated_ms: Some(row.int(5)?),
    })
}

fn of_system() -> impl Iterator<Item = StoredPolicy> {
    roles::ALL.iter().map(|role| StoredPolicy {
        policy_id: role.id.to_owned(),
        policy_name: role.name.to_owned(),
        description: role.description.to_owned(),
        document: role.document.to_owned(),
        created_ms: None,
        updated_ms: None,
    })
}

/// Refuses a document that could not be evaluated.
fn check(name: &str, document: &str) -> Result<(), Error> {
    let parsed = Policy::parse(name, document);
    parsed.map(|_| ()).map_err(|why| Fault::new(Code::IamInvalid, why).into())
}

impl Store {
    /// Makes a policy.
    pub async fn create_policy(&self, _permit: &Permit, order: PolicyOrder) -> Result<StoredPolicy, Error> {
        self.unit(move |tx, context| {
            gate::enter(tx, "iam_policy")?;
            quota(tx, "iam_policy", "limits.policies", context.limits.policies)?;
            let (name, document) = (order.policy_name.as_deref(), order.document.as_deref());
            let (name, document) = (name.unwrap_or_default(), document.unwrap_or_default());
            refuse_taken(tx, name, "")?;
            check(name, document)?;
            let (policy_id, now) = (context.rng.hex(32), context.clock.now_ms());
            tx.execute(
                "INSERT INTO iam_policy (policy_id, policy_name, description, document, created_ms, updated_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
                args![&policy_id, name, order.description.as_deref().unwrap_or_default(), document, now],
            )?;
            find(tx, &policy_id)
        })
        .await
    }

    /// The system's roles and the account's policies, or the one of a name.
    pub async fn list_policies(
        &self,
        _permit: &Permit,
        policy_name: Option<String>,
    ) -> Result<Vec<StoredPolicy>, Error> {
        self.db
            .read(move |tx| {
                let sql = format!("SELECT {COLUMNS} FROM iam_policy ORDER BY policy_name");
                let own = tx.all(&sql, args![], policy)?;
                let wanted = |name: &str| policy_name.as_deref().is_none_or(|wanted| wanted == name);
                Ok(of_system().chain(own).filter(|policy| wanted(&policy.policy_name)).collect())
            })
            .await
    }

    /// One policy or role.
    pub async fn show_policy(&self, _permit: &Permit, policy_id: String) -> Result<StoredPolicy, Error> {
        self.db.read(move |tx| find(tx, &policy_id)).await
    }

    /// Changes a policy.
    pub async fn update_policy(
        &self,
        _permit: &Permit,
        policy_id: String,
        order: PolicyOrder,
    ) -> Result<StoredPolicy, Error> {
        self.unit(move |tx, context| {
            gate::enter(tx, "iam_policy")?;
            let before = own(tx, &policy_id)?;
            if let Some(name) = &order.policy_name {
                refuse_taken(tx, name, &policy_id)?;
            }
            if let Some(document) = &order.document {
                check(order.policy_name.as_ref().unwrap_or(&before.policy_name), document)?;
            }
            tx.execute(
                "UPDATE iam_policy SET policy_name = COALESCE(?2, policy_name), updated_ms = ?5,
                   description = COALESCE(?3, description), document = COALESCE(?4, document) WHERE policy_id = ?1",
                args![
                    &policy_id,
                    order.policy_name.as_ref(),
                    order.description.as_ref(),
                    order.document.as_ref(),
                    context.clock.now_ms(),
                ],
            )?;
            changed(tx)?;
            find(tx, &policy_id)
        })
        .await
    }

    /// Deletes a policy that is granted to nobody.
    pub async fn delete_policy(&self, _permit: &Permit, policy_id: String) -> Result<(), Error> {
        self.unit(move |tx, _| {
            gate::enter(tx, "iam_policy")?;
            own(tx, &policy_id)?;
            if tx.exists("SELECT 1 FROM iam_grant WHERE policy_id = ?1", args![&policy_id])? {
                return Err(Fault::of_value(Code::IamTaken, "role_id", &policy_id).into());
            }
            tx.execute("DELETE FROM iam_policy WHERE policy_id = ?1", args![&policy_id])?;
            Ok(())
        })
        .await
    }

    /// Grants a policy in one project or, without one, in every project and the account.
    pub async fn grant(
        &self,
        _permit: &Permit,
        grantee: Grantee,
        project_id: Option<String>,
        policy_id: String,
    ) -> Result<(), Error> {
        self.unit(move |tx, _| {
            gate::enter(tx, "iam_policy")?;
            grantee.must_exist(tx)?;
            find(tx, &policy_id)?;
            if let Some(project_id) = &project_id {
                projects::find(tx, project_id)?;
            }
            tx.execute(
                "INSERT INTO iam_grant (grantee_id, project_id, policy_id) VALUES (?1, ?2, ?3)
                 ON CONFLICT (grantee_id, project_id, policy_id) DO NOTHING",
                args![grantee.id(), project_id.as_deref().unwrap_or_default(), &policy_id],
            )?;
            changed(tx)
        })
        .await
    }

    /// Takes a grant back.
    pub async fn revoke(
        &self,
        _permit: &Permit,
        grantee: Grantee,
        project_id: Option<String>,
        policy_id: String,
    ) -> Result<(), Error> {
        self.unit(move |tx, _| {
            let revoked = tx.execute(
                "DELETE FROM iam_grant WHERE grantee_id = ?1 AND project_id = ?2 AND policy_id = ?3",
                args![grantee.id(), project_id.as_deref().unwrap_or_default(), &policy_id],
            )?;
            if revoked == 0 {
                return Err(Fault::of_value(Code::IamMissing, "role_id", &policy_id).into());
            }
            changed(tx)
        })
        .await
    }

    /// What is granted to one grantee in one project or, without one, in every project.
    pub async fn grants_of(
        &self,
        _permit: &Permit,
        grantee: Grantee,
        project_id: Option<String>,
    ) -> Result<Vec<StoredPolicy>, Error> {
        self.db
            .read(move |tx| {
                grantee.must_exist(tx)?;
                let sql = "SELECT policy_id FROM iam_grant WHERE grantee_id = ?1 AND project_id = ?2 ORDER BY policy_id";
                let of = args![grantee.id(), project_id.as_deref().unwrap_or_default()];
                let ids = tx.all(sql, of, |row| row.string(0))?;
                ids.iter().map(|id| find(tx, id)).collect()
            })
            .await
    }
}

fn own(tx: &mut dyn Tx, policy_id: &str) -> Result<StoredPolicy, Error> {
    let found = find(tx, policy_id)?;
    match found.created_ms {
        Some(_) => Ok(found),
        // A role of the system is nobody's to change.
        None => Err(Fault::of_value(Code::IamDenied, "role_id", policy_id).into()),
    }
}

fn find(tx: &mut dyn Tx, policy_id: &str) -> Result<StoredPolicy, Error> {
    if let Some(role) = of_system().find(|role| role.policy_id == policy_id) {
        return Ok(role);
    }
    let sql = format!("SELECT {COLUMNS} FROM iam_policy WHERE policy_id = ?1");
    let found = tx.first(&sql, args![policy_id], policy)?;
    found.ok_or_else(|| Fault::of_value(Code::IamMissing, "role_id", policy_id).into())
}

fn refuse_taken(tx: &mut dyn Tx, policy_name: &str, besides: &str) -> Result<(), Error> {
    let taken = "SELECT 1 FROM iam_policy WHERE policy_name = ?1 AND policy_id <> ?2";
    if roles::Role::of(policy_name).is_some() || tx.exists(taken, args![policy_name, besides])? {
        return Err(Fault::of_value(Code::IamTaken, "display_name", policy_name).into());
    }
    Ok(())
}
