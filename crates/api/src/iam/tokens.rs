//! Tokens: given for a password, for another token, or for an agency that is assumed; looked at; revoked.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode},
    response::Response,
};
use domain::iam::names::{NAME64, NAME128, SECRET};
use domain::{ACCOUNT, Access, Action, Caller, Rights, authorize, order::Fields, order::rule};
use serde_json::{Value as Json, json};
use store::identity::{Domain, KnownToken, Principal};
use types::{Code, Fault, Text, text};

use super::{
    asked::{Account, Asked},
    order,
    passwords::Login,
    scope::{NamedDomain, Scope},
    shape,
};
use crate::{
    Api, audit,
    error::{Answer, ApiError},
    respond::{json, no_content},
};

const SUBJECT: &str = "x-subject-token";

/// How somebody is proven.
#[derive(Clone, Copy)]
enum Method {
    Password,
    Token,
    AssumeRole,
}

const METHODS: [(&str, Method); 3] =
    [("password", Method::Password), ("token", Method::Token), ("assume_role", Method::AssumeRole)];

/// The proof itself.
enum Proof {
    Password(Login, String, Option<NamedDomain>),
    Token(String),
    Agency(String, Option<NamedDomain>),
}

struct Order {
    proof: Proof,
    scope: Scope,
    scope_domain: Option<NamedDomain>,
}

/// Whom a token is to stand for, and for how long at most.
struct Owner {
    user_id: String,
    agency_id: Option<String>,
    principal: Principal,
    methods: String,
    seconds: i64,
}

/// KeystoneCreateUserTokenByPassword, KeystoneCreateScopedToken, KeystoneCreateAgencyToken
pub(crate) async fn create(State(api): State<Api>, asked: Asked) -> Answer {
    let Order { proof, scope, scope_domain } = read(&asked.json()?)?;
    let domain = api.store.domain().await?;
    let owner = match proof {
        Proof::Password(login, password, of) => {
            by_password(&api, &asked, login, password, of.is_none_or(|of| of.is(&domain))).await?
        }
        Proof::Token(token) => by_token(&api, &asked, &token).await?,
        Proof::Agency(name, of) => by_agency(&api, &asked, name, of.is_none_or(|of| of.is(&domain))).await?,
    };
    if scope_domain.is_some_and(|of| !of.is(&domain)) {
        return Err(Fault::new(Code::IamMissing, text!("scope.domain", "scope.domain")).into());
    }
    let project_id = scope.project_id(&api, &owner.principal).await?;
    let issued =
        api.store.issue_token(owner.user_id, owner.agency_id, project_id, owner.methods, owner.seconds);
    let (token, _) = issued.await?;
    let known = api.store.known_token(token.clone()).await?.ok_or(Code::IamUnauthorized)?;
    shown(&api, StatusCode::CREATED, known, &domain, &token).await
}

/// KeystoneValidateToken
pub(crate) async fn show(State(api): State<Api>, account: Account) -> Answer {
    let (token, known) = subject(&api, &account, Action::IAM_USERS_GET).await?;
    let domain = api.store.domain().await?;
    shown(&api, StatusCode::OK, known, &domain, &token).await
}

/// Ends a token.
pub(crate) async fn revoke(State(api): State<Api>, account: Account) -> Answer {
    let (token, _) = subject(&api, &account, Action::IAM_USERS_UPDATE).await?;
    api.store.revoke_token(token).await?;
    Ok(no_content())
}

/// The token that a call is about: the caller's own, or anybody's if the action is allowed.
async fn subject(api: &Api, account: &Account, action: Action) -> Result<(String, KnownToken), ApiError> {
    let token = account.asked.header(SUBJECT).ok_or_else(|| {
        Fault::new(Code::IamInvalid, text!("X-Subject-Token: is required", "X-Subject-Token：不能为空"))
    })?;
    let known = api.store.known_token(token.to_owned()).await?;
    if known.as_ref().is_none_or(|known| known.principal.user_id != account.principal.user_id) {
        account.authorize(action)?;
    }
    let known = known.ok_or_else(|| Fault::new(Code::IamMissing, Text::same("X-Subject-Token")))?;
    Ok((token.to_owned(), known))
}

