//! Projects: found by those who have a right in them, made and changed by those who may.

use axum::extract::State;
use domain::iam::names::{self, DESCRIPTION};
use domain::{ACCOUNT, Action, order::Fields};
use serde_json::{Value as Json, json};
use store::identity::{Domain, Principal, Project, ProjectOrder};

use super::{
    asked::Account,
    order::{self, ENTERPRISE_PROJECT},
    scope, shape,
};
use crate::{
    Api,
    error::Answer,
    respond::{created, ok},
};

const PATH: &str = "/v3/projects";

fn shown(project: &Project, domain: &Domain) -> Json {
    json!({
        "id": project.project_id,
        "name": project.project_name,
        "description": project.description,
        "domain_id": domain.domain_id,
        "parent_id": domain.domain_id,
        "is_domain": false,
        "enabled": true,
        "enterprise_project_id": project.enterprise_project_id,
        "links": shape::links(&format!("{PATH}/{}", project.project_id)),
    })
}

fn listed(projects: &[Project], domain: &Domain, path: &str) -> Json {
    shape::list("projects", path, projects.iter().map(|project| shown(project, domain)).collect())
}

/// KeystoneListProjects: what the SDKs look their region's project up with.
pub(crate) async fn list(State(api): State<Api>, account: Account) -> Answer {
    let mut query = account.asked.query()?;
    let name = order::sought(&mut query, "name");
    let domain = account.domain(&api).await?;
    let elsewhere = ["domain_id", "parent_id"]
        .map(|param| order::sought(&mut query, param).is_some_and(|id| id != domain.domain_id))
        .contains(&true);
    let none = elsewhere
        || order::truth(&mut query, "enabled") == Some(false)
        || order::truth(&mut query, "is_domain") == Some(true);
    let own = api.store.projects_of(account.principal.clone()).await?;
    let mut projects = match (&name, account.authorize(Action::IAM_PROJECTS_LIST)) {
        (None, Ok(permit)) => api.store.list_projects(&permit).await?,
        (None, Err(_)) => own,
        (Some(name), _) => scope::of_name(own, name),
    };
    if none {
        projects.clear();
    }
    let projects = order::paged(&mut query, projects);
    Ok(ok(&query.finish(listed(&projects, &domain, PATH))?))
}

/// KeystoneListAuthProjects
pub(crate) async fn list_own(State(api): State<Api>, account: Account) -> Answer {
    let domain = account.domain(&api).await?;
    let projects = api.store.projects_of(account.principal.clone()).await?;
    Ok(ok(&listed(&projects, &domain, "/v3/auth/projects")))
}

/// KeystoneListProjectsForUser
pub(crate) async fn list_of_user(State(api): State<Api>, account: Account) -> Answer {
    let user_id = account.asked.id("user_id")?;
    let permit = account.authorize_own(Action::IAM_PROJECTS_LIST, &user_id)?;
    let user = api.store.show_user(&permit, user_id.clone()).await?;
    let principal = Principal {
        user_id: user.user_id,
        user_name: user.user_name,
        root: user.root,
        project_id: ACCOUNT.to_owned(),
        session: None,
    };
    let (domain, projects) = (account.domain(&api).await?, api.store.projects_of(principal).await?);
    Ok(ok(&listed(&projects, &domain, &format!("/v3/users/{user_id}/projects"))))
}

/// KeystoneShowProject
pub(crate) async fn show(State(api): State<Api>, account: Account) -> Answer {
    let (project_id, domain) = (account.asked.id("project_id")?, account.domain(&api).await?);
    let own = api.store.projects_of(account.principal.clone()).await?;
    let project = match own.into_iter().find(|project| project.project_id == project_id) {
        Some(project) => project,
        None => api.store.show_project(&account.authorize(Action::IAM_PROJECTS_GET)?, project_id).await?,
    };
    Ok(ok(&json!({ "project": shown(&project, &domain) })))
}

fn read(fields: &mut Fields<'_>, domain: &Domain) -> ProjectOrder {
    order::of_domain(fields, "domain_id", domain);
    order::of_domain(fields, "parent_id", domain);
    ProjectOrder {
        project_id: None,
        project_name: fields.text("name", names::PROJECT),
        description: fields.text("description", DESCRIPTION),
        enterprise_project_id: fields.text("enterprise_project_id", ENTERPRISE_PROJECT),
    }
}

/// KeystoneCreateProject
pub(crate) async fn create(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_PROJECTS_CREATE)?;
    let (body, domain) = (account.asked.json()?, account.domain(&api).await?);
    let order = order::read(&body, "project", |fields| {
        let order = read(fields, &domain);
        fields.required("name", order.project_name.clone());
        order
    })?;
    let project = api.store.create_project(&permit, order).await?;
    Ok(created(&json!({ "project": shown(&project, &domain) })))
}

/// KeystoneUpdateProject
pub(crate) async fn update(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_PROJECTS_UPDATE)?;
    let (body, domain) = (account.asked.json()?, account.domain(&api).await?);
    let order = order::read(&body, "project", |fields| read(fields, &domain))?;
    let project = api.store.update_project(&permit, account.asked.id("project_id")?, order).await?;
    Ok(ok(&json!({ "project": shown(&project, &domain) })))
}
