//! The requests that are measured, written out and signed.

use std::{
    cell::Cell,
    io::{Read, Write},
    path::Path,
    process::{Command, Stdio},
};

use domain::{Clock, SystemClock};
use serde_json::{Value as Json, json};
use sign::{Headers, Payload, Request, Signer, SigningAlgorithm};

use super::load::is_whole;
use crate::{
    Outcome,
    exports::SOURCE,
    house::{KEY, PROJECT},
    server::{ACCESS_KEY, SECRET_KEY, Server},
};

const JSON: &str = "application/json";
const USER: &str = "bench";
const PASSWORD: &str = "Bench-mark-1";
/// Reads that take turns, so that no two in a row are the same.
const SIGNED: usize = 64;

/// What makes the next request.
type Next<'o> = Box<dyn Fn() -> Outcome<Vec<u8>> + 'o>;

/// One kind of requests.
pub(super) struct Order<'o> {
    pub(super) name: String,
    pub(super) server: &'o Server,
    /// How each answer begins.
    pub(super) expects: &'static str,
    next: Next<'o>,
}

impl Order<'_> {
    pub(super) fn next(&self) -> Outcome<Vec<u8>> {
        (self.next)()
    }
}

/// What can be asked of a server.
pub(super) struct Orders<'o> {
    server: &'o Server,
    token: String,
    product_id: String,
    /// Devices that were ordered.
    devices: Cell<u64>,
    to_file: bool,
}

impl<'o> Orders<'o> {
    /// Makes what they need: a user with a password for a token, and a product for devices. Audited `to_file` too, or to the
    /// store alone.
    pub(super) fn at(server: &'o Server, program: &Path, directory: &Path, to_file: bool) -> Outcome<Self> {
        unlade(program, directory, &["user", "create", USER, "--password-stdin"])?;
        unlade(program, directory, &["policy", "grant", "IoTDA FullAccess", "--user", USER])?;
        let product = json!({
            "name": "meter", "device_type": "meter", "protocol_type": "MQTT", "data_format": "json",
            "service_capabilities": [{ "service_id": "basic", "service_type": "basic" }],
        });
        let mut orders =
            Self { server, token: String::new(), product_id: String::new(), devices: Cell::new(0), to_file };
        let (_, told) = ask(server, &orders.post("products", &product)?)?;
        orders.product_id = told["product_id"].as_str().ok_or("no product")?.to_owned();
        let who = json!({ "name": USER, "password": PASSWORD, "domain": { "name": "unlade" } });
        let auth = json!({ "auth": {
            "identity": { "methods": ["password"], "password": { "user": who } },
            "scope": { "project": { "id": PROJECT } },
        }});
        let auth = auth.to_string();
        let headers = [("Content-Type", JSON.as_bytes())];
        let request = written("POST", "/v3/auth/tokens", &server.address, &headers, auth.as_bytes());
        let (head, _) = ask(server, &request)?;
        let mut headers = head.lines().filter_map(|line| line.split_once(": "));
        let token = headers.find(|(name, _)| name.eq_ignore_ascii_case("x-subject-token"));
        orders.token = token.ok_or("no token")?.1.to_owned();
        Ok(orders)
    }

