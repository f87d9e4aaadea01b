//! What is no policy is refused by its place, and what may be meant otherwise is warned of.

use serde_json::{Value, json};
use types::Language;
use unlade_domain::iam::{self, Policy};

fn refusal(document: &str) -> String {
    let refused = Policy::parse("p", document).err().unwrap_or_else(|| panic!("taken: {document}"));
    assert!(!refused.in_language(Language::Chinese).is_empty());
    refused.in_language(Language::English).to_owned()
}

fn statement(statement: Value) -> String {
    json!({"Version": "1.1", "Statement": Value::Array(vec![statement])}).to_string()
}

/// A good statement with one field that is not.
fn with(field: &str, value: Value) -> String {
    let mut good = json!({"Effect": "Allow", "Action": ["iotda:*:*"]});
    good[field] = value;
    statement(good)
}

#[test]
fn what_is_wrong_is_named_by_its_place() {
    let tag = |operator: &str, values: Value| with("Condition", json!({operator: {"g:MFAAge": values}}));
    let cases = [
        (r#"[]"#.to_owned(), "document: must be an object"),
        (r#"{"Statement":[]}"#.to_owned(), "Statement: must not be empty"),
        (r#"{"Version":"1.1"}"#.to_owned(), "Statement: is missing"),
        (r#"{"Version":"2012-10-17"}"#.to_owned(), "Version: “2012-10-17” must be 1.1 or 5.0"),
        (r#"{"Version":"1.0"}"#.to_owned(), "Version: 1.0 is the version of system roles"),
        (r#"{"Version":1.1}"#.to_owned(), "Version: must be a string"),
        (r#"{"Version":"1.1","Version":"5.0"}"#.to_owned(), "Version: is there twice"),
        (r#"{"Version":"1.1","Depends":[]}"#.to_owned(), "Depends: is no such field"),
        (statement(json!("Allow")), "Statement[0]: must be an object"),
        (statement(json!({"Action": ["iotda:*:*"]})), "Statement[0].Effect: is missing"),
        (statement(json!({"Effect": "Allow"})), "Statement[0].Action: is missing"),
        (with("Effect", json!("allow")), "Statement[0].Effect: must be Allow or Deny"),
        (with("Effect", json!(true)), "Statement[0].Effect: must be a string"),
        (with("Actions", json!([])), "Statement[0].Actions: is no such field"),
        (with("NotAction", json!(["iotda:*:*"])), "Statement[0].NotAction: is not supported"),
        (with("NotResource", json!(["*"])), "Statement[0].NotResource: is not supported"),
        (with("Principal", json!({})), "Statement[0].Principal: is not supported"),
        (with("Action", json!([])), "Statement[0].Action: must not be empty"),
        (with("Action", json!({})), "Statement[0].Action: must be a list"),
        (with("Action", json!(["iotda:*:*", 1])), "Statement[0].Action[1]: must be a string"),
        (
            with("Action", json!(["a:b:c", "iotda:*"])),
            "Statement[0].Action[1]: “iotda:*” is not service:type",
        ),
        (with("Action", json!(["iotda::create"])), "Statement[0].Action[0]: “iotda::create” is not"),
        (with("Action", json!(["iotda:a:b:c"])), "Statement[0].Action[0]: “iotda:a:b:c” is not"),
        (with("Action", json!("iotda:a?:b")), "Statement[0].Action: “iotda:a?:b” is not"),
        (with("Resource", json!([])), "Statement[0].Resource: must not be empty"),
        (with("Resource", json!(["IoTDA:*:*:app"])), "Statement[0].Resource[0]: “IoTDA:*:*:app” is neither"),
        (with("Resource", json!(["IoTDA:::app:a"])), "Statement[0].Resource[0]: “IoTDA:::app:a” is neither"),
        (with("Sid", json!(["a"])), "Statement[0].Sid: must be a string"),
        (with("Condition", json!([])), "Statement[0].Condition: must be an object"),
        (with("Condition", json!({"ArnLike": {}})), "Statement[0].Condition.ArnLike: is no such operator"),
        (
            with("Condition", json!({"NullIfExists": {}})),
            "Statement[0].Condition.NullIfExists: is no such operator",
        ),
        (with("Condition", json!({"Bool": {}})), "Statement[0].Condition.Bool: names no key"),
        (tag("Bool", json!([])), "Statement[0].Condition.Bool.g:MFAAge: must not be empty"),
        (tag("Bool", json!(true)), "Statement[0].Condition.Bool.g:MFAAge: must be a list"),
        (tag("Bool", json!(["true", true])), "Statement[0].Condition.Bool.g:MFAAge[1]: must be a string"),
        (tag("Bool", json!(["yes"])), "Statement[0].Condition.Bool.g:MFAAge[0]: “yes” is not true or false"),
        (
            tag("NumberEquals", json!(["1e9"])),
            "Statement[0].Condition.NumberEquals.g:MFAAge[0]: “1e9” is not a decimal",
        ),
        (
            tag("DateLessThan", json!("2026")),
            "Statement[0].Condition.DateLessThan.g:MFAAge[0]: “2026” is not a time",
        ),
        (
            tag("IpAddress", json!(["10.0.0.0/33"])),
            "Statement[0].Condition.IpAddress.g:MFAAge[0]: “10.0.0.0/33” is not",
        ),
        (
            tag("StringLike", json!([""])),
            "Statement[0].Condition.StringLike.g:MFAAge[0]: “” is not a text that is not",
        ),
        (with("Condition", json!({"Bool": {"g:MFAAge": ["true"], "G:mfaage": ["true"]}})), "is there twice"),
    ];
    for (document, expected) in cases {
        let said = refusal(&document);
        assert!(said.starts_with(expected) || said.ends_with(expected), "{document}\n{said}\n{expected}");
    }
}

#[test]
fn the_last_word_on_an_effect_is_not_the_last_one_said() {
    let twice =
        r#"{"Version":"1.1","Statement":[{"Effect":"Deny","Effect":"Allow","Action":["iotda:*:*"]}]}"#;
    assert_eq!(refusal(twice), "Statement[0].Effect: is there twice");
    let twice = r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["iotda:*:*"],"Condition":
        {"Bool":{"g:MFAPresent":["true"]},"Bool":{"g:MFAPresent":["false"]}}}]}"#;
    assert_eq!(refusal(twice), "Statement[0].Condition.Bool: is there twice");
}

#[test]
fn each_limit_is_held_and_reached() {
    let good = json!({"Effect": "Allow", "Action": ["iotda:*:*"]});
    let statements = |count| json!({"Version": "5.0", "Statement": vec![good.clone(); count]}).to_string();
    let actions = |count| with("Action", json!(vec!["iotda:*:*"; count]));
    let resources = |count| with("Resource", json!(vec!["*"; count]));
    let long = |count: usize| with("Resource", json!([format!("iotda:*:*:app:{}", "a".repeat(count - 14))]));
    let named = |count: usize| with("Action", json!([format!("iotda:a:{}", "a".repeat(count - 8))]));
    let sid = |count| with("Sid", json!("编".repeat(count)));
    let keys = |count: usize| -> serde_json::Map<String, Value> {
        (0..count).map(|n| (format!("g:ResourceTag/{n}"), json!("a"))).collect()
    };
    let conditions =
        |count| with("Condition", json!({"StringEquals": keys(4), "StringNotEquals": keys(count - 4)}));
    let limits: [(usize, &dyn Fn(usize) -> String); 7] = [
        (iam::STATEMENTS, &statements),
        (iam::ACTIONS, &actions),
        (iam::RESOURCES, &resources),
        (iam::CONDITIONS, &conditions),
        (iam::RESOURCE_CHARS, &long),
        (iam::ACTION_CHARS, &named),
        (iam::SID_CHARS, &sid),
    ];
    for (limit, document) in limits {
        assert!(Policy::parse("p", &document(limit)).is_ok(), "{limit}: {}", document(limit));
        assert!(Policy::parse("p", &document(limit + 1)).is_err(), "{limit}: {}", document(limit + 1));
    }
    let document = statements(1);
    let padded = |bytes: usize| format!("{document}{}", " ".repeat(bytes - document.len()));
    assert!(Policy::parse("p", &padded(iam::DOCUMENT_BYTES)).is_ok());
    assert!(refusal(&padded(iam::DOCUMENT_BYTES + 1)).contains("65536 bytes"));
}

#[test]
fn a_document_that_nests_for_ever_ends() {
    for open in ["[", "{\"a\":"] {
        assert!(refusal(&open.repeat(10_000)).starts_with("the document is not JSON"));
    }
}

#[test]
fn a_refusal_repeats_little_of_a_long_word() {
    let long = "x".repeat(10_000);
    for document in [
        with("Action", json!([long])),
        with(&long, json!(1)),
        with("Condition", json!({&long: {}})),
        with("Condition", json!({"Bool": {&long: ["no"]}})),
        json!({"Version": long}).to_string(),
    ] {
        assert!(refusal(&document).chars().count() < 1_000);
    }
}

#[test]
fn what_may_be_meant_otherwise_is_warned_of() {
    let condition =
        |operator: &str, key: &str, value: &str| with("Condition", json!({operator: {key: [value]}}));
    let cases = [
        (
            with("Action", json!(["iotda:*:*", "iotda:exporttask:create"])),
            Some("Statement[0].Action[1]: no action"),
        ),
        (
            with("Resource", json!(["obs:*:*:bucket:b"])),
            Some("Statement[0].Resource[0]: nothing on this server"),
        ),
        (
            condition("StringEquals", "g:Usrname", "a"),
            Some("Statement[0].Condition.StringEquals.g:Usrname: no request ever has"),
        ),
        (
            condition("NumberEquals", "g:UserName", "1"),
            Some("Statement[0].Condition.NumberEquals.g:UserName: the op"),
        ),
        (
            condition("StringEquals", "g:UserName", "a*"),
            Some("Statement[0].Condition.StringEquals.g:UserName: * and"),
        ),
        (condition("StringMatch", "g:UserName", "a*"), None),
        (condition("Null", "g:MFAPresent", "true"), None),
        (condition("NumberEquals", "g:RequestTag/level", "1"), None),
        (
            condition("NumberLessThan", "g:MFAAge", "1"),
            Some("Statement[0].Condition.NumberLessThan.g:MFAAge: no request ever has"),
        ),
        (
            condition("StringEquals", "g:ResourceTag/team", "a"),
            Some("Statement[0].Condition.StringEquals.g:ResourceTag/team: no request ever has"),
        ),
    ];
    for (document, expected) in cases {
        let policy = Policy::parse("p", &document).unwrap_or_else(|refused| panic!("{refused:?}"));
        let said: Vec<_> = policy.warnings().iter().map(|text| text.in_language(Language::English)).collect();
        match expected {
            Some(expected) => {
                assert!(said.len() == 1 && said[0].starts_with(expected), "{document}\n{said:?}");
            }
            None => assert!(said.is_empty(), "{document}\n{said:?}"),
        }
    }
}
