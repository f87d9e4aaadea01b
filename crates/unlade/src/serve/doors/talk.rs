//! HTTP over one connection, whatever carries it: what either version allows a client, and when it is over.

use std::{convert::Infallible, net::IpAddr, pin::pin, sync::Arc};

use axum::{
    Router,
    http::{HeaderValue, Request, Response, header},
};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::{self, Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::graceful::GracefulConnection,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
    time::{Instant, sleep},
};

use super::{
    Manners, headers, is_true,
    proxies::Proxies,
    stall::TimedBody,
    tally::{self, TalliedBody, Tally, Verdict},
};

/// Bytes of a request's header. The largest honest one is a signed URL with a condition in it.
pub(super) const HEADER_BYTES_MAX: usize = 32 << 10;
/// Lines of a request's header; in HTTP/2 each costs 32 bytes of the above, which bounds them too.
pub(super) const HEADERS_MAX: usize = 100;

/// Requests at a time of one connection, in HTTP/2.
const STREAMS_MAX: u32 = 32;
/// Bytes of a body, and of all bodies of a connection, that may be under way to us unread.
const STREAM_WINDOW: u32 = 256 << 10;
const CONNECTION_WINDOW: u32 = 512 << 10;
/// Bytes of an answer that wait for their client, beside one piece.
const SEND_BYTES_MAX: usize = 64 << 10;
/// Requests that a client may have taken back before we have looked at them ("rapid reset"), and mistakes that we may
/// have had to answer with a reset, before its connection ends.
const TAKEN_BACK_MAX: usize = 20;
const MISTAKES_MAX: usize = 64;

type Answer = Result<Response<TalliedBody>, Infallible>;

/// How to talk.
#[derive(Clone)]
pub(super) struct Talk {
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    manners: Manners,
    proxies: Arc<Proxies>,
    over_tls: bool,
}

/// The versions of HTTP.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// 1.0 and 1.1
    Http1,
    /// 2
    Http2,
}

impl Talk {
    /// With clients who are allowed this.
    pub(super) fn new(manners: Manners, proxies: Arc<Proxies>, over_tls: bool) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .timer(TokioTimer::new())
            .header_read_timeout(manners.header_timeout)
            .max_header_size(HEADER_BYTES_MAX)
            .max_headers(HEADERS_MAX);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS_MAX)
            .max_header_list_size(HEADER_BYTES_MAX as u32)
            .max_pending_accept_reset_streams(TAKEN_BACK_MAX)
            .max_local_error_reset_streams(MISTAKES_MAX)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_send_buf_size(SEND_BYTES_MAX)
            // Who has gone without a word, with a request in flight.
            .keep_alive_interval(manners.stall_timeout)
            .keep_alive_timeout(manners.stall_timeout);
        Self { http1, http2, manners, proxies, over_tls }
    }

    /// Answers requests until the client leaves or has to, or until all is `ended` and what is in flight is answered.
    pub(super) async fn over<S>(
        &self,
        stream: S,
        version: Version,
        router: Router,
        from: IpAddr,
        ended: &mut watch::Receiver<bool>,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let tally = Tally::new();
        let service = self.service(router, from, tally.clone());
        let stream = TokioIo::new(stream);
        let served = match version {
            Version::Http1 => self.drive(self.http1.serve_connection(stream, service), None, ended).await,
            Version::Http2 => {
                self.drive(self.http2.serve_connection(stream, service), Some(&tally), ended).await
            }
        };
        if let Err(error) = served {
            tracing::debug!(%error, "a connection ended");
        }
    }

    /// Lets a connection go on until it ends, by itself or by what is found out about it.
    async fn drive<C: GracefulConnection<Error = hyper::Error>>(
        &self,
        connection: C,
        tally: Option<&Tally>,
        ended: &mut watch::Receiver<bool>,
    ) -> Result<(), hyper::Error> {
        let mut connection = pin!(connection);
        let mut finishing = false;
        loop {
            let verdict = tokio::select! {
                served = connection.as_mut() => return served,
                () = is_true(ended), if !finishing => Verdict::Finish,
                () = sleep(tally::pace(&self.manners)), if tally.is_some() =>
                    tally.map_or(Verdict::GoOn, |tally| tally.verdict(Instant::now(), &self.manners)),
            };
            match verdict {
                Verdict::Finish if !finishing => {
                    finishing = true;
                    connection.as_mut().graceful_shutdown();
                }
                Verdict::GoOn | Verdict::Finish => {}
                Verdict::End => {
                    tracing::debug!("a connection was held for nothing");
                    return Ok(());
                }
            }
        }
    }

    fn service(
        &self,
        router: Router,
        from: IpAddr,
        tally: Arc<Tally>,
    ) -> impl service::HttpService<
        Incoming,
        ResBody = TalliedBody,
        Error = Infallible,
        Future: Future<Output = Answer> + Send + 'static,
    > + use<> {
        let router = TowerToHyperService::new(router);
        let (stall_timeout, over_tls) = (self.manners.stall_timeout, self.over_tls);
        let proxies = self.proxies.clone();
        service_fn(move |mut request: Request<Incoming>| {
            let flight = tally.begin();
            name_host(&mut request);
            let source = proxies.source(from, request.headers());
            request.extensions_mut().insert(api::Source(source));
            let answer = router.call(request.map(|body| TimedBody::new(body, stall_timeout)));
            async move {
                let mut response = answer.await?;
                headers::add(response.headers_mut(), over_tls);
                Ok(response.map(|body| TalliedBody::new(body, flight)))
            }
        })
    }
}

/// In HTTP/2 the host stands in the request's target; who signed it signed it as the header `Host`.
fn name_host(request: &mut Request<Incoming>) {
    if request.headers().contains_key(header::HOST) {
        return;
    }
    let host = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
    if let Some(host) = host {
        request.headers_mut().insert(header::HOST, host);
    }
}
