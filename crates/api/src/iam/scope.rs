//! What a token is for: one project, or the account.

use domain::iam::names::NAME128;
use domain::order::{Fields, rule};
use store::identity::{Domain, Principal, Project};
use types::{Code, Fault, text};

use crate::{Api, error::ApiError};

/// What a token is asked for.
#[derive(Default)]
pub(super) enum Scope {
    /// The account.
    #[default]
    Account,
    /// A project, by its id.
    ProjectId(String),
    /// A project, by its name.
    ProjectName(String),
}

/// The account as a body names it.
#[derive(Default)]
pub(super) struct NamedDomain {
    /// Its id.
    pub(super) id: Option<String>,
    /// Its name.
    pub(super) name: Option<String>,
}

impl NamedDomain {
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        let (id, name) = (fields.text("id", rule::ID128), fields.text("name", NAME128));
        if id.is_none() && name.is_none() && fields.json("id").is_none() && fields.json("name").is_none() {
            fields.wrong("name", text!("is required", "不能为空"));
        }
        Self { id, name }
    }

    pub(super) fn is(&self, domain: &Domain) -> bool {
        self.id.as_ref().is_none_or(|id| *id == domain.domain_id)
            && self.name.as_ref().is_none_or(|name| *name == domain.domain_name)
    }
}

impl Scope {
    /// Reads `scope`, which holds a project or a domain, and the domain that it names.
    pub(super) fn read(fields: &mut Fields<'_>) -> (Self, Option<NamedDomain>) {
        if fields.json("project").is_some() && fields.json("domain").is_some() {
            fields.wrong("project", text!("must not stand beside domain", "不能与domain同时出现"));
        }
        let project = fields.within("project", |project| {
            let domain = project.within("domain", NamedDomain::read);
            let scope = match (project.text("id", rule::ID128), project.text("name", NAME128)) {
                (Some(id), _) => Some(Self::ProjectId(id)),
                (None, Some(name)) => Some(Self::ProjectName(name)),
                (None, None) => {
                    if project.json("id").is_none() && project.json("name").is_none() {
                        project.wrong("id", text!("is required", "不能为空"));
                    }
                    None
                }
            };
            (scope.unwrap_or_default(), domain)
        });
        let domain = fields.within("domain", NamedDomain::read);
        project.unwrap_or((Self::Account, domain))
    }

    /// The project that it means, among those that the principal has any right in; `None` for the account.
    pub(super) async fn project_id(
        self,
        api: &Api,
        principal: &Principal,
    ) -> Result<Option<String>, ApiError> {
        let projects = match &self {
            Self::Account => return Ok(None),
            _ => api.store.projects_of(principal.clone()).await?,
        };
        let (named, found) = match self {
            Self::Account => return Ok(None),
            Self::ProjectId(id) => {
                let found = projects.into_iter().find(|project| project.project_id == id);
                (id, found)
            }
            Self::ProjectName(name) => {
                let found = of_name(projects, &name).into_iter().next();
                (name, found)
            }
        };
        let project = found.ok_or_else(|| Fault::of_value(Code::IamMissing, "project", &named))?;
        Ok(Some(project.project_id))
    }
}

/// The projects of a name: one or none. A server of one's own has no regions; so whoever has a single project has it
/// under the name of every region, and an SDK that looks for its region's project finds it.
pub(super) fn of_name(projects: Vec<Project>, name: &str) -> Vec<Project> {
    match projects.iter().position(|project| project.project_name == name) {
        Some(index) => projects.into_iter().skip(index).take(1).collect(),
        None if projects.len() == 1 => projects,
        None => Vec::new(),
    }
}
