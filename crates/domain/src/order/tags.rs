//! Tags, as a caller binds, unbinds or looks for them.

use std::collections::HashSet;

use types::{Code, tag::Tag, text};

use super::{Fields, Shape, rule};

/// What the service keeps for itself.
const RESERVED: &str = "iot_";
/// Tags in one request. More than any resource may have, so that the limit of those has its own refusal.
const TAGS_MAX: usize = 100;

/// Reads what the tags are of. Only devices have any.
pub fn resource_id(fields: &mut Fields<'_>) -> String {
    resource_type(fields);
    fields.required_text("resource_id", rule::ID128)
}

fn resource_type(fields: &mut Fields<'_>) {
    fields.word_with(Code::ResourceTypeInvalid, "resource_type", &[("device", ())]);
    fields.require_with(Code::ResourceTypeInvalid, "resource_type");
}

/// Reads tags that a device is to have.
pub fn tags(fields: &mut Fields<'_>) -> Vec<Tag> {
    let tags = any_tags(fields);
    for tag in tags.iter().filter(|tag| tag.tag_key.starts_with(RESERVED)) {
        let key = &tag.tag_key;
        fields.wrong_with(Code::TagKeyReserved, "tag_key", text!("{key}", "{key}"));
    }
    no_tag_twice(fields, "tags", tags.iter().map(|tag| tag.tag_key.as_str()));
    tags
}

/// Reads tags that are looked for: any of them, of any value where none is given.
pub fn tags_sought(fields: &mut Fields<'_>) -> Vec<Tag> {
    resource_type(fields);
    any_tags(fields)
}

fn any_tags(fields: &mut Fields<'_>) -> Vec<Tag> {
    let tags = fields.each("tags", 1..=TAGS_MAX, |tag| Tag {
        tag_key: tag.required_text("tag_key", rule::TAG_KEY),
        tag_value: tag.text("tag_value", rule::TAG_VALUE),
    });
    fields.required("tags", tags)
}

/// Reads the keys of tags that a device is to lose.
pub fn tag_keys(fields: &mut Fields<'_>) -> Vec<String> {
    let wrong = text!(
        "must be a list of at most {most} keys of tags",
        "必须是不超过{most}个标签键的列表",
        most = TAGS_MAX
    );
    let given = fields.given("tag_keys", || Shape::texts(1, TAGS_MAX, rule::TAG_KEY));
    let list = given.and_then(|value| value.as_array());
    let keys = list.filter(|list| list.len() <= TAGS_MAX).and_then(|list| {
        let key = |value: &serde_json::Value| {
            value.as_str().filter(|key| rule::TAG_KEY.admits(key)).map(str::to_owned)
        };
        list.iter().map(key).collect::<Option<Vec<_>>>()
    });
    if keys.is_none() && given.is_some() {
        fields.wrong("tag_keys", wrong);
    }
    if keys.as_ref().is_some_and(Vec::is_empty) {
        // Whoever has filtered a list down to nothing is told so.
        fields.wrong("tag_keys", text!("must not be empty", "不能为空"));
    }
    let keys = fields.required("tag_keys", keys);
    no_tag_twice(fields, "tag_keys", keys.iter().map(String::as_str));
    keys
}

fn no_tag_twice<'t>(fields: &mut Fields<'_>, name: &str, keys: impl Iterator<Item = &'t str>) {
    let mut seen = HashSet::new();
    for key in keys {
        if !seen.insert(key) {
            fields.wrong(name, text!("names {key} twice", "{key}重复出现"));
        }
    }
}
