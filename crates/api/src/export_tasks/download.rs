//! ShowExportTask: the result file, exactly its bytes. A GET is a download and counts; a HEAD is a look.

use std::ops::Range;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use domain::{Action, Permit};
use futures_util::{Stream, TryStreamExt};
use store::{
    downloads::{Admission, Ask},
    export_tasks::Result as ExportResult,
};
use types::Code;

use super::{
    range::{self, Bytes},
    redirect::redirect,
};
use crate::{
    Api,
    call::Call,
    error::{Answer, ApiError, internal},
    openapi::About,
};

/// With this charset the Python SDK's text of the body is lossless; with none it is damaged.
pub(super) const CONTENT_TYPE: HeaderValue = HeaderValue::from_static(MEDIA_TYPE);
const MEDIA_TYPE: &str = "application/octet-stream;charset=ISO-8859-1";

const TAG: &str = "The SHA-256 of the file in hex, in quotes.";
const HEADERS: &[(&str, &str)] = &[
    ("Accept-Ranges", "bytes"),
    ("Content-Disposition", "The name of the file, as RFC 6266 has it."),
    ("ETag", TAG),
    ("Repr-Digest", "The SHA-256 of the whole file, as RFC 9530 has it."),
];
const HEADERS_OF_PART: &[(&str, &str)] =
    &[HEADERS[0], HEADERS[1], HEADERS[2], HEADERS[3], ("Content-Range", "Which bytes, of how many.")];

const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

pub(crate) fn about(about: &mut About<'_>) {
    about
        .lets(
            Action::EXPORTTASKS_QUERY,
            "Gives the file, byte for byte; a HEAD looks at it and does not count.",
        )
        .of(Code::ExportTaskMissing)
        .heeds("Range", "One range of bytes.")
        .heeds(
            "If-Range",
            "The ETag of the file that a part is to be of; with it, a download goes on and does not count.",
        )
        .heeds("If-None-Match", "The ETags that the caller holds.")
        .gives_bytes(200, MEDIA_TYPE, HEADERS)
        .gives_bytes(206, MEDIA_TYPE, HEADERS_OF_PART)
        .gives_with(304, &[("ETag", TAG)])
        .gives_with(
            307,
            &[(
                "Location",
                "A URL of the bucket that is good for a minute. Only where the operator wants it so.",
            )],
        )
        .refuses(&[Code::ExportTaskNotCompleted])
        .refuses_as(416, Code::InvalidInput);
}

/// HEAD
pub(crate) async fn look(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::EXPORTTASKS_QUERY)?;
    let id = call.id(Code::ExportTaskMissing)?;
    let result = api.store.look_at_result(&permit, id.clone()).await?;
    let mut response = StatusCode::OK.into_response();
    describe(response.headers_mut(), &result, &id)?;
    put(response.headers_mut(), header::CONTENT_LENGTH, &result.bytes.to_string())?;
    Ok(response)
}

/// GET
pub(crate) async fn download(State(api): State<Api>, call: Call) -> Answer {
    let permit = call.authorize(Action::EXPORTTASKS_QUERY)?;
    let id = call.id(Code::ExportTaskMissing)?;
    let asked = call.header(header::RANGE);
    // An If-Range whose file is no longer this one makes the request one for the whole file.
    let continues = range::tags(call.header(header::IF_RANGE)).pop();
    let ask = Ask {
        export_task_id: id.clone(),
        resumes: continues.clone().filter(|_| asked.is_some()),
        holds: range::tags(call.header(header::IF_NONE_MATCH)),
    };
    let known = api.store.look_at_result(&permit, id.clone()).await?;
    let ranged = match call.header(header::IF_RANGE) {
        Some(_) if continues.as_ref() != Some(&known.sha256) => None,
        _ => asked,
    };
    if range::bytes(ranged, known.bytes.unsigned_abs()) == Bytes::Unsatisfiable {
        return unsatisfiable(&known);
    }
    admitted(&api, &permit, ask, ranged, &id).await
}

