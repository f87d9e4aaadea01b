//! A [`Rule`] as a regular expression, made by asking it for every character, so that what is documented of a text is what
//! is checked.

use std::fmt::Write;

use super::rule::Rule;

/// Where planes beyond the first begin and end; no rule tells the characters in between apart.
const BEYOND: [char; 5] = ['\u{10000}', '\u{1F600}', '\u{1FFFD}', '\u{20000}', '\u{10FFFF}'];

impl Rule {
    /// What says the same of a text as [`Rule::allowed`] and [`Rule::only`] do, as ECMA-262 has it, from the first character
    /// to the last; `None` where any text will do. It means the same with the flag `u` and without.
    pub fn pattern(&self) -> Option<String> {
        let class = class(self.allowed?);
        if self.only.is_empty() {
            return Some(format!("^{class}*$"));
        }
        let lengths: Vec<String> = self.only.iter().map(|length| format!("{class}{{{length}}}")).collect();
        Some(format!("^(?:{})$", lengths.join("|")))
    }

    /// The same of a URL of http or https, as [`super::Fields::url`] reads it.
    pub fn pattern_of_url(&self) -> String {
        let allowed = |character| self.allowed.is_none_or(|allowed| allowed(character));
        let first = class(|character| allowed(character) && character != '/');
        format!("^https?://{first}{}*$", class(allowed))
    }
}

/// The characters as a class. Where those beyond the first plane belong to it, it is written as what does not.
fn class(allowed: impl Fn(char) -> bool) -> String {
    let beyond = allowed(BEYOND[0]);
    debug_assert!(BEYOND.iter().all(|character| allowed(*character) == beyond));
    let mut class = String::from(if beyond { "[^" } else { "[" });
    let mut run: Option<(char, char)> = None;
    for character in ('\0'..='\u{ffff}').filter(|character| allowed(*character) != beyond) {
        match &mut run {
            // What lies between the two is no character.
            Some((_, last))
                if *last as u32 + 1 == character as u32 || (*last, character) == ('\u{d7ff}', '\u{e000}') =>
            {
                *last = character;
            }
            _ => {
                write_run(&mut class, run);
                run = Some((character, character));
            }
        }
    }
    write_run(&mut class, run);
    class + "]"
}

fn write_run(class: &mut String, run: Option<(char, char)>) {
    let Some((first, last)) = run else { return };
    write_one(class, first);
    if first != last {
        if last as u32 - first as u32 > 1 {
            class.push('-');
        }
        write_one(class, last);
    }
}

/// What means something in a class of any dialect is written as its number.
fn write_one(class: &mut String, character: char) {
    match character {
        '0'..='9' | 'A'..='Z' | 'a'..='z' => class.push(character),
        '!' | '#' | '%' | '\'' | '(' | ')' | ',' | '.' | ':' | '?' | '@' | '_' => class.push(character),
        // A `String` takes everything.
        other => drop(write!(class, "\\u{:04x}", other as u32)),
    }
}

#[cfg(test)]
mod tests {
    use crate::order::rule;

    #[test]
    fn a_pattern_lists_what_its_rule_allows() {
        let pattern = |rule: rule::Rule| rule.pattern().unwrap();
        assert_eq!(pattern(rule::ID36), r"^[\u002d0-9A-Z_a-z]*$");
        assert_eq!(pattern(rule::TASK_NAME), r"^[0-9A-Z_a-z\u4e00-\u9fa5]*$");
        assert_eq!(pattern(rule::DEVICE_NAME), r"^[^\u0000]*$");
        assert_eq!(pattern(rule::FINGERPRINT), r"^(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$");
        let url = rule::URL.pattern_of_url();
        assert!(url.starts_with(r"^https?://[^\u0000-\u0020\u002f\u007f-\u00a0"), "{url}");
    }
}
