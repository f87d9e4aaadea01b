//! Wildcards: `*` stands for any number of characters, none included, and `?`, where it is one, for exactly one.

/// A text with wildcards in it.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    text: Box<str>,
    case: Case,
    /// What the text has of these.
    wild: Wild,
}

/// Whether ASCII letters of either case are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Kept,
    Ignored,
}

impl Case {
    pub(super) fn equal(self, one: &[u8], other: &[u8]) -> bool {
        match self {
            Case::Kept => one == other,
            Case::Ignored => one.eq_ignore_ascii_case(other),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wild {
    Nothing,
    Stars,
    StarsAndMarks,
}

impl Pattern {
    /// `*` is a wildcard, `?` is itself.
    pub(super) fn stars(text: &str, case: Case) -> Self {
        let wild = if text.contains('*') { Wild::Stars } else { Wild::Nothing };
        Self { text: text.into(), case, wild }
    }

    /// `*` and `?` are wildcards.
    pub(super) fn stars_and_marks(text: &str, case: Case) -> Self {
        Self { wild: Wild::StarsAndMarks, ..Self::stars(text, case) }
    }

    /// Whether everything matches.
    pub(super) fn is_all(&self) -> bool {
        self.wild != Wild::Nothing && !self.text.is_empty() && self.text.bytes().all(|byte| byte == b'*')
    }

    /// Whether the whole of `text` matches. The time is bounded by the product of both lengths: only the last star is
    /// ever tried again, because what an earlier one could take, the last one can take too.
    pub(super) fn matches(&self, text: &str) -> bool {
        if self.wild == Wild::Nothing {
            return self.case.equal(self.text.as_bytes(), text.as_bytes());
        }
        let mut want = self.text.chars();
        let mut have = text.chars();
        let mut again = None;
        loop {
            let (wanted, had) = (want.clone().next(), have.clone().next());
            if wanted == Some('*') {
                want.next();
                again = Some((want.clone(), have.clone()));
                continue;
            }
            match (wanted, had) {
                (None, None) => return true,
                (Some(wanted), Some(had)) if self.one(wanted, had) => {
                    want.next();
                    have.next();
                }
                _ => {
                    // The last star takes one character more.
                    let Some((after, taken)) = &mut again else { return false };
                    if taken.next().is_none() {
                        return false;
                    }
                    want = after.clone();
                    have = taken.clone();
                }
            }
        }
    }

    fn one(&self, wanted: char, had: char) -> bool {
        wanted == had
            || (wanted == '?' && self.wild == Wild::StarsAndMarks)
            || (self.case == Case::Ignored && wanted.eq_ignore_ascii_case(&had))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_take_any_number_of_characters() {
        let cases = [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "anything:at/all", true),
            ("**", "", true),
            ("a*", "a", true),
            ("a*", "abc", true),
            ("a*", "ba", false),
            ("*c", "abc", true),
            ("*c", "abcd", false),
            ("a*c*e", "abcde", true),
            ("a*c*e", "acbe", true),
            ("a*c*e", "abde", false),
            ("*ab*ab", "abab", true),
            ("*ab*ab", "ab", false),
            ("query*", "QUERYList", true),
            ("设备*", "设备一", true),
            ("a?c", "abc", false),
            ("a?c", "a?c", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(Pattern::stars(pattern, Case::Ignored).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn marks_take_one_character() {
        let cases = [
            ("?", "", false),
            ("?", "a", true),
            ("?", "备", true),
            ("??", "备", false),
            ("a?c", "abc", true),
            ("a?c", "aBc", true),
            ("a?c", "ABC", false),
            ("*?", "", false),
            ("*?", "xy", true),
        ];
        for (pattern, text, expected) in cases {
            let pattern = Pattern::stars_and_marks(pattern, Case::Kept);
            assert_eq!(pattern.matches(text), expected, "{pattern:?} {text}");
        }
    }

    #[test]
    fn a_pattern_full_of_stars_takes_no_time() {
        let pattern = Pattern::stars(&"*a".repeat(500), Case::Kept);
        assert!(!pattern.matches(&"a".repeat(499)));
        let pattern = Pattern::stars(&format!("{}b", "*a".repeat(64)), Case::Kept);
        assert!(!pattern.matches(&"a".repeat(10_000)));
    }

    #[test]
    fn only_stars_are_all() {
        assert!(Pattern::stars("*", Case::Kept).is_all() && Pattern::stars("**", Case::Kept).is_all());
        for some in ["", "a*", "?", "*?"] {
            assert!(!Pattern::stars(some, Case::Kept).is_all(), "{some}");
        }
    }
}
