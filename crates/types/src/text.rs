//! What is told to people, in every language that they read, put together where the values are at hand and
//! picked where the language is known.

use std::{borrow::Cow, fmt, ops::Add};

use serde::{Deserialize, Serialize};

use crate::{Language, Word};

/// A text in the languages that people read. There is none in one language only, and none can be written into
/// another by `format!`, which would show one language in the middle of the other: texts are joined by `+`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    english: Cow<'static, str>,
    chinese: Cow<'static, str>,
}

/// A [`Text`](crate::Text) from an English and a Chinese format string over the same values.
///
/// ```
/// use unlade_types::{Language, text};
///
/// let (min, max) = (1, 50);
/// let text = text!("must be a whole number from {min} to {max}", "必须是{min}~{max}的整数");
/// assert_eq!(text.in_language(Language::Chinese), "必须是1~50的整数");
/// ```
#[macro_export]
macro_rules! text {
    ($english:literal, $chinese:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::Text::said(
            format_args!($english $(, $name = $value)*),
            format_args!($chinese $(, $name = $value)*),
        )
    };
}

impl Text {
    /// What [`text!`](crate::text!) makes.
    #[doc(hidden)]
    pub fn said(english: fmt::Arguments<'_>, chinese: fmt::Arguments<'_>) -> Self {
        // Words without values need no copy.
        let cow =
            |text: fmt::Arguments<'_>| text.as_str().map_or_else(|| text.to_string().into(), Cow::Borrowed);
        Self { english: cow(english), chinese: cow(chinese) }
    }

    /// What reads the same in every language: ids, names, what a library says.
    pub fn same(text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        Self { english: text.clone(), chinese: text }
    }

    /// Words of the wire, one after the other.
    pub fn words(words: &[impl std::borrow::Borrow<str>]) -> Self {
        Self { english: words.join(", ").into(), chinese: words.join("、").into() }
    }

    /// A field, and what there is to say of it.
    pub fn field(name: impl fmt::Display, text: Text) -> Self {
        text!("{name}: ", "{name}：") + text
    }

    /// The text in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Chinese => &self.chinese,
        }
    }

    /// The text with each language changed in the same way.
    pub(crate) fn map(self, change: impl Fn(Cow<'static, str>) -> Cow<'static, str>) -> Self {
        Self { english: change(self.english), chinese: change(self.chinese) }
    }
}

impl Add for Text {
    type Output = Text;

    fn add(self, next: Text) -> Text {
        Text { english: self.english + next.english, chinese: self.chinese + next.chinese }
    }
}

impl From<Word> for Text {
    fn from(word: Word) -> Self {
        Self { english: word.en.into(), chinese: word.zh.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_put_together_in_each_language() {
        let list = text!("must be one of ", "取值只能是") + Text::words(&["xls", "csv"]);
        let text = Text::field("export_format", list);
        assert_eq!(text.in_language(Language::English), "export_format: must be one of xls, csv");
        assert_eq!(text.in_language(Language::Chinese), "export_format：取值只能是xls、csv");
    }
}
