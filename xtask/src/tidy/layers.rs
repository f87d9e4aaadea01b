//! A crate may use crates of a lower level only. The levels are those of the table in ARCHITECTURE.md, so that the
//! document and the rule cannot differ.

use std::collections::HashMap;

use regex_lite::Regex;

use super::tree::{Finding, Tree};

const TABLE: &str = "ARCHITECTURE.md";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let levels = levels(tree.text(TABLE).unwrap_or_default());
    let manifests = tree.below("crates/", "/Cargo.toml");
    manifests.flat_map(|(path, text)| judge(path, text, &levels)).collect()
}

/// Rows such as ``| 2 | `crates/store` | ...``.
fn levels(table: &str) -> HashMap<String, u32> {
    let row = Regex::new(r"(?m)^\| (\d+) \| `crates/([a-z]+)` \|").expect("a pattern");
    let rows = row.captures_iter(table).map(|row| (row[2].to_owned(), row[1].parse().unwrap_or(0)));
    rows.collect()
}

fn judge(path: &str, manifest: &str, levels: &HashMap<String, u32>) -> Vec<Finding> {
    let name = path.split('/').nth(1).unwrap_or_default();
    let Some(level) = levels.get(name) else {
        return vec![Finding::of(path, format!("{TABLE} gives crates/{name} no level"))];
    };
    // Tests may use what they like; programs are built from `[dependencies]` alone.
    let mut inside = false;
    let mut findings = Vec::new();
    for (number, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            inside = line == "[dependencies]";
        }
        let used = line.split(['.', ' ', '=']).next().unwrap_or_default();
        if inside && levels.get(used).is_some_and(|other| other >= level) {
            let why = format!("{name} (level {level}) may not use {used} (level {})", levels[used]);
            findings.push(Finding::at(path, number, why));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = "| level | crate | what |\n| 0 | `crates/types` | x |\n| 2 | `crates/store` | x |\n";

    fn found(path: &str, manifest: &str) -> Vec<String> {
        let tree = Tree::made(&[(TABLE, ROWS), (path, manifest)]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn arrows_point_down_only() {
        let manifest = "[dependencies]\nstore.workspace = true\n[dev-dependencies]\nstore.workspace = true\n";
        assert_eq!(
            found("crates/types/Cargo.toml", manifest),
            ["crates/types/Cargo.toml:2: types (level 0) may not use store (level 2)"]
        );
        assert!(found("crates/store/Cargo.toml", "[dependencies]\ntypes.workspace = true\n").is_empty());
    }

    #[test]
    fn a_crate_without_a_level_is_found() {
        assert_eq!(found("crates/new/Cargo.toml", "").len(), 1);
    }
}
