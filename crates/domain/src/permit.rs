//! Who may do what, and where. [`authorize`] is the only maker of a [`Permit`], and no operation compiles without one.

use std::{net::IpAddr, sync::Arc};

use types::{Code, Fault, time};

use crate::{
    action::{Action, Of},
    iam::{Facts, Grants, Question, Resource, keys},
};

/// Who sent a request, proven by a signature or a token.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The IAM user, or the agency that a user has assumed.
    pub user_id: String,
    /// Its name.
    pub user_name: String,
    /// The project that the call is about.
    pub project_id: String,
    /// What it may do there.
    pub rights: Rights,
    /// Where the request came from, as far as it is known.
    pub source: Option<IpAddr>,
}

/// What a caller may do in a project.
#[derive(Clone, Debug)]
pub enum Rights {
    /// The account's root may do everything; in these apps only, while another one is being removed.
    Root(Apps),
    /// What policies allow.
    Granted(Arc<Access>),
}

/// The policies of one user in one project, and what their conditions may ask about.
#[derive(Clone, Debug)]
pub struct Access {
    /// What was granted.
    pub grants: Arc<Grants>,
    /// What a temporary key was narrowed to when it was made.
    pub session: Option<Arc<Grants>>,
    /// The account's id.
    pub domain_id: String,
    /// The account's name.
    pub domain_name: String,
    /// The project's name.
    pub project_name: String,
    /// The enterprise project of what belongs to no app.
    pub enterprise_project_id: String,
    /// The instance that the project lies in; none of the account.
    pub instance_id: Option<String>,
    /// The project's apps.
    pub apps: Arc<[AppOf]>,
    /// Whether another one was deleted whose devices are not all removed yet.
    pub removing: bool,
}

/// An app and the enterprise project that it lies in.
#[derive(Clone, Debug)]
pub struct AppOf {
    /// The app.
    pub app_id: String,
    /// Its enterprise project.
    pub enterprise_project_id: String,
}

/// Where a permit holds: a project, and all of its apps or some.
#[derive(Clone, Debug)]
pub struct Scope {
    project_id: Arc<str>,
    apps: Apps,
    /// Whether those are all that there are, so that any other one was deleted.
    all: bool,
}

/// Ids of apps, `None` for all, with those to come.
pub type Apps = Option<Arc<[String]>>;

/// Proof that a caller may do one action in one scope.
#[derive(Clone, Debug)]
pub struct Permit {
    caller: Caller,
    action: Action,
    scope: Scope,
}

impl Caller {
    /// The account's root in a project.
    pub fn root(user_id: impl Into<String>, project_id: impl Into<String>) -> Self {
        let (user_id, project_id) = (user_id.into(), project_id.into());
        Self { user_name: user_id.clone(), user_id, project_id, rights: Rights::Root(None), source: None }
    }

    /// What conditions may ask of this caller, whatever the call is about.
    pub fn facts(&self, access: &Access, now_ms: i64) -> Facts {
        let facts = Facts::new()
            .in_instance(access.instance_id.as_deref())
            .with(keys::CURRENT_TIME, time::iso_ms(now_ms))
            .with(keys::DOMAIN_NAME, access.domain_name.as_str())
            .with(keys::PRINCIPAL_ACCOUNT, access.domain_id.as_str())
            .with(keys::MFA_PRESENT, "false")
            .with(keys::PROJECT_NAME, access.project_name.as_str())
            // The cloud names the project of a region after the region.
            .with(keys::REQUESTED_REGION, access.project_name.as_str())
            .with(keys::SERVICE_NAME, "iotda")
            .with(keys::USER_ID, self.user_id.as_str())
            .with(keys::USER_NAME, self.user_name.as_str());
        match self.source {
            Some(source) => facts.with(keys::SOURCE_IP, source.to_string()),
            None => facts,
        }
    }
}

impl Access {
    /// Whether the action is allowed on a resource in an enterprise project.
    pub fn allows(&self, action: &str, resource: Resource<'_>, facts: &Facts) -> bool {
        let question = Question { action, resource, facts };
        let session = self.session.as_ref();
        self.grants.decide(&question).is_allowed()
            && session.is_none_or(|session| session.decide(&question).is_allowed())
    }

