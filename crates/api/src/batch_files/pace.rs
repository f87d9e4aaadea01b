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
    task::{Context, Poll},
};

use axum::{
    BoxError,
    body::{Body, BodyDataStream, Bytes},
};
use futures_util::{
    StreamExt,
    stream::{self, Fuse},
};

/// How far the body may be ahead of the last part, or piece of one, that came out of the reader.
const AHEAD_MAX: u64 = 256 << 10;
/// What pieces are gathered to, as long as they are there.
pub(super) const GATHERED: usize = 16 << 10;
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

/// A body in pieces that are worth to be looked at.
struct Pieces {
    body: Fuse<BodyDataStream>,
    gathered: Vec<u8>,
    /// Why there will be no more, once what was gathered is out.
    failed: Option<BoxError>,
}

impl Pieces {
    fn of(body: Body) -> Self {
        Self { body: body.into_data_stream().fuse(), gathered: Vec::new(), failed: None }
    }

    /// The next piece: what is there, up to `GATHERED` bytes, or what a single piece has. It has more than `least` bytes, or is
    /// the last one.
    fn poll(&mut self, context: &mut Context<'_>, least: usize) -> Poll<Option<Result<Bytes, BoxError>>> {
        if let Some(failed) = self.failed.take() {
            return Poll::Ready(Some(Err(failed)));
        }
        while self.gathered.len() < GATHERED.max(least) {
            match self.body.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(piece)))
                    if self.gathered.is_empty() && piece.len() > GATHERED.max(least) =>
                {
                    return Poll::Ready(Some(Ok(piece)));
                }
                Poll::Ready(Some(Ok(piece))) => self.gathered.extend_from_slice(&piece),
                Poll::Ready(Some(Err(error))) if self.gathered.is_empty() => {
                    return Poll::Ready(Some(Err(error.into())));
                }
                Poll::Ready(Some(Err(error))) => {
                    self.failed = Some(error.into());
                    break;
                }
                Poll::Ready(None) if self.gathered.is_empty() => return Poll::Ready(None),
                Poll::Ready(None) => break,
                Poll::Pending if self.gathered.len() > least => break,
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Some(Ok(std::mem::take(&mut self.gathered).into())))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::FutureExt;

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
