//! No type that holds a secret derives `Debug`, which would show it in a log, a panic or a failed test: it says itself
//! what may be shown, or holds a type that does.

use regex_lite::Regex;

use super::tree::{Finding, Tree};

/// Fields whose texts are secret.
const NAMES: &str =
    "(?:[a-z_]+_)?(?:secret|password|token|sk|secret_key|secret_access_key|master_key|password_hash)";
/// What shows its content.
const PLAIN: &str = r"(?:Option<)?(?:String|&(?:'\w+ )?str|Vec<u8>|&(?:'\w+ )?\[u8\]|\[u8; \d+\])>?";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.below("crates/", ".rs").flat_map(|(path, text)| judge(path, text)).collect()
}

fn judge(path: &str, text: &str) -> Vec<Finding> {
    let field = Regex::new(&format!(r"(?:^|[\s({{])(?:pub(?:\(\w+\))? )?({NAMES}): {PLAIN}(?:,|\s|$)"))
        .expect("a pattern");
    let derive = Regex::new(r"^\s*#\[derive\(.*\bDebug\b.*\)\]").expect("a pattern");
    let begins = Regex::new(r"^\s*(?:pub(?:\(\w+\))? )?(?:struct|enum) (\w+)").expect("a pattern");
    let mut findings = Vec::new();
    let (mut shown, mut within) = (false, None);
    for (number, line) in text.lines().enumerate() {
        if derive.is_match(line) {
            shown = true;
        } else if let Some(name) = begins.captures(line) {
            within = shown.then(|| name[1].to_owned()).filter(|_| !line.ends_with([';', '}']));
            shown = false;
        } else if line.trim() == "}" && !line.starts_with("        ") {
            within = None;
        }
        if let (Some(name), Some(secret)) = (&within, field.captures(line)) {
            let why = format!("{name} derives Debug, which shows its {}", &secret[1]);
            findings.push(Finding::at(path, number, why));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        judge("a.rs", text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_secret_that_a_derived_debug_would_show_is_found() {
        let leaky =
            "#[derive(Clone, Debug)]\npub struct Key {\n    /// SK.\n    pub secret: Option<String>,\n}\n";
        assert_eq!(found(leaky), ["a.rs:4: Key derives Debug, which shows its secret"]);
        let sealed = leaky.replace("secret: Option<String>", "secret_sealed: Vec<u8>");
        assert!(found(&sealed).is_empty());
        assert!(found(&leaky.replace("Debug", "PartialEq")).is_empty());
        assert!(found(&leaky.replace("Option<String>", "Secret")).is_empty());
        let elsewhere =
            format!("#[derive(Debug)]\nstruct Other {{\n    name: String,\n}}\n\n{}", &leaky[24..]);
        assert!(found(&elsewhere).is_empty(), "{:?}", found(&elsewhere));
    }
}
