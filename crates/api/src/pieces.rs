//! The pieces that a body comes in. How small they are is up to its sender, and each is work for whoever takes it: small
//! ones are gathered. It knows of bytes alone, and `fuzz/` includes it as it is.

use std::{
    future::poll_fn,
    task::{Context, Poll},
};

use axum::{
    BoxError,
    body::{Body, BodyDataStream, Bytes},
};
use futures_util::{StreamExt, stream::Fuse};

/// What pieces are gathered to, as long as they are there.
pub(crate) const GATHERED: usize = 16 << 10;

/// A body in pieces that are worth to be looked at.
pub(crate) struct Pieces {
    body: Fuse<BodyDataStream>,
    gathered: Vec<u8>,
    /// Why there will be no more, once what was gathered is out.
    failed: Option<BoxError>,
}

impl Pieces {
    /// Those of a body.
    pub(crate) fn of(body: Body) -> Self {
        Self { body: body.into_data_stream().fuse(), gathered: Vec::new(), failed: None }
    }

    /// The next piece.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, BoxError>> {
        poll_fn(|context| self.poll(context, 0)).await
    }

    /// The next piece: what is there, up to `GATHERED` bytes or as much as one has by itself. It has more than `least` bytes, or
    /// is the last one.
    pub(crate) fn poll(
        &mut self,
        context: &mut Context<'_>,
        least: usize,
    ) -> Poll<Option<Result<Bytes, BoxError>>> {
        let enough = GATHERED.max(least + 1);
        while self.failed.is_none() && self.gathered.len() < enough {
            match self.body.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(piece))) if self.gathered.is_empty() && piece.len() >= enough => {
                    return Poll::Ready(Some(Ok(piece)));
                }
                Poll::Ready(Some(Ok(piece))) => self.gathered.extend_from_slice(&piece),
                Poll::Ready(Some(Err(error))) => self.failed = Some(error.into()),
                Poll::Pending if self.gathered.len() <= least => return Poll::Pending,
                Poll::Ready(None) | Poll::Pending => break,
            }
        }
        if self.gathered.is_empty() {
            return Poll::Ready(self.failed.take().map(Err));
        }
        Poll::Ready(Some(Ok(std::mem::take(&mut self.gathered).into())))
    }
}
