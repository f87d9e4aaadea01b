//! From a request to a [`Call`]: whose caller is proven, whose project is the one that the path names, and whose body
//! has found room.

use axum::{
    body::{Body, HttpBody},
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{HeaderMap, request::Parts as Head},
};
use blob::Space;
use domain::{
    Action, Caller, Permit, authorize_about,
    iam::Facts,
    order::{Fields, rule},
};
use serde_json::{Map, Value as Json};
use sign::Payload;
use types::{Code, Fault, Language, Text, text};

use crate::{
    Api, audit,
    authenticate::{self, Proven},
    error::{ApiError, internal},
    query::Query,
    rate, record, respond,
    room::Held,
    space,
};

/// Most values in a JSON body, beside the targets of a batch task; no order comes near it. A value takes ten to a hundred
/// times the bytes in memory that it has in the text.
const VALUES_MAX: usize = 200_000;

/// An authenticated request.
pub(crate) struct Call {
    caller: Caller,
    space: Space,
    now_ms: i64,
    project_id: String,
    /// The other ids in the path, in order.
    ids: Vec<String>,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    query: Option<String>,
    values_max: usize,
    body: Held,
}

/// An authenticated request whose body has not been read.
pub(crate) struct Upload {
    /// All but the body.
    pub(crate) call: Call,
    /// The body.
    pub(crate) body: Body,
    /// The room that it takes up, if it had to be read to be proven.
    _held: Held,
}

impl Call {
    /// The gate: may the caller do this in the project that the path names, and is there room for it?
    pub(crate) fn authorize(&self, action: Action) -> Result<Permit, Fault> {
        self.authorize_about(action, Ok::<_, Fault>(Facts::new()))
    }

    /// [`Call::authorize`], where policies may also ask about what is in the body, as far as it could be read.
    pub(crate) fn authorize_about<E>(
        &self,
        action: Action,
        asked: Result<Facts, E>,
    ) -> Result<Permit, Fault> {
        let asked = asked.unwrap_or_default();
        let permit = authorize_about(self.caller.clone(), action, &self.project_id, self.now_ms, &asked);
        audit::asked(action, permit.is_ok());
        space::admit(&self.space, permit?)
    }

    /// The id in the path. One that no record can have is answered like one that no record has.
    pub(crate) fn id(&self, missing: Code) -> Result<String, Fault> {
        let id = self.ids.first().cloned().unwrap_or_default();
        if rule::ID128.admits(&id) { Ok(id) } else { Err(missing.into()) }
    }

    /// Reads the query's parameters.
    pub(crate) fn asked<T>(&self, read: impl FnOnce(&mut Query) -> T) -> Result<T, Fault> {
        let mut query = self.query()?;
        let value = read(&mut query);
        query.finish(value)
    }

    /// The query's parameters.
    fn query(&self) -> Result<Query, Fault> {
        Query::parse(self.query.as_deref())
    }

