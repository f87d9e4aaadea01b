//! What names in the account may be like, as the cloud documents them.

use types::{Text, Word, text};

use crate::order::rule::Rule;

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

const fn rule(
    (min, max): (usize, usize),
    allowed: fn(char) -> bool,
    english: &'static str,
    chinese: &'static str,
) -> Rule {
    Rule { min, max, only: &[], allowed: Some(allowed), says: Word::new(english, chinese) }
}

/// A user's, which [`of_user`] says more of.
pub const USER: Rule = rule(
    (1, 64),
    user,
    "must be 1 to 64 letters, digits, spaces and -_.",
    "必须为1~64个字符，只能包含字母、数字、空格和-_.",
);
/// A project's.
pub const PROJECT: Rule = rule(
    (1, 64),
    project,
    "must be 1 to 64 letters, digits, - and _",
    "必须为1~64个字符，只能包含字母、数字、连接符（-）和下划线（_）",
);
/// A project's id.
pub const PROJECT_ID: Rule = rule((1, 32), hex, "must be 1 to 32 hex digits", "必须为1~32位十六进制数字");
/// A policy's or an agency's.
pub const NAME64: Rule = rule(
    (1, 64),
    not_control,
    "must be 1 to 64 characters without control characters",
    "必须为1~64个字符，且不含控制字符",
);
/// A group's, and any that is looked for.
pub const NAME128: Rule = rule(
    (1, 128),
    not_control,
    "must be 1 to 128 characters without control characters",
    "必须为1~128个字符，且不含控制字符",
);
/// What something is for.
pub const DESCRIPTION: Rule = rule(
    (0, 255),
    not_control,
    "must be at most 255 characters without control characters",
    "不能超过255个字符，且不含控制字符",
);
/// A password that is to be checked, or a token.
pub const SECRET: Rule = rule(
    (1, 4096),
    not_control,
    "must be 1 to 4096 characters without control characters",
    "必须为1~4096个字符，且不含控制字符",
);

/// Why a text that is as [`USER`] says is no user's name all the same.
pub fn of_user(name: &str) -> Result<(), Text> {
    if name.starts_with(|first: char| first.is_ascii_digit() || first == ' ') {
        return Err(text!("must not begin with a digit or a space", "不能以数字或空格开头"));
    }
    Ok(())
}
