//! What every answer goes through on its way out: a request id, a refusal's body in the caller's language, a
//! panic made into a plain 500, its record in log and metrics. Successes are written here too.

use std::panic::AssertUnwindSafe;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Rng;
use futures_util::FutureExt;
use serde::Serialize;
use serde_json::{Value as Json, json};
use tracing::Instrument;
use types::{Code, Fault, Language};

use crate::{
    Api, audit,
    error::{ApiError, Refusal},
    iam,
    rate::Operation,
    record::Record,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// 200 with a body.
pub(crate) fn ok(body: &impl Serialize) -> Response {
    json(StatusCode::OK, body)
}

/// 201 with a body.
pub(crate) fn created(body: &impl Serialize) -> Response {
    audit::made(body);
    json(StatusCode::CREATED, body)
}

/// 200 and nothing more.
pub(crate) fn ok_without_content() -> Response {
    StatusCode::OK.into_response()
}

/// 204.
pub(crate) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// 200 with nothing to say.
pub(crate) fn done() -> Response {
    StatusCode::OK.into_response()
}

/// Any status with a body.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    let utf8 = HeaderValue::from_static("application/json;charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, utf8);
    response
}

/// The language that a caller reads.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::from_tag(accepted.unwrap_or_default().trim_start())
}

/// What [`around`] knows of its endpoint.
#[derive(Clone)]
pub(crate) struct Around {
    pub(crate) api: Api,
    /// Its name.
    pub(crate) operation: &'static str,
}

/// Around every endpoint.
pub(crate) async fn around(State(around): State<Around>, mut request: Request, next: Next) -> Response {
    let language = language(request.headers());
    let form = if iam::speaks_at(request.uri().path()) { of_iam } else { of_service };
    let rng: &dyn Rng = &*around.api.store.context().rng;
    let id = rng.hex(32);
    let record = Record::begin(around.operation, &request, &id);
    request.extensions_mut().insert(Operation(around.operation));
    let entry = audit::Entry::begin(&around.api.audit, around.operation, request.method(), &id);
    let next = AssertUnwindSafe(audit::noting(entry.as_ref(), next.run(request))).catch_unwind();
    let mut response = next.instrument(record.span()).await.unwrap_or_else(|_| {
        record.panicked();
        ApiError::from(Code::Internal).into_response()
    });
    let refusal = response.extensions_mut().remove::<Refusal>();
    if let Some(Refusal(fault)) = &refusal {
        let body = form(response.status(), fault, language).to_string();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
        headers.remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(body);
    }
    let fault = refusal.map(|Refusal(fault)| fault);
    record.end(response.status(), fault.as_ref());
    if let Some(entry) = entry {
        entry.end(response.status(), fault.map(|fault| fault.code)).await;
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A refusal as the service tells it.
fn of_service(_: StatusCode, fault: &Fault, language: Language) -> Json {
    json!({ "error_code": fault.code.as_str(), "error_msg": fault.message(language) })
}

/// A refusal as the identity service tells it.
fn of_iam(status: StatusCode, fault: &Fault, language: Language) -> Json {
    let title = status.canonical_reason().unwrap_or_default();
    json!({ "error": { "code": status.as_u16(), "message": fault.message(language), "title": title } })
}

/// An unknown path, or a method that a path does not have.
pub(crate) async fn unknown() -> ApiError {
    Code::UnknownPath.into()
}
