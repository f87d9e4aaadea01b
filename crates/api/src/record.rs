//! What is kept of a request: a span that says on every line of the log which request it belongs to, one line
//! about how it ended, and its place in the metrics.
//!
//! The answer's `X-Request-Id` is the span's `request_id`. Texts of callers are recorded as values and never as
//! parts of a message; how a value is written, so that none can look like a line of its own, is the log's business.

use std::time::Instant;

use axum::{
    extract::Request,
    http::{Method, StatusCode},
};
use tracing::{Span, field::Empty};
use types::{Fault, Language};

/// Characters of a refusal's text that are logged: it may quote the caller, who may send megabytes.
const WHY_MAX: usize = 1000;

/// The record of one request.
pub(crate) struct Record {
    operation: &'static str,
    method: Method,
    span: Span,
    begun: Instant,
    ended: bool,
}

/// Says whose request this is, once that is proven.
pub(crate) fn caller(access_key_id: &str, project_id: &str) {
    Span::current().record("access_key_id", access_key_id).record("project_id", project_id);
}

impl Record {
    /// Begins it.
    pub(crate) fn begin(operation: &'static str, request: &Request, request_id: &str) -> Self {
        let (method, path) = (request.method().clone(), request.uri().path());
        // At the level of errors, so that an error says where it belongs also when nothing else is logged.
        let span = tracing::error_span!(
            "request",
            request_id,
            operation,
            method = method.as_str(),
            path,
            access_key_id = Empty,
            project_id = Empty
        );
        Self { operation, method, span, begun: Instant::now(), ended: false }
    }

    /// To be entered by whatever the request makes happen.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Its endpoint panicked.
    pub(crate) fn panicked(&self) {
        self.span.in_scope(|| tracing::error!("a request panicked"));
    }

    /// Ends it. What changes something or is refused has its line at `info`; what only reads, at `debug`.
    pub(crate) fn end(mut self, status: StatusCode, refusal: Option<&Fault>) {
        self.ended = true;
        let ms = self.count(class(status));
        if let Some(fault) = refusal {
            meter::REFUSALS.add([fault.code.as_str()], 1);
        }
        let status = status.as_u16();
        self.span.in_scope(|| match refusal {
            Some(fault) => {
                let (code, why) = (fault.code.as_str(), fault.message(Language::English));
                tracing::info!(status, ms, code, why = brief(&why), "refused");
            }
            None if self.method.is_safe() => tracing::debug!(status, ms, "answered"),
            None => tracing::info!(status, ms, "answered"),
        });
    }

    /// Counts it under the class of its status; answers how many milliseconds it took.
    fn count(&self, class: &'static str) -> u64 {
        let took = self.begun.elapsed();
        meter::HTTP_REQUESTS.add([self.operation, method(&self.method), class], 1);
        meter::HTTP_DURATION.observe([self.operation], took);
        took.as_millis() as u64
    }
}

impl Drop for Record {
    /// A caller who goes away takes the request's future with it. What it ordered may be done all the same, so
    /// it leaves its line.
    fn drop(&mut self) {
        if !self.ended {
            let ms = self.count("gone");
            self.span.in_scope(|| tracing::info!(ms, "the caller went away"));
        }
    }
}

fn brief(text: &str) -> &str {
    text.char_indices().nth(WHY_MAX).map_or(text, |(end, _)| &text[..end])
}

/// Methods are the caller's words; only known ones become labels.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}
