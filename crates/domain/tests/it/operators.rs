//! Every operator: what it holds for, what it does not hold for, and what it makes of a key that nobody knows.

use serde_json::json;
use unlade_domain::iam::{Facts, Grants, Policy, Question, Resource};

/// Whether a condition holds where `known` are the values of its key.
fn holds(operator: &str, values: &[&str], known: &[&str]) -> bool {
    let document = json!({"Version": "5.0", "Statement": [{
        "Effect": "Allow", "Action": ["iotda:*:*"], "Condition": {operator: {"g:ResourceTag/it": values}},
    }]});
    let policy = Policy::parse("p", &document.to_string()).unwrap_or_else(|refused| panic!("{refused:?}"));
    let facts = known.iter().fold(Facts::new(), |facts, value| facts.with("g:ResourceTag/it", *value));
    let question = Question { action: "iotda:apps:query", resource: Resource::Any, facts: &facts };
    Grants::new(vec![policy]).decide(&question).is_allowed()
}

/// Operator, values, what it holds for, what it does not hold for.
type Case = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

/// The same, behind the names of an operator and of its negation.
type Pair =
    (&'static str, &'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

/// One value is known. What is said of the positive operator is said of its negation the other way round.
const PAIRS: &[Pair] = &[
    ("StringEquals", "StringNotEquals", &["ops", "dev"], &["ops", "dev"], &["Ops", "op", "opsx", "", "xops"]),
    (
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        &["ops", "Dev"],
        &["OPS", "ops", "dev"],
        &["op", "opsx", ""],
    ),
    ("StringLike", "StringNotLike", &["ops", "dev"], &["ops", "my-OPS-team", "xdev"], &["op", "", "o-p-s"]),
    ("StringStartWith", "StringNotStartWith", &["ops"], &["ops", "OPS-1"], &["xops", "op", ""]),
    ("StringEndWith", "StringNotEndWith", &["ops"], &["ops", "1-OPS"], &["opsx", "op", ""]),
    (
        "StringMatch",
        "StringNotMatch",
        &["op*", "d?v"],
        &["op", "ops", "dev"],
        &["Ops", "dv", "deev", "xop", ""],
    ),
    ("NumberEquals", "NumberNotEquals", &["5", "7.0"], &["5", "5.00", "7"], &["6", "-5", "five", ""]),
    (
        "IpAddress",
        "NotIpAddress",
        &["192.0.2.0/24", "2001:db8::/32"],
        &["192.0.2.7", "2001:db8::9", "::ffff:192.0.2.7"],
        &["192.0.3.7", "2001:db9::9", "192.0.2", ""],
    ),
];

const CASES: &[Case] = &[
    ("NumberLessThan", &["5"], &["4", "-6", "4.9"], &["5", "6", "four"]),
    ("NumberLessThanEquals", &["5"], &["4", "5"], &["5.1", ""]),
    ("NumberGreaterThan", &["5", "9"], &["6", "10"], &["5", "4", "six"]),
    ("NumberGreaterThanEquals", &["5"], &["5", "6"], &["4.999999999"]),
    ("DateLessThan", &["2026-01-01T00:00:00Z"], &["2025-12-31T23:59:59Z"], &["2026-01-01T00:00:00Z", "2025"]),
    (
        "DateLessThanEquals",
        &["2026-01-01T00:00:00Z"],
        &["2026-01-01T08:00:00+08:00"],
        &["2026-01-01T00:00:00.001Z", "yesterday"],
    ),
    ("DateGreaterThan", &["2026-01-01T00:00:00Z"], &["2026-01-01T00:00:00.001Z"], &["2026-01-01T00:00:00Z"]),
    (
        "DateGreaterThanEquals",
        &["2026-01-01T00:00:00Z"],
        &["2026-01-01T00:00:00Z"],
        &["2025-12-31T23:59:59Z"],
    ),
    ("Bool", &["true"], &["true", "True"], &["false", "yes", ""]),
    ("Bool", &["false"], &["false"], &["true"]),
];

/// Which names take `AnyOf`, too.
fn with_any_of(operator: &str) -> bool {
    operator.starts_with("String") && !operator.ends_with("Match")
        || ["NumberEquals", "NumberNotEquals"].contains(&operator)
}

#[test]
fn every_operator_holds_for_what_it_says() {
    let both = |operator: &str, values: &[&str], good: &[&str], bad: &[&str]| {
        let other = format!("{operator}AnyOf");
        let names = [Some(operator), with_any_of(operator).then_some(other.as_str())];
        for operator in names.into_iter().flatten() {
            for (list, expected) in [(good, true), (bad, false)] {
                for known in list {
                    assert_eq!(
                        holds(operator, values, &[known]),
                        expected,
                        "{operator} {values:?} {known:?}"
                    );
                    let suffixed = format!("{operator}IfExists");
                    assert_eq!(
                        holds(&suffixed, values, &[known]),
                        expected,
                        "{suffixed} {values:?} {known:?}"
                    );
                }
            }
        }
    };
    for (operator, values, good, bad) in CASES {
        both(operator, values, good, bad);
    }
    for (operator, negated, values, good, bad) in PAIRS {
        both(operator, values, good, bad);
        both(negated, values, bad, good);
    }
}

#[test]
fn a_key_that_is_missing_holds_only_where_it_is_said() {
    let cases = CASES.iter().map(|(operator, values, ..)| (*operator, *values));
    let pairs = PAIRS.iter().flat_map(|(one, other, values, ..)| [(*one, *values), (*other, *values)]);
    for (operator, values) in cases.chain(pairs) {
        assert!(!holds(operator, values, &[]), "{operator}");
        assert!(holds(&format!("{operator}IfExists"), values, &[]), "{operator}IfExists");
        assert!(!holds(&format!("ForAnyValue:{operator}"), values, &[]), "ForAnyValue:{operator}");
        assert!(holds(&format!("ForAllValues:{operator}"), values, &[]), "ForAllValues:{operator}");
        assert!(
            holds(&format!("ForAnyValue:{operator}IfExists"), values, &[]),
            "ForAnyValue:{operator}IfExists"
        );
    }
}

#[test]
fn several_values_are_all_or_any_or_none() {
    let cases = [
        ("StringEquals", &["a", "x"][..], true),
        ("StringEquals", &["x", "y"], false),
        // What is negated must match none.
        ("StringNotEquals", &["a", "x"], false),
        ("StringNotEquals", &["x", "y"], true),
        ("ForAnyValue:StringEquals", &["a", "x"], true),
        ("ForAnyValue:StringEquals", &["x", "y"], false),
        ("ForAllValues:StringEquals", &["a", "x"], false),
        ("ForAllValues:StringEquals", &["a", "b", "a"], true),
        ("ForAnyValue:StringNotEquals", &["a", "x"], true),
        ("ForAnyValue:StringNotEquals", &["a", "b"], false),
        ("ForAllValues:StringNotEquals", &["x", "y"], true),
        ("ForAllValues:StringNotEquals", &["x", "a"], false),
    ];
    for (operator, known, expected) in cases {
        assert_eq!(holds(operator, &["a", "b"], known), expected, "{operator} {known:?}");
    }
}

#[test]
fn whether_a_key_is_there() {
    let cases = [
        ("Null", [true, false, false]),
        ("IsNull", [true, false, false]),
        ("IsNotNull", [false, true, true]),
        ("IsNullOrEmpty", [true, true, false]),
    ];
    for (operator, expected) in cases {
        for (known, expected) in [&[][..], &[""], &["x"]].into_iter().zip(expected) {
            assert_eq!(holds(operator, &["true"], known), expected, "{operator} {known:?}");
            assert_eq!(holds(operator, &["false"], known), !expected, "{operator} false {known:?}");
        }
    }
}
