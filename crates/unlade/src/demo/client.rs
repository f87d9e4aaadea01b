//! A small client of the public API: signs every request as the official SDKs do.

use domain::{Clock, SystemClock};
use serde_json::Value;
use sign::{Headers, Payload, Request, Signer, SigningAlgorithm};
use store::identity::Credentials;
use ureq::{Agent, http};

use crate::error::Error;

const JSON: &str = "application/json";
/// More than any answer of the demo has.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

pub(super) struct Client {
    agent: Agent,
    host: String,
    credentials: Credentials,
}

/// A file that the server gave.
pub(super) struct Download {
    /// Its name, fit for a directory.
    pub(super) file_name: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Client {
    pub(super) fn new(host: &str, credentials: Credentials) -> Self {
        // The server is on this machine, whatever proxy the environment names.
        let config = Agent::config_builder().http_status_as_error(false).proxy(None).build();
        Self { agent: config.into(), host: host.to_owned(), credentials }
    }

    /// Calls below `/v5/iot/{project_id}/`.
    pub(super) fn get(&self, call: &str) -> Result<Value, Error> {
        parsed(call, &self.call("GET", call, JSON, b"")?.1)
    }

    pub(super) fn post(&self, call: &str, body: &Value) -> Result<Value, Error> {
        parsed(call, &self.call("POST", call, JSON, body.to_string().as_bytes())?.1)
    }

    /// Uploads a file as `multipart/form-data`, whose body stays out of the signature.
    pub(super) fn upload(&self, call: &str, file_name: &str, file: &[u8]) -> Result<Value, Error> {
        let boundary = (&domain::SystemRng as &dyn domain::Rng).hex(32);
        let mut body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        parsed(call, &self.call("POST", call, &format!("multipart/form-data; boundary={boundary}"), &body)?.1)
    }

    pub(super) fn download(&self, call: &str) -> Result<Download, Error> {
        let (headers, body) = self.call("GET", call, JSON, b"")?;
        let disposition = headers.get("Content-Disposition").and_then(|value| value.to_str().ok());
        Ok(Download { file_name: disposition.and_then(file_name), body })
    }

    fn call(
        &self,
        method: &str,
        call: &str,
        content_type: &str,
        body: &[u8],
    ) -> Result<(http::HeaderMap, Vec<u8>), Error> {
        let failed = |why: &dyn std::fmt::Display| Error::Refused(format!("{method} {call}: {why}"));
        let target = format!("/v5/iot/{}/{call}", self.credentials.project_id);
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("http://{}{target}", self.host))
            .header("Host", &self.host)
            .header("Content-Type", content_type);
        for (name, value) in
            self.sign(method, &target, content_type, body).map_err(|error| failed(&error))?.iter()
        {
            request = request.header(name, value);
        }
        let answer = match body {
            [] => self.agent.run(request.body(()).map_err(|error| failed(&error))?),
            _ => self.agent.run(request.body(body).map_err(|error| failed(&error))?),
        };
        let (head, body) = answer.map_err(|error| failed(&error))?.into_parts();
        let body =
            body.into_with_config().limit(ANSWER_BYTES_MAX).read_to_vec().map_err(|error| failed(&error))?;
        if !head.status.is_success() {
            return Err(failed(&format!("{} {}", head.status, String::from_utf8_lossy(&body))));
        }
        Ok((head.headers, body))
    }

    fn sign(
        &self,
        method: &str,
        target: &str,
        content_type: &str,
        body: &[u8],
    ) -> Result<sign::SignedHeaders, sign::Rejected> {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let headers = [("Host", self.host.as_bytes()), ("Content-Type", content_type.as_bytes())];
        let request =
            Request { method, path, query, headers: Headers(&headers), payload: Payload::Bytes(body) };
        let Credentials { access_key_id, secret_access_key, .. } = &self.credentials;
        Signer {
            access_key_id,
            secret_key: secret_access_key.as_bytes(),
            algorithm: SigningAlgorithm::default(),
        }
        .sign(&request, SystemClock.now_ms())
    }
}

fn parsed(call: &str, body: &[u8]) -> Result<Value, Error> {
    serde_json::from_slice(body)
        .map_err(|error| Error::Refused(format!("the answer to {call} is not JSON: {error}")))
}

/// The name in a `Content-Disposition`, with nothing in it that a file system or a shell would act upon.
fn file_name(disposition: &str) -> Option<String> {
    let (_, name) = disposition.split_once("filename=\"")?;
    let (name, _) = name.split_once('"')?;
    let name: String =
        name.chars().filter(|letter| letter.is_alphanumeric() || "_-.".contains(*letter)).collect();
    (name.ends_with(".zip") && !name.starts_with(['.', '-'])).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_only_a_name() {
        let name = |text: &str| file_name(text).unwrap_or_default();
        assert_eq!(
            name("attachment; filename=\"a_1-5c8b.zip\"; filename*=UTF-8''a_1-5c8b.zip"),
            "a_1-5c8b.zip"
        );
        assert_eq!(name("attachment; filename=\"../../etc/x.zip\""), "");
        assert_eq!(name("attachment; filename=\"a/../b.zip\""), "a..b.zip");
        assert_eq!(name("attachment; filename=\"run.sh\""), "");
        assert_eq!(name("attachment"), "");
    }
}
