//! The accept loop, our own: `axum::serve` sets no timer, so a client that sends half a request would hold its
//! connection for ever.
//!
//! Every connection holds one of a fixed number of places; without a free one none is accepted, and clients wait
//! in the system's queue. One address has its share of them. So that a place is not held for nothing, the header
//! timeout runs from the first moment of a connection, for its TLS handshake, and between requests, and the stall
//! timeout in the middle of one.

mod headers;
pub(super) mod proxies;
mod stall;
mod talk;
mod tally;
#[cfg(test)]
mod tests;
pub(super) mod tls;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::Router;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{sleep, timeout},
};
use tokio_rustls::server::TlsStream;

use crate::error::Error;
use api::{Addresses, Share};
use proxies::Proxies;
use stall::TimedStream;
use talk::{Talk, Version};
use tls::Certificates;

/// The pause after an accept that failed for want of something, e.g. of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Bytes of an answer that the system takes before it has sent them. Otherwise it takes megabytes at once and then nothing
/// for so long that a slow client seems to stand still.
#[cfg(target_os = "linux")]
const UNSENT_BYTES: u32 = 64 << 10;

/// What a client is allowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manners {
    /// Connections at a time, of all clients.
    pub(crate) connections_max: usize,
    /// And of one address; 0, as many as there are.
    pub(crate) connections_per_address: usize,
    /// How long the header of a request may take, and a TLS handshake.
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
    manners: Manners,
    places: Arc<Semaphore>,
    addresses: Arc<Addresses>,
    proxies: Arc<Proxies>,
    /// Without them HTTP is spoken in the clear.
    certificates: Option<Arc<Certificates>>,
    talk: Talk,
    /// Each connection holds a receiver, so that this also knows when the last one is gone.
    ended: watch::Sender<bool>,
}

/// Who a connection is from, and what it holds as long as it is.
struct Guest {
    from: IpAddr,
    _place: OwnedSemaphorePermit,
    _share: Share,
}

/// Doors that let nobody in any more.
pub(super) struct Closing(watch::Sender<bool>);

impl Doors {
    /// Takes the address; connections wait until [`Doors::serve`].
    pub(super) async fn open(
        name: &'static str,
        address: SocketAddr,
        manners: Manners,
        proxies: &Arc<Proxies>,
        certificates: Option<Arc<Certificates>>,
    ) -> Result<Self, Error> {
        let tried = || format!("listen on {address}");
        // There from the first scrape on, so that the first of them is seen as a rise.
        for why in ["address", "handshake"] {
            meter::CONNECTIONS_REFUSED.add([name, why], 0);
        }
        let listener = TcpListener::bind(address).await.map_err(Error::system(tried()))?;
        Ok(Self {
            name,
            address: listener.local_addr().map_err(Error::system(tried()))?,
            listener,
            manners,
            places: Arc::new(Semaphore::new(manners.connections_max.min(Semaphore::MAX_PERMITS))),
            addresses: Addresses::new(manners.connections_per_address),
            proxies: proxies.clone(),
            talk: Talk::new(manners, proxies.clone(), certificates.is_some()),
            certificates,
            ended: watch::Sender::new(false),
        })
    }

    /// Where it listens, with the real port.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a URL of it begins with.
    pub(super) fn scheme(&self) -> &'static str {
        if self.certificates.is_some() { "https" } else { "http" }
    }

    /// Serves until `end`, then closes the listener and tells every connection to finish what is in flight.
    pub(super) async fn serve(self, router: Router, end: impl Future<Output = ()>) -> Closing {
        let mut end = pin!(end);
        loop {
            tokio::select! {
                biased;
                () = &mut end => break,
                (stream, guest) = self.next() => self.welcome(stream, guest, &router),
            }
        }
        self.ended.send_replace(true);
        Closing(self.ended)
    }

    /// The next connection, once there is a place for it. Dropped half-way it has accepted nothing.
    async fn next(&self) -> (TcpStream, Guest) {
        loop {
            let Ok(place) = self.places.clone().acquire_owned().await else {
                // Nobody closes the semaphore.
                std::future::pending().await
            };
            match self.listener.accept().await {
                Ok((stream, from)) => {
                    let from = from.ip().to_canonical();
                    if let Some(share) = self.share(from) {
                        return (stream, Guest { from, _place: place, _share: share });
                    }
                }
                Err(error) if is_the_client_s(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "cannot accept a connection");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// A proxy of the operator's own brings many clients, so it has no share.
    fn share(&self, from: IpAddr) -> Option<Share> {
        if self.proxies.have(from) {
            return Some(Share::default());
        }
        let share = self.addresses.enter(from);
        if share.is_none() {
            // Closed without a word: who holds so many connections knows why.
            meter::CONNECTIONS_REFUSED.add([self.name, "address"], 1);
            tracing::debug!(%from, "an address has as many connections as one may have");
        }
        share
    }

    /// Talks to a client, on a task of its own: a handshake holds nobody else up.
    fn welcome(&self, stream: TcpStream, guest: Guest, router: &Router) {
        // Answers are written whole; waiting for more of them only delays the last piece.
        let _ = stream.set_nodelay(true);
        #[cfg(target_os = "linux")]
        let _ = socket2::SockRef::from(&stream).set_tcp_notsent_lowat(UNSENT_BYTES);
        let stream = TimedStream::new(stream, self.manners.stall_timeout);
        let (talk, router, mut ended) = (self.talk.clone(), router.clone(), self.ended.subscribe());
        let (certificates, patience, name) =
            (self.certificates.clone(), self.manners.header_timeout, self.name);
        let open = meter::CONNECTIONS_OPEN.hold([name]);
        tokio::spawn(async move {
            let from = guest.from;
            let _held = (guest, open);
            let Some(certificates) = certificates else {
                return talk.over(stream, Version::Http1, router, from, &mut ended).await;
            };
            let shaken = tokio::select! {
                shaken = timeout(patience, certificates.acceptor().accept(stream)) => shaken,
                () = is_true(&mut ended) => return,
            };
            match shaken.map_err(|_| io::ErrorKind::TimedOut.into()).flatten() {
                Ok(stream) => {
                    let version = version(&stream);
                    talk.over(stream, version, router, from, &mut ended).await;
                }
                Err(error) => {
                    meter::CONNECTIONS_REFUSED.add([name, "handshake"], 1);
                    tracing::debug!(%error, "a handshake failed");
                }
            }
        });
    }
}

/// What the handshake agreed upon. Who offers nothing speaks HTTP/1.
fn version(stream: &TlsStream<TimedStream>) -> Version {
    match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => Version::Http2,
        _ => Version::Http1,
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