    /// The apps for which an action is allowed, and whether those are all.
    fn apps_for(&self, action: Action, facts: &Facts) -> Result<(Apps, bool), Fault> {
        let within = |id: &str| facts.clone().with(keys::ENTERPRISE_PROJECT_ID, id);
        let whole = self.allows(action.as_str(), Resource::Any, &within(&self.enterprise_project_id));
        if action.of() != Of::App {
            return if whole { Ok((None, true)) } else { Err(Code::Denied.into()) };
        }
        let allowed: Arc<[String]> = self
            .apps
            .iter()
            .filter(|app| {
                let facts = within(&app.enterprise_project_id);
                self.allows(action.as_str(), Resource::App(&app.app_id), &facts)
            })
            .map(|app| app.app_id.clone())
            .collect();
        match (whole && allowed.len() == self.apps.len(), allowed.is_empty()) {
            // What is left of a deleted app lies outside, for everybody.
            (true, _) if self.removing => Ok((Some(allowed), true)),
            (true, _) => Ok((None, true)),
            (false, true) => Err(Code::Denied.into()),
            (false, false) => Ok((Some(allowed), false)),
        }
    }
}

impl Scope {
    /// The project.
    pub fn project_id(&self) -> &str {
        &self.project_id
    }

    /// Refuses an app that the permit is not for.
    pub fn admit(&self, app_id: &str) -> Result<(), Fault> {
        match &self.apps {
            Some(apps) if !apps.iter().any(|app| app == app_id) => {
                Err(if self.all { Code::AppForeign } else { Code::Denied }.into())
            }
            _ => Ok(()),
        }
    }

    /// Whether every app of the project is within, also one that is yet to come.
    pub fn is_whole(&self) -> bool {
        self.apps.is_none()
    }

    /// Its apps as one text in which SQL can look for `,<app_id>,`; `None` for all. Ids of apps hold no comma.
    pub fn apps_listed(&self) -> Option<String> {
        self.apps.as_ref().map(|apps| format!(",{},", apps.join(",")))
    }
}

impl Permit {
    /// Where it holds.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The project that the action may touch.
    pub fn project_id(&self) -> &str {
        &self.scope.project_id
    }

    /// The IAM user, whose limits count.
    pub fn user_id(&self) -> &str {
        &self.caller.user_id
    }

    /// What it permits.
    pub fn action(&self) -> Action {
        self.action
    }
}

/// The project of a caller who acts on the account as a whole. No project has this id.
pub const ACCOUNT: &str = "";

/// The gate: may `caller` do `action` in the project that the path names, and for which of its apps?
pub fn authorize(caller: Caller, action: Action, project_id: &str, now_ms: i64) -> Result<Permit, Fault> {
    authorize_about(caller, action, project_id, now_ms, &Facts::new())
}

