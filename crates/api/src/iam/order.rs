//! What bodies and queries of these paths have in common: one object in the body, named for what it is about, and the
//! rules of names.

use domain::order::{
    Fields,
    rule::{self, Rule},
};
use serde_json::Value as Json;
use store::identity::Domain;
use types::{Code, Fault, Word, text};

use crate::query::Query;

fn not_control(character: char) -> bool {
    !character.is_control()
}

fn user_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || " -_.".contains(character)
}

fn project_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-_".contains(character)
}

const fn any(max: usize, english: &'static str, chinese: &'static str) -> Rule {
    Rule { min: 1, max, allowed: Some(not_control), says: Word::new(english, chinese) }
}

/// `name` of a user
pub(super) const USER_NAME: Rule = Rule {
    min: 1,
    max: 64,
    allowed: Some(user_name),
    says: Word::new(
        "must be 1 to 64 letters, digits, spaces and -_.",
        "必须为1~64个字符，只能包含字母、数字、空格和-_.",
    ),
};
/// `name` of a project
pub(super) const PROJECT_NAME: Rule = Rule {
    min: 1,
    max: 64,
    allowed: Some(project_name),
    says: Word::new(
        "must be 1 to 64 letters, digits, - and _",
        "必须为1~64个字符，只能包含字母、数字、连接符（-）和下划线（_）",
    ),
};
/// Names of agencies and policies
pub(super) const NAME64: Rule =
    any(64, "must be 1 to 64 characters without control characters", "必须为1~64个字符，且不含控制字符");
/// `name` of a group, and what names are looked for
pub(super) const NAME128: Rule =
    any(128, "must be 1 to 128 characters without control characters", "必须为1~128个字符，且不含控制字符");
/// A password that is to be checked, or a token
pub(super) const SECRET: Rule = any(
    4096,
    "must be 1 to 4096 characters without control characters",
    "必须为1~4096个字符，且不含控制字符",
);
/// `description`
pub(super) const DESCRIPTION: Rule = Rule {
    min: 0,
    ..any(
        255,
        "must be at most 255 characters without control characters",
        "不能超过255个字符，且不含控制字符",
    )
};

/// Reads the one object that a body has: `{"user": {...}}`.
pub(super) fn read<'v, T>(
    body: &'v Json,
    name: &str,
    read: impl FnOnce(&mut Fields<'v>) -> T,
) -> Result<T, Fault> {
    let mut fields = Fields::of(body, Code::IamInvalid)?;
    match inner(&mut fields, name, read) {
        Some(value) => fields.finish(value),
        None => Err(fields.finish(()).err().unwrap_or(Code::IamInvalid.into())),
    }
}

/// Reads an object that must be there.
pub(super) fn inner<'v, T>(
    fields: &mut Fields<'v>,
    name: &str,
    read: impl FnOnce(&mut Fields<'v>) -> T,
) -> Option<T> {
    let value = fields.within(name, read);
    if fields.json(name).is_none() {
        fields.wrong(name, text!("is required", "不能为空"));
    }
    value
}

/// A user's name, which begins with a letter.
pub(super) fn user_name_of(fields: &mut Fields<'_>) -> Option<String> {
    let name = fields.text("name", USER_NAME)?;
    if name.starts_with(|first: char| first.is_ascii_digit() || first == ' ') {
        fields.wrong("name", text!("must not begin with a digit or a space", "不能以数字或空格开头"));
        return None;
    }
    Some(name)
}

/// A field that may name the account, which there is one of.
pub(super) fn of_domain(fields: &mut Fields<'_>, name: &str, domain: &Domain) {
    let known = [&domain.domain_id, &domain.domain_name];
    if let Some(named) = fields.text(name, NAME128)
        && !known.contains(&&named)
    {
        fields.wrong(name, text!("is not this account", "不是当前账号"));
    }
}

/// The part of a list that a query asks for by `page` and `per_page`; without them, all of it.
pub(super) fn paged<T>(query: &mut Query, all: Vec<T>) -> Vec<T> {
    let per_page = query.whole("per_page", 1, 300, 300, Code::IamInvalid) as usize;
    let page = query.whole("page", 1, 1_000_000, 1, Code::IamInvalid) as usize;
    if query.get("page").is_none() && query.get("per_page").is_none() {
        return all;
    }
    all.into_iter().skip((page - 1) * per_page).take(per_page).collect()
}

/// A parameter that an id or a name is compared with.
pub(super) fn sought(query: &mut Query, name: &str) -> Option<String> {
    query.text(name, NAME128, Code::IamInvalid)
}

/// `true` or `false`.
pub(super) fn truth(query: &mut Query, name: &str) -> Option<bool> {
    match query.get(name)? {
        "true" | "True" => Some(true),
        "false" | "False" => Some(false),
        _ => {
            query.wrong(Code::IamInvalid, name, text!("must be true or false", "取值只能是true或false"));
            None
        }
    }
}

/// An enterprise project's id: `0` or a UUID.
pub(super) const ENTERPRISE_PROJECT: Rule = rule::ID36;
