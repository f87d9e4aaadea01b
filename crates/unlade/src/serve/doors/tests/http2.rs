//! HTTP/2 over TLS, by hyper's own client: Python's takes nothing more once it was told that the connection will end.

use axum::{body::Body, http::Request};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::ServerName};
use tokio_rustls::TlsConnector;

use super::{tls::Files, *};

/// Doors with a certificate, and a client that believes it.
struct Secure {
    open: Open,
    client: SendRequest<Body>,
    _files: tempfile::TempDir,
}

fn believing(certificate: &rcgen::Certificate) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der().clone()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(client).into()
}

impl Secure {
    fn new(router: Router, manners: Manners) -> Self {
        let directory = tempfile::TempDir::new().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let [certificate, key] = ["tls.crt", "tls.key"].map(|name| directory.path().join(name));
        blob::disk::write_private(&certificate, made.cert.pem().as_bytes()).unwrap();
        blob::disk::write_private(&key, made.signing_key.serialize_pem().as_bytes()).unwrap();
        let certificates = tls::certificates(Some(&Files { certificate, key }), &[], false).unwrap();
        let open = Open::with(router, manners, certificates);
        let client = open.runtime.block_on(connected(open.address, &believing(&made.cert)));
        Self { open, client, _files: directory }
    }

    /// Asks; the answer comes when it is waited for.
    fn ask(&mut self, path: &str) -> JoinHandle<Result<(u16, Vec<u8>), hyper::Error>> {
        let request = Request::get(format!("https://localhost{path}")).body(Body::empty()).unwrap();
        let answer = self.client.send_request(request);
        self.open.runtime.spawn(async move {
            let (head, body) = answer.await?.into_parts();
            let body = axum::body::to_bytes(Body::new(body), usize::MAX).await.unwrap_or_default();
            Ok((head.status.as_u16(), body.to_vec()))
        })
    }
}

async fn connected(address: SocketAddr, connector: &TlsConnector) -> SendRequest<Body> {
    let stream = TcpStream::connect(address).await.unwrap();
    let stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
    let (client, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Waits until the connection takes no more requests.
async fn ended(client: &SendRequest<Body>) {
    let closed = async {
        while !client.is_closed() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, closed).await.expect("the connection ends");
}

#[test]
fn what_is_in_flight_over_http2_at_the_end_is_finished_and_nothing_new_begins() {
    let gate = Arc::new(Gate::default());
    let mut secure = Secure::new(gated(&gate), PATIENT);
    let busy = secure.ask("/");
    secure.open.runtime.block_on(gate.begins());
    let closing = secure.open.end();
    gate.go.notify_one();
    let (status, body) = secure.open.runtime.block_on(busy).unwrap().unwrap();
    assert_eq!((status, body.as_slice()), (200, b"ok".as_slice()));
    // That it ends is told behind the answer.
    secure.open.runtime.block_on(ended(&secure.client));
    let late = secure.ask("/");
    assert!(secure.open.runtime.block_on(late).unwrap().is_err(), "the connection takes nothing new");
    secure.open.runtime.block_on(async { timeout(PATIENCE, closing.wait(PATIENCE * 2)).await }).unwrap();
}

#[test]
fn whoever_is_idle_over_http2_is_told_to_go_and_whoever_waits_for_us_is_not() {
    let gate = Arc::new(Gate::default());
    let mut secure =
        Secure::new(gated(&gate), Manners { header_timeout: SHORT, stall_timeout: SHORT, ..PATIENT });
    let slow = secure.ask("/");
    secure.open.runtime.block_on(async {
        gate.begins().await;
        // Longer than both patiences together: it is our handler that thinks.
        sleep(SHORT * 4).await;
        gate.go.notify_one();
        assert_eq!(slow.await.unwrap().unwrap().0, 200);
        ended(&secure.client).await;
    });
}
