//! Temporary keys: for a token, or for an agency that is assumed; narrowed by a policy of their own if one is sent.

use axum::extract::State;
use domain::iam::names::{NAME64, SECRET};
use domain::{ACCOUNT, iam::Policy, order::Fields};
use serde_json::{Value as Json, json};
use store::identity::KnownToken;
use types::{Code, Fault, text};

use super::{
    asked::{Account, Asked, Asker},
    order,
    scope::NamedDomain,
    shape,
    tokens::{assume, assumed_domain, method, required},
};
use crate::{
    Api, audit,
    error::{Answer, ApiError},
    respond::created,
};

const SECONDS_MIN: i64 = 900;
const SECONDS_MAX: i64 = 86_400;

#[derive(Clone, Copy)]
enum Method {
    Token,
    AssumeRole,
}

const METHODS: [(&str, Method); 2] = [("token", Method::Token), ("assume_role", Method::AssumeRole)];

/// What a key is asked for.
enum What {
    /// Whoever has this token, or asks.
    Token(Option<String>),
    /// An agency.
    Agency(String, Option<NamedDomain>),
}

struct Order {
    what: What,
    seconds: i64,
    policy: Option<String>,
}

/// Whom a key is to stand for.
struct Owner {
    user_id: String,
    agency_id: Option<String>,
    project_id: String,
}

/// CreateTemporaryAccessKeyByToken, CreateTemporaryAccessKeyByAgency
pub(crate) async fn create(State(api): State<Api>, asker: Asker) -> Answer {
    let body = asker.asked().json()?;
    let Order { what, seconds, policy } = read(&body)?;
    let owner = match what {
        What::Token(Some(token)) => {
            let known = api.store.known_token(token.clone()).await?.ok_or(Code::Unauthenticated)?;
            audit::proven(&known.principal, "token", asker.asked().source, ACCOUNT);
            of_token(known)
        }
        What::Token(None) => of_account(&api, asker.account()?).await?,
        What::Agency(name, of) => {
            let (account, domain) = (asker.account()?, api.store.domain().await?);
            let Owner { user_id, project_id, .. } = of_account(&api, account).await?;
            let here = of.is_none_or(|of| of.is(&domain));
            let agency = assume(&api, account.caller(), name, here).await?;
            Owner { user_id, project_id, agency_id: Some(agency.user_id) }
        }
    };
    let Owner { user_id, agency_id, project_id } = owner;
    let key = api.store.make_temporary_key(user_id, agency_id, project_id, policy, seconds).await?;
    Ok(created(&json!({ "credential": {
        "access": key.access_key_id,
        "secret": key.secret_access_key,
        "securitytoken": key.security_token,
        "expires_at": shape::microseconds(key.expires_ms),
    }})))
}

impl Asker {
    fn asked(&self) -> &Asked {
        match self {
            Self::Proven(account) => &account.asked,
            Self::Nobody(asked) => asked,
        }
    }

    fn account(&self) -> Result<&Account, Fault> {
        match self {
            Self::Proven(account) => Ok(account),
            Self::Nobody(_) => Err(Code::Unauthenticated.into()),
        }
    }
}

fn of_token(known: KnownToken) -> Owner {
    Owner {
        user_id: known.token.user_id,
        agency_id: known.token.agency_id,
        project_id: known.token.project_id.unwrap_or(ACCOUNT.to_owned()),
    }
}

/// Whoever asks, unless by a temporary key: by asking again and again one would never end, and a policy that narrows it
/// would be lost.
async fn of_account(api: &Api, account: &Account) -> Result<Owner, ApiError> {
    let signed = account.asked.headers.contains_key("authorization");
    match account.asked.header("x-auth-token") {
        Some(token) if !signed => {
            let known = api.store.known_token(token.to_owned()).await?;
            Ok(of_token(known.ok_or(Code::Unauthenticated)?))
        }
        _ if account.temporary => {
            let why = text!(
                "A temporary access key makes no further one.",
                "不能用临时访问密钥获取新的临时访问密钥。"
            );
            Err(Fault::new(Code::IamDenied, why).into())
        }
        _ => {
            let principal = account.principal.clone();
            Ok(Owner { user_id: principal.user_id, agency_id: None, project_id: principal.project_id })
        }
    }
}

fn read(body: &Json) -> Result<Order, Fault> {
    let order = order::read(body, "auth", |auth| order::inner(auth, "identity", identity).flatten());
    order?.ok_or_else(|| Code::IamInvalid.into())
}

fn identity(identity: &mut Fields<'_>) -> Option<Order> {
    let policy = policy(identity);
    let (what, seconds) = match method(identity, &METHODS)? {
        Method::Token => {
            let token = identity.within("token", |token| (token.text("id", SECRET), seconds(token)));
            let (id, seconds) = token.unwrap_or((None, SECONDS_MIN));
            (Some(What::Token(id)), seconds)
        }
        Method::AssumeRole => order::inner(identity, "assume_role", |agency| {
            let (domain, seconds) = (assumed_domain(agency), seconds(agency));
            (required(agency, "agency_name", NAME64).map(|name| What::Agency(name, domain)), seconds)
        })?,
    };
    Some(Order { what: what?, seconds, policy })
}

fn seconds(fields: &mut Fields<'_>) -> i64 {
    fields.int("duration_seconds", SECONDS_MIN, SECONDS_MAX).unwrap_or(SECONDS_MIN)
}

fn policy(identity: &mut Fields<'_>) -> Option<String> {
    let document = identity.json("policy")?.to_string();
    match Policy::parse("session", &document) {
        Ok(_) => Some(document),
        Err(why) => {
            identity.wrong("policy", why);
            None
        }
    }
}
