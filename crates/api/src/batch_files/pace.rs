//! Keeps the body of an upload in step with the reader of its parts. That reader keeps what it cannot divide yet and
//! searches all of it anew with every piece: of a part's header that never ends it would keep megabytes, ever more slowly.

use std::{
    mem,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::Poll,
};

use axum::{
    BoxError,
    body::{Body, Bytes},
};
use futures_util::{StreamExt, stream};

/// How far the body may be ahead of the last part, or piece of one, that came out of the reader.
const AHEAD_MAX: u64 = 256 << 10;

/// Told whenever something came out of the reader.
pub(super) struct Pace(Arc<AtomicU64>);

impl Pace {
    /// A pace, and the body that keeps to it and has `most` bytes at most.
    pub(super) fn of(body: Body, most: u64) -> (Self, Body) {
        let pace = Arc::new(AtomicU64::new(0));
        let ahead = pace.clone();
        let (mut body, mut whole, mut paused) = (body.into_data_stream(), 0_u64, false);
        let paced = stream::poll_fn(move |context| {
            if ahead.load(Relaxed) > AHEAD_MAX {
                // The reader takes all there is before it looks at it; a pause makes it look.
                if mem::replace(&mut paused, true) {
                    return Poll::Ready(Some(Err("a part's header is too long".into())));
                }
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            paused = false;
            body.poll_next_unpin(context).map(|piece| {
                let piece: Result<Bytes, BoxError> = piece?.map_err(Into::into);
                let len = piece.as_ref().map_or(0, |piece| piece.len() as u64);
                ahead.fetch_add(len, Relaxed);
                whole = whole.saturating_add(len);
                Some(if whole > most { Err("the body is too long".into()) } else { piece })
            })
        });
        (Self(pace), Body::from_stream(paced))
    }

    /// The reader has caught up.
    pub(super) fn is_kept(&self) {
        self.0.store(0, Relaxed);
    }
}
