//! A module says at its top what it is, stays short, has a name that says something, and is declared by its parent: a
//! file that nobody declares is not compiled, and its tests pass by never running.

use regex_lite::Regex;

use super::tree::{Finding, Tree};

const LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
/// Names under which anything can be put.
const EMPTY_NAMES: &[&str] = &["common", "util", "utils", "helper", "helpers", "manager", "misc"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let files = tree.below("", ".rs");
    files
        .flat_map(|(path, text)| [shape(path, text), functions(path, text), declared(tree, path)].concat())
        .collect()
}

fn shape(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    // A crate's features may stand above its words.
    let first = text.lines().find(|line| !line.is_empty() && !line.starts_with("#!["));
    if !first.is_some_and(|line| line.starts_with("//!")) {
        findings.push(Finding::of(path, "says not what it is: `//!` comes first"));
    }
    let lines = text.lines().count();
    if lines > LINES_MAX {
        findings.push(Finding::of(path, format!("{lines} lines; at most {LINES_MAX} are one idea")));
    }
    if path.split(['/', '.']).any(|part| EMPTY_NAMES.contains(&part)) {
        findings.push(Finding::of(path, "a name that says nothing"));
    }
    findings
}

/// Functions that are too long, as rustfmt lays them out: the closing brace stands under the `fn`.
fn functions(path: &str, text: &str) -> Vec<Finding> {
    let head = Regex::new(r"^( *)(pub(\([a-z]+\))? )?(const )?(async )?fn (\w+)").expect("a pattern");
    let lines: Vec<&str> = text.lines().collect();
    let mut findings = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let Some(found) = head.captures(line) else { continue };
        // A trait's function may have no body.
        let opens = lines[number..].iter().find(|line| line.ends_with(['{', '}', ';']));
        let end = format!("{}}}", &found[1]);
        let length = lines[number..].iter().position(|line| *line == end).unwrap_or(0) + 1;
        if opens.is_some_and(|line| line.ends_with('{')) && length > FUNCTION_LINES_MAX {
            let why = format!("{} has {length} lines; at most {FUNCTION_LINES_MAX}", &found[6]);
            findings.push(Finding::at(path, number, why));
        }
    }
    findings
}

fn declared(tree: &Tree, path: &str) -> Vec<Finding> {
    let Some((folder, file)) = path.rsplit_once('/') else { return Vec::new() };
    let stem = file.trim_end_matches(".rs");
    let (name, parents) = match (stem, folder.rsplit_once('/')) {
        ("main" | "lib" | "build", _) => return Vec::new(),
        ("mod", Some((above, name))) => (name, parents(above)),
        // Targets of their own, found by cargo.
        _ if folder.ends_with("/examples")
            || folder.ends_with("/tests")
            || folder.ends_with("/fuzz_targets") =>
        {
            return Vec::new();
        }
        _ => (stem, parents(folder)),
    };
    let declaration = Regex::new(&format!(r"(?m)^\s*(pub(\([a-z]+\))? )?mod {name};")).expect("a pattern");
    let is_declared =
        parents.iter().filter_map(|parent| tree.text(parent)).any(|text| declaration.is_match(text));
    if is_declared { Vec::new() } else { vec![Finding::of(path, "no parent declares this module")] }
}

/// Files that may declare what lies in a folder.
fn parents(folder: &str) -> Vec<String> {
    let inside = ["mod", "lib", "main"].map(|stem| format!("{folder}/{stem}.rs"));
    inside.into_iter().chain([format!("{folder}.rs")]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::made(files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_module_without_words_is_found() {
        assert_eq!(found(&[("a/src/main.rs", "fn main() {}\n")]).len(), 1);
        assert!(found(&[("a/src/main.rs", "#![no_std]\n\n//! Does it.\n")]).is_empty());
    }

    #[test]
    fn a_module_that_nobody_declares_is_found() {
        let main = ("a/src/main.rs", "//! It.\nmod used;\nmod folder;\n");
        let rest = [("a/src/used.rs", "//! It.\n"), ("a/src/folder/mod.rs", "//! It.\nmod inside;\n")];
        let inside = ("a/src/folder/inside.rs", "//! It.\n");
        assert!(found(&[main, rest[0], rest[1], inside]).is_empty());
        assert_eq!(
            found(&[main, rest[0], rest[1], ("a/src/folder/forgotten.rs", "//! It.\n")]),
            ["a/src/folder/forgotten.rs:1: no parent declares this module"]
        );
    }

    #[test]
    fn long_functions_long_files_and_empty_names_are_found() {
        let long = format!("//! It.\nfn long() {{\n{}}}\n", "    x();\n".repeat(FUNCTION_LINES_MAX));
        assert_eq!(found(&[("a/src/main.rs", &long)]), ["a/src/main.rs:2: long has 72 lines; at most 70"]);
        let many = format!("//! It.\n{}", "// x\n".repeat(LINES_MAX));
        assert_eq!(found(&[("a/src/main.rs", &many)]).len(), 1);
        assert_eq!(found(&[("a/utils/main.rs", "//! It.\n")]).len(), 1);
    }
}
