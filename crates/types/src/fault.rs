//! A refusal in the API's own terms: a code and, if it helps, the field or the thing that caused it.
//! The same value becomes an HTTP error for a single call and a subtask's error in a batch task.

use std::{borrow::Cow, fmt};

use crate::{Code, Language, Text, text};

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
    pub detail: Option<Text>,
    /// When a retry may succeed, in whole seconds.
    pub retry_after_seconds: Option<i64>,
}

impl Fault {
    /// A refusal that names its cause, in one line and not too many words.
    pub fn new(code: Code, detail: Text) -> Self {
        Self { detail: Some(detail.map(tamed)), ..code.into() }
    }

    /// A refusal of a field for the value that it has.
    pub fn of_value(code: Code, field: &str, value: &str) -> Self {
        Self::new(code, text!("{field}: {value}", "{field}：{value}"))
    }

    /// A refusal at a limit, with the setting that holds it.
    pub fn at_limit(code: Code, setting: &str, limit: i64) -> Self {
        Self::new(code, text!("{setting} is {limit}.", "{setting}为{limit}。"))
    }

    /// Everything that is wrong, if anything is: the first one's code, every one's text.
    pub fn of_all(wrong: Vec<(Code, Text)>) -> Option<Self> {
        let all = wrong.into_iter().reduce(|(code, all), (_, next)| (code, all + text!("; ", "；") + next));
        all.map(|(code, all)| Self::new(code, all))
    }

    /// The text in `language`, with the detail behind it.
    pub fn message(&self, language: Language) -> String {
        let text = match language {
            Language::English => self.code.english(),
            Language::Chinese => self.code.chinese(),
        };
        let Some(detail) = &self.detail else { return text.to_owned() };
        let detail = detail.in_language(language);
        match language {
            Language::English => format!("{text} {detail}"),
            // Most Chinese texts of the catalogue are sentences without their full stop.
            Language::Chinese => format!("{}。{detail}", text.trim_end_matches('。')),
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
        Fault::new(Code::InvalidInput, Text::same(text)).detail.unwrap().in_language(Language::Chinese).into()
    }

    #[test]
    fn a_detail_stands_behind_the_text_as_each_language_writes_it() {
        let missing = Fault::of_value(Code::DeviceTaken, "device_id", "d1");
        assert_eq!(
            missing.message(Language::English),
            "Invalid input. The device already exists. device_id: d1"
        );
        assert_eq!(missing.message(Language::Chinese), "设备已存在。device_id：d1");
        let full = Fault::at_limit(Code::AppQuota, "limits.apps", 5);
        assert_eq!(full.message(Language::Chinese), "应用数量达到上限。limits.apps为5。");
    }

    #[test]
    fn everything_that_is_wrong_stands_in_one_text() {
        let wrong = vec![(Code::InvalidTime, text!("a", "甲")), (Code::InvalidInput, text!("b", "乙"))];
        let fault = Fault::of_all(wrong).unwrap();
        assert_eq!((fault.code, fault.detail), (Code::InvalidTime, Some(text!("a; b", "甲；乙"))));
        assert_eq!(Fault::of_all(Vec::new()), None);
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
