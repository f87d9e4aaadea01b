//! Templates of batch task files, for whoever fills them in. No credentials: a template holds no data.

use std::{collections::HashMap, sync::LazyLock};

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use batch::KINDS;
use sha2::{Digest, Sha256};
use types::{Code, Fault, Language};

use crate::{
    Api,
    call::blocking,
    error::{Answer, ApiError, internal},
    export_tasks::range,
    openapi::About,
    query::Query,
    respond,
};

const CONTENT_TYPE: HeaderValue = HeaderValue::from_static(MEDIA_TYPE);
const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A template that was made.
struct Made {
    bytes: Bytes,
    disposition: String,
    /// Without the quotes of an ETag.
    sha256: String,
}

/// Templates by kind and language.
type Templates = HashMap<(&'static str, &'static str), Made>;

/// Made once, at the first request: a stranger can ask as often as he likes.
static MADE: LazyLock<Result<Templates, String>> = LazyLock::new(make);

fn make() -> Result<Templates, String> {
    let mut all = HashMap::new();
    for kind in KINDS {
        for language in Language::ALL {
            let template = batch::template(*kind, language).map_err(|error| error.to_string())?;
            let Some(template) = template else { continue };
            let made = Made {
                disposition: format!("attachment; filename=\"{}\"", template.file_name),
                sha256: Sha256::digest(&template.bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
                bytes: template.bytes.into(),
            };
            all.insert((kind.task_type(), language.as_str()), made);
        }
    }
    Ok(all)
}

pub(crate) fn about(about: &mut About<'_>) {
    const TAG: (&str, &str) = ("ETag", "The SHA-256 of the file in hex, in quotes.");
    let with_file = KINDS.iter().filter(|kind| kind.takes_file());
    about
        .does("Gives the template of the files of a kind of batch task, to be filled in.")
        .at_words(with_file.map(|kind| format!("{}.xlsx", kind.task_type())).collect())
        .asks(asked)
        .heeds("If-None-Match", "The ETags that the caller holds.")
        .gives_bytes(200, MEDIA_TYPE, &[TAG, ("Content-Disposition", "The name of the file.")])
        .gives_with(304, &[TAG])
        .refuses(&[Code::UnknownPath, Code::Internal]);
}

/// `GET /console/templates/{kind}.xlsx?language=zh`; without `language` the one that `Accept-Language` names.
pub(crate) async fn template(
    State(_): State<Api>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let kind = file.strip_suffix(".xlsx").unwrap_or_default().to_owned();
    let language = language(query.as_deref(), &headers)?;
    let all = blocking(|| MADE.as_ref().map_err(internal)).await?;
    let made = all.get(&(kind.as_str(), language.as_str())).ok_or(Code::UnknownPath)?;
    let held = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = match range::tags(held).contains(&made.sha256) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => whole(made)?,
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::try_from(format!("\"{}\"", made.sha256)).map_err(internal)?);
    // It changes with the program and never else: may be kept, but is asked for again.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    Ok(response)
}

fn whole(made: &Made) -> Result<Response, ApiError> {
    let mut response = made.bytes.clone().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, CONTENT_TYPE);
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::try_from(&made.disposition).map_err(internal)?);
    Ok(response)
}

fn language(query: Option<&str>, headers: &HeaderMap) -> Result<Language, Fault> {
    let mut query = Query::parse(query)?;
    let asked = asked(&mut query);
    Ok(query.finish(asked)?.unwrap_or_else(|| respond::language(headers)))
}

fn asked(query: &mut Query) -> Option<Language> {
    query.word("language", &Language::ALL.map(|known| (known.as_str(), known)), Code::InvalidInput)
}
