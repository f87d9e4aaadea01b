//! Feeds the reader of an upload's parts no more than it needs. Left alone it takes all that has come before it looks at it,
//! also while it has parts left to hand out: of many small parts it would keep the whole body. And it keeps what it cannot
//! divide yet and searches all of it anew with every piece: of a part's header that never ends it would keep megabytes, ever
//! more slowly.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
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

/// Lets the reader have one piece at a time.
pub(super) struct Pace(Arc<Hatch>);

#[derive(Default)]
struct Hatch {
    /// Whether the next piece may go through.
    open: AtomicBool,
    /// Bytes that went through since something came out of the reader.
    ahead: AtomicU64,
}

impl Pace {
    /// A pace, and the body that keeps to it and has `most` bytes at most.
    pub(super) fn of(body: Body, most: u64) -> (Self, Body) {
        let pace = Arc::new(Hatch::default());
        let hatch = pace.clone();
        let (mut body, mut whole) = (body.into_data_stream(), 0_u64);
        let paced = stream::poll_fn(move |context| {
            if !hatch.open.load(Relaxed) {
                return Poll::Pending;
            }
            if hatch.ahead.load(Relaxed) > AHEAD_MAX {
                return Poll::Ready(Some(Err("a part's header is too long".into())));
            }
            let polled = body.poll_next_unpin(context);
            hatch.open.store(polled.is_pending(), Relaxed);
            polled.map(|piece| {
                let piece: Result<Bytes, BoxError> = piece?.map_err(Into::into);
                let len = piece.as_ref().map_or(0, |piece| piece.len() as u64);
                hatch.ahead.fetch_add(len, Relaxed);
                whole = whole.saturating_add(len);
                Some(if whole > most { Err("the body is too long".into()) } else { piece })
            })
        });
        (Self(pace), Body::from_stream(paced))
    }

    /// Waits for what the reader was asked for; the body goes on only if what it has is not enough.
    pub(super) async fn keep<T>(&self, asked: impl Future<Output = T>) -> T {
        let Hatch { open, ahead } = &*self.0;
        let mut asked = pin!(asked);
        poll_fn(|context| {
            open.store(false, Relaxed);
            loop {
                if let Poll::Ready(out) = asked.as_mut().poll(context) {
                    ahead.store(0, Relaxed);
                    return Poll::Ready(out);
                }
                // Still open: the next piece has not come, and wakes us when it does.
                if open.swap(true, Relaxed) {
                    return Poll::Pending;
                }
            }
        })
        .await
    }
}
