//! The accept loop, our own: `axum::serve` sets no timer, so a client that sends half a request would hold its
//! connection for ever.
//!
//! Every connection holds one of a fixed number of places; without a free one none is accepted, and clients wait
//! in the system's queue. So that a place is not held for nothing, the header timeout runs from the first moment
//! of a connection and between requests, and the stall timeout in the middle of one.

mod stall;
#[cfg(test)]
mod tests;

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{sleep, timeout},
};

use crate::error::Error;
use stall::{TimedBody, TimedStream};

/// Bytes of a request's header. The largest honest one is a signed URL with a condition in it.
const HEADER_BYTES_MAX: usize = 32 << 10;
/// Lines of a request's header.
const HEADERS_MAX: usize = 100;
/// The pause after an accept that failed for want of something, e.g. of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// What a client is allowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manners {
    /// Connections at a time, of all clients.
    pub(crate) connections_max: usize,
    /// How long the header of a request may take.
    pub(crate) header_timeout: Duration,
    /// How long a client may keep us waiting for a piece of a body, or for room for more of an answer.
    pub(crate) stall_timeout: Duration,
}

/// The listener and its limits.
pub(super) struct Doors {
    /// What they are called in the metrics.
    name: &'static str,
    listener: TcpListener,
    address: SocketAddr,
    places: Arc<Semaphore>,
    http: http1::Builder,
    stall_timeout: Duration,
    /// Each connection holds a receiver, so that this also knows when the last one is gone.
    ended: watch::Sender<bool>,
}

/// Doors that let nobody in any more.
pub(super) struct Closing(watch::Sender<bool>);

impl Doors {
    /// Takes the address; connections wait until [`Doors::serve`].
    pub(super) async fn open(
        name: &'static str,
        address: SocketAddr,
        manners: Manners,
    ) -> Result<Self, Error> {
        let tried = || format!("listen on {address}");
        let listener = TcpListener::bind(address).await.map_err(Error::system(tried()))?;
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(manners.header_timeout)
            .max_header_size(HEADER_BYTES_MAX)
            .max_headers(HEADERS_MAX);
        Ok(Self {
            name,
            address: listener.local_addr().map_err(Error::system(tried()))?,
            listener,
            places: Arc::new(Semaphore::new(manners.connections_max.min(Semaphore::MAX_PERMITS))),
            http,
            stall_timeout: manners.stall_timeout,
            ended: watch::Sender::new(false),
        })
    }

    /// Where it listens, with the real port.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `end`, then closes the listener and tells every connection to finish what is in flight.
    pub(super) async fn serve(self, router: Router, end: impl Future<Output = ()>) -> Closing {
        let mut end = pin!(end);
        loop {
            tokio::select! {
                biased;
                () = &mut end => break,
                (stream, place) = self.next() => self.welcome(stream, place, &router),
            }
        }
        self.ended.send_replace(true);
        Closing(self.ended)
    }

    /// The next connection, once there is a place for it. Dropped half-way it has accepted nothing.
    async fn next(&self) -> (TcpStream, OwnedSemaphorePermit) {
        loop {
            let Ok(place) = self.places.clone().acquire_owned().await else {
                // Nobody closes the semaphore.
                std::future::pending().await
            };
            match self.listener.accept().await {
                Ok((stream, _)) => return (stream, place),
                Err(error) if is_the_client_s(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "cannot accept a connection");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn welcome(&self, stream: TcpStream, place: OwnedSemaphorePermit, router: &Router) {
        // Answers are written whole; waiting for more of them only delays the last piece.
        let _ = stream.set_nodelay(true);
        let (router, stall_timeout) = (TowerToHyperService::new(router.clone()), self.stall_timeout);
        let service = service_fn(move |request: Request<Incoming>| {
            router.call(request.map(|body| TimedBody::new(body, stall_timeout)))
        });
        let stream = TokioIo::new(TimedStream::new(stream, stall_timeout));
        let connection = self.http.serve_connection(stream, service);
        let mut ended = self.ended.subscribe();
        let open = meter::CONNECTIONS_OPEN.hold([self.name]);
        tokio::spawn(async move {
            let _held = (place, open);
            let mut connection = pin!(connection);
            let served = tokio::select! {
                served = connection.as_mut() => served,
                () = is_true(&mut ended) => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = served {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }
}

async fn is_true(ended: &mut watch::Receiver<bool>) {
    let _ = ended.wait_for(|ended| *ended).await;
}

impl Closing {
    /// Waits until the last connection is gone, for `most` at most.
    pub(super) async fn wait(self, most: Duration) {
        if timeout(most, self.0.closed()).await.is_err() {
            tracing::warn!(connections = self.0.receiver_count(), "given up waiting for requests in flight");
        }
    }
}

/// Whether an accept failed because of the one connection that it was about.
fn is_the_client_s(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
