//! A client of the public API that signs its requests: orders exports, waits for them, downloads them.

use std::{fs::File, path::Path, time::Duration};

use domain::{Clock, SystemClock};
use serde_json::{Value, json};
use sign::{Headers, Payload, Request, Signer, SigningAlgorithm};
use ureq::{
    Agent, Body,
    http::{self, Response},
};

use crate::{
    Outcome,
    exports::{KIND, SOURCE},
    house::PROJECT,
    server::{ACCESS_KEY, SECRET_KEY},
};

const JSON: &str = "application/json";
/// Between two looks at an export that is not finished; each costs the server a little.
const ASK_EVERY: Duration = Duration::from_millis(20);

pub(crate) struct Client {
    agent: Agent,
    host: String,
    waiting: tokio::runtime::Runtime,
}

/// Why there is no export.
pub(crate) enum Refusal {
    /// This server knows no such format.
    Format,
    Other(Box<dyn std::error::Error>),
}

impl Refusal {
    /// In words.
    pub(crate) fn told(&self) -> String {
        match self {
            Refusal::Format => "no such format".to_owned(),
            Refusal::Other(why) => why.to_string(),
        }
    }
}

impl<E: Into<Box<dyn std::error::Error>>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

impl Client {
    pub(crate) fn new(host: &str) -> Outcome<Self> {
        // The server is on this machine, whatever proxy the environment names.
        let config = Agent::config_builder().http_status_as_error(false).proxy(None).build();
        let waiting = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        Ok(Self { agent: config.into(), host: host.to_owned(), waiting })
    }

    /// From the order to the Success; answers the id of the export task.
    pub(crate) fn export(&self, task_id: &str, format: &str) -> Result<String, Refusal> {
        let id = self.order(task_id, format)?;
        self.finish(&[&id], ASK_EVERY)?;
        Ok(id)
    }

    /// Orders an export; answers the id of the export task.
    pub(crate) fn order(&self, task_id: &str, format: &str) -> Result<String, Refusal> {
        let order = json!({
            "resource_type": SOURCE, "resource_condition": { "task_id": task_id }, "export_format": format,
        });
        let created = self.call("POST", "export-tasks", order.to_string().as_bytes())?;
        if created.status() == http::StatusCode::BAD_REQUEST {
            return Err(Refusal::Format);
        }
        Ok(json_of(created)?["export_task_id"].as_str().ok_or("no id")?.to_owned())
    }

    /// Waits until all of these, the newest that there are, are a Success.
    pub(crate) fn finish(&self, ids: &[&str], look_every: Duration) -> Outcome<()> {
        self.finish_among(ids, ids.len(), look_every)
    }

    /// [`Client::finish`] of some of the newest so many.
    pub(crate) fn finish_among(&self, ids: &[&str], newest: usize, look_every: Duration) -> Outcome<()> {
        let look = format!("export-tasks?resource_type={SOURCE}&limit={newest}");
        loop {
            let listed = json_of(self.call("GET", &look, b"")?)?;
            let tasks = listed["export_tasks"].as_array().ok_or("no list")?;
            let ours = tasks.iter().filter(|task| ids.iter().any(|&id| task["export_task_id"] == id));
            let ours: Vec<_> = ours.collect();
            if ours.len() < ids.len() {
                return Err("another export task".into());
            }
            let mut waits = false;
            for task in ours {
                match task["status"].as_str() {
                    Some("Success") => {}
                    Some("Processing") => waits = true,
                    _ => return Err(format!("the export ended as {task}").into()),
                }
            }
            if !waits {
                return Ok(());
            }
            self.pause(look_every);
        }
    }

    pub(crate) fn pause(&self, length: Duration) {
        self.waiting.block_on(async { tokio::time::sleep(length).await });
    }

    /// A call that nobody has to be known for.
    pub(crate) fn health(&self) -> Outcome<()> {
        let answer = self.agent.get(format!("http://{}/healthz", self.host)).call()?;
        taken(answer).map(drop)
    }

    /// A page of export tasks.
    pub(crate) fn list(&self) -> Outcome<()> {
        let answer = self.call("GET", &format!("export-tasks?resource_type={SOURCE}&limit=10"), b"")?;
        taken(answer).map(drop)
    }

    /// Creates a batch task of one device that does not exist.
    pub(crate) fn create_batch_task(&self) -> Outcome<()> {
        let order = json!({ "task_name": "small", "task_type": KIND, "targets": ["nobody"] });
        taken(self.call("POST", "batchtasks", order.to_string().as_bytes())?).map(drop)
    }

    /// Writes its result to a file.
    pub(crate) fn download(&self, id: &str, out: &Path) -> Outcome<()> {
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
        let signer = Signer {
            access_key_id: ACCESS_KEY,
            secret_key: SECRET_KEY.as_bytes(),
            algorithm: SigningAlgorithm::default(),
        };
        Ok(signer.sign(&request, SystemClock.now_ms())?)
    }
}

fn json_of(answer: Response<Body>) -> Outcome<Value> {
    Ok(serde_json::from_str(&taken(answer)?)?)
}

/// The body of an answer that is no refusal.
fn taken(mut answer: Response<Body>) -> Outcome<String> {
    let body = answer.body_mut().read_to_string()?;
    if !answer.status().is_success() {
        return Err(format!("{}: {body}", answer.status()).into());
    }
    Ok(body)
}
