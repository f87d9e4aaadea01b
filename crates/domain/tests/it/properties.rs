//! Whatever a document says, the evaluator and the plain reading of it agree.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use unlade_domain::Action;
use unlade_domain::iam::{Decision, Effect, Facts, Grants, Policy, Question, Resource};

use super::naive;

const TEXT: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "StringStartWith",
    "StringNotStartWith",
    "StringEndWith",
    "StringNotEndWith",
    "StringEqualsAnyOf",
    "StringNotEqualsAnyOf",
    "StringNotStartWithAnyOf",
    "StringMatch",
    "StringNotMatch",
];
const NUMBER: &[&str] = &[
    "NumberEquals",
    "NumberNotEquals",
    "NumberNotEqualsAnyOf",
    "NumberLessThan",
    "NumberLessThanEquals",
    "NumberGreaterThan",
    "NumberGreaterThanEquals",
];
const TIME: &[&str] = &["DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"];
const NULL: &[&str] = &["Null", "IsNull", "IsNotNull", "IsNullOrEmpty"];

const TEXTS: &[&str] = &["a", "A", "ab", "aB", "b*", "?b", "0"];
const NUMBERS: &[&str] = &["0", "1", "1.0", "-1", "2.5"];
const TIMES: &[&str] = &["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "2025-06-01T00:00:00Z"];
const TRUTHS: &[&str] = &["true", "false"];
const ADDRESSES: &[&str] = &["192.0.2.1", "192.0.2.200", "192.0.3.1", "10.0.0.1"];
const NETWORKS: &[&str] = &["192.0.2.0/24", "192.0.2.1", "10.0.0.0/8", "192.0.2.0/23", "0.0.0.0/0"];

/// Keys, with what is known under them.
const KEYS: &[(&str, &[&str])] = &[
    ("g:UserName", TEXTS),
    ("g:MFAAge", NUMBERS),
    ("g:CurrentTime", TIMES),
    ("g:MFAPresent", TRUTHS),
    ("g:SourceIp", ADDRESSES),
    ("g:RequestedRegion", &["r1", "r2"]),
    ("g:PrincipalAccount", &["acc"]),
    ("nobody:Knows", TEXTS),
    ("g:EnterpriseProjectId", TEXTS),
    ("g:TagKeys", TEXTS),
    ("g:RequestTag/a", NUMBERS),
    ("g:ResourceTag/A", TEXTS),
];

const ACTIONS: &[&str] = &[
    "*",
    "*:*:*",
    "iotda:*:*",
    "IoTDA:exporttasks:*",
    "iotda:ExportTasks:Create",
    "iotda:*:query*",
    "iotda:*tasks:*",
    "iotda:*s:*e*",
    "obs:*:*",
];
const RESOURCES: &[&str] = &[
    "*",
    "IoTDA:*:*:*:*",
    "IoTDA:*:*:app:*",
    "IoTDA:*:*:app:a1",
    "iotda:r1:*:app:a1",
    "iotda:*:acc:*:*",
    "iotda:r*:*:*:*",
    "IoTDA:*:*:instance:i*",
    "IoTDA:*:*:inst*:*",
    "iotda:*:*:*:*1",
    "obs:*:*:app:a1",
];

fn operator(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    let prefix = prop_oneof![3 => Just(""), 1 => Just("ForAllValues:"), 1 => Just("ForAnyValue:")];
    let suffix = prop_oneof![2 => Just(""), 1 => Just("IfExists")];
    (prefix, select(names), suffix).prop_map(|(prefix, name, suffix)| format!("{prefix}{name}{suffix}"))
}

fn condition() -> impl Strategy<Value = (String, String, Vec<&'static str>)> {
    let of = |names, values: &'static [&'static str]| (operator(names), vec(select(values), 1..3));
    let bare = (select(NULL).prop_map(str::to_owned), vec(select(TRUTHS), 1..3));
    let test = prop_oneof![
        4 => of(TEXT, TEXTS), 2 => of(NUMBER, NUMBERS), 1 => of(TIME, TIMES), 1 => of(&["Bool"], TRUTHS),
        1 => of(&["IpAddress", "NotIpAddress"], NETWORKS), 1 => bare,
    ];
    (test, select(KEYS)).prop_map(|((operator, values), (key, _))| (operator, key.to_owned(), values))
}

fn statement() -> impl Strategy<Value = Value> {
    let resources = prop_oneof![1 => Just(vec![]), 2 => vec(select(RESOURCES), 1..3)];
    let parts = (any::<bool>(), vec(select(ACTIONS), 1..3), resources, vec(condition(), 0..3));
    parts.prop_map(|(allow, actions, resources, conditions)| {
        let mut statement = json!({"Effect": if allow { "Allow" } else { "Deny" }, "Action": actions});
        if !resources.is_empty() {
            statement["Resource"] = json!(resources);
        }
        let mut said = Map::new();
        for (operator, key, values) in conditions {
            said.entry(operator).or_insert_with(|| json!({}))[key] = json!(values);
        }
        statement["Condition"] = said.into();
        statement
    })
}

fn documents() -> impl Strategy<Value = Vec<Value>> {
    let document = vec(statement(), 1..4);
    vec(document.prop_map(|statements| json!({"Version": "1.1", "Statement": statements})), 0..4)
}

fn facts() -> impl Strategy<Value = Vec<(String, String)>> {
    let one = select(KEYS)
        .prop_flat_map(|(key, values)| (Just(key.to_owned()), select(values).prop_map(str::to_owned)));
    vec(one, 0..8)
}

fn resource() -> impl Strategy<Value = Resource<'static>> {
    select(&[Resource::Any, Resource::App("a1"), Resource::App("b1")][..])
}

fn known(facts: &[(String, String)]) -> Facts {
    facts.iter().fold(Facts::new(), |all, (key, value)| all.with(key.clone(), value.clone()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn the_evaluator_and_the_plain_reading_agree(
        documents in documents(), action in select(Action::ALL), resource in resource(),
        instance in select(&[None, Some("i1"), Some("a1")][..]), facts in facts(),
    ) {
        let parse = |document: &Value| Policy::parse("p", &document.to_string());
        let policies: Result<Vec<Policy>, _> = documents.iter().map(parse).collect();
        let grants = Grants::new(policies.map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?);
        let all = known(&facts).in_instance(instance);
        let action = action.as_str();
        let question = Question { action, resource, facts: &all };
        let decision = grants.decide(&question);
        let told = match &decision {
            Decision::Allowed { .. } => Some(true),
            Decision::Denied { explicit, .. } => explicit.then_some(false),
        };
        prop_assert_eq!(told, naive::decide(&documents, action, resource, instance, &facts));

        let explanation = grants.explain(&question);
        let applies = |effect| explanation.looked.iter().find(|one| one.applies() && one.effect == effect);
        let decides = applies(Effect::Deny).or_else(|| applies(Effect::Allow));
        prop_assert_eq!(decides.map(|one| &one.statement), decision.by());
        prop_assert_eq!(&explanation.decision, &decision);
    }
}
