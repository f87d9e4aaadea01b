//! Requests about the account: no project is in their path, and some come from whoever has yet to be proven.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{HeaderMap, request::Parts as Head},
};
use blob::Space;
use domain::{
    ACCOUNT, Access, Action, Caller, Permit, Rights, authorize,
    iam::{Grants, Policy, said_once},
    order::rule,
};
use serde_json::Value as Json;
use sign::Payload;
use store::identity::{Domain, Principal, User};
use types::{Code, Fault, text};

use crate::{
    Api, audit,
    authenticate::{self, Proven},
    error::ApiError,
    query::Query,
    rate, record,
    room::Held,
    space,
};

/// Bytes of a body: a policy at its limit, escaped. Whoever has a token to ask for is a stranger still.
const BODY_BYTES: usize = 128 << 10;

/// What everybody may do with what is their own, unless a policy denies it.
const OWN: &str = r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["iam:credentials:*","iam:users:getUser",
    "iam:users:updateUser","iam:groups:listGroups","iam:projects:listProjects"]}]}"#;

/// A request from anybody.
pub(crate) struct Asked {
    /// Its headers.
    pub(super) headers: HeaderMap,
    /// Where it came from.
    pub(super) source: IpAddr,
    ids: Vec<(String, String)>,
    query: Option<String>,
    body: Held,
}

/// A request from somebody who is proven.
pub(crate) struct Account {
    /// What is asked.
    pub(super) asked: Asked,
    /// Who it is.
    pub(super) principal: Principal,
    /// Whether by a key that ends by itself.
    pub(super) temporary: bool,
    caller: Caller,
    space: Space,
    now_ms: i64,
}

/// A request whose sender may be proven by what is in its body, too.
pub(crate) enum Asker {
    /// By a signature or a token.
    Proven(Box<Account>),
    /// Not yet.
    Nobody(Box<Asked>),
}

impl Asked {
    async fn new(api: &Api, head: &mut Head, body: Held) -> Result<Self, ApiError> {
        let Path(ids) = Path::<Vec<(String, String)>>::from_request_parts(head, api)
            .await
            .map_err(|_| ApiError::from(Code::UnknownPath))?;
        audit::named(&ids);
        Ok(Self {
            source: authenticate::source(head),
            headers: std::mem::take(&mut head.headers),
            ids,
            query: head.uri.query().map(str::to_owned),
            body,
        })
    }

    /// An id in the path. One that nothing can have is answered like one that nothing has.
    pub(super) fn id(&self, name: &str) -> Result<String, Fault> {
        let id =
            self.ids.iter().find(|(known, _)| known == name).map(|(_, id)| id.clone()).unwrap_or_default();
        if rule::ID128.admits(&id) { Ok(id) } else { Err(Fault::of_value(Code::IamMissing, name, &id)) }
    }

    /// Whether the path has such an id.
    pub(super) fn has_id(&self, name: &str) -> bool {
        self.ids.iter().any(|(known, _)| known == name)
    }

    /// The query's parameters.
    pub(super) fn query(&self) -> Result<Query, Fault> {
        Query::parse(self.query.as_deref())
    }

    /// The body as JSON. One that says a field twice is refused: which of two policies, users or effects was meant, whoever
    /// reads it must not pick, and a value keeps the last.
    pub(super) fn json(&self) -> Result<Json, Fault> {
        let body = serde_json::from_slice(&self.body.bytes).map_err(|error| {
            Fault::new(Code::IamInvalid, text!("body: {error}", "body：JSON解析失败，原因：{error}"))
        })?;
        said_once(&self.body.bytes).map_err(|why| Fault::new(Code::IamInvalid, why))?;
        Ok(body)
    }

    /// A header that must be a text and stand once.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        authenticate::only(&self.headers, name)
    }
}

impl Account {
    /// The gate: may the caller do this to the account?
    pub(super) fn authorize(&self, action: Action) -> Result<Permit, Fault> {
        self.admit(self.caller.clone(), action)
    }

