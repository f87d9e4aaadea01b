//! One condition: an operator, a key, and the values that what is known of the request is compared with.

use types::{Text, text};

use super::facts::{Facts, Key};
use super::json::{Node, Place, shown};
use super::operator::{Compare, Kind, Operator, Order, Quantifier};
use super::pattern::{Case, Pattern};
use super::value::{self, Network};

#[derive(Clone, Debug)]
pub(super) struct Condition {
    operator: Operator,
    pub(super) key: Key,
    test: Test,
    /// The operator and the values as they are written, for people.
    pub(super) written: Written,
}

#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) operator: Box<str>,
    pub(super) values: Vec<String>,
}

/// The values, ready to be compared.
#[derive(Clone, Debug)]
enum Test {
    Text(TextTest, Case, Vec<String>),
    Matches(Vec<Pattern>),
    Ordered(Order, fn(&str) -> Option<i128>, Vec<i128>),
    Truth(Vec<bool>),
    Address(Vec<Network>),
    Absent { or_empty: bool, wanted: Vec<bool> },
}

#[derive(Clone, Copy, Debug)]
enum TextTest {
    Equals,
    Has,
    Begins,
    Ends,
}

impl Condition {
    /// All conditions below one operator.
    pub(super) fn read_all(place: &Place, operator: &str, node: Node) -> Result<Vec<Condition>, Text> {
        let Some(read) = Operator::of(operator) else {
            let known = Text::words(&super::operator::names());
            return Err(
                place.says(text!("is no such operator; there are ", "不是可用的运算符，可用的有") + known)
            );
        };
        let keys = node.object(place)?;
        if keys.is_empty() {
            return Err(place.says(text!("names no key", "没有条件键")));
        }
        // Before they are compared with each other.
        place.most(keys.len(), super::CONDITIONS)?;
        let mut conditions: Vec<Condition> = Vec::with_capacity(keys.len());
        for (name, node) in keys {
            let place = place.field(&name);
            let key = Key::of(&name);
            if conditions.iter().any(|other| other.key.name == key.name) {
                return Err(place.says(text!("is there twice", "重复出现")));
            }
            let values = values(&place, node)?;
            let test = Test::read(&place, read.compare, &values)?;
            let written = Written { operator: operator.into(), values };
            conditions.push(Condition { operator: read, key, test, written });
        }
        Ok(conditions)
    }

    /// Whether it holds for what is known.
    pub(super) fn holds(&self, facts: &Facts) -> bool {
        if let Test::Absent { or_empty, wanted } = &self.test {
            let absent = facts.values(&self.key.name).all(|value| *or_empty && value.is_empty());
            return wanted.contains(&absent) != self.operator.negated;
        }
        let mut values = facts.values(&self.key.name).peekable();
        if values.peek().is_none() {
            return self.operator.if_exists || self.operator.quantifier == Quantifier::All;
        }
        let one = |value| self.test.admits(value) != self.operator.negated;
        match self.operator.quantifier {
            Quantifier::All => values.all(one),
            Quantifier::Any => values.any(one),
            Quantifier::One => values.any(|value| self.test.admits(value)) != self.operator.negated,
        }
    }

    /// What its author may not have meant.
    pub(super) fn warnings(&self, place: &Place) -> Vec<Text> {
        let mut warnings = Vec::new();
        let place = place.field(&self.written.operator).field(&self.key.name);
        if !self.key.known {
            let text = text!("no request ever has this key", "任何请求都没有这个条件键");
            warnings.push(place.says(text));
        }
        let (wanted, kind) = (self.operator.kind(), self.key.kind);
        if wanted != kind && wanted != Kind::Any && kind != Kind::Any {
            let text =
                text!("the operator is not for values of this key", "该运算符不适用于这个条件键的取值");
            warnings.push(place.says(text));
        }
        let wild = |value: &String| value.contains(['*', '?']);
        if matches!(self.test, Test::Text(..)) && self.written.values.iter().any(wild) {
            let text = text!(
                "* and ? are compared as they stand; wildcards are for StringMatch",
                "*和?按原样比较，通配符请使用StringMatch"
            );
            warnings.push(place.says(text));
        }
        warnings
    }
}

