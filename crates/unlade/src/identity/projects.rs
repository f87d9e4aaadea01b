//! `unlade project`.

use clap::{Args, Subcommand};
use domain::Action;
use domain::iam::names;
use domain::order::rule;
use serde_json::{Value as Json, json};
use store::identity::{self, ProjectOrder};

use super::{Verb, answer::Answer, desk::Desk, given};
use crate::error::Error;

/// The account's projects
#[derive(Subcommand)]
pub(crate) enum Project {
    /// Make a project with its default app
    Create {
        /// Its name, by which the SDKs look for it: a region's id, such as cn-north-4
        name: String,
        /// Its id [default: one that is made up]
        #[arg(long, value_name = "HEX")]
        id: Option<String>,
        #[command(flatten)]
        told: Told,
    },
    /// All projects, the oldest first
    List,
    /// One project
    Show {
        /// Name or id
        project: String,
    },
    /// Change a project
    Update {
        /// Name or id
        project: String,
        /// Its new name
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        told: Told,
    },
}

#[derive(Args)]
pub(crate) struct Told {
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The enterprise project that it lies in, with those of its apps that were not moved to another
    #[arg(long, value_name = "ID")]
    enterprise_project: Option<String>,
}

impl Told {
    fn order(self, id: Option<String>, name: Option<String>) -> Result<ProjectOrder, Error> {
        Ok(ProjectOrder {
            project_id: given::checked_some("--id", &names::PROJECT_ID, id)?,
            project_name: given::checked_some("NAME", &names::PROJECT, name)?,
            description: given::checked_some("--description", &names::DESCRIPTION, self.description)?,
            enterprise_project_id: given::checked_some(
                "--enterprise-project",
                &rule::ID36,
                self.enterprise_project,
            )?,
        })
    }
}

const COLUMNS: &[&str] = &["name", "id", "enterprise_project_id", "description"];

fn shown(project: &identity::Project) -> Json {
    json!({
        "name": project.project_name,
        "id": project.project_id,
        "description": project.description,
        "enterprise_project_id": project.enterprise_project_id,
    })
}

impl Verb for Project {
    const NOUN: &str = "project";

    fn run(self, desk: &Desk) -> Result<Answer, Error> {
        match self {
            Self::Create { name, id, told } => {
                let permit = desk.permit(Action::IAM_PROJECTS_CREATE)?;
                let project = desk.wait(desk.store.create_project(&permit, told.order(id, Some(name))?))?;
                Ok(Answer::of(COLUMNS, shown(&project)))
            }
            Self::List => Ok(Answer::of(COLUMNS, desk.projects()?.iter().map(shown).collect::<Vec<_>>())),
            Self::Show { project } => Ok(Answer::of(COLUMNS, shown(&desk.project(Some(&project))?))),
            Self::Update { project, name, told } => {
                let order = told.order(None, name)?;
                let project_id = desk.project(Some(&project))?.project_id;
                let permit = desk.permit(Action::IAM_PROJECTS_UPDATE)?;
                Ok(Answer::of(
                    COLUMNS,
                    shown(&desk.wait(desk.store.update_project(&permit, project_id, order))?),
                ))
            }
        }
    }
}