async fn admitted(api: &Api, permit: &Permit, ask: Ask, ranged: Option<&str>, id: &str) -> Answer {
    let result = match api.store.admit_download(permit, ask).await? {
        Admission::Admitted(result) => result,
        Admission::Unchanged(result) => {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            tag(response.headers_mut(), &result)?;
            return Ok(response);
        }
    };
    let len = result.bytes.unsigned_abs();
    let (status, part) = match range::bytes(ranged, len) {
        Bytes::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Bytes::Whole | Bytes::Unsatisfiable => (StatusCode::OK, 0..len),
    };
    if status == StatusCode::OK
        && let Some(elsewhere) = redirect(api, &result, id).await?
    {
        return Ok(elsewhere);
    }
    let (result, pieces) = open(api, permit, result, id, part.clone()).await?;
    let mut response = (status, pieces).into_response();
    let headers = response.headers_mut();
    describe(headers, &result, id)?;
    put(headers, header::CONTENT_LENGTH, &(part.end - part.start).to_string())?;
    if status == StatusCode::PARTIAL_CONTENT {
        put(headers, header::CONTENT_RANGE, &format!("bytes {}-{}/{len}", part.start, part.end - 1))?;
    }
    Ok(response)
}

/// Opens the file. Between the admission and this a newer result may have replaced it and the Pruner may have
/// deleted it; a look at the row then finds the newer one, of which the same part can be given only if it is
/// the whole.
async fn open(
    api: &Api,
    permit: &Permit,
    result: ExportResult,
    id: &str,
    part: Range<u64>,
) -> Result<(ExportResult, Body), ApiError> {
    match api.blobs.read(&result.object_key, part.clone()).await {
        Ok(pieces) => Ok((result, counted(pieces))),
        Err(error) if error.is_missing() => {
            let newer = api.store.look_at_result(permit, id.to_owned()).await?;
            if newer.bytes != result.bytes || newer.object_key == result.object_key {
                return Err(internal(error));
            }
            let pieces = api.blobs.read(&newer.object_key, part).await?;
            Ok((newer, counted(pieces)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The bytes as a body; each piece counts when it is handed on.
fn counted(pieces: impl Stream<Item = Result<axum::body::Bytes, blob::Error>> + Send + 'static) -> Body {
    Body::from_stream(pieces.inspect_ok(|piece| meter::DOWNLOAD_BYTES.add([], piece.len() as u64)))
}

fn unsatisfiable(result: &ExportResult) -> Answer {
    let mut response = ApiError::range_not_satisfiable().into_response();
    put(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{}", result.bytes))?;
    Ok(response)
}

fn describe(headers: &mut HeaderMap, result: &ExportResult, id: &str) -> Result<(), ApiError> {
    headers.insert(header::CONTENT_TYPE, CONTENT_TYPE);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    put(headers, header::CONTENT_DISPOSITION, &disposition(&format!("{}-{id}.zip", result.name)))?;
    put(headers, REPR_DIGEST, &repr_digest(&result.sha256))?;
    tag(headers, result)
}

/// RFC 9530: the SHA-256 of the whole file, also beside a part of it.
fn repr_digest(hex: &str) -> String {
    let byte =
        |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap_or_default(), 16).unwrap_or(0);
    let digest: Vec<u8> = hex.as_bytes().chunks(2).map(byte).collect();
    format!("sha-256=:{}:", BASE64.encode(digest))
}

fn tag(headers: &mut HeaderMap, result: &ExportResult) -> Result<(), ApiError> {
    put(headers, header::ETAG, &format!("\"{}\"", result.sha256))
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) -> Result<(), ApiError> {
    headers.insert(name, HeaderValue::from_str(value).map_err(internal)?);
    Ok(())
}

/// RFC 6266: a plain name for old readers, the real one percent-encoded.
pub(super) fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|character| if character.is_ascii() { character } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}
