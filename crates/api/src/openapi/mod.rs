//! Our own description of the API, OpenAPI 3.1: every row of the router, what each endpoint says about itself
//! ([`About`]), and the schemas of what is answered. `GET /openapi.json` answers it for the settings in force; with the
//! usual ones it is `docs/openapi.json`.

mod about;
mod answers;
#[cfg(test)]
mod document;
mod operation;
mod refusals;
mod schema;

use std::collections::HashMap;

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::IntoResponse,
};
use serde_json::{Map, Value as Json, json};

pub(crate) use about::{About, Server};

use crate::{Api, call::blocking, error::Answer, router};

/// Answers it. Made at the first request, which is most often never.
pub(crate) async fn show(State(api): State<Api>) -> Answer {
    let known = api.clone();
    let text = blocking(move || {
        let made = known.0.openapi.get_or_init(|| {
            let limits = known.store.context().limits.clone();
            text(&Server { limits, strict: known.strict }).into()
        });
        Ok(made.clone())
    })
    .await?;
    let kind = HeaderValue::from_static("application/json;charset=UTF-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

pub(crate) fn about(about: &mut About<'_>) {
    about.does("This document, for the settings of this server.").gives_bytes(200, "application/json", &[]);
}

/// The document as it is written down.
fn text(server: &Server) -> String {
    serde_json::to_string_pretty(&of(server)).unwrap_or_default() + "\n"
}

/// The document.
fn of(server: &Server) -> Json {
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    let mut times: HashMap<&str, usize> = HashMap::new();
    for (name, path, answering) in router::endpoints() {
        for method in &answering.named {
            let mut about = About::new(server);
            match answering.about {
                Some(tell) => tell(&mut about),
                None => operation::identity(&mut about, name, method),
            }
            let time = times.entry(name).or_default();
            *time += 1;
            // An id stands once, a name at each path and method that it goes by.
            let id = if *time == 1 { name.to_owned() } else { format!("{name}_{time}") };
            schemas.append(&mut about.schemas);
            paths.entry(&path).or_insert_with(|| json!({}))[*method] =
                operation::of(&about, &id, &path, method);
        }
    }
    schemas.insert("Refusal".into(), refusals::refusal());
    schemas.insert("IdentityRefusal".into(), refusals::of_identity());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Unlade",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Bulk device work over Huawei Cloud IoTDA's application API v5.",
            "description": DESCRIPTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" }
        },
        "servers": [{ "url": "/" }],
        "tags": operation::tags(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": operation::parameters_of_all(),
            "responses": refusals::responses(),
            "headers": { "X-Request-Id": {
                "description": "The id under which the request is logged and audited.",
                "required": true,
                "schema": { "type": "string", "pattern": "^[0-9a-f]{32}$" }
            } },
            "securitySchemes": {
                "signature": {
                    "type": "apiKey", "in": "header", "name": "Authorization",
                    "description": "`<algorithm> Access=<AK>, SignedHeaders=<names>, Signature=<hex>` over the canonical \
                        request, beside `X-Sdk-Date`; every official SDK makes it."
                },
                "token": {
                    "type": "apiKey", "in": "header", "name": "X-Auth-Token",
                    "description": "The `X-Subject-Token` of an answer of CreateToken."
                }
            }
        }
    })
}

const DESCRIPTION: &str = "\
Made from the code that reads the requests: each field, limit, pattern and word below is the one that is checked. Fields \
that are not listed are ignored unless a schema says `additionalProperties: false`; null means the same as absent, and an \
empty parameter too. Rules between several fields are not expressible here: a request that fits its schema may still be \
refused, with the field's name in `error_msg`. Each refusal lists the codes that come with its status; docs/errors.md has \
their texts.

The paths of the identity service (/v3, /v3.0, /v1.0) are listed with their statuses; what their bodies hold is in \
docs/iam-api.md. An unknown path, and a method that a path does not have, is 404 APIGW.0101, as the cloud's gateway answers it.";
