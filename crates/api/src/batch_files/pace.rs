//! Feeds the reader of an upload's parts no more than it needs. Left alone it takes all that has come before it looks at it,
//! also while it has parts left to hand out: of many small parts it would keep the whole body. And it keeps what it cannot
//! divide yet and searches all of it anew whenever it is asked: of a part's header that never ends it would keep megabytes,
//! ever more slowly. How small the pieces are is up to the sender, so small ones are gathered, and the reader is asked again
//! only once it has another.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use axum::{
    BoxError,
    body::{Body, Bytes},
};
use futures_util::stream;

use crate::pieces::Pieces;

/// How far the body may be ahead of the last part, or piece of one, that came out of the reader.
const AHEAD_MAX: u64 = 256 << 10;
/// What the reader has and cannot divide yet is searched anew only for more than this part of it.
const ADDED: u64 = 8;

/// A piece of a body, or its end.
type Next = Option<Result<Bytes, BoxError>>;

/// Lets the reader have one piece at a time.
pub(super) struct Pace {
    pieces: Pieces,
    /// Where the reader finds its next piece.
    hatch: Arc<Mutex<Option<Next>>>,
    /// Bytes that went through since something came out of the reader.
    ahead: u64,
    /// Bytes that may yet come.
    left: u64,
}

impl Pace {
    /// A pace, and the body that keeps to it and has `most` bytes at most.
    pub(super) fn of(body: Body, most: u64) -> (Self, Body) {
        let hatch = Arc::<Mutex<Option<Next>>>::default();
        let readers = hatch.clone();
        // Nobody is woken: whoever puts a piece there asks the reader next.
        let paced = stream::poll_fn(move |_| take(&readers).map_or(Poll::Pending, Poll::Ready));
        (Self { pieces: Pieces::of(body), hatch, ahead: 0, left: most }, Body::from_stream(paced))
    }

    /// Waits for what the reader was asked for; the body goes on only if what it has is not enough.
    pub(super) async fn keep<T>(&mut self, asked: impl Future<Output = T>) -> T {
        let (mut asked, mut has_looked) = (pin!(asked), false);
        poll_fn(|context| {
            loop {
                if has_looked {
                    let next = ready!(self.next(context));
                    *self.hatch.lock().unwrap_or_else(PoisonError::into_inner) = Some(next);
                }
                if let Poll::Ready(out) = asked.as_mut().poll(context) {
                    self.ahead = 0;
                    return Poll::Ready(out);
                }
                debug_assert!(
                    take(&self.hatch).is_none(),
                    "the reader takes what there is before it wants more"
                );
                has_looked = true;
            }
        })
        .await
    }

    fn next(&mut self, context: &mut Context<'_>) -> Poll<Next> {
        if self.ahead > AHEAD_MAX {
            return Poll::Ready(Some(Err("a part's header is too long".into())));
        }
        let piece = match ready!(self.pieces.poll(context, (self.ahead / ADDED) as usize)) {
            Some(Ok(piece)) => piece,
            end => return Poll::Ready(end),
        };
        let len = piece.len() as u64;
        self.ahead += len;
        let left = self.left.checked_sub(len).ok_or_else(|| "the body is too long".into());
        Poll::Ready(Some(left.map(|left| {
            self.left = left;
            piece
        })))
    }
}

fn take(hatch: &Mutex<Option<Next>>) -> Option<Next> {
    hatch.lock().unwrap_or_else(PoisonError::into_inner).take()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::{FutureExt, StreamExt};

    use super::*;

    /// As many bytes, one at a time, of a sender who pauses after each.
    fn dribble(bytes: usize) -> Body {
        let (mut left, mut pauses) = (bytes, false);
        Body::from_stream(stream::poll_fn(move |context| {
            pauses = !pauses;
            if pauses {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            let piece = (left > 0).then(|| Ok::<_, Infallible>(Bytes::from_static(b"x")));
            left = left.saturating_sub(1);
            Poll::Ready(piece)
        }))
    }

    #[test]
    fn what_comes_byte_by_byte_is_looked_at_some_times_only() {
        let bytes = AHEAD_MAX as usize;
        let (mut pace, body) = Pace::of(dribble(bytes), u64::MAX);
        let (mut body, mut looks, mut came) = (body.into_data_stream(), 0, 0);
        // It searches what it has whenever it is asked, whether there is more or not.
        let reader = poll_fn(move |context| {
            looks += 1;
            while let Some(piece) = ready!(body.poll_next_unpin(context)) {
                came += piece.unwrap().len();
            }
            Poll::Ready((looks, came))
        });
        let mut reading = pin!(pace.keep(reader));
        let (looks, came) = (0..3 * bytes).find_map(|_| reading.as_mut().now_or_never()).unwrap();
        assert_eq!(came, bytes);
        assert!(looks < 200, "{looks} looks");
    }
}
