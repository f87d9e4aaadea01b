//! Whether one device meets a rule. The store asks the same of many in SQL; a test holds the two together.

use super::{Condition, Field, GroupRule, Test};

/// What a rule may ask of a device.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// Its single texts, of [`Field`]s that are neither of tags nor groups. One that it lacks is not here.
    pub texts: Vec<(Field, String)>,
    /// When it was added, unix ms.
    pub created_ms: i64,
    /// Keys and values of its tags; one without a value has an empty one.
    pub tags: Vec<(String, String)>,
    /// The static groups that it is in.
    pub groups: Vec<String>,
}

impl<V: PartialOrd> Test<V> {
    fn admits(&self, value: &V, begins: impl Fn(&V, &V) -> bool) -> bool {
        match self {
            Test::Is(with) => value == with,
            Test::IsNot(with) => value != with,
            Test::Below(with) => value < with,
            Test::Above(with) => value > with,
            Test::Begins(with) => begins(value, with),
            Test::In(all) => all.contains(value),
            Test::NotIn(all) => !all.contains(value),
        }
    }
}

fn text(test: &Test<String>, value: &str) -> bool {
    test.admits(&value.to_owned(), |value, with| value.starts_with(with))
}

impl Subject {
    fn meets(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Created(test) => test.admits(&self.created_ms, |_, _| false),
            Condition::Text(Field::GroupId, Test::IsNot(id)) => !self.groups.contains(id),
            Condition::Text(Field::GroupId, Test::NotIn(ids)) => {
                !self.groups.iter().any(|id| ids.contains(id))
            }
            Condition::Text(Field::GroupId, test) => self.groups.iter().any(|id| text(test, id)),
            Condition::Text(field, test) => {
                let found = self.texts.iter().find(|(known, _)| known == field);
                text(test, found.map_or("", |(_, value)| value.as_str()))
            }
        }
    }

    fn meets_all(&self, all: &[Condition]) -> bool {
        let (of_tags, others): (Vec<_>, Vec<_>) = all.iter().partition(|condition| condition.is_of_tag());
        let admits = |(key, value): &(String, String)| {
            of_tags.iter().all(|condition| match condition {
                Condition::Text(Field::TagKey, test) => text(test, key),
                Condition::Text(_, test) => text(test, value),
                Condition::Created(_) => false,
            })
        };
        others.into_iter().all(|condition| self.meets(condition))
            && (of_tags.is_empty() || self.tags.iter().any(admits))
    }
}

impl GroupRule {
    /// Whether a device meets it.
    pub fn admits(&self, subject: &Subject) -> bool {
        self.0.iter().any(|all| subject.meets_all(all))
    }
}
