//! `docs/policies.md` in both languages: its table of actions is made from them, its examples are policies, its limits
//! are those that are held.

use std::{fmt::Write, fs, path::Path};

use serde_json::{Value, json};
use unlade_domain::Action;
use unlade_domain::iam::{self, Facts, Grants, Policy, Question, Resource, keys, roles};

/// File, head of the table of actions, yes, no.
const DOCUMENTS: [(&str, &str, &str, &str); 2] = [
    ("docs/policies.md", "action | in `IoTDA ReadOnlyAccess` | refused when space is short", "yes", "no"),
    ("docs/policies.zh-CN.md", "授权项 | 属于`IoTDA ReadOnlyAccess` | 空间不足时拒绝", "是", "否"),
];
const START: &str = "<!-- actions -->\n";
const END: &str = "<!-- end -->\n";

fn table(head: &str, yes: &str, no: &str) -> String {
    let reader = Grants::new(vec![roles::READ_ONLY_ACCESS.policy().unwrap()]);
    let facts = Facts::new();
    let mut text = format!("| {head} |\n|---|---|---|\n");
    let said = |is: bool| if is { yes } else { no };
    for action in Action::ALL {
        let name = action.as_str();
        let reads = reader.decide(&Question { action: name, resource: Resource::Any, facts: &facts });
        let (reads, adds) = (said(reads.is_allowed()), said(action.adds()));
        writeln!(text, "| `{name}` | {reads} | {adds} |").unwrap();
    }
    text
}

fn read(document: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(document)).unwrap()
}

#[test]
fn policies_md_has_every_action() {
    for (document, head, yes, no) in DOCUMENTS {
        let kept = read(document);
        let (before, rest) = kept.split_once(START).unwrap();
        let (_, after) = rest.split_once(END).unwrap();
        let made = format!("{before}{START}{}{END}{after}", table(head, yes, no));
        if std::env::var_os("UNLADE_UPDATE_DOCS").is_some() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(document);
            #[expect(
                clippy::disallowed_methods,
                reason = "a generated document in the source tree, asked for"
            )]
            fs::write(path, &made).unwrap();
            continue;
        }
        assert!(
            kept == made,
            "{document} is stale: UNLADE_UPDATE_DOCS=1 cargo test -p unlade-domain policies_md"
        );
    }
}

#[test]
fn every_example_is_a_policy_without_a_warning() {
    for (document, ..) in DOCUMENTS {
        let text = read(document);
        let (_, rest) = text.split_once("```json\n").unwrap();
        let whole = Policy::parse("example", rest.split_once("```").unwrap().0).unwrap();
        assert!(whole.warnings().is_empty(), "{document}");
        let conditions: Vec<Value> = text
            .split('`')
            .filter_map(|code| serde_json::from_str(code).ok())
            .filter(Value::is_object)
            .collect();
        // One for each row of operators, AnyOf, IfExists and a prefix.
        assert_eq!(conditions.len(), 17, "{document}");
        for condition in conditions {
            let statement = json!({"Effect": "Deny", "Action": "iotda:*:*", "Condition": condition});
            let policy =
                Policy::parse("p", &json!({"Version": "5.0", "Statement": [statement]}).to_string()).unwrap();
            assert!(policy.warnings().is_empty(), "{document}: {condition}");
        }
    }
}

#[test]
fn every_key_role_and_limit_is_named() {
    let known = [
        keys::CURRENT_TIME,
        keys::DOMAIN_NAME,
        keys::ENTERPRISE_PROJECT_ID,
        keys::MFA_AGE,
        keys::MFA_PRESENT,
        keys::PRINCIPAL_ACCOUNT,
        keys::PROJECT_NAME,
        keys::REQUESTED_REGION,
        keys::REQUEST_TAG,
        keys::RESOURCE_TAG,
        keys::SERVICE_NAME,
        keys::SOURCE_IP,
        keys::TAG_KEYS,
        keys::USER_ID,
        keys::USER_NAME,
    ];
    let limits = [
        iam::STATEMENTS,
        iam::ACTIONS,
        iam::CONDITIONS,
        iam::RESOURCES,
        iam::RESOURCE_CHARS,
        iam::ACTION_CHARS,
        iam::SID_CHARS,
        iam::DOCUMENT_BYTES,
    ];
    for (document, ..) in DOCUMENTS {
        let text = read(document);
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
        for key in known {
            assert!(rows.iter().any(|row| row.starts_with(&format!("| `{key}"))), "{document}: {key}");
        }
        for role in roles::ALL {
            assert!(rows.iter().any(|row| row.starts_with(&format!("| `{}`", role.name))), "{document}");
        }
        let last =
            text.split("\n## ").find(|section| section.starts_with("Limits") || section.starts_with("限制"));
        let values: Vec<String> = last
            .unwrap()
            .lines()
            .filter_map(|row| row.split(" | ").nth(1))
            .map(|value| value.replace(',', ""))
            .collect();
        let expected = limits.map(|limit| limit.to_string());
        assert_eq!(values[1..=limits.len()], expected, "{document}");
    }
}
