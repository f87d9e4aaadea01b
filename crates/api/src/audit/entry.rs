//! What is noted of one request while it is answered, and told when it has been.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::{Method, StatusCode};
use domain::Action;
use serde::Serialize;
use serde_json::Value as Json;
use store::identity::Principal;
use types::Code;

use super::{Audit, line, line::Outcome};

/// Reads that are told all the same: what they hand out leaves the house.
const DOWNLOADS: [&str; 1] = ["ShowExportTask"];
/// Where an answer names what was made, before what it belongs to.
const IDS: [&str; 9] = [
    "export_task_id",
    "task_id",
    "file_id",
    "package_id",
    "group_id",
    "device_id",
    "product_id",
    "app_id",
    "id",
];
/// What only looks, though it is asked by POST.
const LOOKS: [&str; 2] = ["ListResourcesByTags", "ListDeviceGroupsByDevice"];
/// Characters of an id in a path that are told: it is the caller's word, and no record has a longer one.
const ID_MAX: usize = 128;

tokio::task_local! {
    static NOTE: Option<Note>;
}

/// What is known so far.
#[derive(Clone, Default)]
struct Note(Arc<Mutex<Noted>>);

#[derive(Default)]
pub(super) struct Noted {
    pub(super) who: Option<Who>,
    pub(super) resource: BTreeMap<String, String>,
    pub(super) action: Option<Action>,
    pub(super) permitted: bool,
}

/// Who sent a request.
#[derive(Clone)]
pub(super) struct Who {
    pub(super) user_id: String,
    pub(super) user_name: String,
    /// The id of the access key, or `token`, `password` and the like.
    pub(super) by: String,
    pub(super) project_id: String,
    pub(super) source: IpAddr,
}

/// Runs what answers a request, so that what is noted in it is noted for its entry.
pub(crate) fn noting<F: Future>(
    entry: Option<&Entry>,
    answering: F,
) -> impl Future<Output = F::Output> + use<F> {
    NOTE.scope(entry.map(|entry| entry.note.clone()), answering)
}

fn note(noted: impl FnOnce(&mut Noted)) {
    // Outside of a request that is told there is nothing to note for.
    let _ = NOTE.try_with(|note| {
        if let Some(Note(note)) = note {
            noted(&mut note.lock().unwrap_or_else(PoisonError::into_inner));
        }
    });
}

/// Notes who it is: by which key, token or password, from where, and about which project or ([`domain::ACCOUNT`]) the
/// account.
pub(crate) fn proven(principal: &Principal, by: &str, source: IpAddr, project_id: &str) {
    note(|noted| {
        noted.who = Some(Who {
            user_id: principal.user_id.clone(),
            user_name: principal.user_name.clone(),
            by: by.to_owned(),
            project_id: cut(project_id),
            source,
        });
    });
}

/// Notes what the path names.
pub(crate) fn named(ids: &[(String, String)]) {
    note(|noted| noted.resource.extend(ids.iter().map(|(name, id)| (name.clone(), cut(id)))));
}

/// Notes the device that a call is about whose path does not name it.
pub(crate) fn device(id: &str) {
    note(|noted| drop(noted.resource.insert("device_id".to_owned(), cut(id))));
}

/// Notes the agency that somebody assumes by its name.
pub(crate) fn agency(id: &str) {
    note(|noted| drop(noted.resource.insert("agency_id".to_owned(), cut(id))));
}

/// Notes what is asked for and whether a policy allows it.
pub(crate) fn asked(action: Action, permitted: bool) {
    note(|noted| {
        noted.action = Some(action);
        noted.permitted = permitted;
    });
}

/// Notes the id of what was made, as the answer tells it. Nothing else of the answer: it may hold a secret.
pub(crate) fn made(answer: &impl Serialize) {
    note(|noted| noted.resource.extend(serde_json::to_value(answer).ok().as_ref().and_then(id)));
}

fn id(answer: &Json) -> Option<(String, String)> {
    let text = |object: &Json, name: &str| object.get(name)?.as_str().map(cut);
    if let Some(found) = IDS.iter().find_map(|name| Some(((*name).to_owned(), text(answer, name)?))) {
        return Some(found);
    }
    // As IAM answers: `{"user":{"id":...}}`, and of a key `{"credential":{"access":...}}`.
    let (kind, object) = answer.as_object()?.iter().next()?;
    let id = text(object, "id").or_else(|| text(object, "access"))?;
    Some((format!("{kind}_id"), id))
}

fn cut(text: &str) -> String {
    text.chars().take(ID_MAX).collect()
}

/// The line that a request will leave. A caller who goes away takes the request's future with it; what it ordered may be
/// done all the same, so it leaves its line when it is dropped.
pub(crate) struct Entry {
    audit: Audit,
    operation: &'static str,
    request_id: String,
    note: Note,
    ended: bool,
}

impl Entry {
    /// Begins it, if the request is one to be told.
    pub(crate) fn begin(
        audit: &Audit,
        operation: &'static str,
        method: &Method,
        request_id: &str,
    ) -> Option<Self> {
        let changes = !method.is_safe() && !LOOKS.contains(&operation);
        let downloads = *method == Method::GET && DOWNLOADS.contains(&operation);
        ((changes || downloads) && audit.is_on()).then(|| Self {
            audit: audit.clone(),
            operation,
            request_id: request_id.to_owned(),
            note: Note::default(),
            ended: false,
        })
    }

    /// Tells it. Returns once the line is in the file, if there is one, and on its way to the store.
    pub(crate) async fn end(mut self, status: StatusCode, code: Option<Code>) {
        self.ended = true;
        if let Some(line) = self.line(Outcome::Answered(status.as_u16(), code)) {
            self.audit.tell(line).await;
        }
    }

    fn line(&self, outcome: Outcome) -> Option<store::audit::Line> {
        let noted = self.note.0.lock().unwrap_or_else(PoisonError::into_inner);
        line::of(self.audit.store()?, &noted, self.operation, &self.request_id, outcome)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if !self.ended
            && let Some(line) = self.line(Outcome::Gone)
        {
            self.audit.tell_later(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_what_was_made_its_own_id_is_told_and_no_secret() {
        let told = |answer: Json| id(&answer).map(|(name, id)| format!("{name}={id}"));
        assert_eq!(
            told(json!({"app_id": "a", "device_id": "d", "auth_info": {"secret": "s"}})),
            Some("device_id=d".to_owned())
        );
        assert_eq!(
            told(json!({"package_id": "p", "app_id": "a", "product_id": "m"})),
            Some("package_id=p".to_owned())
        );
        assert_eq!(
            told(json!({"description": "x", "group_id": "g", "app_id": "a"})),
            Some("group_id=g".to_owned())
        );
        assert_eq!(told(json!({"user": {"id": "u", "name": "n"}})), Some("user_id=u".to_owned()));
        assert_eq!(
            told(json!({"credential": {"access": "AK", "secret": "s"}})),
            Some("credential_id=AK".to_owned())
        );
        assert_eq!(told(json!({"token": {"expires_at": "t"}})), None);
        assert_eq!(told(json!([1])), None);
    }
}
