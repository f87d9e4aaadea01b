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
    /// A refusal that names its cause.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: Some(detail.into()), retry_after_seconds: None }
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
