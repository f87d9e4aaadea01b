//! Which enterprise project a project or an app lies in, as the enterprise project service tells it. Any id is one: what
//! they are called and who pays for them is nothing that this server knows.

use axum::extract::State;
use domain::{
    Action,
    order::{Fields, rule},
};
use store::identity::ProjectOrder;
use types::{Code, Fault, Text, text};

use super::{asked::Account, order::ENTERPRISE_PROJECT};
use crate::{Api, error::Answer, respond::no_content};

#[derive(Clone, Copy, Default)]
enum Resource {
    #[default]
    Project,
    App,
}

/// MigrateResource
pub(crate) async fn migrate(State(api): State<Api>, account: Account) -> Answer {
    let permit = account.authorize(Action::IAM_PROJECTS_UPDATE)?;
    let enterprise_project_id = account.asked.id("enterprise_project_id")?;
    if !ENTERPRISE_PROJECT.admits(&enterprise_project_id) {
        let why = Text::field("enterprise_project_id", ENTERPRISE_PROJECT.says.into());
        return Err(Fault::new(Code::IamInvalid, why).into());
    }
    let body = account.asked.json()?;
    let mut fields = Fields::of(&body, Code::IamInvalid)?;
    let resource =
        fields.word("resource_type", &[("projects", Resource::Project), ("iotda_app", Resource::App)]);
    let resource = fields.required("resource_type", resource);
    let resource_id = fields.required_text("resource_id", rule::ID128);
    let project_id = fields.text("project_id", rule::ID128);
    if matches!(resource, Resource::App) && fields.json("project_id").is_none() {
        fields.wrong("project_id", text!("is required", "不能为空"));
    }
    let (resource, project_id) = fields.finish((resource, project_id))?;
    match resource {
        Resource::Project => {
            let order =
                ProjectOrder { enterprise_project_id: Some(enterprise_project_id), ..Default::default() };
            api.store.update_project(&permit, resource_id, order).await?;
        }
        Resource::App => {
            let project_id = project_id.unwrap_or_default();
            api.store.move_app(&permit, project_id, resource_id, Some(enterprise_project_id)).await?;
        }
    }
    Ok(no_content())
}
