//! What the peers of the benchmark run on: each is installed from `benches/peers/` into the build directory, in the
//! versions that are pinned there, and again only when its sources have changed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use super::spreadsheets::is_program;
use crate::place::{cargo, root, target};
use crate::venv;

/// Peers of one language.
pub(super) struct Peer {
    /// Its folder in `benches/peers/`, and its name for the benchmark.
    pub(super) name: &'static str,
    /// Programs that it takes to have it.
    needs: &'static [&'static str],
    /// Its files, below its folder.
    sources: &'static [&'static str],
    /// Installs it from the first into the second directory.
    install: fn(&Path, &Path) -> Result<(), String>,
    /// What the benchmark wants to know, below the second directory.
    place: &'static str,
}

pub(super) const PEERS: &[Peer] = &[
    Peer {
        name: "java",
        needs: &["java", "javac", "mvn"],
        sources: &["pom.xml", "src/main/java/Peer.java"],
        install: java,
        place: "",
    },
    Peer {
        name: "python",
        needs: &["python3"],
        sources: &["requirements.txt"],
        install: |from, to| venv::make(to, &from.join("requirements.txt")),
        place: "",
    },
    Peer {
        name: "node",
        needs: &["node", "npm"],
        sources: &["package.json", "package-lock.json", "peer.js"],
        install: node,
        place: "",
    },
    Peer {
        name: "rust",
        needs: &[],
        sources: &["Cargo.toml", "Cargo.lock", "src/main.rs"],
        install: rust,
        place: "release",
    },
    Peer { name: "sqlite3", needs: &["sqlite3"], sources: &[], install: |_, _| Ok(()), place: "" },
];

/// Where it is, installed if it was not; or why it cannot be.
pub(super) fn place(peer: &Peer) -> Result<PathBuf, String> {
    if let Some(missing) = peer.needs.iter().find(|name| !is_program(name)) {
        return Err(format!("there is no {missing}"));
    }
    if peer.sources.is_empty() {
        return Ok(PathBuf::from(peer.name));
    }
    let (from, to) = (root().join("benches/peers").join(peer.name), target().join("peers").join(peer.name));
    let texts: Result<Vec<_>, _> =
        peer.sources.iter().map(|name| fs::read_to_string(from.join(name))).collect();
    let wanted = texts.map_err(|error| format!("its sources cannot be read: {error}"))?.concat();
    let stamp = to.join("installed");
    if fs::read_to_string(&stamp).ok().as_deref() != Some(&wanted) {
        println!("\n== installing the peers in {}", peer.name);
        empty(&to)?;
        (peer.install)(&from, &to)?;
        // The stamp comes last: what was not finished has none and is installed again.
        fs::write(&stamp, &wanted).map_err(|error| format!("the stamp cannot be written: {error}"))?;
    }
    Ok(to.join(peer.place))
}

fn empty(directory: &Path) -> Result<(), String> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(format!("the old one stays: {error}")),
        _ => fs::create_dir_all(directory).map_err(|error| format!("no directory: {error}")),
    }
}

fn java(from: &Path, to: &Path) -> Result<(), String> {
    let mut maven = Command::new("mvn");
    maven.args(["-q", "-B"]).arg(format!("-Dplace={}", to.display())).arg("compile").current_dir(from);
    succeed("mvn", &mut maven)
}

fn node(from: &Path, to: &Path) -> Result<(), String> {
    for name in ["package.json", "package-lock.json", "peer.js"] {
        fs::copy(from.join(name), to.join(name)).map_err(|error| format!("{name}: {error}"))?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(to);
    succeed("npm ci", &mut npm)?;
    // better-sqlite3 is a library in C++; one that was not built is only noticed when it is loaded.
    let mut versions = Command::new("node");
    succeed("better-sqlite3", versions.args(["peer.js", "versions"]).stdout(Stdio::null()).current_dir(to))
}

fn rust(from: &Path, to: &Path) -> Result<(), String> {
    let mut build = cargo(&["build", "--release", "--locked", "--quiet"]);
    succeed("cargo build", build.current_dir(from).env("CARGO_TARGET_DIR", to))
}

fn succeed(name: &str, command: &mut Command) -> Result<(), String> {
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name} ended with {status}")),
        Err(error) => Err(format!("{name} could not be started: {error}")),
    }
}
