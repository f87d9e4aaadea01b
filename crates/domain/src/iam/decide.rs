//! The decision: a statement that denies wins, else one that allows, else nobody allowed it.

use std::sync::Arc;

use super::document::Policy;
use super::explain::{Explanation, Looked};
use super::facts::Facts;
use super::resource::Resource;
use super::statement::{Effect, Statement};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What is to be done, `iotda:exporttasks:create`.
    pub action: &'a str,
    /// To what.
    pub resource: Resource<'a>,
    /// What is known of the request.
    pub facts: &'a Facts,
}

/// The statement that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decider {
    /// The name of its policy.
    pub policy: Arc<str>,
    /// Which of the policy's statements, from 0.
    pub statement: usize,
    /// The statement's own name, if it has one.
    pub sid: Option<Arc<str>>,
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed {
        /// The first that allows it.
        by: Decider,
    },
    /// It is not allowed.
    Denied {
        /// Whether a statement denies it; else no statement allows it.
        explicit: bool,
        /// The first that denies it.
        by: Option<Decider>,
    },
}

impl Decision {
    /// Whether it may be done.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Decision::Allowed { .. })
    }

    /// The statement that decided, if one did.
    pub fn by(&self) -> Option<&Decider> {
        match self {
            Decision::Allowed { by } => Some(by),
            Decision::Denied { by, .. } => by.as_ref(),
        }
    }
}

/// All policies of one user.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    policies: Vec<Policy>,
}

impl Grants {
    /// In this order; the order changes nothing but which statement is named as the one that decided.
    pub fn new(policies: Vec<Policy>) -> Self {
        Self { policies }
    }

    /// The policies.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// May it be done?
    pub fn decide(&self, question: &Question<'_>) -> Decision {
        let mut allowed = None;
        for (policy, index, statement) in self.statements() {
            // Once something allows it, only what denies it can change that.
            if (statement.effect == Effect::Deny || allowed.is_none()) && statement.applies(question) {
                let by = (policy, index, statement);
                if statement.effect == Effect::Deny {
                    return Decision::Denied { explicit: true, by: Some(decider(by)) };
                }
                allowed = Some(by);
            }
        }
        match allowed {
            Some(by) => Decision::Allowed { by: decider(by) },
            None => Decision::Denied { explicit: false, by: None },
        }
    }

    /// Why: every statement, whether it applies, and if not, all that is in its way.
    pub fn explain(&self, question: &Question<'_>) -> Explanation {
        let looked = self.statements().map(|by| Looked::at(decider(by), by.2, question)).collect();
        Explanation {
            action: question.action.to_owned(),
            resource: question.resource.name(),
            decision: self.decide(question),
            looked,
        }
    }

    fn statements(&self) -> impl Iterator<Item = (&Policy, usize, &Statement)> {
        let each =
            |policy| Policy::statements(policy).iter().enumerate().map(move |(n, one)| (policy, n, one));
        self.policies.iter().flat_map(each)
    }
}

fn decider((policy, statement, said): (&Policy, usize, &Statement)) -> Decider {
    Decider { policy: policy.shared_name().clone(), statement, sid: said.sid.clone() }
}

impl Statement {
    fn applies(&self, question: &Question<'_>) -> bool {
        self.has_action(question.action)
            && self.has_resource(question.resource, question.facts)
            && self.conditions.iter().all(|condition| condition.holds(question.facts))
    }
}
