//! A client of the public API that signs its requests: orders an export, waits for it, downloads it.

use std::{fs::File, path::Path, time::Duration};

use domain::{Clock, SystemClock};
use serde_json::{Value, json};
use sign::{Headers, Payload, Request, Signer};
use ureq::{
    Agent, Body,
    http::{self, Response},
};

use super::server::{ACCESS_KEY, SECRET_KEY};
use crate::{Outcome, exports::SOURCE, house::PROJECT};

const JSON: &str = "application/json";
/// Between two looks at an export that is not finished; each costs the server a little.
const ASK_EVERY: Duration = Duration::from_millis(20);

pub(super) struct Client {
    agent: Agent,
    host: String,
    waiting: tokio::runtime::Runtime,
}

/// Why there is no export.
pub(super) enum Refusal {
    /// This server knows no such format.
    Format,
    Other(Box<dyn std::error::Error>),
}

impl<E: Into<Box<dyn std::error::Error>>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

impl Client {
    pub(super) fn new(host: &str) -> Outcome<Self> {
        // The server is on this machine, whatever proxy the environment names.
        let config = Agent::config_builder().http_status_as_error(false).proxy(None).build();
        let waiting = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        Ok(Self { agent: config.into(), host: host.to_owned(), waiting })
    }

    /// From the order to the Success; answers the id of the export task.
    pub(super) fn export(&self, task_id: &str, format: &str) -> Result<String, Refusal> {
        let order = json!({
            "resource_type": SOURCE, "resource_condition": { "task_id": task_id }, "export_format": format,
        });
        let created = self.call("POST", "export-tasks", order.to_string().as_bytes())?;
        if created.status() == http::StatusCode::BAD_REQUEST {
            return Err(Refusal::Format);
        }
        let id = json_of(created)?["export_task_id"].as_str().ok_or("no id")?.to_owned();
        loop {
            let listed = self.call("GET", &format!("export-tasks?resource_type={SOURCE}&limit=1"), b"")?;
            let task = json_of(listed)?["export_tasks"][0].take();
            match task["status"].as_str() {
                _ if task["export_task_id"] != id.as_str() => return Err("another export task".into()),
                Some("Success") => return Ok(id),
                Some("Processing") => {}
                _ => return Err(format!("the export ended as {task}").into()),
            }
            self.waiting.block_on(async { tokio::time::sleep(ASK_EVERY).await });
        }
    }

    /// Writes its result to a file.
    pub(super) fn download(&self, id: &str, out: &Path) -> Outcome<()> {
        let answer = self.call("GET", &format!("export-tasks/{id}/file"), b"")?;
        if !answer.status().is_success() {
            return Err(format!("the download was answered with {}", answer.status()).into());
        }
        #[expect(clippy::disallowed_methods, reason = "a file that is looked at once and thrown away")]
        let mut file = File::create(out)?;
        std::io::copy(&mut answer.into_body().into_reader(), &mut file)?;
        Ok(())
    }

    fn call(&self, method: &str, call: &str, body: &[u8]) -> Outcome<Response<Body>> {
        let target = format!("/v5/iot/{PROJECT}/{call}");
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("http://{}{target}", self.host))
            .header("Host", &self.host)
            .header("Content-Type", JSON);
        for (name, value) in self.sign(method, &target, body)?.iter() {
            request = request.header(name, value);
        }
        Ok(match body {
            [] => self.agent.run(request.body(())?)?,
            _ => self.agent.run(request.body(body)?)?,
        })
    }

    fn sign(&self, method: &str, target: &str, body: &[u8]) -> Outcome<sign::SignedHeaders> {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let headers = [("Host", self.host.as_bytes()), ("Content-Type", JSON.as_bytes())];
        let request =
            Request { method, path, query, headers: Headers(&headers), payload: Payload::Bytes(body) };
        let signer = Signer { access_key_id: ACCESS_KEY, secret_key: SECRET_KEY.as_bytes(), region: None };
        Ok(signer.sign(&request, SystemClock.now_ms())?)
    }
}

fn json_of(mut answer: Response<Body>) -> Outcome<Value> {
    let body = answer.body_mut().read_to_string()?;
    if !answer.status().is_success() {
        return Err(format!("{}: {body}", answer.status()).into());
    }
    Ok(serde_json::from_str(&body)?)
}
