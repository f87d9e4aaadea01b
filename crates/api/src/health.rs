//! Is it alive, and may it take work? Answered without credentials.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use types::Language;

use crate::{Api, error::not_ready, openapi::About, space};

pub(crate) fn about_alive(about: &mut About<'_>) {
    about.does("Whether the process answers.").gives_bytes(200, "text/plain", &[]);
}

pub(crate) fn about_ready(about: &mut About<'_>) {
    about
        .does("Whether the process may take work; if not, why.")
        .gives_bytes(200, "text/plain", &[])
        .gives_bytes(503, "text/plain", &[]);
}

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// The process may take work; if not, why.
pub(crate) async fn ready(State(api): State<Api>) -> Response {
    let database = api.store.db().health().await;
    let why = match database {
        Err(error) => Some(error.to_string()),
        Ok(_) if api.exports.is_closing() => Some("the server is shutting down".to_owned()),
        Ok(_) => match space::shortage(&api.space) {
            Some(why) => Some(why.in_language(Language::English).to_owned()),
            None => api.blobs.health().await.err(),
        },
    };
    match why {
        None => "ready\n".into_response(),
        Some(why) => not_ready(&why),
    }
}
