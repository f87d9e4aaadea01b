//! The official SDKs, each of which plays the scenarios of `sdk-tests/scenario` against the binary: built in the build
//! directory, judged step by step by pytest, and told in docs/compatibility.md.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::place::{cargo, root, target};
use crate::suite::{Count, Suite, skipped};
use crate::summary::Summary;
use crate::test::pytest;
use crate::venv;

/// An SDK: its name in the summary, the folder of its results, and what makes its player.
struct Sdk {
    name: &'static str,
    folder: &'static str,
    made: fn(&mut Summary) -> Option<Player>,
}

/// The command that plays a scenario, and what else the tests are told.
struct Player {
    command: String,
    more: Vec<(&'static str, PathBuf)>,
}

/// Each in turn; docs/compatibility.md has a column for each.
const SDKS: [Sdk; 5] = [
    Sdk { name: "sdk python", folder: "python", made: python },
    Sdk { name: "sdk python earlier", folder: "python-earlier", made: python_earlier },
    Sdk { name: "sdk java", folder: "java", made: java },
    Sdk { name: "sdk go", folder: "go", made: go },
    Sdk { name: "sdk node", folder: "node", made: node },
];

/// Most of it is the start of servers and of Java.
const BUDGET_SECONDS: u64 = 300;

/// Whether every SDK has played everything, here, and passed.
pub(crate) fn suite(arguments: &[String], summary: &mut Summary) -> bool {
    let build = Suite { name: "unlade build", budget_seconds: 3600, count: Count::ExitCode };
    if !summary.add(build.run(&mut cargo(&["build", "-p", "unlade"]))) {
        return false;
    }
    // What came of another endpoint is not what the page tells of.
    let mut whole = arguments.is_empty() && env::var_os("UNLADE_SDK_ENDPOINT").is_none();
    for sdk in SDKS {
        match (sdk.made)(summary) {
            Some(player) => whole &= play(&sdk, player, arguments, summary),
            None => whole = false,
        }
    }
    whole
}

/// Where an SDK leaves what came of each step.
pub(crate) fn results() -> impl Iterator<Item = PathBuf> {
    SDKS.into_iter().map(|sdk| results_of(&sdk))
}

fn results_of(sdk: &Sdk) -> PathBuf {
    place("results").join(sdk.folder)
}

fn place(name: &str) -> PathBuf {
    target().join("sdks").join(name)
}

fn play(sdk: &Sdk, player: Player, arguments: &[String], summary: &mut Summary) -> bool {
    let mut more = player.more;
    more.push(("UNLADE_SDK_PLAY", PathBuf::from(player.command)));
    more.push(("UNLADE_SDK_RESULTS", results_of(sdk)));
    summary.add(pytest(sdk.name, "sdk-tests/scenario", BUDGET_SECONDS, arguments, &more))
}

/// The one that all other tests use.
fn python(summary: &mut Summary) -> Option<Player> {
    played_by(venv::python(), summary)
}

/// One of two years ago.
fn python_earlier(summary: &mut Summary) -> Option<Player> {
    played_by(venv::made("sdks/venv-earlier", "sdk-tests/scenario/python/earlier.txt"), summary)
}

fn played_by(python: Result<Command, String>, summary: &mut Summary) -> Option<Player> {
    match python {
        Ok(python) => {
            let player = root().join("sdk-tests/scenario/python/play.py");
            let command = format!("{} {}", python.get_program().to_string_lossy(), player.display());
            Some(Player { command, more: Vec::new() })
        }
        Err(why) => {
            summary.add(skipped("sdk python", why));
            None
        }
    }
}

fn java(summary: &mut Summary) -> Option<Player> {
    let directory = place("java");
    let mut maven = Command::new("mvn");
    maven.args(["--batch-mode", "--quiet", "--file"]).arg(root().join("sdk-tests/java/pom.xml"));
    maven.arg(format!("-Dbuilt={}", directory.display())).arg("compile");
    built("sdk java build", &["mvn", "javac"], "-version", &mut maven, summary)?;
    let classpath = format!("{0}/classes:{0}/lib/*", directory.display());
    let command = format!("java -cp {classpath} Play");
    let more = vec![
        ("UNLADE_SDK_SAMPLE", PathBuf::from("java")),
        ("UNLADE_SDK_CLASSPATH", PathBuf::from(classpath)),
    ];
    Some(Player { command, more })
}

fn go(summary: &mut Summary) -> Option<Player> {
    let program = place("play-go");
    let mut build = Command::new("go");
    build.args(["build", "-o"]).arg(&program).arg(".").current_dir(root().join("sdk-tests/go"));
    built("sdk go build", &["go"], "version", &mut build, summary)?;
    let more = vec![("UNLADE_SDK_SAMPLE", PathBuf::from("go"))];
    Some(Player { command: program.display().to_string(), more })
}

fn node(summary: &mut Summary) -> Option<Player> {
    let directory = place("node");
    if let Err(error) = copied(&root().join("sdk-tests/node"), &directory) {
        summary.add(skipped("sdk node build", error.to_string()));
        return None;
    }
    let mut install = Command::new("npm");
    install.args(["ci", "--prefer-offline", "--no-audit", "--no-fund"]).current_dir(&directory);
    built("sdk node build", &["node", "npm"], "--version", &mut install, summary)?;
    let player = directory.join("play.js");
    Some(Player { command: format!("node {}", player.display()), more: Vec::new() })
}

/// Runs what builds a player, if the machine has these programs.
fn built(
    name: &'static str,
    needs: &[&str],
    word: &str,
    build: &mut Command,
    summary: &mut Summary,
) -> Option<()> {
    let runs = |program: &&str| {
        let mut version = Command::new(program);
        version.arg(word).stdout(Stdio::null()).stderr(Stdio::null());
        version.status().is_ok_and(|status| status.success())
    };
    if let Some(missing) = needs.iter().find(|program| !runs(program)) {
        summary.add(skipped(name, format!("{missing} is missing")));
        return None;
    }
    // On two busy cores Go compiles its models of all operations for two minutes; Maven fetches its libraries first.
    let suite = Suite { name, budget_seconds: 600, count: Count::ExitCode };
    summary.add(suite.run(build)).then_some(())
}

/// Copies the files of a folder, so that npm puts nothing beside the sources.
fn copied(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if let (true, Some(name)) = (path.is_file(), path.file_name()) {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