    /// Reads the fields of the body; what is wrong with them is refused with `code`.
    pub(crate) fn read<T>(&self, code: Code, read: impl FnOnce(&mut Fields<'_>) -> T) -> Result<T, Fault> {
        fields(&self.json()?, code, read)
    }

    /// The same of a body that may be left out.
    pub(crate) fn read_any<T>(
        &self,
        code: Code,
        read: impl FnOnce(&mut Fields<'_>) -> T,
    ) -> Result<T, Fault> {
        let body = if self.body.bytes.is_empty() { Json::Object(Map::new()) } else { self.json()? };
        fields(&body, code, read)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<Json, Fault> {
        let invalid = |why| Fault::new(Code::InvalidFormat, why);
        let most = self.values_max;
        // Each value but the first has one of these before it; those in texts count too.
        let values = self.body.bytes.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
        if values > most {
            return Err(invalid(text!("body: holds more than {most} values", "body：包含的值超过{most}个")));
        }
        serde_json::from_slice(&self.body.bytes)
            .map_err(|error| invalid(text!("body: {error}", "body：JSON解析失败，原因：{error}")))
    }

    /// The language that the caller reads.
    pub(crate) fn language(&self) -> Language {
        respond::language(&self.headers)
    }

    /// A header's text.
    pub(crate) fn header(&self, name: impl axum::http::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Upload {
    /// [`Call::authorize`]. The body of a caller who is refused is read and thrown away, so that its sender sees
    /// the refusal and not a reset.
    pub(crate) async fn authorize(&mut self, api: &Api, action: Action) -> Result<Permit, Fault> {
        let permit = self.call.authorize(action);
        if permit.is_err() {
            let _ = api.0.room.hold(std::mem::take(&mut self.body), 0).await;
        }
        permit
    }
}

impl FromRequest<Api> for Call {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let (mut head, body) = request.into_parts();
        let authenticating = authenticate::begin(api, &head).await?;
        let body = api.0.room.hold(body, api.store.context().limits.request_bytes).await?;
        authenticating.finish(api, &head, Payload::Bytes(&body.bytes))?.into_call(api, &mut head, body).await
    }
}

impl FromRequest<Api> for Upload {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let (mut head, body) = request.into_parts();
        let authenticating = authenticate::begin(api, &head).await?;
        // The SDKs sign the hash of nothing when there is no body, whatever the header says.
        if authenticating.proves_without_body() && !body.is_end_stream() {
            let proven = authenticating.finish(api, &head, Payload::Streamed)?;
            let call = proven.into_call(api, &mut head, Held::default()).await?;
            return Ok(Self { call, body, _held: Held::default() });
        }
        let most = usize::try_from(api.store.context().limits.batch_file_bytes).unwrap_or(usize::MAX);
        let held = api.0.room.hold(body, most.saturating_add(1 << 20)).await?;
        let proven = authenticating.finish(api, &head, Payload::Bytes(&held.bytes))?;
        let call = proven.into_call(api, &mut head, Held::default()).await?;
        Ok(Self { call, body: Body::from(held.bytes.clone()), _held: held })
    }
}

impl Proven {
    /// The call that it is, in the project that its path names.
    async fn into_call(self, api: &Api, head: &mut Head, body: Held) -> Result<Call, ApiError> {
        let Path(mut ids) = Path::<Vec<(String, String)>>::from_request_parts(head, api)
            .await
            .map_err(|_| ApiError::from(Code::UnknownPath))?;
        let project_id = if ids.is_empty() { String::new() } else { ids.remove(0).1 };
        audit::proven(&self.principal, &self.by, self.source, &project_id);
        audit::named(&ids);
        // What is no text is an id all the same, and nobody's.
        let named = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap_or_default());
        // The path, the header and what a token is for must agree, and what no project can be called is no question for
        // the store.
        let disagrees = named("x-project-id").is_some_and(|project| project != project_id)
            || self.only_in.as_ref().is_some_and(|project| *project != project_id);
        if disagrees || !rule::ID128.admits(&project_id) {
            return Err(Code::ForeignProject.into());
        }
        match named("instance-id") {
            None => {}
            Some(id) if !rule::INSTANCE_ID.admits(id) => {
                let why = Text::field("Instance-Id", rule::INSTANCE_ID.says.into());
                return Err(Fault::new(Code::InvalidInput, why).into());
            }
            Some(id) if id != api.0.instance_id => return Err(Code::ForeignProject.into()),
            Some(_) => {}
        }
        record::caller(&self.by, &project_id);
        let taken = rate::admit(api, &self.principal.user_id, head)?;
        let caller = api.store.caller(self.principal, &project_id, self.revision).await?;
        rate::admit_to(api, taken, &project_id)?;
        Ok(Call {
            caller: Caller { source: Some(self.source), ..caller },
            space: api.space.clone(),
            now_ms: api.store.now_ms(),
            project_id,
            ids: ids.into_iter().map(|(_, value)| value).collect(),
            headers: std::mem::take(&mut head.headers),
            query: head.uri.query().map(str::to_owned),
            values_max: VALUES_MAX.saturating_add(api.store.context().limits.batch_targets),
            body,
        })
    }
}

/// Reads the fields of a body that was parsed.
pub(crate) fn fields<T>(
    body: &Json,
    code: Code,
    read: impl FnOnce(&mut Fields<'_>) -> T,
) -> Result<T, Fault> {
    let mut fields = Fields::of(body, code)?;
    let value = read(&mut fields);
    fields.finish(value)
}

/// For work that needs a thread.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(internal(error)))
}
