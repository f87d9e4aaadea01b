//! A refusal in the API's own terms: a code and, if it helps, the field or the thing that caused it.
//! The same value becomes an HTTP error for a single call and a subtask's error in a batch task.

use std::{borrow::Cow, fmt};

use crate::Code;

/// The languages that people read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// `en`
    #[default]
    English,
    /// `zh`
    Chinese,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::English, Language::Chinese];

    /// `en` or `zh`, as stored and as in `Accept-Language`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh",
        }
    }

    /// The language whose tag is `tag`; anything unknown is English.
    pub fn from_tag(tag: &str) -> Self {
        if tag.get(..2).is_some_and(|head| head.eq_ignore_ascii_case("zh")) {
            Self::Chinese
        } else {
            Self::English
        }
    }
}

/// Most characters of a detail: every field of a call with what is wrong with it.
const DETAIL_CHARS_MAX: usize = 2000;

/// A detail may repeat what a caller sent. That must neither come back as long as it was sent nor begin a new line of a log.
fn tamed(detail: Cow<'static, str>) -> Cow<'static, str> {
    let harmless = detail.len() <= DETAIL_CHARS_MAX && !detail.contains(char::is_control);
    if harmless {
        return detail;
    }
    let shown =
        |character: char| if character.is_control() { char::REPLACEMENT_CHARACTER } else { character };
    let mut text: String = detail.chars().take(DETAIL_CHARS_MAX).map(shown).collect();
    if detail.chars().nth(DETAIL_CHARS_MAX).is_some() {
        text.push('…');
    }
    text.into()
}

/// Why something was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The stable code.
    pub code: Code,
    /// What the caller needs to know beyond the code's text: the field, the ids, the limit.
    pub detail: Option<Cow<'static, str>>,
    /// When a retry may succeed, in whole seconds.
    pub retry_after_seconds: Option<i64>,
}

impl Fault {
    /// A refusal that names its cause, in one line and not too many words.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: Some(tamed(detail.into())), retry_after_seconds: None }
    }

    /// The text in `language`, with the detail behind it.
    pub fn message(&self, language: Language) -> String {
        let text = match language {
            Language::English => self.code.english(),
            Language::Chinese => self.code.chinese(),
        };
        match &self.detail {
            None => text.to_owned(),
            Some(detail) => format!("{text} {detail}"),
        }
    }
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self { code, detail: None, retry_after_seconds: None }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.code.as_str(), self.message(Language::English))
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(text: String) -> String {
        Fault::new(Code::InvalidInput, text).detail.unwrap_or_default().into_owned()
    }

    #[test]
    fn what_a_caller_sent_begins_no_line_of_the_log() {
        assert_eq!(
            detail("a\r\nERROR forged \u{1b}[31m".into()),
            "a\u{fffd}\u{fffd}ERROR forged \u{fffd}[31m"
        );
    }

    #[test]
    fn a_refusal_is_not_as_long_as_what_is_refused() {
        assert_eq!(detail("设".repeat(2000)), "设".repeat(2000));
        assert_eq!(detail("设".repeat(1 << 20)), "设".repeat(2000) + "…");
    }
}
