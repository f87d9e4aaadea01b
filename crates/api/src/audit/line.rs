//! What a line says, and how.

use std::collections::BTreeMap;

use serde::Serialize;
use store::{Store, audit::Line};
use types::{Code, time};

use super::entry::Noted;

/// How a request ended.
#[derive(Clone, Copy)]
pub(super) enum Outcome {
    /// With this status, and the code of a refusal.
    Answered(u16, Option<Code>),
    /// Its caller went away before the answer; what it ordered may have been done.
    Gone,
}

/// Fields stand in this order. What a caller chose (names, ids in a path) is a value and never a part of one, and JSON
/// leaves no line break in it.
#[derive(Serialize)]
pub(super) struct Written<'n> {
    pub(super) time: &'n str,
    pub(super) request_id: &'n str,
    pub(super) user_id: &'n str,
    pub(super) user_name: &'n str,
    pub(super) access_key_id: &'n str,
    pub(super) source: String,
    pub(super) project_id: &'n str,
    pub(super) operation: &'n str,
    pub(super) action: Option<&'n str>,
    pub(super) resource: &'n BTreeMap<String, String>,
    pub(super) decision: &'n str,
    pub(super) status: Option<u16>,
    pub(super) code: Option<&'n str>,
}

/// The line of a request, told now; none of a stranger's.
pub(super) fn of(
    store: &Store,
    noted: &Noted,
    operation: &str,
    request_id: &str,
    outcome: Outcome,
) -> Option<Line> {
    let who = noted.who.as_ref()?;
    let (status, code) = match outcome {
        Outcome::Answered(status, code) => (Some(status), code),
        Outcome::Gone => (None, None),
    };
    // A permit may hold for some apps only, which the store finds out.
    let denied = matches!(code, Some(Code::Denied | Code::IamDenied | Code::ForeignProject));
    // Where no action is asked for, as for a token, what was answered is what was decided.
    let given = noted.action.is_none() && status.is_some_and(|status| status < 400);
    let audit_id = store.context().ids.next();
    let time_ms = store.now_ms();
    let written = Written {
        time: &time::iso_ms(time_ms),
        request_id,
        user_id: &who.user_id,
        user_name: &who.user_name,
        access_key_id: &who.by,
        source: who.source.to_string(),
        project_id: &who.project_id,
        operation,
        action: noted.action.map(domain::Action::as_str),
        resource: &noted.resource,
        decision: if (noted.permitted || given) && !denied { "allowed" } else { "denied" },
        status,
        code: code.map(Code::as_str),
    };
    Some(Line {
        audit_id,
        time_ms,
        request_id: request_id.to_owned(),
        // A database takes no NUL in a text; such a project is nobody's.
        project_id: who.project_id.replace('\0', ""),
        user_id: who.user_id.clone(),
        text: serde_json::to_string(&written).ok()?,
    })
}
