//! What a cell can hold of a text: at most 32,767 UTF-16 units, no C0 control character but tab, LF and CR, no
//! U+FFFE or U+FFFF. It decides and maps; it writes nothing.
//!
//! CR stays: it is data, and every reader tried returns it.

use crate::limits::TEXT_UNITS_MAX;

/// A text, parted into what one cell can hold and what it cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit<'a> {
    /// The longest beginning that one cell can hold; a character is never split.
    pub text: &'a str,
    /// What is left over; empty if all of it fits.
    pub rest: &'a str,
}

/// Parts `text` at the limit of one cell, so that the caller can continue the rest elsewhere.
///
/// ```
/// let long = "x".repeat(40_000);
/// let fit = unlade_xls::fit(&long);
/// assert_eq!(fit.text.len(), unlade_xls::TEXT_UNITS_MAX);
/// assert_eq!(fit.rest.len(), 40_000 - unlade_xls::TEXT_UNITS_MAX);
/// ```
#[must_use]
pub fn fit(text: &str) -> Fit<'_> {
    // A text has never more UTF-16 units than UTF-8 bytes, so nearly every call ends here.
    if text.len() <= TEXT_UNITS_MAX {
        return Fit { text, rest: "" };
    }
    let mut units = 0;
    for (at, character) in text.char_indices() {
        units += character.len_utf16();
        if units > TEXT_UNITS_MAX {
            let (text, rest) = text.split_at(at);
            return Fit { text, rest };
        }
    }
    Fit { text, rest: "" }
}

/// Whether one byte a character is enough: ASCII without anything to clean.
pub(crate) fn is_plain(text: &str) -> bool {
    // No early exit, so that the loop compiles to vector instructions.
    text.bytes().fold(true, |plain, byte| plain & (byte < 0x80) & !is_control(byte))
}

/// The number of UTF-16 units: one a character, two for each of those that take four bytes in UTF-8.
pub(crate) fn units(text: &str) -> usize {
    text.bytes().map(|byte| usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0)).sum()
}

/// What is written for `character`. It has as many UTF-16 units as `character`.
pub(crate) fn clean(character: char) -> char {
    match character {
        '\u{FFFE}' | '\u{FFFF}' => char::REPLACEMENT_CHARACTER,
        '\0'..' ' if !matches!(character, '\t' | '\n' | '\r') => char::REPLACEMENT_CHARACTER,
        _ => character,
    }
}

/// Whether a cell holds every character of `text` as it is. One that no file may hold becomes U+FFFD.
///
/// ```
/// assert!(unlade_xls::is_clean("tab\t line\n 设备 😀") && !unlade_xls::is_clean("\0"));
/// ```
#[must_use]
pub fn is_clean(text: &str) -> bool {
    text.chars().all(|character| clean(character) == character)
}

/// Whether a spreadsheet program could take `text` for a formula when somebody edits the cell.
///
/// ```
/// assert!(unlade_xls::looks_like_formula("=1+1") && !unlade_xls::looks_like_formula("1=1"));
/// ```
#[must_use]
pub fn looks_like_formula(text: &str) -> bool {
    matches!(text.as_bytes().first(), Some(b'=' | b'+' | b'-' | b'@'))
}

fn is_control(byte: u8) -> bool {
    (byte < 0x20) & (byte != b'\t') & (byte != b'\n') & (byte != b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surrogate_pair_is_never_split_by_the_limit() {
        let text = format!("a{}", "😀".repeat(20_000));
        let fit = fit(&text);
        assert_eq!(units(fit.text), TEXT_UNITS_MAX);
        let text = "😀".repeat(20_000);
        let cut = super::fit(&text);
        assert_eq!(units(cut.text), TEXT_UNITS_MAX - 1);
        assert_eq!(format!("{}{}", cut.text, cut.rest), text);
    }

    #[test]
    fn units_are_those_of_utf16() {
        for text in ["", "a", "é", "设备", "😀a𝄞", "\u{FFFF}"] {
            assert_eq!(units(text), text.encode_utf16().count(), "{text:?}");
        }
    }

    #[test]
    fn only_what_no_file_may_hold_is_cleaned() {
        assert!(is_plain("tab\t line\n return\r ~\u{7f}") && is_clean("tab\t line\n return\r é设😀\u{FFFD}"));
        for text in ["\0", "\u{1}", "\u{1f}"] {
            assert!(!is_plain(text) && !is_clean(text), "{text:?}");
        }
        assert!(!is_clean("\u{FFFE}") && !is_clean("a\u{FFFF}"));
        assert!(!is_plain("é"));
    }
}
