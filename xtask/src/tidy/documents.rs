//! What a document names must exist: links, paths, types and functions, tests, commands, settings, error codes.

use std::collections::HashSet;

use regex_lite::Regex;

use super::settings;
use super::tree::{Finding, Tree};

/// Files that documents name and that the reader, not the repository, has.
const THE_READERS: &[&str] = &["unlade.toml", "export_sample.py"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let known = Known::of(tree);
    tree.below("", ".md").flat_map(|(path, text)| judge(&known, path, text)).collect()
}

/// What there is to be named.
struct Known<'t> {
    tree: &'t Tree,
    /// Every word in a source file.
    words: HashSet<&'t str>,
    /// `section.key`
    settings: HashSet<String>,
    xtask: Vec<String>,
    unlade: Vec<String>,
}

impl<'t> Known<'t> {
    fn of(tree: &'t Tree) -> Self {
        let sources = tree.files().filter(|(path, _)| !path.ends_with(".md") && !path.ends_with(".lock"));
        let words =
            sources.flat_map(|(_, text)| text.split(|sign: char| !(sign.is_alphanumeric() || sign == '_')));
        Self {
            tree,
            words: words.collect(),
            settings: settings::known(tree).into_iter().collect(),
            xtask: subcommands(tree.text("xtask/src/main.rs").unwrap_or_default()),
            unlade: subcommands(tree.text("crates/unlade/src/cli.rs").unwrap_or_default()),
        }
    }

    /// Why a piece of code in a document is wrong, if it is.
    fn refuses(&self, code: &str) -> Option<String> {
        let is = |pattern: &str| Regex::new(pattern).expect("a pattern").is_match(code);
        let no = |what: &str| Some(format!("`{code}`: {what}"));
        if let Some(why) = self.refuses_command(code) {
            return no(&why);
        }
        let (folder, name) = code.split_once('/').unwrap_or_default();
        if is(r"^[\w.-]+(/[\w.-]+)+/?$")
            && !name.is_empty()
            && self.tree.holds(folder)
            && !self.tree.holds(code)
        {
            return no("no such path");
        }
        if is(r"^[\w-]+\.(md|rs|py|sql|toml)$") && !THE_READERS.contains(&code) {
            let ending = format!("/{code}");
            let mut paths = self.tree.files().map(|(path, _)| path);
            return if paths.any(|path| path == code || path.ends_with(&ending)) {
                None
            } else {
                no("no such file")
            };
        }
        if is(r"^[a-z]+\.[a-z_]+$") {
            let section = code.split('.').next().unwrap_or_default();
            let is_section = self.settings.iter().any(|setting| setting.starts_with(&format!("{section}.")));
            return if is_section && !self.settings.contains(code) { no("no such setting") } else { None };
        }
        // Types, constants, variables, tests: whatever can only be a name of ours.
        let is_name = is(r"^\w+(::\w+)+$")
            || is(r"^([A-Z][a-z0-9]+){2,}$")
            || is(r"^[A-Z]+(_[A-Z]+)+$")
            || is(r"^[a-z0-9]+(_[a-z0-9]+){3,}$");
        if is_name && !self.knows_name(code) {
            return no("no source has this name");
        }
        if is(r"^(IOTDA|APIGW)\.\d+$") && !self.words.contains(code.split('.').nth(1).unwrap_or_default()) {
            return no("no such error code");
        }
        None
    }

    fn knows_name(&self, code: &str) -> bool {
        // A setting as a variable is made from its section and key, so no source spells it out.
        let variable = code.strip_prefix("UNLADE_").map(str::to_lowercase);
        let is_setting = |name: String| self.settings.iter().any(|setting| setting.replace('.', "_") == name);
        code.split("::").all(|name| self.words.contains(name)) || variable.is_some_and(is_setting)
    }

    fn refuses_command(&self, code: &str) -> Option<String> {
        let behind = |program: &str| {
            let (_, rest) = code.split_once(program)?;
            rest.split_whitespace()
                .next()
                .filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
        };
        let missing = |given: Option<&str>, known: &[String]| {
            given
                .filter(|word| !word.starts_with('-') && !known.iter().any(|known| known == word))
                .map(str::to_owned)
        };
        let xtask = missing(behind("cargo xtask "), &self.xtask);
        let unlade =
            if code.starts_with("unlade ") { missing(behind("unlade "), &self.unlade) } else { None };
        let run = missing(behind("cargo run --release -- "), &self.unlade);
        xtask.or(unlade).or(run).map(|word| format!("no such command: {word}"))
    }
}