/// [`authorize`], where conditions may also ask for what is known of the request itself.
pub fn authorize_about(
    caller: Caller,
    action: Action,
    project_id: &str,
    now_ms: i64,
    asked: &Facts,
) -> Result<Permit, Fault> {
    if caller.project_id != project_id {
        return Err(Code::ForeignProject.into());
    }
    let (apps, all) = match &caller.rights {
        Rights::Root(apps) => (apps.clone().filter(|_| action.of() == Of::App), true),
        Rights::Granted(access) => access.apps_for(action, &caller.facts(access, now_ms).and(asked))?,
    };
    Ok(Permit { caller, action, scope: Scope { project_id: project_id.into(), apps, all } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Policy;

    fn caller(documents: &[&str]) -> Caller {
        let policies = documents.iter().map(|text| Policy::parse("p", text).unwrap()).collect();
        let app =
            |app_id: &str, in_: &str| AppOf { app_id: app_id.into(), enterprise_project_id: in_.into() };
        let access = Access {
            grants: Arc::new(Grants::new(policies)),
            session: None,
            domain_id: "d".into(),
            domain_name: "account".into(),
            project_name: "cn-north-4".into(),
            enterprise_project_id: "0".into(),
            instance_id: Some("i".into()),
            apps: [app("a1", "e1"), app("a2", "e2")].into(),
            removing: false,
        };
        let rights = Rights::Granted(Arc::new(access));
        Caller { user_id: "u".into(), user_name: "ops".into(), project_id: "p".into(), rights, source: None }
    }

    fn apps(document: &str, action: Action) -> Result<Option<String>, Code> {
        let permit = authorize(caller(&[document]), action, "p", 0).map_err(|fault| fault.code)?;
        Ok(permit.scope().apps_listed())
    }

    #[test]
    fn the_project_is_asked_before_the_action() {
        let refused =
            |caller, project| authorize(caller, Action::APPS_LIST, project, 0).map_err(|fault| fault.code);
        assert_eq!(refused(caller(&[]), "other").unwrap_err(), Code::ForeignProject);
        assert_eq!(refused(caller(&[]), "p").unwrap_err(), Code::Denied);
        assert_eq!(refused(Caller::root("u", "p"), "p").unwrap().action(), Action::APPS_LIST);
    }

    #[test]
    fn a_permit_holds_for_the_apps_that_policies_name() {
        let of_one = r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["iotda:devices:*","iotda:apps:*"],
            "Resource":["IoTDA:*:*:app:a1"]}]}"#;
        assert_eq!(apps(of_one, Action::DEVICES_LIST), Ok(Some(",a1,".into())));
        // What is about no app is not within one.
        assert_eq!(apps(of_one, Action::APPS_CREATE), Err(Code::Denied));
        assert_eq!(apps(of_one, Action::EXPORTTASKS_LIST), Err(Code::Denied));
        let of_all = r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["iotda:*:*"]}]}"#;
        assert_eq!(apps(of_all, Action::DEVICES_LIST), Ok(None));
        let of_instance =
            of_all.replace(r#"["iotda:*:*"]"#, r#"["iotda:*:*"],"Resource":["IoTDA:*:*:instance:i"]"#);
        assert_eq!(apps(&of_instance, Action::DEVICES_LIST), Ok(None));
        assert_eq!(apps(&of_instance, Action::BATCHTASKS_CONFIRM), Ok(None));
        assert_eq!(apps(&of_instance.replace(":i\"", ":j\""), Action::DEVICES_LIST), Err(Code::Denied));
        let of_enterprise = r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["iotda:exporttasks:*"],
            "Condition":{"StringEquals":{"g:EnterpriseProjectId":["e2"]}}}]}"#;
        assert_eq!(apps(of_enterprise, Action::EXPORTTASKS_CREATE), Ok(Some(",a2,".into())));
    }

    #[test]
    fn what_is_left_of_a_deleted_app_is_outside_for_whoever_may_everything() {
        let mut everything =
            caller(&[r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["*:*:*"]}]}"#]);
        let Rights::Granted(access) = &everything.rights else { unreachable!() };
        everything.rights = Rights::Granted(Arc::new(Access { removing: true, ..(**access).clone() }));
        let mut root = Caller::root("u", "p");
        root.rights = Rights::Root(Some(["a1".to_owned(), "a2".to_owned()].into()));
        for caller in [everything, root] {
            let scope = |action| authorize(caller.clone(), action, "p", 0).unwrap().scope().clone();
            assert_eq!(scope(Action::DEVICES_LIST).apps_listed(), Some(",a1,a2,".into()));
            assert_eq!(scope(Action::DEVICES_QUERY).admit("gone").unwrap_err().code, Code::AppForeign);
            assert!(scope(Action::DEVICES_QUERY).admit("a1").is_ok());
            // What is about no app goes on.
            assert!(scope(Action::APPS_CREATE).is_whole());
        }
    }

    #[test]
    fn a_scope_admits_its_own_apps() {
        let of_one = r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["iotda:devices:*"],
            "Resource":["IoTDA:*:*:app:a1"]}]}"#;
        let permit = authorize(caller(&[of_one]), Action::DEVICES_QUERY, "p", 0).unwrap();
        assert!(permit.scope().admit("a1").is_ok() && !permit.scope().is_whole());
        assert_eq!(permit.scope().admit("a2").unwrap_err().code, Code::Denied);
    }
}
