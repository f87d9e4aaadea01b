//! One statement: an effect, the actions and resources that it is about, and the conditions under which it applies.

use std::sync::Arc;

use types::{Text, text};

use super::condition::Condition;
use super::facts::Facts;
use super::json::{Node, Place, shown};
use super::pattern::{Case, Pattern};
use super::resource::{Entry, Resource};
use crate::Action;

/// The documented number of actions of one statement.
pub const ACTIONS: usize = 100;
/// The documented number of resources of one statement.
pub const RESOURCES: usize = 10;
/// The documented number of conditions of one statement; each key below each operator is one.
pub const CONDITIONS: usize = 10;
/// Of an action. Ours, for nothing is documented: the longest that the service has are half as long.
pub const ACTION_CHARS: usize = 128;
/// Of a Sid. Ours: it is shown in a line of an explanation.
pub const SID_CHARS: usize = 128;

const FIELDS: [&str; 5] = ["Sid", "Effect", "Action", "Resource", "Condition"];
/// Elements of the language that would turn a statement around if they were overlooked.
const REFUSED: [&str; 4] = ["NotAction", "NotResource", "Principal", "NotPrincipal"];

/// What a statement that applies does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It allows, unless another denies.
    Allow,
    /// It denies, whatever allows.
    Deny,
}

impl Effect {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) sid: Option<Arc<str>>,
    pub(super) effect: Effect,
    actions: Vec<ActionPattern>,
    /// Empty: everything.
    resources: Vec<Entry>,
    pub(super) conditions: Vec<Condition>,
}

impl Statement {
    pub(super) fn read(place: &Place, node: Node) -> Result<Self, Text> {
        let (mut sid, mut effect, mut actions, mut resources, mut conditions) =
            (None, None, None, None, None);
        for (name, node) in node.object(place)? {
            let at = place.field(&name);
            match name.as_str() {
                "Sid" => at.once(&mut sid, read_sid(&at, node)?)?,
                "Effect" => at.once(&mut effect, read_effect(&at, node)?)?,
                "Action" => at.once(&mut actions, read_list(&at, node, ACTIONS, ActionPattern::read)?)?,
                "Resource" => at.once(&mut resources, read_list(&at, node, RESOURCES, Entry::read)?)?,
                "Condition" => at.once(&mut conditions, read_conditions(&at, node)?)?,
                refused if REFUSED.contains(&refused) => {
                    return Err(at.says(text!(
                        "is not supported; say what is meant by Action, Resource and Condition",
                        "不支持，请用Action、Resource和Condition表达"
                    )));
                }
                _ => return Err(at.unknown(&FIELDS)),
            }
        }
        Ok(Self {
            sid,
            effect: place.need("Effect", effect)?,
            actions: place.need("Action", actions)?,
            resources: resources.unwrap_or_default(),
            conditions: conditions.unwrap_or_default(),
        })
    }

    pub(super) fn has_action(&self, action: &str) -> bool {
        self.actions.iter().any(|pattern| pattern.matches(action))
    }

    pub(super) fn has_resource(&self, resource: Resource<'_>, facts: &Facts) -> bool {
        self.resources.is_empty()
            || self.resources.iter().any(|entry| entry.names(resource, facts, self.effect))
    }

    /// What its author may not have meant.
    pub(super) fn warnings(&self, place: &Place) -> Vec<Text> {
        let mut warnings = Vec::new();
        let ours =
            |pattern: &ActionPattern| Action::ALL.iter().any(|action| pattern.matches(action.as_str()));
        for (index, _) in self.actions.iter().enumerate().filter(|(_, pattern)| !ours(pattern)) {
            let text = text!("no action of this server is meant by it", "不对应本服务器的任何授权项");
            warnings.push(place.field("Action").item(index).says(text));
        }
        for (index, _) in self.resources.iter().enumerate().filter(|(_, entry)| !entry.is_ours()) {
            let text = text!("nothing on this server is meant by it", "不对应本服务器的任何资源");
            warnings.push(place.field("Resource").item(index).says(text));
        }
        let conditions = place.field("Condition");
        warnings.extend(self.conditions.iter().flat_map(|condition| condition.warnings(&conditions)));
        warnings
    }
}

fn read_sid(place: &Place, node: Node) -> Result<Arc<str>, Text> {
    let sid = node.text(place)?;
    place.most(sid.chars().count(), SID_CHARS)?;
    Ok(sid.into())
}

fn read_effect(place: &Place, node: Node) -> Result<Effect, Text> {
    let effect = node.text(place)?;
    [Effect::Allow, Effect::Deny]
        .into_iter()
        .find(|known| known.as_str() == effect)
        .ok_or_else(|| place.says(text!("must be Allow or Deny", "必须是Allow或Deny")))
}

/// A list of texts, or one text.
fn read_list<T>(
    place: &Place,
    node: Node,
    most: usize,
    read: impl Fn(&Place, &str) -> Result<T, Text>,
) -> Result<Vec<T>, Text> {
    if let Node::Text(one) = &node {
        return Ok(vec![read(place, one)?]);
    }
    let items = node.list(place)?;
    place.most(items.len(), most)?;
    let read_one = |(index, item): (usize, Node)| {
        let place = place.item(index);
        read(&place, &item.text(&place)?)
    };
    items.into_iter().enumerate().map(read_one).collect()
}

fn read_conditions(place: &Place, node: Node) -> Result<Vec<Condition>, Text> {
    let operators = node.object(place)?;
    // Before they are compared with each other.
    place.most(operators.len(), CONDITIONS)?;
    let mut conditions: Vec<Condition> = Vec::new();
    for (operator, node) in operators {
        let at = place.field(&operator);
        if conditions.iter().any(|other| *other.written.operator == *operator) {
            return Err(at.says(text!("is there twice", "重复出现")));
        }
        conditions.extend(Condition::read_all(&at, &operator, node)?);
    }
    place.most(conditions.len(), CONDITIONS)?;
    Ok(conditions)
}

/// `service:type:operation`, each with wildcards; case never counts.
#[derive(Clone, Debug)]
struct ActionPattern(Option<Box<[Pattern; 3]>>);

impl ActionPattern {
    fn read(place: &Place, written: &str) -> Result<Self, Text> {
        if written == "*" {
            return Ok(Self(None));
        }
        let parts: Vec<&str> = written.splitn(4, ':').collect();
        let good = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*-_".contains(&byte))
        };
        let good = written.len() <= ACTION_CHARS && parts.iter().all(|part| good(part));
        match <[&str; 3]>::try_from(parts) {
            Ok(parts) if good => {
                Ok(Self(Some(Box::new(parts.map(|part| Pattern::stars(part, Case::Ignored))))))
            }
            _ => {
                let said = shown(written);
                Err(place.says(text!(
                    "“{said}” is not service:type:operation, like iotda:exporttasks:create",
                    "“{said}”不符合“服务:资源类型:操作”，例如iotda:exporttasks:create"
                )))
            }
        }
    }

    fn matches(&self, action: &str) -> bool {
        let Some(patterns) = &self.0 else { return true };
        let mut parts = action.splitn(3, ':');
        patterns.iter().all(|pattern| parts.next().is_some_and(|part| pattern.matches(part)))
    }
}
