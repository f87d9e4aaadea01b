//! The documents of the service's own pages, and those of the roles.

use unlade_domain::Action;
use unlade_domain::iam::{Facts, Grants, Policy, Question, Resource, keys, roles};

/// What one document allows.
fn allows(document: &str, action: &str, resource: Resource<'_>, facts: &Facts) -> bool {
    let policy = Policy::parse("p", document).unwrap_or_else(|refused| panic!("{refused:?}"));
    Grants::new(vec![policy]).decide(&Question { action, resource, facts }).is_allowed()
}

#[test]
fn the_policy_of_one_app_and_one_user() {
    let document = r#"{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["iotda:exporttasks:*"],
        "Resource":["IoTDA:*:*:app:0ab87ceecbfc49acbcc8d5acdef3c68c"],
        "Condition":{"StringEquals":{"g:UserName":["ops"]}}}]}"#;
    let app = Resource::App("0ab87ceecbfc49acbcc8d5acdef3c68c");
    let ops = Facts::new().with(keys::USER_NAME, "ops");
    let other = Facts::new().with(keys::USER_NAME, "Ops");
    assert!(allows(document, "iotda:exporttasks:create", app, &ops));
    assert!(allows(document, "IOTDA:ExportTasks:Create", app, &ops));
    assert!(!allows(document, "iotda:batchtasks:create", app, &ops));
    assert!(!allows(document, "iotda:exporttasks:create", app, &other));
    assert!(!allows(document, "iotda:exporttasks:create", app, &Facts::new()));
    assert!(!allows(document, "iotda:exporttasks:create", Resource::App("another"), &ops));
    assert!(!allows(document, "iotda:exporttasks:create", Resource::Any, &ops));
    let namesake = ops.in_instance(Some("0ab87ceecbfc49acbcc8d5acdef3c68c"));
    assert!(!allows(document, "iotda:exporttasks:create", Resource::Any, &namesake));
}

#[test]
fn the_identity_policy_with_a_name_and_a_second_factor() {
    let document = r#"{"Version":"5.0","Statement":[{"Sid":"Mine","Effect":"Allow","Action":["iotda:*:*"],"Resource":["*"],
        "Condition":{"StringEndWithIfExists":{"g:UserName":["specialCharacter"]},"Bool":{"g:MFAPresent":["true"]}}}]}"#;
    let with =
        |name: Option<&str>, mfa| Facts::new().with_some(keys::USER_NAME, name).with(keys::MFA_PRESENT, mfa);
    let asks = |facts: &Facts| allows(document, "iotda:devices:query", Resource::App("a"), facts);
    assert!(asks(&with(Some("a-specialcharacter"), "true")));
    assert!(asks(&with(None, "true")));
    assert!(!asks(&with(Some("a-specialcharacter"), "false")));
    assert!(!asks(&with(Some("somebody"), "true")));
}

#[test]
fn the_only_condition_key_of_export_tasks() {
    let document = r#"{"Version":"5.0","Statement":[{"Effect":"Allow","Action":["iotda:exporttasks:create"],"Resource":["*"],
        "Condition":{"StringEquals":{"g:EnterpriseProjectId":"a152091c-0b16-4a37-b871-93546ee98de4"}}}]}"#;
    let facts = |id: &str| Facts::new().with(keys::ENTERPRISE_PROJECT_ID, id);
    let asks = |facts: &Facts| allows(document, "iotda:exporttasks:create", Resource::Any, facts);
    assert!(asks(&facts("a152091c-0b16-4a37-b871-93546ee98de4")));
    assert!(!asks(&facts("0")) && !asks(&Facts::new()));
}

#[test]
fn the_tag_that_none_but_two_may_carry() {
    let document = r#"{"Version":"5.0","Statement":[{"Effect":"Allow","Action":["*"]},
        {"Effect":"Deny","Action":["iotda:apps:create"],"Resource":["*"],
         "Condition":{"ForAnyValue:StringNotEquals":{"g:RequestTag/owner":["Alice","Jack"]}}}]}"#;
    let asks = |facts: &Facts| allows(document, "iotda:apps:create", Resource::Any, facts);
    let owner = |name: &str| Facts::new().with("g:RequestTag/owner", name);
    assert!(asks(&owner("Alice")) && asks(&Facts::new()) && !asks(&owner("Eve")));
}

#[test]
fn a_condition_on_a_time_before_which_nothing_goes() {
    let document = r#"{"Version":"5.0","Statement":[{"Effect":"Allow","Action":["iotda:*:*"]},
        {"Effect":"Deny","Action":["iotda:*:*"],"Condition":{"DateLessThan":{"g:CurrentTime":["2022-08-01T00:00:00Z"]}}}]}"#;
    let asks = |time: &str| {
        allows(document, "iotda:apps:query", Resource::App("a"), &Facts::new().with(keys::CURRENT_TIME, time))
    };
    assert!(asks("2022-08-01T00:00:00Z") && !asks("2022-07-31T23:59:59.999Z"));
}

#[test]
fn the_roles_do_what_their_names_say() {
    let facts = Facts::new();
    for role in roles::ALL {
        let policy = role.policy().unwrap();
        assert_eq!((policy.name(), policy.warnings()), (role.name, &[][..]));
        assert_eq!(roles::Role::of(role.name), Some(role));
        let grants = Grants::new(vec![policy]);
        for action in
            Action::ALL.iter().map(|action| action.as_str()).filter(|name| name.starts_with("iotda:"))
        {
            let reads = action.rsplit(':').next().unwrap().starts_with("query");
            let expected = role != roles::READ_ONLY_ACCESS || reads;
            for resource in [Resource::Any, Resource::App("a")] {
                let decision = grants.decide(&Question { action, resource, facts: &facts });
                assert_eq!(decision.is_allowed(), expected, "{} {action}", role.name);
            }
        }
        let foreign = Question { action: "iam:users:createUser", resource: Resource::Any, facts: &facts };
        assert!(!grants.decide(&foreign).is_allowed(), "{}", role.name);
    }
}
