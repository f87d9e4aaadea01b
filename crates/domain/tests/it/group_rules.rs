//! The rules of dynamic groups: what is read, what is refused and where, and what they find.

use domain::group_rule::{CHARS_MAX, Condition, Field, GroupRule, Subject, Test};
use proptest::prelude::*;
use types::Language;

use unlade_domain as domain;

fn refused(text: &str) -> (usize, String) {
    let error = GroupRule::parse(text).unwrap_err();
    (error.at, error.text().in_language(Language::English).to_owned())
}

#[test]
fn the_sample_of_the_documentation_is_read() {
    let rule = GroupRule::parse("product_id = '63fef97897bacf7a56438cba'").unwrap();
    let is = Test::Is("63fef97897bacf7a56438cba".to_owned());
    assert_eq!(rule, GroupRule(vec![vec![Condition::Text(Field::ProductId, is)]]));
}

#[test]
fn and_binds_closer_than_or_and_words_are_of_any_case() {
    let rule = GroupRule::parse("device_id='a' Or node_id='b' aNd status IN('ONLINE','FROZEN')").unwrap();
    assert_eq!(rule.0.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(rule.to_string(), "device_id = 'a' OR node_id = 'b' AND status in ('ONLINE', 'FROZEN')");
}

#[test]
fn a_refusal_says_at_which_character_and_why() {
    for (text, at, why) in [
        ("", 1, "a field is expected"),
        ("device_id", 10, "one of =, !="),
        ("名 = 'x'", 1, "outside of quotes"),
        ("device_name = '名'  & node_id = 'x'", 20, "outside of quotes"),
        ("device_name = 'x", 15, "no end"),
        ("(device_id = 'x')", 1, "a field is expected"),
        ("name = 'x'", 1, "must be one of app_id, device_id"),
        ("device_id > 'x'", 1, "does not have this operator"),
        ("device_id like 'abcd%'", 1, "does not have this operator"),
        ("tag_key in ('a')", 1, "does not have this operator"),
        ("node_id like 'abc%'", 14, "at least 4"),
        ("node_id like 'abcd'", 14, "at least 4"),
        ("node_id like 'ab%cd%'", 14, "at least 4"),
        ("node_id = ''", 11, "not empty"),
        ("node_id = 5", 11, "single quotes"),
        ("node_id = null", 11, "single quotes"),
        ("status = 'online'", 10, "one of ONLINE"),
        ("marker < 'xyz'", 10, "24 hex"),
        ("create_time > '20150606T121010Z'", 15, "2015-06-06T12:10:10.000Z"),
        ("create_time like '2015%'", 1, "does not have this operator"),
        ("node_id not 'x'", 13, "not is followed by in"),
        ("node_id in 'x'", 12, "( is expected"),
        ("node_id in ('x'", 16, ", or ) is expected"),
        ("node_id in ()", 13, "single quotes"),
        ("node_id = 'x' node_id = 'y'", 15, "AND, OR or the end"),
        ("node_id = 'x' and", 18, "a field is expected"),
    ] {
        let (found, text_of) = refused(text);
        assert_eq!(found, at, "{text}: {text_of}");
        assert!(
            text_of.contains(why) && text_of.starts_with(&format!("at character {at}: ")),
            "{text}: {text_of}"
        );
    }
    let five = ["node_id = 'x'"; 5].join(" or ");
    assert!(GroupRule::parse(&five).is_ok());
    assert_eq!(refused(&format!("{five} or node_id = 'x'")).0, five.len() + 2);
    assert_eq!(refused(&format!("device_name = '{}'", "名".repeat(CHARS_MAX))).0, CHARS_MAX + 1);
}

fn subject() -> Subject {
    let texts =
        [(Field::DeviceId, "d1"), (Field::DeviceName, "Meter of the cellar"), (Field::Status, "FROZEN")];
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    Subject {
        texts: texts.into_iter().map(|(field, text)| (field, text.to_owned())).collect(),
        created_ms: 1_433_592_610_000,
        tags: vec![tag("floor", "3"), tag("room", "5")],
        groups: vec!["a1".to_owned()],
    }
}

#[test]
fn what_a_rule_finds() {
    for (text, is_in) in [
        ("device_name like 'Mete%'", true),
        ("device_name like 'mete%'", false),
        // What a device lacks is unlike every value.
        ("fw_version != 'v1' and fw_version not in ('v1', 'v2')", true),
        ("fw_version = 'v1'", false),
        // Conditions on tags are about one tag.
        ("tag_key = 'floor' and tag_value = '3'", true),
        ("tag_key = 'floor' and tag_value = '5'", false),
        ("tag_key = 'floor' and tag_value != '5'", true),
        ("tag_key = 'floor' and device_id = 'd2' or tag_value = '5'", true),
        ("group_id = 'a1' and group_id != 'a2'", true),
        ("group_id not in ('a1', 'a2')", false),
        ("create_time > '2015-06-06T12:10:09.999Z' and create_time < '2015-06-06T12:10:10.001Z'", true),
        ("create_time != '2015-06-06T12:10:10.000Z'", false),
    ] {
        assert_eq!(GroupRule::parse(text).unwrap().admits(&subject()), is_in, "{text}");
    }
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![Just("d1".to_owned()), "[a-z'%_ 名\\-]{1,6}"]
}

/// Every test that a field has, over values that it may have.
fn condition() -> impl Strategy<Value = Condition> {
    let plain = || {
        let fields = [
            Field::AppId,
            Field::DeviceId,
            Field::DeviceName,
            Field::NodeId,
            Field::FwVersion,
            Field::GroupId,
        ];
        prop::sample::select(fields.to_vec())
    };
    let tagged =
        || prop::sample::select(vec![Field::TagKey, Field::TagValue, Field::DeviceName, Field::NodeId]);
    let single = prop_oneof![Just(true), Just(false)];
    prop_oneof![
        (plain(), value(), single.clone()).prop_map(|(field, value, is)| {
            Condition::Text(field, if is { Test::Is(value) } else { Test::IsNot(value) })
        }),
        (plain(), prop::collection::vec(value(), 1..3), single.clone()).prop_map(|(field, values, is)| {
            Condition::Text(field, if is { Test::In(values) } else { Test::NotIn(values) })
        }),
        (tagged(), "[a-zA-Z0-9名_\\-]{4,8}")
            .prop_map(|(field, prefix)| Condition::Text(field, Test::Begins(prefix))),
        (0i64..4_000_000_000_000, single).prop_map(|(ms, below)| {
            Condition::Created(if below { Test::Below(ms) } else { Test::Above(ms) })
        }),
    ]
}

fn rule() -> impl Strategy<Value = GroupRule> {
    prop::collection::vec(prop::collection::vec(condition(), 1..3), 1..3).prop_map(GroupRule)
}

proptest! {
    #[test]
    fn what_is_printed_is_read_as_it_was(rule in rule()) {
        let text = rule.to_string();
        prop_assume!(text.chars().count() <= CHARS_MAX);
        prop_assert_eq!(GroupRule::parse(&text), Ok(rule));
    }

    #[test]
    fn no_text_is_more_than_refused_at_one_of_its_characters(
        text in prop_oneof![".{0,220}", "[a-z_]{0,9}( |=|!=|<|>|'|''|,|\\(|\\)|%|and|or|not|in|like|device_id|node_id|tag_key|'abcd%'){0,40}"]
    ) {
        match GroupRule::parse(&text) {
            Ok(rule) => prop_assert_eq!(GroupRule::parse(&text), Ok(rule)),
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.at)),
        }
    }
}