/// A list of texts, or one text.
fn values(place: &Place, node: Node) -> Result<Vec<String>, Text> {
    if let Node::Text(value) = node {
        return Ok(vec![value]);
    }
    let items = node.list(place)?.into_iter().enumerate();
    items.map(|(index, item)| item.text(&place.item(index))).collect()
}

impl Test {
    fn read(place: &Place, compare: Compare, values: &[String]) -> Result<Self, Text> {
        let text = |test, case| Ok(Test::Text(test, case, values.to_vec()));
        // What every text has, begins and ends with compares with nothing.
        let something = || {
            let expected = text!("a text that is not empty", "非空的字符串");
            each(place, values, &expected, |value| (!value.is_empty()).then_some(()))
        };
        let number = text!("a decimal number, like 600", "十进制数，例如600");
        let time = text!("a time like 2026-11-11T23:59:59Z", "形如2026-11-11T23:59:59Z的时间");
        let truth = text!("true or false", "true或false");
        let network = text!("an address or a network like 192.0.2.0/24", "IP地址或形如192.0.2.0/24的网段");
        match compare {
            Compare::Equals(case) => text(TextTest::Equals, case),
            Compare::Has(case) => something().and_then(|_| text(TextTest::Has, case)),
            Compare::Begins(case) => something().and_then(|_| text(TextTest::Begins, case)),
            Compare::Ends(case) => something().and_then(|_| text(TextTest::Ends, case)),
            Compare::Matches => {
                let pattern = |value: &String| Pattern::stars_and_marks(value, Case::Kept);
                Ok(Test::Matches(values.iter().map(pattern).collect()))
            }
            Compare::Number(order) => {
                Ok(Test::Ordered(order, value::number, each(place, values, &number, value::number)?))
            }
            Compare::Time(order) => {
                Ok(Test::Ordered(order, value::time, each(place, values, &time, value::time)?))
            }
            Compare::Truth => Ok(Test::Truth(each(place, values, &truth, value::truth)?)),
            Compare::Address => Ok(Test::Address(each(place, values, &network, Network::parse)?)),
            Compare::Absent { or_empty } => {
                Ok(Test::Absent { or_empty, wanted: each(place, values, &truth, value::truth)? })
            }
        }
    }

    /// Whether what is known compares with any of the values. What cannot be read as one compares with none.
    fn admits(&self, known: &str) -> bool {
        match self {
            Test::Text(test, case, values) => values.iter().any(|value| test.holds(*case, known, value)),
            Test::Matches(patterns) => patterns.iter().any(|pattern| pattern.matches(known)),
            Test::Ordered(order, read, values) => {
                read(known).is_some_and(|known| values.iter().any(|value| order.holds(known, *value)))
            }
            Test::Truth(values) => value::truth(known).is_some_and(|known| values.contains(&known)),
            Test::Address(networks) => networks.iter().any(|network| network.has(known)),
            Test::Absent { .. } => false,
        }
    }
}

/// Every value, read; the first that cannot be read is refused with what was expected there.
fn each<T>(
    place: &Place,
    values: &[String],
    expected: &Text,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Text> {
    let read_one = |(index, value): (usize, &String)| {
        read(value).ok_or_else(|| {
            let said = shown(value);
            let wrong = text!("“{said}” is not ", "“{said}”不是") + expected.clone();
            place.item(index).says(wrong)
        })
    };
    values.iter().enumerate().map(read_one).collect()
}

impl TextTest {
    fn holds(self, case: Case, known: &str, value: &str) -> bool {
        let (known, value) = (known.as_bytes(), value.as_bytes());
        let Some(beyond) = known.len().checked_sub(value.len()) else { return false };
        match self {
            TextTest::Equals => beyond == 0 && case.equal(known, value),
            TextTest::Begins => case.equal(&known[..value.len()], value),
            TextTest::Ends => case.equal(&known[beyond..], value),
            TextTest::Has => (0..=beyond).any(|at| case.equal(&known[at..at + value.len()], value)),
        }
    }
}
