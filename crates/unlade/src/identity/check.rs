//! `unlade policy check`: what the server would decide, and why.

use clap::Args;
use domain::{
    ACCOUNT, Access, Action, Rights,
    action::Of,
    iam::{Explanation, Facts, Question, Resource, keys},
};
use serde_json::{Value as Json, json};
use types::Language;

use super::{answer::Answer, desk::Desk, facts};
use crate::error::Error;

#[derive(Args)]
pub(crate) struct Check {
    /// Who: name or id
    #[arg(long)]
    user: String,
    /// What, as policies name it, such as iotda:exporttasks:create
    #[arg(long)]
    action: String,
    /// In which app, by name or id [default: in any]
    #[arg(long)]
    app: Option<String>,
    /// In which project, by name or id [default: the oldest]
    #[arg(long)]
    project: Option<String>,
    /// What a condition may ask about, such as g:SourceIp=192.0.2.1
    #[arg(long = "fact", value_name = "KEY=VALUE")]
    facts: Vec<String>,
}

const ALLOWED: u8 = 0;
const DENIED: u8 = 1;

pub(super) fn run(desk: &Desk, order: &Check) -> Result<Answer, Error> {
    let action = action(&order.action)?;
    let given = facts::given(&order.facts)?;
    let user = desk.user(&order.user)?;
    let project_id = match action.of() {
        Of::Domain => ACCOUNT.to_owned(),
        Of::Project | Of::App => desk.project(order.project.as_deref())?.project_id,
    };
    let app_id = match &order.app {
        Some(_) if action.of() != Of::App => {
            return Err(Error::Input(format!("--app: {} is about no app", action.as_str())));
        }
        Some(app) => Some(desk.app(&project_id, app)?.app_id),
        None => None,
    };
    if !user.enabled {
        return Ok(decided(false, format!("denied: user {} is disabled", user.user_name), &[]));
    }
    let permit = desk.permit(Action::IAM_GRANTS_CHECK)?;
    let caller = desk.wait(desk.store.rights_in(&permit, user.user_id, project_id))?;
    let Rights::Granted(access) = &caller.rights else {
        return Ok(decided(true, "allowed: root may do everything".into(), &[]));
    };
    let facts = facts::known(&caller.facts(access, desk.store.now_ms()), &given);
    let targets = targets(action, app_id.as_deref(), access);
    let explained: Vec<Explanation> =
        targets.iter().map(|(resource, within)| explain(action, *resource, within, access, &facts)).collect();
    Ok(told(&explained))
}

/// The action of a name.
fn action(name: &str) -> Result<Action, Error> {
    let found = Action::ALL.iter().find(|action| action.as_str().eq_ignore_ascii_case(name));
    found.copied().ok_or_else(|| {
        let words: Vec<&str> = name.split(':').collect();
        let near = Action::ALL.iter().map(|action| action.as_str());
        let near: Vec<&str> = near
            .filter(|known| words.len() == 3 && known.split(':').nth(1) == words.get(1).copied())
            .collect();
        let hint = if near.is_empty() { String::new() } else { format!("; there are {}", near.join(", ")) };
        Error::Input(format!("--action: there is no action {name:?}{hint}"))
    })
}

/// What the server asks the policies about, with the enterprise project of each: whatever belongs to apps is allowed where
/// any app is.
fn targets<'a>(action: Action, app_id: Option<&str>, access: &'a Access) -> Vec<(Resource<'a>, &'a str)> {
    if action.of() != Of::App {
        return vec![(Resource::Any, access.enterprise_project_id.as_str())];
    }
    let wanted = access.apps.iter().filter(|app| app_id.is_none_or(|app_id| app.app_id == app_id));
    wanted.map(|app| (Resource::App(&app.app_id), app.enterprise_project_id.as_str())).collect()
}

fn explain(
    action: Action,
    resource: Resource<'_>,
    enterprise_project_id: &str,
    access: &Access,
    facts: &Facts,
) -> Explanation {
    let is_given = facts.values(keys::ENTERPRISE_PROJECT_ID).next().is_some();
    let within = (!is_given).then_some(enterprise_project_id);
    let facts = facts.clone().with_some(keys::ENTERPRISE_PROJECT_ID, within);
    access.grants.explain(&Question { action: action.as_str(), resource, facts: &facts })
}

fn told(explained: &[Explanation]) -> Answer {
    let allowed = explained.iter().filter(|one| one.decision.is_allowed()).count();
    let texts = explained.iter().map(|one| one.text().in_language(Language::English).to_owned());
    let mut lines: Vec<String> = texts.collect();
    match explained.len() {
        0 => lines.insert(0, "denied: the project has no app".into()),
        1 => {}
        apps => lines.insert(
            0,
            format!("{} in {allowed} of {apps} apps", if allowed > 0 { "allowed" } else { "denied" }),
        ),
    }
    let explained: Vec<Json> = explained.iter().map(as_json).collect();
    decided(allowed > 0, lines.join("\n"), &explained)
}

fn as_json(one: &Explanation) -> Json {
    let english = |text: types::Text| text.in_language(Language::English).to_owned();
    let statements = one.looked.iter().map(|looked| {
        json!({
            "statement": english(looked.statement.text()),
            "effect": looked.effect.as_str(),
            "applies": looked.applies(),
            "why": english(looked.text()),
        })
    });
    json!({
        "action": one.action,
        "resource": one.resource,
        "allowed": one.decision.is_allowed(),
        "decision": english(one.decision.text()),
        "statements": statements.collect::<Vec<_>>(),
    })
}

fn decided(allowed: bool, words: String, explained: &[Json]) -> Answer {
    let code = if allowed { ALLOWED } else { DENIED };
    let first = words.lines().next().unwrap_or_default();
    let json = json!({ "allowed": allowed, "decision": first, "explained": explained });
    Answer::words(words, json).with_code(code)
}
