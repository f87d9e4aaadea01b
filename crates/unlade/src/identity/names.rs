//! What names may be like, as the cloud documents them.

use domain::order::rule::{ID36, Rule};
use types::{Language, Word};

use crate::error::Error;

fn user(character: char) -> bool {
    character.is_ascii_alphanumeric() || " -_.".contains(character)
}

fn project(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-_".contains(character)
}

fn hex(character: char) -> bool {
    character.is_ascii_hexdigit()
}

fn not_control(character: char) -> bool {
    !character.is_control()
}

const fn rule(min: usize, max: usize, allowed: fn(char) -> bool, says: Word) -> Rule {
    Rule { min, max, allowed: Some(allowed), says }
}

/// A user's.
pub(super) const USER: Rule = rule(
    1,
    64,
    user,
    Word::new(
        "must be 1 to 64 letters, digits, spaces and -_.",
        "必须为1~64个字符，只能包含字母、数字、空格和-_.",
    ),
);
/// A project's.
pub(super) const PROJECT: Rule = rule(
    1,
    64,
    project,
    Word::new("must be 1 to 64 letters, digits, - and _", "必须为1~64个字符，只能包含字母、数字、-和_"),
);
/// A project's id.
pub(super) const PROJECT_ID: Rule =
    rule(1, 32, hex, Word::new("must be 1 to 32 hex digits", "必须为1~32位十六进制数字"));
/// A group's.
pub(super) const GROUP: Rule = rule(
    1,
    128,
    not_control,
    Word::new("must be 1 to 128 characters without control characters", "必须为1~128个字符，且不含控制字符"),
);
/// A policy's or an agency's.
pub(super) const OTHER: Rule = rule(
    1,
    64,
    not_control,
    Word::new("must be 1 to 64 characters without control characters", "必须为1~64个字符，且不含控制字符"),
);
/// What something is for.
pub(super) const DESCRIPTION: Rule = rule(
    0,
    255,
    not_control,
    Word::new(
        "must be at most 255 characters without control characters",
        "不能超过255个字符，且不含控制字符",
    ),
);
/// An enterprise project's id.
pub(super) const ENTERPRISE_PROJECT: Rule = ID36;

/// The text, if it is as it must be.
pub(super) fn checked(argument: &str, rule: &Rule, text: String) -> Result<String, Error> {
    match rule.admits(&text) {
        true => Ok(text),
        false => Err(Error::Input(format!("{argument}: {}", rule.says.in_language(Language::English)))),
    }
}

/// [`checked`], if it was given.
pub(super) fn checked_some(
    argument: &str,
    rule: &Rule,
    text: Option<String>,
) -> Result<Option<String>, Error> {
    text.map(|text| checked(argument, rule, text)).transpose()
}

/// The name of a user, which begins neither with a digit nor with a space.
pub(super) fn of_user(name: String) -> Result<String, Error> {
    if name.starts_with(|first: char| first.is_ascii_digit() || first == ' ') {
        return Err(Error::Input("NAME: must not begin with a digit or a space".into()));
    }
    checked("NAME", &USER, name)
}
