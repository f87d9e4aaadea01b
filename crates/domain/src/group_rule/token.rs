//! The words and marks of a rule.

use types::text;

use super::RuleError;

/// A piece of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a word of the language.
    Word(String),
    /// A text between quotes, in which `''` is a quote.
    Quoted(String),
    /// `=`, `!=`, `<`, `>`, `(`, `)` or `,`.
    Mark(&'static str),
}

/// A piece and the character that it begins at.
pub(super) struct Placed {
    pub(super) at: usize,
    pub(super) token: Token,
}

const MARKS: [&str; 7] = ["!=", "=", "<", ">", "(", ")", ","];

/// All pieces of a rule.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, RuleError> {
    let mut rest = text;
    let mut out = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let at = place(text, rest);
        let Some(first) = rest.chars().next() else { return Ok(out) };
        let (token, behind) = if first == '\'' {
            quoted(rest)
                .ok_or_else(|| RuleError {
                    at, why: text!("the text has no end", "字符串没有结束引号")
                })?
        } else if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            (Token::Mark(mark), &rest[mark.len()..])
        } else {
            let end =
                rest.find(|next: char| !next.is_ascii_alphanumeric() && next != '_').unwrap_or(rest.len());
            if end == 0 {
                let why =
                    text!("this character stands in no rule outside of quotes", "该字符只能出现在引号内");
                return Err(RuleError { at, why });
            }
            (Token::Word(rest[..end].to_owned()), &rest[end..])
        };
        out.push(Placed { at, token });
        rest = behind;
    }
}

/// Which character of `text` its end `rest` begins with, counted from 1.
fn place(text: &str, rest: &str) -> usize {
    text[..text.len() - rest.len()].chars().count() + 1
}

/// The text in quotes at the beginning of `rest`, and what stands behind it.
fn quoted(rest: &str) -> Option<(Token, &str)> {
    let mut inside = String::new();
    let mut rest = rest.strip_prefix('\'')?;
    loop {
        let (part, behind) = rest.split_once('\'')?;
        inside.push_str(part);
        match behind.strip_prefix('\'') {
            Some(more) => {
                inside.push('\'');
                rest = more;
            }
            None => return Some((Token::Quoted(inside), behind)),
        }
    }
}
