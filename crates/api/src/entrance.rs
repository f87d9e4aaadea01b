//! What is refused before anybody asks who is calling: a target that is too long, and one request more than there may
//! be at work. A server with too much to do that takes more only gets slower for everybody, until it falls.

use std::{net::IpAddr, sync::Arc};

use axum::{
    body::Body,
    extract::{Request, State},
    http::Uri,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use meter::Held;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use types::{Code, Fault};

use crate::{Addresses, Share, Source, error::ApiError};

/// Bytes of a target. The longest honest one has a condition in its query.
const TARGET_BYTES_MAX: usize = 16 << 10;
/// When one who was sent away may come again: most requests take less.
const RETRY_AFTER_SECONDS: i64 = 1;

/// One address may have so much of all turns: a turn is taken before anybody has proven who they are, and is kept for as
/// long as a body takes to come.
const SHARES: usize = 2;

/// Turns to be at work.
#[derive(Clone)]
pub(crate) struct Entrance(Option<(Arc<Semaphore>, Arc<Addresses>)>);

impl Entrance {
    /// For so many requests at a time.
    pub(crate) fn of(most: usize) -> Self {
        // Told of as 0 before the first comes.
        drop(meter::HTTP_IN_FLIGHT.hold([]));
        let turns = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        Self(Some((turns, Addresses::new((most / SHARES).max(1)))))
    }

    /// Never full: for who asks how the server is.
    pub(crate) fn open() -> Self {
        Self(None)
    }
}

/// One of these turns. Who sees it counted finds it taken, and who sees it counted no more finds it free: it is counted
/// last, and is given back before the count is.
struct Turn {
    _permit: OwnedSemaphorePermit,
    _share: Share,
    _counted: Held<0>,
}

impl Turn {
    fn of((turns, addresses): (Arc<Semaphore>, Arc<Addresses>), from: IpAddr) -> Option<Self> {
        let share = addresses.enter(from)?;
        let permit = turns.try_acquire_owned().ok()?;
        Some(Self { _permit: permit, _share: share, _counted: meter::HTTP_IN_FLIGHT.hold([]) })
    }
}

/// In front of every endpoint.
pub(crate) async fn enter(State(Entrance(turns)): State<Entrance>, request: Request, next: Next) -> Response {
    if target_bytes(request.uri()) > TARGET_BYTES_MAX {
        return ApiError::target_too_long(TARGET_BYTES_MAX).into_response();
    }
    let Some(turns) = turns else { return next.run(request).await };
    let Some(turn) = Turn::of(turns, Source::of(request.extensions())) else {
        return overloaded().into_response();
    };
    next.run(request).await.map(with(turn))
}

fn target_bytes(uri: &Uri) -> usize {
    uri.path_and_query().map_or(0, |target| target.as_str().len())
}

fn overloaded() -> ApiError {
    Fault { retry_after_seconds: Some(RETRY_AFTER_SECONDS), ..Code::Overloaded.into() }.into()
}

/// A request is at work until the last of its answer is taken, or its client has gone.
fn with(turn: Turn) -> impl FnOnce(Body) -> Body {
    // What maps an error that does not come keeps the turn, and changes nothing about the body.
    |body| {
        Body::new(body.map_err(move |error| {
            let _ = &turn;
            error
        }))
    }
}
