//! `unlade app`: in which enterprise project an app lies. Apps are made by the API.

use clap::Subcommand;
use domain::Action;
use domain::order::rule;
use serde_json::{Value as Json, json};
use types::app;

use super::{Verb, answer::Answer, desk::Desk, given};
use crate::error::Error;

/// Apps, and the enterprise projects that they lie in
#[derive(Subcommand)]
pub(crate) enum App {
    /// The apps of a project
    List {
        /// Name or id [default: the oldest]
        #[arg(long)]
        project: Option<String>,
    },
    /// Put an app into an enterprise project or, without one, back into its project's
    Move {
        /// Name or id
        app: String,
        /// The enterprise project's id
        #[arg(long, value_name = "ID")]
        enterprise_project: Option<String>,
        /// The app's project, by name or id [default: the oldest]
        #[arg(long)]
        project: Option<String>,
    },
}

const COLUMNS: &[&str] = &["name", "id", "default", "enterprise_project_id"];

impl Verb for App {
    const NOUN: &str = "app";

    fn run(self, desk: &Desk) -> Result<Answer, Error> {
        match self {
            Self::List { project } => {
                let project_id = desk.project(project.as_deref())?.project_id;
                let apps = desk.apps(&project_id)?;
                let shown: Result<Vec<Json>, Error> =
                    apps.iter().map(|app| shown(desk, &project_id, app)).collect();
                Ok(Answer::of(COLUMNS, shown?))
            }
            Self::Move { app, enterprise_project, project } => {
                let rule = &rule::ID36;
                let into = given::checked_some("--enterprise-project", rule, enterprise_project)?;
                let project_id = desk.project(project.as_deref())?.project_id;
                let app = desk.app(&project_id, &app)?;
                let permit = desk.permit(Action::IAM_PROJECTS_UPDATE)?;
                desk.wait(desk.store.move_app(&permit, project_id.clone(), app.app_id.clone(), into))?;
                Ok(Answer::of(COLUMNS, shown(desk, &project_id, &app)?))
            }
        }
    }
}

fn shown(desk: &Desk, project_id: &str, app: &app::App) -> Result<Json, Error> {
    let permit = desk.permit(Action::IAM_PROJECTS_GET)?;
    let of = desk.store.enterprise_project_of(&permit, project_id.to_owned(), app.app_id.clone());
    Ok(json!({
        "name": app.app_name,
        "id": app.app_id,
        "default": app.default_app,
        "enterprise_project_id": desk.wait(of)?,
    }))
}
