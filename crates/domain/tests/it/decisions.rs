//! What wins, what a resource names, and how a decision is told.

use serde_json::{Value, json};
use types::Language;
use unlade_domain::iam::{Decision, Facts, Grants, Missed, Policy, Question, Resource, keys};

fn grants(documents: &[Value]) -> Grants {
    let named = |(index, document): (usize, &Value)| {
        Policy::parse(&format!("p{index}"), &document.to_string())
            .unwrap_or_else(|refused| panic!("{refused:?}"))
    };
    Grants::new(documents.iter().enumerate().map(named).collect())
}

fn policy(statements: Value) -> Value {
    let mut document = json!({"Version": "1.1"});
    document["Statement"] = statements;
    document
}

const CREATE: &str = "iotda:exporttasks:create";

fn decide(grants: &Grants, resource: Resource<'_>) -> Decision {
    grants.decide(&Question { action: CREATE, resource, facts: &Facts::new() })
}

#[test]
fn what_denies_wins_wherever_it_stands() {
    let allow = policy(json!([{"Effect": "Allow", "Action": ["iotda:*:*"]}]));
    let deny = policy(json!([
        {"Effect": "Allow", "Action": ["iotda:*:*"]},
        {"Sid": "No exports", "Effect": "Deny", "Action": ["iotda:exporttasks:*"]},
    ]));
    for (documents, named) in [([allow.clone(), deny.clone()], "p1"), ([deny, allow.clone()], "p0")] {
        let Decision::Denied { explicit: true, by: Some(by) } = decide(&grants(&documents), Resource::Any)
        else {
            panic!("denied by a statement");
        };
        assert_eq!((&*by.policy, by.statement, by.sid.as_deref()), (named, 1, Some("No exports")));
    }
    let allowed = decide(&grants(&[allow]), Resource::Any);
    assert_eq!(allowed.by().map(|by| (by.statement, by.sid.is_none())), Some((0, true)));
}

#[test]
fn nobody_may_do_what_nobody_allowed() {
    for documents in [vec![], vec![policy(json!([{"Effect": "Allow", "Action": ["iotda:apps:*"]}]))]] {
        let decision = decide(&grants(&documents), Resource::Any);
        assert_eq!(decision, Decision::Denied { explicit: false, by: None });
    }
}

#[test]
fn a_resource_names_what_it_says_and_no_more() {
    use Resource::{Any, App};
    // The project, two apps, and the project if it lies in the instance i.
    let cases = [
        ("*", [true, true, true, true]),
        ("IoTDA:*:*:*:*", [true, true, true, true]),
        ("IoTDA:*:*:app:*", [false, true, true, false]),
        ("iotda:*:*:APP:a1", [false, true, false, false]),
        ("IoTDA:*:*:app:a*", [false, true, true, false]),
        ("IoTDA:*:*:app:A1", [false, false, false, false]),
        ("IoTDA:*:*:instance:*", [false, false, false, true]),
        ("IoTDA:*:*:instance:i", [false, false, false, true]),
        ("IoTDA:*:*:instance:j", [false, false, false, false]),
        ("IoTDA:*:*:*:i", [false, false, false, false]),
        ("IoTDA:*:*:*:a1", [false, true, false, false]),
        ("IoTDA:*:*:product:*", [false, false, false, false]),
        ("obs:*:*:app:*", [false, false, false, false]),
        ("*:*:*:app:a1", [false, true, false, false]),
    ];
    for version in ["1.1", "5.0"] {
        for (written, expected) in cases {
            let statement = json!([{"Effect": "Allow", "Action": [CREATE], "Resource": [written]}]);
            let grants = grants(&[json!({"Version": version, "Statement": statement})]);
            let within = Facts::new().in_instance(Some("i"));
            let inside = Question { action: CREATE, resource: Any, facts: &within };
            let [any, one, other] = [Any, App("a1"), App("a2")].map(|one| decide(&grants, one).is_allowed());
            let found = [any, one, other, grants.decide(&inside).is_allowed()];
            assert_eq!(found, expected, "{written}");
        }
    }
}

#[test]
fn a_region_that_nobody_knows_counts_against_the_caller() {
    let written = "iotda:cn-north-4:acc:app:*";
    let all = json!({"Effect": "Allow", "Action": ["iotda:*:*"]});
    let allow = grants(&[policy(json!([{"Effect": "Allow", "Action": [CREATE], "Resource": [written]}]))]);
    let deny = grants(&[policy(json!([all, {"Effect": "Deny", "Action": [CREATE], "Resource": [written]}]))]);
    let facts = |region: &str, account: &str| {
        Facts::new().with(keys::REQUESTED_REGION, region).with(keys::PRINCIPAL_ACCOUNT, account)
    };
    for (facts, allowed, denied) in [
        (Facts::new(), false, true),
        (facts("cn-north-4", "acc"), true, true),
        (facts("cn-north-4", "other"), false, false),
        (facts("cn-east-3", "acc"), false, false),
    ] {
        let question = Question { action: CREATE, resource: Resource::App("a"), facts: &facts };
        assert_eq!(allow.decide(&question).is_allowed(), allowed, "{facts:?}");
        assert_eq!(!deny.decide(&question).is_allowed(), denied, "{facts:?}");
    }
}

#[test]
fn an_explanation_says_all_that_is_in_the_way() {
    let grants = grants(&[policy(json!([
        {"Effect": "Allow", "Action": ["iotda:apps:*"]},
        {"Sid": "Ops", "Effect": "Allow", "Action": [CREATE], "Resource": ["IoTDA:*:*:app:b"],
         "Condition": {"StringEquals": {"g:UserName": ["ops", "root"]}, "Bool": {"g:mfapresent": ["true"]}}},
    ]))]);
    let facts = Facts::new().with(keys::USER_NAME, "eve");
    let explanation =
        grants.explain(&Question { action: CREATE, resource: Resource::App("a"), facts: &facts });
    assert!(!explanation.decision.is_allowed());
    assert_eq!(explanation.looked[0].missed, [Missed::Action]);
    let condition = |operator: &str, key: &str, values: &[&str], known: &[&str]| {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        Missed::Condition {
            operator: operator.into(),
            key: key.into(),
            values: owned(values),
            known: owned(known),
        }
    };
    let missed = [
        Missed::Resource,
        condition("Bool", "g:MFAPresent", &["true"], &[]),
        condition("StringEquals", "g:UserName", &["ops", "root"], &["eve"]),
    ];
    assert_eq!(explanation.looked[1].missed, missed);
    let text = explanation.text();
    assert_eq!(
        text.in_language(Language::English),
        "iotda:exporttasks:create iotda:*:*:app:a: denied: no statement allows it\n\
         p0 Statement[0] Allow: does not apply, because it is not about the action\n\
         p0 Statement[1] (Ops) Allow: does not apply, because it is not about the resource; \
         Bool g:MFAPresent wants true, and the request has none; \
         StringEquals g:UserName wants ops, root, and the request has eve"
    );
    assert!(text.in_language(Language::Chinese).contains("其Resource不包含该资源"));
}