    /// [`Self::authorize`], for what is somebody's own as well, which needs no policy. A key that ends by itself owns
    /// nothing: what it made would outlive it.
    pub(super) fn authorize_own(&self, action: Action, user_id: &str) -> Result<Permit, Fault> {
        match &self.caller.rights {
            Rights::Granted(access) if self.owns(user_id) => {
                let own = Policy::parse("own", OWN).map_err(|why| Fault::new(Code::Internal, why))?;
                let policies = access.grants.policies().iter().cloned().chain([own]).collect();
                let access = Access { grants: Arc::new(Grants::new(policies)), ..(**access).clone() };
                self.admit(
                    Caller { rights: Rights::Granted(Arc::new(access)), ..self.caller.clone() },
                    action,
                )
            }
            _ => self.authorize(action),
        }
    }

    /// Whether that user is the caller.
    pub(super) fn owns(&self, user_id: &str) -> bool {
        self.principal.user_id == user_id && !self.temporary
    }

    /// The caller in the account.
    pub(super) fn caller(&self) -> Caller {
        self.caller.clone()
    }

    /// What is the root's own is nobody else's to change, whatever policies say: whoever could give it a password or
    /// make a key for it would be the root.
    pub(super) fn spare_root(&self, user: &User) -> Result<(), Fault> {
        if user.root && !self.principal.root {
            return Err(Fault::of_value(Code::IamDenied, "user_id", &user.user_id));
        }
        Ok(())
    }

    /// What proves somebody for good is not given by a key that ends by itself, whatever policies say: it would outlive
    /// the key, and lose the policy that narrows it.
    pub(super) fn refuse_temporary(&self) -> Result<(), Fault> {
        if !self.temporary {
            return Ok(());
        }
        let why = text!(
            "A temporary access key makes no permanent one and sets no password.",
            "不能用临时访问密钥创建永久访问密钥或设置密码。"
        );
        Err(Fault::new(Code::IamDenied, why))
    }

    /// The account that the path names.
    pub(super) async fn domain(&self, api: &Api) -> Result<Domain, ApiError> {
        let domain = api.store.domain().await?;
        if self.asked.has_id("domain_id") {
            let named = self.asked.id("domain_id")?;
            if named != domain.domain_id {
                return Err(Fault::of_value(Code::IamMissing, "domain_id", &named).into());
            }
        }
        Ok(domain)
    }

    fn admit(&self, caller: Caller, action: Action) -> Result<Permit, Fault> {
        let permit = authorize(caller, action, ACCOUNT, self.now_ms);
        audit::asked(action, permit.is_ok());
        space::admit(&self.space, permit?)
    }
}

fn body_bytes(api: &Api) -> usize {
    api.store.context().limits.request_bytes.min(BODY_BYTES)
}

impl FromRequest<Api> for Asked {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let (mut head, body) = request.into_parts();
        let body = api.0.room.hold(body, body_bytes(api)).await?;
        Self::new(api, &mut head, body).await
    }
}

impl FromRequest<Api> for Account {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let (mut head, body) = request.into_parts();
        let authenticating = authenticate::begin(api, &head).await?;
        let body = api.0.room.hold(body, body_bytes(api)).await?;
        let Proven { principal, revision, by, source, .. } =
            authenticating.finish(api, &head, Payload::Bytes(&body.bytes))?;
        record::caller(&by, ACCOUNT);
        audit::proven(&principal, &by, source, ACCOUNT);
        let taken = rate::admit(api, &principal.user_id, &head)?;
        rate::admit_to(api, taken, ACCOUNT)?;
        let signed = head.headers.contains_key("authorization");
        let caller = api.store.caller(principal.clone(), ACCOUNT, revision).await?;
        Ok(Self {
            // A permanent key is not admitted with a security token.
            temporary: signed && head.headers.contains_key("x-security-token"),
            asked: Asked::new(api, &mut head, body).await?,
            principal,
            caller: Caller { source: Some(source), ..caller },
            space: api.space.clone(),
            now_ms: api.store.now_ms(),
        })
    }
}

impl FromRequest<Api> for Asker {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let says_who = ["authorization", "x-auth-token"];
        if says_who.iter().any(|name| request.headers().contains_key(*name)) {
            return Ok(Self::Proven(Box::new(Account::from_request(request, api).await?)));
        }
        Ok(Self::Nobody(Box::new(Asked::from_request(request, api).await?)))
    }
}
