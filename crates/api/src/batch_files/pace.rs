//! Feeds the reader of an upload's parts no more than it needs. Left alone it takes all that has come before it looks at it,
//! also while it has parts left to hand out: of many small parts it would keep the whole body. And it keeps what it cannot
//! divide yet and searches all of it anew with every piece: of a part's header that never ends it would keep megabytes, ever
//! more slowly. How small the pieces are is up to the sender, so small ones are gathered.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::Poll,
};

use axum::body::Body;
use futures_util::stream;

use crate::pieces::Pieces;

/// How far the body may be ahead of the last part, or piece of one, that came out of the reader.
const AHEAD_MAX: u64 = 256 << 10;
/// What the reader has and cannot divide yet is searched anew only for more than this part of it.
const ADDED: u64 = 8;

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
        let (mut pieces, mut whole) = (Pieces::of(body), 0_u64);
        let paced = stream::poll_fn(move |context| {
            if !hatch.open.load(Relaxed) {
                return Poll::Pending;
            }
            let ahead = hatch.ahead.load(Relaxed);
            if ahead > AHEAD_MAX {
                return Poll::Ready(Some(Err("a part's header is too long".into())));
            }
            let polled = pieces.poll(context, (ahead / ADDED) as usize);
            hatch.open.store(polled.is_pending(), Relaxed);
            polled.map(|piece| {
                let piece = piece?;
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

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::Bytes;
    use futures_util::{FutureExt, StreamExt};

    use super::*;

    #[test]
    fn what_comes_byte_by_byte_is_looked_at_some_times_only() {
        let bytes = AHEAD_MAX as usize;
        // A sender who pauses after each byte.
        let (mut left, mut pauses) = (bytes, false);
        let dribble = stream::poll_fn(move |context| {
            pauses = !pauses;
            if pauses {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            left = left.saturating_sub(1);
            Poll::Ready((left > 0).then(|| Ok::<_, Infallible>(Bytes::from_static(b"x"))))
        });
        let (pace, body) = Pace::of(Body::from_stream(dribble), u64::MAX);
        let mut body = body.into_data_stream();
        let mut reading = pin!(pace.keep(async {
            let (mut looks, mut came) = (0, 0);
            while let Some(piece) = body.next().await {
                (looks, came) = (looks + 1, came + piece.unwrap().len());
            }
            (looks, came)
        }));
        let (looks, came) = (0..3 * bytes).find_map(|_| reading.as_mut().now_or_never()).unwrap();
        assert_eq!(came, bytes - 1);
        assert!(looks < 200, "{looks} looks");
    }
}
