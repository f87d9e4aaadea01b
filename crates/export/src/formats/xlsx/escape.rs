//! Texts as XML takes them. A cell holds what one of an .xls holds, so that both say the same: characters that no
//! workbook may hold become U+FFFD. Most texts need nothing, so that is found out fast.

use std::io::{self, Write};

/// What has to be done to write a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing: it is written as it is.
    Nothing,
    /// Some characters are written in another way.
    Escapes,
    /// It looks like an escape of Excel's, such as `_x0041_`, and must be escaped itself.
    Underscores,
}

/// What `text` needs.
#[inline]
pub(super) fn needs(text: &str) -> Needs {
    let bytes = text.as_bytes();
    // No early exit, so that the loops compile to vector instructions.
    let single = bytes.iter().fold(false, |found, byte| found | is_special(*byte));
    let pair = bytes.iter().zip(bytes.get(1..).unwrap_or_default()).fold(false, |found, (first, second)| {
        found | ((*first == b'_') & (*second == b'x')) | ((*first == 0xEF) & (*second == 0xBF))
    });
    match (single, pair) {
        (false, false) => Needs::Nothing,
        (_, true) if (0..bytes.len()).any(|at| is_escape(&bytes[at..])) => Needs::Underscores,
        _ => Needs::Escapes,
    }
}

/// Whether a byte is a character that XML gives a meaning or does not have.
fn is_special(byte: u8) -> bool {
    ((byte < 0x20) & (byte != b'\t') & (byte != b'\n')) | (byte == b'<') | (byte == b'>') | (byte == b'&')
}

/// Whether `bytes` begin as Excel writes a character that XML does not have: `_xHHHH_`.
fn is_escape(bytes: &[u8]) -> bool {
    matches!(bytes, [b'_', b'x', digits @ .., ]
        if digits.len() >= 5 && digits[4] == b'_' && digits[..4].iter().all(u8::is_ascii_hexdigit))
}

/// Whether white space at an end would be lost without being asked for.
#[inline]
pub(super) fn has_outer_space(text: &str) -> bool {
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t' | b'\n' | b'\r'));
    is_space(text.as_bytes().first()) || is_space(text.as_bytes().last())
}

/// Writes `text` with its escapes; answers whether a character was replaced.
pub(super) fn write(text: &str, out: &mut impl Write) -> io::Result<bool> {
    let bytes = text.as_bytes();
    let (mut written, mut cleaned) = (0, false);
    for at in 0..bytes.len() {
        let (instead, len): (&str, usize) = match bytes[at] {
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'&' => ("&amp;", 1),
            // As it is, a parser would take it for the end of a line.
            b'\r' => ("&#13;", 1),
            b'_' if is_escape(&bytes[at..]) => ("_x005F_", 1),
            0xEF if matches!(bytes[at + 1..], [0xBF, 0xBE | 0xBF, ..]) => ("\u{FFFD}", 3),
            byte if is_special(byte) => ("\u{FFFD}", 1),
            _ => continue,
        };
        cleaned |= instead == "\u{FFFD}";
        out.write_all(&bytes[written..at])?;
        out.write_all(instead.as_bytes())?;
        written = at + len;
    }
    out.write_all(&bytes[written..])?;
    Ok(cleaned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> (String, bool) {
        let mut out = Vec::new();
        let cleaned = write(text, &mut out).unwrap();
        (String::from_utf8(out).unwrap(), cleaned)
    }

    #[test]
    fn what_xml_gives_a_meaning_is_escaped() {
        assert_eq!(written("<a> & ]]>\r\n\t"), ("&lt;a&gt; &amp; ]]&gt;&#13;\n\t".to_owned(), false));
    }

    #[test]
    fn what_no_workbook_holds_is_replaced() {
        for text in ["\0", "\u{1F}", "\u{FFFE}", "\u{FFFF}"] {
            assert_eq!(written(&format!("a{text}b")), ("a\u{FFFD}b".to_owned(), true), "{text:?}");
            assert!(!xls::is_clean(text), "as in an .xls");
        }
        let kept = "\t\n\u{7F}\u{FFFD}\u{FEFF}设😀";
        assert_eq!(written(kept), (kept.to_owned(), false));
    }

    #[test]
    fn what_looks_like_an_escape_is_one_no_more() {
        assert_eq!(written("_x0041_").0, "_x005F_x0041_");
        assert_eq!(written("_x0041_x0042_").0, "_x005F_x0041_x005F_x0042_");
        assert_eq!(written("_x00e9_ __x0041_").0, "_x005F_x00e9_ __x005F_x0041_");
        for text in ["_x004_", "_xzzzz_", "_x0041", "_", "_x", "_X0041_"] {
            assert_eq!(written(text).0, text);
            assert_ne!(needs(text), Needs::Underscores, "{text}");
        }
    }

    #[test]
    fn a_text_that_needs_nothing_is_written_as_it_is() {
        for text in ["", "a", "设备，：", "a_b x", "\t\n\"'"] {
            assert_eq!((needs(text), &*written(text).0), (Needs::Nothing, text));
        }
        for text in ["<", ">", "&", "\r", "\0", "a\u{FFFF}", "\u{FFFE}b"] {
            assert_eq!(needs(text), Needs::Escapes, "{text:?}");
        }
        for text in ["_x0041_", "xx_x0041_", "<_x0041_"] {
            assert_eq!(needs(text), Needs::Underscores, "{text:?}");
        }
    }
}
