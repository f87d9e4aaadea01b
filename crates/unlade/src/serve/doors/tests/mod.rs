//! The accept loop around a router of its own.

mod http2;

use std::{
    io::{Read, Write},
    net::TcpStream as Client,
    pin::Pin,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    task::{Context, Poll},
};

use axum::routing::get;
use hyper::body::Frame;
use tokio::{
    runtime::Runtime,
    sync::{Notify, oneshot},
    task::JoinHandle,
};

use super::{
    talk::{HEADER_BYTES_MAX, HEADERS_MAX},
    *,
};

/// Longer than any test may wait for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// So long that a busy machine keeps to it, and so short that a test may wait for its end.
const SHORT: Duration = Duration::from_secs(1);
const PATIENT: Manners = Manners {
    connections_max: 10,
    connections_per_address: 0,
    header_timeout: PATIENCE,
    stall_timeout: PATIENCE,
};

struct Open {
    runtime: Runtime,
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<Closing>>,
}

impl Open {
    fn new(router: Router, manners: Manners) -> Self {
        Self::with(router, manners, None)
    }

    fn with(router: Router, manners: Manners, certificates: Option<Arc<Certificates>>) -> Self {
        let runtime = Runtime::new().unwrap();
        let any_port = "127.0.0.1:0".parse().unwrap();
        let doors =
            runtime.block_on(Doors::open("test", any_port, manners, &Arc::default(), certificates)).unwrap();
        let address = doors.address();
        let (end, ended) = oneshot::channel();
        let serving = runtime.spawn(doors.serve(router, async {
            let _ = ended.await;
        }));
        Self { runtime, address, end: Some(end), serving: Some(serving) }
    }

    fn connect(&self) -> Client {
        let client = Client::connect(self.address).unwrap();
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        client
    }

    fn end(&mut self) -> Closing {
        self.end.take().unwrap().send(()).unwrap();
        self.runtime.block_on(self.serving.take().unwrap()).unwrap()
    }
}

fn ask(client: &mut Client, path: &str) {
    client.write_all(format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n").as_bytes()).unwrap();
}

/// One answer's status line; needs an answer with a body of two bytes.
fn status(client: &mut Client) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\nok") {
        let mut byte = [0];
        assert_eq!(client.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&answer));
        answer.push(byte[0]);
    }
    String::from_utf8(answer).unwrap().lines().next().unwrap().to_owned()
}

fn is_closed(client: &mut Client) -> bool {
    let mut rest = Vec::new();
    // A reset is a close, too; a timeout is not.
    client
        .read_to_end(&mut rest)
        .map_or_else(|error| error.kind() == io::ErrorKind::ConnectionReset, |_| true)
}

fn plain() -> Router {
    Router::new().route("/", get(|| async { "ok" }))
}

#[test]
fn whoever_sends_no_whole_request_is_put_out() {
    let open = Open::new(plain(), Manners { header_timeout: SHORT, ..PATIENT });
    let (mut silent, mut half, mut idle) = (open.connect(), open.connect(), open.connect());
    half.write_all(b"GET / HTTP/1.1\r\nHost: te").unwrap();
    ask(&mut idle, "/");
    assert_eq!(status(&mut idle), "HTTP/1.1 200 OK");
    assert!(is_closed(&mut silent) && is_closed(&mut half) && is_closed(&mut idle));
}

#[test]
fn whoever_stops_in_the_middle_is_put_out() {
    let upload = |_: axum::body::Bytes| async { "ok" };
    let router = plain()
        .route("/upload", axum::routing::post(upload))
        .route("/large", get(|| async { vec![0_u8; 64 << 20] }));
    let open = Open::new(router, Manners { connections_max: 1, stall_timeout: SHORT, ..PATIENT });
    let mut sender = open.connect();
    sender.write_all(b"POST /upload HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n12345").unwrap();
    assert!(is_closed(&mut sender));
    // Nobody reads this answer, and the buffers on its way hold less than all of it.
    let mut reader = open.connect();
    ask(&mut reader, "/large");
    let mut next = open.connect();
    ask(&mut next, "/");
    assert_eq!(status(&mut next), "HTTP/1.1 200 OK");
}

/// An answer without end, which knows how much of it has been asked for.
#[derive(Default)]
struct Endless {
    bytes: Arc<AtomicUsize>,
    given_up: Arc<AtomicBool>,
}

impl Drop for Endless {
    fn drop(&mut self) {
        self.given_up.store(true, Ordering::Release);
    }
}

impl hyper::body::Body for Endless {
    type Data = hyper::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        static PIECE: [u8; 16 << 10] = [0; 16 << 10];
        self.bytes.fetch_add(PIECE.len(), Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(Self::Data::from_static(&PIECE)))))
    }
}

/// What the system takes in a client's place is no progress of the client's: the more it may take, the longer a slow one
/// seems to stand still.
#[test]
fn of_an_answer_that_is_not_read_the_system_takes_little() {
    let answer = Endless::default();
    let (bytes, given_up) = (answer.bytes.clone(), answer.given_up.clone());
    let answer = Arc::new(std::sync::Mutex::new(Some(answer)));
    let handler = move || async move { answer.lock().unwrap().take().map(axum::body::Body::new).unwrap() };
    let manners = Manners { stall_timeout: SHORT, ..PATIENT };
    let open = Open::new(Router::new().route("/", get(handler)), manners);
    let mut client = open.connect();
    ask(&mut client, "/");
    let begun = std::time::Instant::now();
    while !given_up.load(Ordering::Acquire) {
        assert!(begun.elapsed() < PATIENCE, "it is given up");
        std::thread::yield_now();
    }
    let bytes = bytes.load(Ordering::Relaxed);
    assert!(bytes < 1 << 20, "{bytes}");
}

