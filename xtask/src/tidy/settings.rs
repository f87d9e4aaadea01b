//! Every setting stands in the table of docs/settings.md, which names no other.

use std::collections::BTreeSet;

use regex_lite::Regex;

use super::tree::{Finding, Tree};

const SECTIONS: &str = "crates/unlade/src/config/settings.rs";
/// Sections that are the business's: the names of their structures and where they lie.
const DOMAIN: [(&str, &str); 2] =
    [("Limits", "crates/domain/src/limits.rs"), ("Retention", "crates/domain/src/retention.rs")];
const DOCUMENT: &str = "docs/settings.md";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let known = known(tree);
    let told = told(tree.text(DOCUMENT).unwrap_or_default());
    let missing = known.difference(&told).map(|setting| format!("does not tell of {setting}"));
    let unknown = told.difference(&known).map(|setting| format!("{setting} is not a setting"));
    missing.chain(unknown).map(|why| Finding::of(DOCUMENT, why)).collect()
}

/// Every `section.key` that begins a row of a table.
fn told(text: &str) -> BTreeSet<String> {
    let row = Regex::new(r"(?m)^\| `([a-z]+\.[a-z_]+)` \|").expect("a pattern");
    row.captures_iter(text).map(|row| row[1].to_owned()).collect()
}

/// Every `section.key` that the program reads.
pub(super) fn known(tree: &Tree) -> BTreeSet<String> {
    let sections = fields(tree.text(SECTIONS).unwrap_or_default());
    let domain = DOMAIN.iter().flat_map(|(name, path)| {
        let all = fields(tree.text(path).unwrap_or_default());
        all.into_iter().filter(move |(of, _)| of == name)
    });
    sections.into_iter().chain(domain).map(|(of, field)| format!("{}.{field}", of.to_lowercase())).collect()
}

/// The structures of a file and their public fields.
fn fields(text: &str) -> Vec<(String, String)> {
    let line = Regex::new(r"^(?:pub(?:\([a-z]+\))? struct (\w+) \{|    pub(?:\([a-z]+\))? (\w+):)")
        .expect("a pattern");
    let mut of = String::new();
    let mut found = Vec::new();
    for captured in text.lines().filter_map(|text| line.captures(text)) {
        match (captured.get(1), captured.get(2)) {
            (Some(name), _) => of = name.as_str().to_owned(),
            (_, Some(field)) => found.push((of.clone(), field.as_str().to_owned())),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_not_told_and_one_that_is_not_there_are_found() {
        let tree = Tree::made(&[
            (SECTIONS, "pub(super) struct Server {\n    /// x\n    pub(super) listen: String,\n}\n"),
            (DOMAIN[0].1, "pub struct Limits {\n    pub apps: i64,\n}\n"),
            (DOCUMENT, "| `server.listen` | x |\n| `server.port` | 5 |\n"),
        ]);
        let found: Vec<_> = check(&tree).iter().map(ToString::to_string).collect();
        let of = |why| format!("{DOCUMENT}:1: {why}");
        assert_eq!(found, [of("does not tell of limits.apps"), of("server.port is not a setting")]);
    }
}
