//! The line of what was done on the data directory or the database itself, by a command.

use std::collections::BTreeMap;

use domain::Action;
use store::{Store, audit::Line};
use types::{Code, time};

use super::line::Written;

/// Who does what a command does: whoever may read the data directory and its master key.
pub const OPERATOR: &str = "operator";
/// In place of the address that a call comes from.
const SOURCE: &str = "command";

/// What a command has changed, or was refused.
pub struct Command<'c> {
    /// What it is called.
    pub operation: &'c str,
    /// What a policy calls it, if one can speak of it.
    pub action: Option<Action>,
    /// The project, or [`domain::ACCOUNT`].
    pub project_id: &'c str,
    /// The ids of what it was about.
    pub resource: BTreeMap<String, String>,
    /// Why it was refused.
    pub code: Option<Code>,
}

impl Command<'_> {
    /// Its line, told now.
    pub fn line(&self, store: &Store) -> Option<Line> {
        let context = store.context();
        let (audit_id, time_ms, request_id) = (context.ids.next(), store.now_ms(), context.rng.hex(32));
        let written = Written {
            time: &time::iso_ms(time_ms),
            request_id: &request_id,
            user_id: OPERATOR,
            user_name: OPERATOR,
            access_key_id: "",
            source: SOURCE.to_owned(),
            project_id: self.project_id,
            operation: self.operation,
            action: self.action.map(Action::as_str),
            resource: &self.resource,
            decision: "allowed",
            status: None,
            code: self.code.map(Code::as_str),
        };
        let text = serde_json::to_string(&written).ok()?;
        let (project_id, user_id) = (self.project_id.to_owned(), OPERATOR.to_owned());
        Some(Line { audit_id, time_ms, request_id, project_id, user_id, text })
    }
}