#[test]
fn a_large_header_is_refused() {
    let open = Open::new(plain(), PATIENT);
    for header in [format!("X: {}\r\n", "x".repeat(HEADER_BYTES_MAX)), "X: x\r\n".repeat(HEADERS_MAX + 1)] {
        let mut client = open.connect();
        // The server may close before it has read all.
        let _ = client.write_all(format!("GET / HTTP/1.1\r\nHost: test\r\n{header}\r\n").as_bytes());
        let mut answer = String::new();
        let _ = client.read_to_string(&mut answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
}

#[test]
fn without_a_place_a_client_waits_for_one() {
    let open = Open::new(plain(), Manners { connections_max: 1, ..PATIENT });
    let (mut first, mut second) = (open.connect(), open.connect());
    ask(&mut first, "/");
    status(&mut first);
    ask(&mut second, "/");
    second.set_read_timeout(Some(SHORT)).unwrap();
    assert!(second.read(&mut [0]).is_err(), "there is one place");
    drop(first);
    second.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(status(&mut second), "HTTP/1.1 200 OK");
}

#[test]
fn an_address_that_has_its_share_is_shown_out_and_comes_in_again() {
    let open = Open::new(plain(), Manners { connections_per_address: 1, ..PATIENT });
    let mut first = open.connect();
    ask(&mut first, "/");
    status(&mut first);
    assert!(is_closed(&mut open.connect()), "there is one share");
    drop(first);
    // The server hears of the end of a connection a moment later.
    let begun = std::time::Instant::now();
    loop {
        let mut next = open.connect();
        let _ = next.write_all(b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
        let mut answer = String::new();
        if next.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200 OK") {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "never let in again");
    }
}

/// All of one answer, whose connection ends with it.
fn whole(open: &Open, path: &str) -> String {
    let mut client = open.connect();
    let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    client.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_request_carries_where_its_connection_came_from() {
    let told = |source: axum::Extension<api::Source>| async move { source.0.0.to_string() };
    let open = Open::new(Router::new().route("/", get(told)), PATIENT);
    assert!(whole(&open, "/").ends_with("\r\n\r\n127.0.0.1"));
}

#[test]
fn an_answer_says_what_a_browser_may_do_with_it_and_not_who_made_it() {
    let router = plain().route("/kept", get(|| async { ([("cache-control", "public, no-cache")], "ok") }));
    let open = Open::new(router, PATIENT);
    for path in ["/", "/kept", "/no-such-thing"] {
        let answer = whole(&open, path);
        for header in [
            "x-content-type-options: nosniff",
            "content-security-policy: default-src 'none'; frame-ancestors 'none'",
            "referrer-policy: no-referrer",
        ] {
            assert_eq!(answer.matches(header).count(), 1, "{answer}");
        }
        let caching = if path == "/kept" { "public, no-cache" } else { "no-store" };
        assert!(answer.contains(&format!("cache-control: {caching}\r\n")), "{answer}");
        assert!(!answer.contains("server:") && !answer.contains("strict-transport"), "{answer}");
    }
}

#[test]
fn a_panic_costs_one_connection() {
    let router = plain().route("/panic", get(|| async { panic!("as the test asks") as &str }));
    let open = Open::new(router, PATIENT);
    let mut client = open.connect();
    ask(&mut client, "/panic");
    assert!(is_closed(&mut client));
    let mut client = open.connect();
    ask(&mut client, "/");
    assert_eq!(status(&mut client), "HTTP/1.1 200 OK");
}

/// A handler that says when it has begun and waits to be let go.
#[derive(Default)]
struct Gate {
    begun: Notify,
    go: Notify,
    done: AtomicBool,
}

impl Gate {
    async fn begins(&self) {
        timeout(PATIENCE, self.begun.notified()).await.expect("the handler begins");
    }
}

fn gated(gate: &Arc<Gate>) -> Router {
    let gate = gate.clone();
    let handler = move || async move {
        gate.begun.notify_one();
        gate.go.notified().await;
        gate.done.store(true, Ordering::SeqCst);
        "ok"
    };
    Router::new().route("/", get(handler))
}

#[test]
fn what_is_in_flight_at_the_end_is_finished_and_nothing_new_begins() {
    let gate = Arc::new(Gate::default());
    let mut open = Open::new(gated(&gate), PATIENT);
    let (mut busy, mut silent) = (open.connect(), open.connect());
    ask(&mut busy, "/");
    open.runtime.block_on(gate.begins());
    let closing = open.end();
    assert!(Client::connect(open.address).is_err(), "the listener is closed");
    assert!(is_closed(&mut silent));
    gate.go.notify_one();
    assert_eq!(status(&mut busy), "HTTP/1.1 200 OK");
    assert!(is_closed(&mut busy), "it is not kept for another request");
    open.runtime.block_on(async { timeout(PATIENCE, closing.wait(PATIENCE * 2)).await }).unwrap();
}

#[test]
fn a_request_that_does_not_end_is_given_up() {
    let gate = Arc::new(Gate::default());
    let mut open = Open::new(gated(&gate), PATIENT);
    let mut stuck = open.connect();
    ask(&mut stuck, "/");
    open.runtime.block_on(gate.begins());
    let closing = open.end();
    open.runtime.block_on(closing.wait(Duration::from_millis(50)));
    assert!(!gate.done.load(Ordering::SeqCst));
}
