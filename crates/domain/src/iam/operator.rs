//! The operators of conditions: their names, and what each compares how.
//!
//! All of "Policy syntax" (`usermanual-iam/iam_01_0019`): of texts, all but `StringEquals`, `StringNotEquals` and
//! `StringMatch` pay no heed to case, and `StringLike` means that the value is somewhere in it. A name with `AnyOf` says
//! what the values of every operator mean anyway. `StringMatch`, `Null` and the two prefixes are those of identity
//! policies (`usermanual-iam5/iam_01_0934`). "SCP syntax" (`usermanual-organizations/org_03_0033`) has the same tables
//! for them. It is `IfExists` that makes a missing key hold; so without it a missing key does not, negated or not.

use super::pattern::Case;

/// What values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Time,
    Truth,
    Address,
    /// A tag's value, or that of a key that nobody knows.
    Any,
}

/// How what is known is compared with each value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    Equals(Case),
    Has(Case),
    Begins(Case),
    Ends(Case),
    Matches,
    Number(Order),
    Time(Order),
    Truth,
    Address,
    /// Whether nothing is known, or, if so said, nothing but the empty text.
    Absent {
        or_empty: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    pub(super) fn holds(self, known: i128, value: i128) -> bool {
        match self {
            Order::Equal => known == value,
            Order::Less => known < value,
            Order::LessOrEqual => known <= value,
            Order::Greater => known > value,
            Order::GreaterOrEqual => known >= value,
        }
    }
}

/// Which of the values that are known must compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantifier {
    /// The one. Of several, any; for a negated operator, none may match.
    One,
    All,
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operator {
    pub(super) compare: Compare,
    pub(super) negated: bool,
    pub(super) quantifier: Quantifier,
    pub(super) if_exists: bool,
}

const IF_EXISTS: &str = "IfExists";
const ANY_OF: &str = "AnyOf";
const PREFIXES: [(&str, Quantifier); 2] =
    [("ForAllValues:", Quantifier::All), ("ForAnyValue:", Quantifier::Any)];

/// Name, comparison, whether it is negated, whether there is a second name with `AnyOf`.
const OPERATORS: [(&str, Compare, bool, bool); 29] = {
    use Case::{Ignored, Kept};
    [
        ("StringEquals", Compare::Equals(Kept), false, true),
        ("StringNotEquals", Compare::Equals(Kept), true, true),
        ("StringEqualsIgnoreCase", Compare::Equals(Ignored), false, true),
        ("StringNotEqualsIgnoreCase", Compare::Equals(Ignored), true, true),
        ("StringLike", Compare::Has(Ignored), false, true),
        ("StringNotLike", Compare::Has(Ignored), true, true),
        ("StringStartWith", Compare::Begins(Ignored), false, true),
        ("StringNotStartWith", Compare::Begins(Ignored), true, true),
        ("StringEndWith", Compare::Ends(Ignored), false, true),
        ("StringNotEndWith", Compare::Ends(Ignored), true, true),
        ("StringMatch", Compare::Matches, false, false),
        ("StringNotMatch", Compare::Matches, true, false),
        ("NumberEquals", Compare::Number(Order::Equal), false, true),
        ("NumberNotEquals", Compare::Number(Order::Equal), true, true),
        ("NumberLessThan", Compare::Number(Order::Less), false, false),
        ("NumberLessThanEquals", Compare::Number(Order::LessOrEqual), false, false),
        ("NumberGreaterThan", Compare::Number(Order::Greater), false, false),
        ("NumberGreaterThanEquals", Compare::Number(Order::GreaterOrEqual), false, false),
        ("DateLessThan", Compare::Time(Order::Less), false, false),
        ("DateLessThanEquals", Compare::Time(Order::LessOrEqual), false, false),
        ("DateGreaterThan", Compare::Time(Order::Greater), false, false),
        ("DateGreaterThanEquals", Compare::Time(Order::GreaterOrEqual), false, false),
        ("Bool", Compare::Truth, false, false),
        ("IpAddress", Compare::Address, false, false),
        ("NotIpAddress", Compare::Address, true, false),
        ("Null", Compare::Absent { or_empty: false }, false, false),
        ("IsNull", Compare::Absent { or_empty: false }, false, false),
        ("IsNotNull", Compare::Absent { or_empty: false }, true, false),
        ("IsNullOrEmpty", Compare::Absent { or_empty: true }, false, false),
    ]
};

impl Operator {
    /// The operator of that name, if there is one.
    pub(super) fn of(name: &str) -> Option<Self> {
        let prefixed = |(prefix, quantifier)| Some((name.strip_prefix(prefix)?, quantifier));
        let (name, quantifier) = PREFIXES.into_iter().find_map(prefixed).unwrap_or((name, Quantifier::One));
        let (name, if_exists) = match name.strip_suffix(IF_EXISTS) {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (name, any_of) = match name.strip_suffix(ANY_OF) {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (_, compare, negated, _) =
            OPERATORS.into_iter().find(|(known, .., also)| *known == name && (!any_of || *also))?;
        // Whether something is there is no question to what is there.
        let absent = matches!(compare, Compare::Absent { .. });
        let bare = quantifier == Quantifier::One && !if_exists;
        (!absent || bare).then_some(Self { compare, negated, quantifier, if_exists })
    }

    /// What the values that it compares are.
    pub(super) fn kind(self) -> Kind {
        match self.compare {
            Compare::Number(_) => Kind::Number,
            Compare::Time(_) => Kind::Time,
            Compare::Truth => Kind::Truth,
            Compare::Address => Kind::Address,
            Compare::Absent { .. } => Kind::Any,
            _ => Kind::Text,
        }
    }
}

/// Every name without prefix and suffixes.
pub(super) fn names() -> Vec<&'static str> {
    OPERATORS.iter().map(|(name, ..)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_takes_its_prefixes_and_suffixes_and_no_others() {
        for (name, compare, negated, any_of) in OPERATORS {
            let absent = matches!(compare, Compare::Absent { .. });
            let read = Operator::of(name).unwrap();
            assert_eq!((read.compare, read.negated, read.if_exists), (compare, negated, false), "{name}");
            assert_eq!(Operator::of(&format!("{name}AnyOf")).is_some(), any_of, "{name}");
            for with in
                [format!("{name}IfExists"), format!("ForAllValues:{name}"), format!("ForAnyValue:{name}")]
            {
                assert_eq!(Operator::of(&with).is_some(), !absent, "{with}");
            }
            assert_eq!(Operator::of(&format!("ForAnyValue:{name}AnyOfIfExists")).is_some(), any_of, "{name}");
        }
        for none in [
            "",
            "String",
            "stringEquals",
            "StringEqualsIfExistsIfExists",
            "StringEqualsIfExistsAnyOf",
            "ArnLike",
            "ForAllValues:ForAnyValue:StringEquals",
            "ForAllValue:StringEquals",
            "DateEquals",
            "StringMatchAnyOf",
        ] {
            assert_eq!(Operator::of(none), None, "{none}");
        }
    }
}
