//! A generated document of several sections, each written by a command of its own that leaves the others alone.

use std::{fs, path::Path, process::Command};

use crate::Outcome;

const TITLE: &str = "# Benchmarks · 性能";
const MARK: &str = "<!-- section ";

/// Writes one section of the document, in its old place or at the end.
pub(crate) fn record(path: &Path, name: &str, text: &str) -> Outcome<()> {
    let old = fs::read_to_string(path).unwrap_or_default();
    #[expect(clippy::disallowed_methods, reason = "a generated document in the source tree, asked for")]
    fs::write(path, with_section(&old, name, text))?;
    Ok(())
}

fn with_section(old: &str, name: &str, text: &str) -> String {
    let mut sections: Vec<(&str, &str)> =
        old.split(MARK).skip(1).filter_map(|part| part.split_once(" -->")).collect();
    match sections.iter_mut().find(|(known, _)| *known == name) {
        Some((_, body)) => *body = text,
        None => sections.push((name, text)),
    }
    let sections = sections.iter().map(|(name, body)| format!("\n{MARK}{name} -->\n\n{}\n", body.trim()));
    format!("{TITLE}\n{}", sections.collect::<String>())
}

/// What the figures are true for.
pub(crate) fn machine() -> Outcome<String> {
    let cpus = fs::read_to_string("/proc/cpuinfo")?;
    let models: Vec<&str> = values(&cpus, "model name").collect();
    let memory = fs::read_to_string("/proc/meminfo")?;
    let kib: u64 = values(&memory, "MemTotal").next().unwrap_or("0 kB").trim_end_matches(" kB").parse()?;
    let rustc = String::from_utf8(Command::new("rustc").arg("--version").output()?.stdout)?;
    let (cores, model) = (models.len(), models.first().unwrap_or(&"unknown processor"));
    Ok(format!(
        "Unlade {}, {}, Linux; {cores} cores ({model}), {} GiB.",
        env!("CARGO_PKG_VERSION"),
        rustc.trim(),
        kib >> 20
    ))
}

/// The values of a `key : value` file.
fn values<'t>(text: &'t str, key: &'t str) -> impl Iterator<Item = &'t str> {
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.filter(move |(name, _)| name.trim() == key).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_takes_its_own_place_and_leaves_the_others() {
        let one = with_section("", "one", "first");
        assert_eq!(one, "# Benchmarks · 性能\n\n<!-- section one -->\n\nfirst\n");
        let both = with_section(&one, "two", "second");
        assert!(both.starts_with(&one), "{both}");
        let anew = with_section(&both, "one", "other");
        assert_eq!(anew, both.replace("first", "other"));
    }
}
