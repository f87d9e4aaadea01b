//! Any text as the rule of a dynamic group: refused at one of its characters, or read the same when it is printed.
#![no_main]

use domain::group_rule::{CHARS_MAX, CONDITIONS_MAX, GroupRule, Subject};
use libfuzzer_sys::fuzz_target;
use types::Language;

fuzz_target!(|text: &str| {
    let characters = text.chars().count();
    let rule = match GroupRule::parse(text) {
        Ok(rule) => rule,
        Err(error) => {
            assert!((1..=characters + 1).contains(&error.at), "{error:?}");
            let told = error.text();
            assert!(
                [Language::English, Language::Chinese].iter().all(|one| !told.in_language(*one).is_empty())
            );
            return;
        }
    };
    assert!(characters <= CHARS_MAX && rule.0.iter().all(|all| !all.is_empty()));
    assert!(rule.0.iter().map(Vec::len).sum::<usize>() <= CONDITIONS_MAX);
    let printed = rule.to_string();
    if printed.chars().count() <= CHARS_MAX {
        assert_eq!(GroupRule::parse(&printed).as_ref(), Ok(&rule), "{printed}");
    }
    rule.admits(&Subject::default());
});