fn read(body: &Json) -> Result<Order, Fault> {
    let order = order::read(body, "auth", |auth| {
        let proof = order::inner(auth, "identity", proof).flatten();
        let (scope, scope_domain) = auth.within("scope", Scope::read).unwrap_or_default();
        proof.map(|proof| Order { proof, scope, scope_domain })
    });
    order?.ok_or_else(|| Code::IamInvalid.into())
}

fn proof(identity: &mut Fields<'_>) -> Option<Proof> {
    match method(identity, &METHODS)? {
        Method::Password => order::inner(identity, "password", |password| {
            order::inner(password, "user", password_of).flatten()
        })
        .flatten(),
        Method::Token => {
            order::inner(identity, "token", |token| Some(Proof::Token(required(token, "id", SECRET)?)))
                .flatten()
        }
        Method::AssumeRole => order::inner(identity, "assume_role", |agency| {
            let domain = assumed_domain(agency);
            Some(Proof::Agency(required(agency, "agency_name", NAME64)?, domain))
        })
        .flatten(),
    }
}

fn password_of(user: &mut Fields<'_>) -> Option<Proof> {
    let domain = user.within("domain", NamedDomain::read);
    let password = required(user, "password", SECRET);
    let login = match user.text("id", rule::ID128) {
        Some(id) => Some(Login::Id(id)),
        None => required(user, "name", NAME128).map(Login::Name),
    };
    Some(Proof::Password(login?, password?, domain))
}

/// A text that must be there; `None` if it is wrong, which is remembered.
pub(super) fn required(fields: &mut Fields<'_>, name: &str, rule: rule::Rule) -> Option<String> {
    let value = fields.text(name, rule);
    fields.required(name, value.clone());
    value
}

/// The account whose agency is assumed.
pub(super) fn assumed_domain(agency: &mut Fields<'_>) -> Option<NamedDomain> {
    let (id, name) = (agency.text("domain_id", rule::ID128), agency.text("domain_name", NAME128));
    (id.is_some() || name.is_some()).then_some(NamedDomain { id, name })
}

/// The one method that a body names.
pub(super) fn method<T: Copy>(identity: &mut Fields<'_>, known: &[(&str, T)]) -> Option<T> {
    let methods = identity.json("methods").and_then(Json::as_array).map(Vec::as_slice);
    let found = match methods {
        Some([Json::String(method)]) => known.iter().find(|(name, _)| name == method),
        _ => None,
    };
    if found.is_none() {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let why = text!("must be an array that holds one of ", "必须是数组，其唯一元素只能是");
        identity.wrong("methods", why + Text::words(&names));
    }
    found.map(|(_, method)| *method)
}

async fn by_password(
    api: &Api,
    asked: &Asked,
    login: Login,
    password: String,
    here: bool,
) -> Result<Owner, ApiError> {
    // Of another account nobody is known here, and finding that out takes as long.
    let login = if here { login } else { Login::Id(String::new()) };
    let user = api.0.passwords.check(api, asked, login, password).await?;
    let principal = Principal {
        user_id: user.user_id.clone(),
        user_name: user.user_name,
        root: user.root,
        project_id: ACCOUNT.to_owned(),
        session: None,
    };
    audit::proven(&principal, "password", asked.source, ACCOUNT);
    let seconds = api.store.context().limits.token_seconds.into();
    Ok(Owner { user_id: user.user_id, agency_id: None, principal, methods: "password".into(), seconds })
}

/// A token for a token lives no longer than that one.
async fn by_token(api: &Api, asked: &Asked, token: &str) -> Result<Owner, ApiError> {
    let known = api.store.known_token(token.to_owned()).await?.ok_or(Code::Unauthenticated)?;
    let methods = with_method(&known.token.methods, "token");
    audit::proven(&known.principal, &methods, asked.source, ACCOUNT);
    Ok(Owner {
        seconds: seconds_left(api, &known),
        methods,
        user_id: known.token.user_id,
        agency_id: known.token.agency_id,
        principal: known.principal,
    })
}