    /// Everything, the bare one first and the plain signature next.
    pub(super) fn all(&self) -> Outcome<Vec<Order<'_>>> {
        let bare = written("GET", "/healthz", &self.server.address, &[], b"");
        let headers = [("X-Auth-Token", self.token.as_bytes()), ("Content-Type", JSON.as_bytes())];
        let by_token = (0..SIGNED).map(|at| written("GET", &list(at), &self.server.address, &headers, b""));
        let mut all = vec![
            self.reads("GET /healthz, unsigned", vec![bare]),
            self.signed("SDK-HMAC-SHA256", SigningAlgorithm::HmacSha256)?,
            self.reads("GET export-tasks, by token", by_token.collect()),
            self.signed("SDK-ECDSA-P256-SHA256", SigningAlgorithm::EcdsaP256Sha256)?,
            self.signed("SDK-SM2-SM3", SigningAlgorithm::Sm2Sm3)?,
        ];
        all.extend(self.writes());
        Ok(all)
    }

    /// What leaves lines in the audit.
    pub(super) fn writes(&self) -> [Order<'_>; 2] {
        let whereto = if self.to_file { ", `audit.file`" } else { "" };
        let order = |name: &str, expects, next| Order {
            name: format!("{name}{whereto}"),
            server: self.server,
            expects,
            next,
        };
        let nothing = json!({ "resource_type": SOURCE, "resource_condition": { "task_id": "0".repeat(24) } });
        let refused = move || self.post("export-tasks", &nothing);
        let written = || {
            self.devices.set(self.devices.get() + 1);
            let node_id = format!("n{}", self.devices.get());
            self.post("devices", &json!({ "node_id": node_id, "product_id": self.product_id }))
        };
        [
            order("POST export-tasks, refused", "HTTP/1.1 403", Box::new(refused)),
            order("POST devices, created", "HTTP/1.1 201", Box::new(written)),
        ]
    }

    fn signed(&self, name: &str, algorithm: SigningAlgorithm<'_>) -> Outcome<Order<'_>> {
        let requests = (0..SIGNED).map(|at| self.sign("GET", &list(at), b"", algorithm));
        Ok(self.reads(&format!("GET export-tasks, {name}"), requests.collect::<Outcome<_>>()?))
    }

    fn reads(&self, name: &str, requests: Vec<Vec<u8>>) -> Order<'_> {
        let turn = Cell::new(0);
        let next = move || {
            turn.set((turn.get() + 1) % requests.len());
            Ok(requests[turn.get()].clone())
        };
        Order { name: name.to_owned(), server: self.server, expects: "HTTP/1.1 200", next: Box::new(next) }
    }

    fn post(&self, call: &str, body: &Json) -> Outcome<Vec<u8>> {
        let target = format!("/v5/iot/{PROJECT}/{call}");
        self.sign("POST", &target, body.to_string().as_bytes(), SigningAlgorithm::HmacSha256)
    }

    fn sign(
        &self,
        method: &str,
        target: &str,
        body: &[u8],
        algorithm: SigningAlgorithm<'_>,
    ) -> Outcome<Vec<u8>> {
        let (path, query) =
            target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let bare = [("Host", self.server.address.as_bytes()), ("Content-Type", JSON.as_bytes())];
        let request = Request { method, path, query, headers: Headers(&bare), payload: Payload::Bytes(body) };
        let signer = Signer { access_key_id: ACCESS_KEY, secret_key: SECRET_KEY.as_bytes(), algorithm };
        let signed = signer.sign(&request, SystemClock.now_ms())?;
        let added = signed.iter().map(|(name, value)| (name, value.as_bytes()));
        let headers: Vec<_> = bare.into_iter().skip(1).chain(added).collect();
        Ok(written(method, target, &self.server.address, &headers, body))
    }
}

fn list(at: usize) -> String {
    format!("/v5/iot/{PROJECT}/export-tasks?limit=50&offset={at}&resource_type={SOURCE}")
}

/// As it goes over the wire.
fn written(method: &str, target: &str, host: &str, headers: &[(&str, &[u8])], body: &[u8]) -> Vec<u8> {
    let mut request = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n").into_bytes();
    for (name, value) in headers {
        request.extend_from_slice(name.as_bytes());
        request.extend_from_slice(b": ");
        request.extend_from_slice(value);
        request.extend_from_slice(b"\r\n");
    }
    if !body.is_empty() {
        request.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(body);
    request
}

/// One request on a connection of its own; answers its head and what it told.
fn ask(server: &Server, request: &[u8]) -> Outcome<(String, Json)> {
    let mut connection = std::net::TcpStream::connect(&server.address)?;
    connection.write_all(request)?;
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    while !is_whole(&answer)? {
        match connection.read(&mut piece)? {
            0 => return Err("the server closed the connection".into()),
            length => answer.extend_from_slice(&piece[..length]),
        }
    }
    let answer = String::from_utf8(answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    if !head.starts_with("HTTP/1.1 201") {
        return Err(answer.into());
    }
    Ok((head.to_owned(), serde_json::from_str(body)?))
}

/// A command on the account of a server that runs.
fn unlade(program: &Path, directory: &Path, arguments: &[&str]) -> Outcome<()> {
    let mut command = Command::new(program);
    command.args(arguments).arg("--data-dir").arg(directory).current_dir(directory);
    command.env("UNLADE_MASTER_KEY", KEY).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // Whoever asks for no password does not read it.
        let _ = writeln!(input, "{PASSWORD}");
    }
    let ended = child.wait()?;
    if ended.success() { Ok(()) } else { Err(format!("{}: {ended}", arguments.join(" ")).into()) }
}
