//! A decision, told to people.

use types::{Text, text};

use super::decide::{Decider, Decision, Question};
use super::statement::{Effect, Statement};

/// Why a question was decided as it was.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What was to be done.
    pub action: String,
    /// To what, as a policy would name it.
    pub resource: String,
    /// What came of it.
    pub decision: Decision,
    /// Every statement, in order.
    pub looked: Vec<Looked>,
}

/// One statement, as it was looked at.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Which.
    pub statement: Decider,
    /// What it does if it applies.
    pub effect: Effect,
    /// What is in its way; it applies if nothing is.
    pub missed: Vec<Missed>,
}

/// What is in the way of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missed {
    /// It is not about the action. Nothing else of it was looked at.
    Action,
    /// It is not about the resource.
    Resource,
    /// A condition does not hold.
    Condition {
        /// As it is written.
        operator: String,
        /// As the server writes it.
        key: String,
        /// As they are written.
        values: Vec<String>,
        /// What is known of the request.
        known: Vec<String>,
    },
}

impl Looked {
    pub(super) fn at(by: Decider, statement: &Statement, question: &Question<'_>) -> Self {
        let mut missed = Vec::new();
        if !statement.has_action(question.action) {
            missed.push(Missed::Action);
        } else {
            if !statement.has_resource(question.resource, question.facts) {
                missed.push(Missed::Resource);
            }
            for condition in statement.conditions.iter().filter(|one| !one.holds(question.facts)) {
                missed.push(Missed::Condition {
                    operator: condition.written.operator.to_string(),
                    key: condition.key.name.to_string(),
                    values: condition.written.values.clone(),
                    known: question.facts.values(&condition.key.name).map(str::to_owned).collect(),
                });
            }
        }
        Self { statement: by, effect: statement.effect, missed }
    }

    /// Whether the statement applies.
    pub fn applies(&self) -> bool {
        self.missed.is_empty()
    }

    /// In one line.
    pub fn text(&self) -> Text {
        let head = self.statement.text() + Text::same(format!(" {}", self.effect.as_str()));
        if self.applies() {
            return head + text!(": applies", "：适用");
        }
        let head = head + text!(": does not apply, because ", "：不适用，因为");
        let mut missed = self.missed.iter().map(Missed::text);
        let first = missed.next().unwrap_or_else(|| Text::same(""));
        missed.fold(head + first, |text, next| text + text!("; ", "；") + next)
    }
}

impl Missed {
    fn text(&self) -> Text {
        match self {
            Missed::Action => text!("it is not about the action", "其Action不包含该授权项"),
            Missed::Resource => text!("it is not about the resource", "其Resource不包含该资源"),
            Missed::Condition { operator, key, values, known } => {
                let head = text!("{operator} {key} wants ", "{operator} {key}要求") + Text::words(values);
                head + if known.is_empty() {
                    text!(", and the request has none", "，而请求没有该值")
                } else {
                    text!(", and the request has ", "，而请求的值是") + Text::words(known)
                }
            }
        }
    }
}

impl Decider {
    /// Which statement, in words.
    pub fn text(&self) -> Text {
        let (policy, index) = (&self.policy, self.statement);
        let sid = self.sid.as_ref().map(|sid| format!(" ({sid})")).unwrap_or_default();
        Text::same(format!("{policy} Statement[{index}]{sid}"))
    }
}

impl Decision {
    /// In one line.
    pub fn text(&self) -> Text {
        match self {
            Decision::Allowed { by } => text!("allowed by ", "允许，依据") + by.text(),
            Decision::Denied { by: Some(by), .. } => text!("denied by ", "拒绝，依据") + by.text(),
            Decision::Denied { by: None, .. } => {
                text!("denied: no statement allows it", "拒绝：没有允许它的语句")
            }
        }
    }
}

impl Explanation {
    /// The decision, and a line for each statement.
    pub fn text(&self) -> Text {
        let (action, resource) = (&self.action, &self.resource);
        let head = Text::same(format!("{action} {resource}")) + text!(": ", "：") + self.decision.text();
        self.looked.iter().fold(head, |text, looked| text + Text::same("\n") + looked.text())
    }
}
