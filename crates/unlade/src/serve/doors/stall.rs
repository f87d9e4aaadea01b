//! What keeps a client from holding its place by stopping in the middle: of the body that it sends, or of the
//! answer that it reads. A handler that thinks is not the client's fault and is not timed.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::BoxError;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep},
};

/// How many bytes of a body make up for all the waiting before: a byte now and then does not.
const PIECE_BYTES: usize = 64 << 10;

/// Waits for something, for so long at most, in all.
struct Patience {
    most: Duration,
    waited: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Patience {
    fn new(most: Duration) -> Self {
        Self { most, waited: Duration::ZERO, waiting: None }
    }

    /// `polled`, or an error once it was pending for too long.
    fn wait<T>(&mut self, context: &mut Context<'_>, polled: Poll<T>) -> Poll<io::Result<T>> {
        if let Poll::Ready(ready) = polled {
            if let Some((since, _)) = self.waiting.take() {
                self.waited += since.elapsed();
            }
            return Poll::Ready(Ok(ready));
        }
        let left = self.most.saturating_sub(self.waited);
        let (_, waiting) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
        waiting.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Begins anew.
    fn forget(&mut self) {
        self.waited = Duration::ZERO;
    }
}

/// The body of a request.
pub(super) struct TimedBody {
    body: Incoming,
    patience: Patience,
    /// Bytes since the waiting was last forgotten.
    come: usize,
}

impl TimedBody {
    /// A body each of whose pieces is waited for `most` at most.
    pub(super) fn new(body: Incoming, most: Duration) -> Self {
        Self { body, patience: Patience::new(most), come: 0 }
    }

    fn came(&mut self, bytes: usize) {
        self.come += bytes;
        if self.come >= PIECE_BYTES {
            self.come = 0;
            self.patience.forget();
        }
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.patience.wait(context, polled).map(|waited| match waited {
            Ok(Some(Ok(frame))) => {
                self.came(frame.data_ref().map_or(0, Bytes::len));
                Some(Ok(frame))
            }
            Ok(end) => end.map(|end| end.map_err(Into::into)),
            Err(error) => Some(Err(error.into())),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection.
pub(super) struct TimedStream {
    stream: TcpStream,
    patience: Patience,
}

impl TimedStream {
    /// A connection whose client takes some of what is written within `most`.
    pub(super) fn new(stream: TcpStream, most: Duration) -> Self {
        Self { stream, patience: Patience::new(most) }
    }

    fn wait<T>(&mut self, context: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        let waited = self.patience.wait(context, polled).map(io::Result::flatten);
        if waited.is_ready() {
            // The system takes what is written in pieces, however little of it the client reads at a time.
            self.patience.forget();
        }
        waited
    }
}

impl AsyncRead for TimedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for TimedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wait(context, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.wait(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        self.wait(context, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(context);
        self.wait(context, polled)
    }
}
