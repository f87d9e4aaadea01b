//! The files of the repository as texts, and what a rule finds in them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::Command;

/// Every text file that git knows or would know, by its path below the root.
pub(super) struct Tree {
    files: BTreeMap<String, String>,
}

/// What is not as it should be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    path: String,
    line: usize,
    why: String,
}

impl Finding {
    /// In a line, counted from 0.
    pub(super) fn at(path: &str, line: usize, why: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: line + 1, why: why.into() }
    }

    /// In a file as a whole.
    pub(super) fn of(path: &str, why: impl Into<String>) -> Self {
        Self::at(path, 0, why)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.why)
    }
}

impl Tree {
    /// The repository at `root`.
    pub(super) fn of(root: &Path) -> Result<Self, String> {
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .map_err(|error| format!("git could not be started: {error}"))?;
        if !listed.status.success() {
            return Err(format!("git ls-files: {}", String::from_utf8_lossy(&listed.stderr)));
        }
        let paths = String::from_utf8_lossy(&listed.stdout).into_owned();
        // What is no text is of no interest, and what was deleted is still listed.
        let files = paths.split('\0').filter_map(|path| {
            let text = std::fs::read_to_string(root.join(path)).ok()?;
            Some((path.to_owned(), text))
        });
        Ok(Self { files: files.collect() })
    }

    /// A tree made up by a test.
    #[cfg(test)]
    pub(super) fn made(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Self { files: files.collect() }
    }

    /// A file's text.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Every file: its path and its text.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files below a folder whose names end so.
    pub(super) fn below(&self, folder: &str, ending: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(move |(path, _)| path.starts_with(folder) && path.ends_with(ending))
    }

    /// Whether there is a file or a folder of this path.
    pub(super) fn holds(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.files.contains_key(path) || self.files.keys().any(|known| is_below(known, path))
    }
}

/// Whether `path` lies below `folder`.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The lines of a Rust file that run outside tests, without comments, with their numbers from 0.
pub(super) fn running_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests_behind = |line: &&str| *line != "#[cfg(test)]";
    text.lines().take_while(tests_behind).enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
}
