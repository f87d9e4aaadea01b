//! What must never be outside its room. Tests and examples may reach further: they stand outside.

use regex_lite::Regex;

use super::tree::{Finding, Tree, running_lines};

/// Something that belongs somewhere.
struct Ban {
    /// Where it is looked for.
    everywhere_in: &'static str,
    /// What it looks like.
    pattern: &'static str,
    /// Where it may be.
    rooms: &'static [&'static str],
    /// What a person is told.
    why: &'static str,
}

const BANS: &[Ban] = &[
    Ban {
        everywhere_in: "crates/",
        pattern: r#"["\s](SELECT .+ FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE|PRAGMA \w)"#,
        rooms: &["crates/store/", "crates/db/"],
        why: "SQL belongs into store or db",
    },
    Ban {
        everywhere_in: "crates/",
        pattern: r"\b(axum|hyper|hyper_util)::",
        rooms: &["crates/api/", "crates/unlade/"],
        why: "HTTP belongs into api or unlade",
    },
    Ban {
        everywhere_in: "crates/",
        pattern: r"\brusqlite\b",
        rooms: &["crates/db/"],
        why: "the database library belongs into db",
    },
    Ban {
        everywhere_in: "crates/",
        pattern: r"\bobject_store::",
        rooms: &["crates/blob/"],
        why: "the object store belongs into blob",
    },
    Ban {
        everywhere_in: "crates/",
        pattern: r"\bcalamine::",
        rooms: &["crates/sheet/"],
        why: "files of strangers are read in sheet, which limits the reader",
    },
    Ban {
        everywhere_in: "crates/api/",
        pattern: r"StatusCode::[A-Z]",
        rooms: &["crates/api/src/error.rs"],
        why: "the status of a refusal belongs into error.rs",
    },
    Ban {
        everywhere_in: "crates/export/src/sources/",
        pattern: r"\b(blob|std::fs|std::path|File)\b",
        rooms: &[],
        why: "a Source sees no file",
    },
    Ban {
        everywhere_in: "crates/export/src/formats/",
        pattern: r"\b(store|db)::",
        rooms: &[],
        why: "a Format sees no store",
    },
    Ban {
        everywhere_in: "crates/",
        pattern: r#""((create|update|delete|freeze|unfreeze)Devices|BatchTask)""#,
        rooms: &["crates/batch/src/kinds/", "crates/export/src/sources/", "crates/unlade/src/demo/"],
        why: "a concrete Kind or Source is known to its registry alone",
    },
];

/// Statuses that refuse nothing.
const GOOD: &[&str] = &["OK", "CREATED", "NO_CONTENT", "PARTIAL_CONTENT", "NOT_MODIFIED"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    BANS.iter().flat_map(|ban| breaches(tree, ban)).collect()
}

fn breaches(tree: &Tree, ban: &Ban) -> Vec<Finding> {
    let pattern = Regex::new(ban.pattern).expect("a pattern");
    let mut findings = Vec::new();
    for (path, text) in tree.below(ban.everywhere_in, ".rs") {
        let is_room = ban.rooms.iter().any(|room| path.starts_with(room));
        let stands_outside = ["/tests/", "/tests.rs", "/examples/"].iter().any(|place| path.contains(place));
        if is_room || stands_outside {
            continue;
        }
        let breaches = running_lines(text).filter(|(_, line)| pattern.is_match(&without_good_statuses(line)));
        findings.extend(breaches.map(|(number, _)| Finding::at(path, number, ban.why)));
    }
    findings
}

fn without_good_statuses(line: &str) -> String {
    GOOD.iter().fold(line.to_owned(), |line, good| line.replace(&format!("StatusCode::{good}"), ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Why each of these is a breach, or an empty text.
    fn why(path: &str, line: &str) -> String {
        let tree = Tree::made(&[(path, line)]);
        check(&tree).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_thing_in_its_room() {
        for (path, line, word) in [
            ("crates/api/src/x.rs", r#"tx.all("SELECT 1 FROM app")"#, "SQL"),
            ("crates/jobs/src/x.rs", "use axum::Router;", "HTTP"),
            ("crates/store/src/x.rs", "rusqlite::Error", "db"),
            ("crates/store/src/x.rs", "object_store::path", "blob"),
            ("crates/batch/src/x.rs", "calamine::open", "sheet"),
            ("crates/api/src/x.rs", "StatusCode::FORBIDDEN", "error.rs"),
            ("crates/export/src/sources/x/mod.rs", "blob::Blobs", "no file"),
            ("crates/export/src/formats/x/mod.rs", "store::Store", "no store"),
            ("crates/batch/src/x.rs", r#"if kind == "freezeDevices" {"#, "registry"),
        ] {
            assert!(why(path, line).contains(word), "{line}: {}", why(path, line));
        }
    }

    #[test]
    fn rooms_comments_tests_and_good_statuses_are_left_alone() {
        for (path, line) in [
            ("crates/store/src/x.rs", r#"tx.all("SELECT 1 FROM app")"#),
            ("crates/jobs/src/x.rs", "// not like axum::Router"),
            ("crates/jobs/src/x.rs", "#[cfg(test)]\nmod tests { use axum::Router; }"),
            ("crates/jobs/tests/it/x.rs", "use axum::Router;"),
            ("crates/api/src/x.rs", "StatusCode::CREATED"),
        ] {
            assert_eq!(why(path, line), "");
        }
    }
}