/// The variants of a clap enum `Command`, as they are typed.
fn subcommands(source: &str) -> Vec<String> {
    let body = source.split("enum Command {").nth(1).and_then(|rest| rest.split("\n}").next());
    let variant = Regex::new(r"(?m)^    ([A-Z]\w*)[,(]").expect("a pattern");
    variant.captures_iter(body.unwrap_or_default()).map(|found| kebab(&found[1])).collect()
}

fn kebab(name: &str) -> String {
    let mut typed = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_uppercase() && at > 0 {
            typed.push('-');
        }
        typed.extend(letter.to_lowercase());
    }
    typed
}

fn judge(known: &Known<'_>, path: &str, text: &str) -> Vec<Finding> {
    let span = Regex::new("`([^`]+)`").expect("a pattern");
    let link = Regex::new(r"\]\(([^)\s]+)\)").expect("a pattern");
    let mut language = None;
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let wrong: Vec<String> = match (line.strip_prefix("```"), language) {
            (Some(begins), None) => {
                language = Some(begins);
                Vec::new()
            }
            (Some(_), Some(_)) => {
                language = None;
                Vec::new()
            }
            (None, Some("sh")) => known.refuses_command(line).into_iter().collect(),
            (None, Some(_)) => Vec::new(),
            (None, None) => {
                let spans = span.captures_iter(line).filter_map(|found| known.refuses(&found[1]));
                let links = link.captures_iter(line).filter_map(|found| dead(known.tree, path, &found[1]));
                spans.chain(links).collect()
            }
        };
        findings.extend(wrong.into_iter().map(|why| Finding::at(path, number, why)));
    }
    findings
}

/// Why a link leads nowhere, if it does; what lies outside the repository is not asked.
fn dead(tree: &Tree, path: &str, link: &str) -> Option<String> {
    let target = link.split('#').next().unwrap_or_default();
    if link.contains("://") || target.is_empty() {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    if tree.holds(&parts.join("/")) { None } else { Some(format!("the link {link} leads nowhere")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(document: &str) -> Vec<String> {
        let tree = Tree::made(&[
            ("docs/page.md", document),
            ("xtask/src/main.rs", "enum Command {\n    /// Tests\n    Test(Options),\n}\n"),
            ("crates/unlade/src/cli.rs", "enum Command {\n    Serve,\n    ParseUpload,\n}\n"),
            ("crates/unlade/src/config/settings.rs", "pub struct Log {\n    pub level: u8,\n}\n"),
            ("crates/types/src/code.rs", "struct BatchTask; // IOTDA.014800\nfn a_test_of_a_rule() {}"),
        ]);
        check(&tree).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn what_exists_may_be_named() {
        let document = "`crates/types/src/code.rs` `code.rs` `cargo xtask test` `unlade parse-upload x` `log.level`\n\
                        `BatchTask` `IOTDA.014800` `a_test_of_a_rule` `UNLADE_LOG_LEVEL` `a/b` `GET /x` `-`\n\
                        [code](../crates/types/src/code.rs) [out](https://example.invalid/x) [here](#part)\n\
                        ```sh\ncargo xtask test\ncargo run --release -- serve --listen x\n```\n";
        assert!(found(document).is_empty(), "{:?}", found(document));
    }

    #[test]
    fn what_does_not_exist_is_found() {
        for named in [
            "`crates/types/src/gone.rs`",
            "`gone.rs`",
            "`cargo xtask dance`",
            "`unlade dance`",
            "`log.colour`",
            "`ExportTask`",
            "`types::Gone`",
            "`IOTDA.099999`",
            "`a_test_that_is_not_there`",
            "`UNLADE_LOG_COLOUR`",
            "[gone](../gone.md)",
            "```sh\ncargo xtask dance\n```",
        ] {
            assert_eq!(found(named).len(), 1, "{named}: {:?}", found(named));
        }
    }
}
