//! What every answer tells a browser. None of ours is a page, so nothing of it may be run, framed, guessed at or kept;
//! an endpoint that wants otherwise has said so before. Who we are and how old is nobody's business.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
];
/// A year, as the lists that browsers are shipped with ask for.
const OVER_TLS: (HeaderName, &str) = (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");

/// Adds what an answer does not say itself.
pub(super) fn add(headers: &mut HeaderMap, over_tls: bool) {
    for (name, value) in ALWAYS.into_iter().chain(over_tls.then_some(OVER_TLS)) {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