async fn by_agency(api: &Api, asked: &Asked, name: String, here: bool) -> Result<Owner, ApiError> {
    let token = asked.header("x-auth-token").ok_or(Code::Unauthenticated)?;
    let known = api.store.known_token(token.to_owned()).await?.ok_or(Code::Unauthenticated)?;
    let (seconds, user_id) = (seconds_left(api, &known), known.token.user_id.clone());
    let methods = with_method(&known.token.methods, "assume_role");
    // Who it is that assumes it, also if it is refused.
    audit::proven(&known.principal, &methods, asked.source, ACCOUNT);
    let caller = api.store.caller(known.principal, ACCOUNT, known.revision).await?;
    let caller = Caller { source: Some(asked.source), ..caller };
    let principal = assume(api, caller, name, here).await?;
    Ok(Owner { agency_id: Some(principal.user_id.clone()), user_id, principal, methods, seconds })
}

/// The agency as whoever may assume it becomes it.
pub(super) async fn assume(
    api: &Api,
    caller: Caller,
    agency_name: String,
    here: bool,
) -> Result<Principal, ApiError> {
    let permit = authorize(caller, Action::IAM_AGENCIES_ASSUME, ACCOUNT, api.store.now_ms());
    audit::asked(Action::IAM_AGENCIES_ASSUME, permit.is_ok());
    let permit = permit?;
    let missing = Fault::of_value(Code::IamMissing, "agency_name", &agency_name);
    let found = api.store.list_agencies(&permit, Some(agency_name)).await?;
    let agency = found.into_iter().next().filter(|_| here).ok_or(missing)?;
    audit::agency(&agency.agency_id);
    Ok(Principal {
        user_id: agency.agency_id,
        user_name: agency.agency_name,
        root: false,
        project_id: ACCOUNT.to_owned(),
        session: None,
    })
}

pub(super) fn seconds_left(api: &Api, known: &KnownToken) -> i64 {
    ((known.token.expires_ms - api.store.now_ms()) / 1000).max(1)
}

fn with_method(methods: &str, method: &str) -> String {
    match methods.split(',').any(|known| known == method) {
        true => methods.to_owned(),
        false => format!("{methods},{method}"),
    }
}

/// The documented body, and the token itself in a header.
async fn shown(
    api: &Api,
    status: StatusCode,
    known: KnownToken,
    domain: &Domain,
    token: &str,
) -> Result<Response, ApiError> {
    let KnownToken { principal, token: kept, revision } = known;
    let mut body = json!({
        "methods": kept.methods.split(',').collect::<Vec<_>>(),
        "issued_at": shape::microseconds(kept.issued_ms),
        "expires_at": shape::microseconds(kept.expires_ms),
        "user": {
            "id": principal.user_id,
            "name": principal.user_name,
            "domain": shape::domain(domain),
            "password_expires_at": "",
        },
        "catalog": [],
    });
    if kept.agency_id.is_some() {
        body["assumed_by"] = json!({ "user": { "id": kept.user_id, "domain": shape::domain(domain) } });
    }
    let scope = kept.project_id.as_deref().unwrap_or(ACCOUNT);
    let caller = api.store.caller(principal.clone(), scope, revision).await?;
    match &kept.project_id {
        None => body["domain"] = shape::domain(domain),
        Some(project_id) => {
            let projects = api.store.projects_of(principal).await?;
            let name = projects.into_iter().find(|project| project.project_id == *project_id);
            let name = name.map_or_else(|| project_id.clone(), |project| project.project_name);
            body["project"] = json!({ "id": project_id, "name": name, "domain": shape::domain(domain) });
        }
    }
    body["roles"] = roles(&caller.rights);
    let mut response = json(status, &json!({ "token": body }));
    if let Ok(token) = HeaderValue::from_str(token) {
        response.headers_mut().insert(SUBJECT, token);
    }
    Ok(response)
}

/// What the token's owner may do where it is for, by name. Ids of roles in a token mean nothing, as in the cloud.
fn roles(rights: &Rights) -> Json {
    let named = |name: &str| json!({ "id": "0", "name": name });
    match rights {
        Rights::Root(_) => json!([named("te_admin"), named("secu_admin"), named("te_agency")]),
        Rights::Granted(access) => {
            let Access { grants, .. } = &**access;
            grants.policies().iter().map(|policy| named(policy.name())).collect()
        }
    }
}
