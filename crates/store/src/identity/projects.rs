//! The account's projects, and the enterprise project that each of them and each app lies in.

use db::{Row, Tx, args};
use domain::Permit;
use types::{Code, Fault};

use super::{ENTERPRISE_PROJECT_DEFAULT, Principal, changed, quota};
use crate::{Error, Store, apps, gate};

/// The account.
#[derive(Clone, Debug)]
pub struct Domain {
    /// Its id.
    pub domain_id: String,
    /// Its name.
    pub domain_name: String,
}

/// A project.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its id.
    pub project_id: String,
    /// Its name, by which the SDKs look for it: the region's id.
    pub project_name: String,
    /// What it is for.
    pub description: String,
    /// Its enterprise project.
    pub enterprise_project_id: String,
}

/// What is to be known of a project; what is `None` stays, or has its default.
#[derive(Clone, Debug, Default)]
pub struct ProjectOrder {
    /// Its id; only when it is made.
    pub project_id: Option<String>,
    /// Its name.
    pub project_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Its enterprise project.
    pub enterprise_project_id: Option<String>,
}

const COLUMNS: &str = "project_id, COALESCE(project_name, project_id), COALESCE(description, ''),
    COALESCE(enterprise_project_id, '0')";

fn project(row: &dyn Row) -> Result<Project, db::Error> {
    Ok(Project {
        project_id: row.string(0)?,
        project_name: row.string(1)?,
        description: row.string(2)?,
        enterprise_project_id: row.string(3)?,
    })
}

impl Store {
    /// The account.
    pub async fn domain(&self) -> Result<Domain, Error> {
        let sql = "SELECT domain_id, domain_name FROM iam_domain";
        let found = self
            .db
            .read(move |tx| {
                let domain =
                    |row: &dyn Row| Ok(Domain { domain_id: row.string(0)?, domain_name: row.string(1)? });
                Ok::<_, Error>(tx.first(sql, args![], domain)?)
            })
            .await?;
        found.ok_or(Code::IamMissing.into())
    }

    /// The projects that a principal has any right in: all for the root. Asked by whoever is proven.
    pub async fn projects_of(&self, principal: Principal) -> Result<Vec<Project>, Error> {
        self.db
            .read(move |tx| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM project p WHERE ?1 = 1 OR EXISTS
                       (SELECT 1 FROM iam_grant g WHERE (g.project_id = p.project_id OR g.project_id = '')
                           AND (g.grantee_id = ?2 OR g.grantee_id IN
                                 (SELECT m.group_id FROM iam_member m WHERE m.user_id = ?2)))
                      ORDER BY created_ms, project_id"
                );
                let of = args![principal.root, &principal.user_id];
                Ok(tx.all(&sql, of, project)?)
            })
            .await
    }

    /// All projects.
    pub async fn list_projects(&self, _permit: &Permit) -> Result<Vec<Project>, Error> {
        self.db
            .read(move |tx| {
                let sql = format!("SELECT {COLUMNS} FROM project ORDER BY created_ms, project_id");
                Ok(tx.all(&sql, args![], project)?)
            })
            .await
    }

    /// One project.
    pub async fn show_project(&self, _permit: &Permit, project_id: String) -> Result<Project, Error> {
        self.db.read(move |tx| find(tx, &project_id)).await
    }

    /// Makes a project with its default app.
    pub async fn create_project(&self, _permit: &Permit, order: ProjectOrder) -> Result<Project, Error> {
        self.unit(move |tx, context| {
            gate::enter(tx, "project")?;
            quota(tx, "project", "limits.projects", context.limits.projects)?;
            let project_id = order.project_id.clone().unwrap_or_else(|| context.rng.hex(32));
            if tx.exists("SELECT 1 FROM project WHERE project_id = ?1", args![&project_id])? {
                return Err(Fault::of_value(Code::IamTaken, "id", &project_id).into());
            }
            tx.execute(
                "INSERT INTO project (project_id, created_ms, devices) VALUES (?1, ?2, 0)",
                args![&project_id, context.clock.now_ms()],
            )?;
            apps::insert(tx, context, &project_id, "DefaultApp", true)?;
            update(tx, &project_id, &order)
        })
        .await
    }

    /// Changes a project.
    pub async fn update_project(
        &self,
        _permit: &Permit,
        project_id: String,
        order: ProjectOrder,
    ) -> Result<Project, Error> {
        self.unit(move |tx, _| {
            gate::enter(tx, "project")?;
            find(tx, &project_id)?;
            update(tx, &project_id, &order)
        })
        .await
    }

    /// The enterprise project of an app: its own, or its project's.
    pub async fn enterprise_project_of(
        &self,
        _permit: &Permit,
        project_id: String,
        app_id: String,
    ) -> Result<String, Error> {
        self.db
            .read(move |tx| {
                let sql = "SELECT COALESCE(a.enterprise_project_id, p.enterprise_project_id) FROM app a
                   JOIN project p ON p.project_id = a.project_id WHERE a.project_id = ?1 AND a.app_id = ?2";
                let found = tx.first(sql, args![&project_id, &app_id], |row| row.opt_string(0))?;
                let found = found.ok_or_else(|| Fault::of_value(Code::IamMissing, "app_id", &app_id))?;
                Ok(found.unwrap_or_else(|| ENTERPRISE_PROJECT_DEFAULT.to_owned()))
            })
            .await
    }

    /// Puts an app into an enterprise project or, with `None`, back into its project's.
    pub async fn move_app(
        &self,
        _permit: &Permit,
        project_id: String,
        app_id: String,
        enterprise_project_id: Option<String>,
    ) -> Result<(), Error> {
        self.unit(move |tx, _| {
            let moved = tx.execute(
                "UPDATE app SET enterprise_project_id = ?3 WHERE project_id = ?1 AND app_id = ?2",
                args![&project_id, &app_id, enterprise_project_id.as_ref()],
            )?;
            if moved == 0 {
                return Err(Fault::of_value(Code::IamMissing, "app_id", &app_id).into());
            }
            changed(tx)
        })
        .await
    }
}

pub(super) fn find(tx: &mut dyn Tx, project_id: &str) -> Result<Project, Error> {
    let sql = format!("SELECT {COLUMNS} FROM project WHERE project_id = ?1");
    let found = tx.first(&sql, args![project_id], project)?;
    found.ok_or_else(|| Fault::of_value(Code::IamMissing, "project_id", project_id).into())
}

fn update(tx: &mut dyn Tx, project_id: &str, order: &ProjectOrder) -> Result<Project, Error> {
    if let Some(name) = &order.project_name {
        let taken =
            "SELECT 1 FROM project WHERE COALESCE(project_name, project_id) = ?1 AND project_id <> ?2";
        if tx.exists(taken, args![name, project_id])? {
            return Err(Fault::of_value(Code::IamTaken, "name", name).into());
        }
    }
    tx.execute(
        "UPDATE project SET project_name = COALESCE(?2, project_name), description = COALESCE(?3, description),
           enterprise_project_id = COALESCE(?4, enterprise_project_id) WHERE project_id = ?1",
        args![
            project_id,
            order.project_name.as_ref(),
            order.description.as_ref(),
            order.enterprise_project_id.as_ref(),
        ],
    )?;
    changed(tx)?;
    find(tx, project_id)
}
