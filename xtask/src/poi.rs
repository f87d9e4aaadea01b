//! Apache POI as a judge, in the build directory: compiled by Maven, once for each state of `judges/poi`.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::place::{root, target};
use crate::suite::{Count, Suite};
use crate::summary::Summary;

/// What it is made of.
const SOURCES: [&str; 2] = ["pom.xml", "src/ReadWorkbooks.java"];

/// Where it was built. Nothing if this machine lacks what builds or runs it, or if that failed, which the summary then
/// says.
pub(crate) fn built(summary: &mut Summary) -> Option<PathBuf> {
    if !(runs("mvn") && runs("javac") && runs("java")) {
        return None;
    }
    let directory = target().join("poi");
    let stamp = directory.join("made-of");
    let wanted = sources();
    if fs::read_to_string(&stamp).ok().as_ref() == Some(&wanted) {
        return Some(directory);
    }
    // What an earlier version left there would stay beside what is copied there now.
    let _ = fs::remove_dir_all(&directory);
    let mut maven = Command::new("mvn");
    maven.args(["--batch-mode", "--quiet", "--file"]).arg(root().join("judges/poi/pom.xml"));
    maven.arg(format!("-Dbuilt={}", directory.display())).arg("compile");
    let suite = Suite { name: "poi build", budget_seconds: 600, count: Count::ExitCode };
    if !summary.add(suite.run(&mut maven)) {
        return None;
    }
    // The stamp comes last: what was not finished has none and is made again.
    fs::write(&stamp, &wanted).ok()?;
    Some(directory)
}

fn runs(program: &str) -> bool {
    let mut version = Command::new(program);
    version.arg("-version").stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}

fn sources() -> String {
    let read = |name: &&str| fs::read_to_string(root().join("judges/poi").join(name)).unwrap_or_default();
    SOURCES.iter().map(read).collect()
}
