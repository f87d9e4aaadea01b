//! `cargo xtask test`: the workspace's own tests, the official SDKs and the published definitions against the binary,
//! other programs as judges of the files, linters of what it is deployed with, and faults on real nodes.
//!
//! Building is a step of its own, so that a suite's budget measures the suite and not the compiler.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::isal;
use crate::moto::Moto;
use crate::place::{built, cargo, root, target};
use crate::pooler::Pooler;
use crate::postgres::{Postgres, Purpose};
use crate::suite::{Count, Outcome, Suite, skipped};
use crate::summary::Summary;
use crate::{chaos, compatibility, definitions, deploy, earlier, poi, sdks, venv};

#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Run only this suite; may be said several times
    #[arg(long)]
    suite: Vec<Which>,
    /// Passed on to pytest, for example `--suite python -- -k crash`
    #[arg(last = true)]
    pytest: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Which {
    Rust,
    Python,
    Openapi,
    Definitions,
    Sdks,
    Upgrade,
    Judges,
    Deploy,
    Chaos,
}

impl Options {
    fn wants(&self, which: Which) -> bool {
        self.suite.is_empty() || self.suite.contains(&which)
    }
}

pub(crate) fn run(options: &Options, summary: &mut Summary) {
    if options.wants(Which::Rust) {
        rust(summary);
    }
    if options.wants(Which::Python) {
        python(&options.pytest, summary);
    }
    if options.wants(Which::Openapi) {
        openapi(&options.pytest, summary);
    }
    outsiders(options, summary);
    if options.wants(Which::Upgrade) {
        let server = Postgres::start(Purpose::Tests);
        let url = server.as_ref().map(|server| server.url.as_str()).map_err(String::as_str);
        earlier::suite(&options.pytest, url, summary);
    }
    if options.wants(Which::Judges) {
        judges(&options.pytest, summary);
    }
    if options.wants(Which::Deploy) {
        deploy::run(&options.pytest, summary);
    }
    if options.wants(Which::Chaos) {
        chaos::suite(&options.pytest, summary);
    }
}

/// What others wrote, and the page that tells what came of it.
fn outsiders(options: &Options, summary: &mut Summary) {
    let defined = options.wants(Which::Definitions) && definitions::suite(&options.pytest, summary);
    let played = options.wants(Which::Sdks) && sdks::suite(&options.pytest, summary);
    // What did not run, or failed, has nothing to compare; the summary says so already.
    if defined && played {
        compatibility::judge(summary);
    }
}

/// Where tests find a PostgreSQL server that they may make schemas and databases on.
const POSTGRES: &str = "UNLADE_TEST_POSTGRES";

/// The same server by way of a pooler that gives each transaction another of few connections.
const POOLER: &str = "UNLADE_TEST_POOLER";

/// Where every server of the tests in Python keeps its rows.
const DATABASE: &str = "UNLADE_TEST_DATABASE";
/// What a database that does many things at the same time may make different.
const OVER_POSTGRES: &[&str] =
    &["races", "kills", "sleep", "crash", "export_rules", "whole_job", "bad_input", "audit"];

/// Where the certificates of its authorities lie.
const POSTGRES_TLS: &str = "UNLADE_TEST_POSTGRES_TLS";

fn rust(summary: &mut Summary) {
    let build = Suite { name: "rust build", budget_seconds: 3600, count: Count::ExitCode };
    if !summary.add(build.run(&mut cargo(&["test", "--workspace", "--no-run"]))) {
        return;
    }
    let mut command = cargo(&["test", "--workspace", "--no-fail-fast"]);
    // While it runs; what needs it says without it that it was skipped, and nobody would count that.
    let store = Moto::start();
    match &store {
        Ok(store) => drop(command.env("UNLADE_TEST_S3", &store.endpoint)),
        Err(why) => drop(summary.add(skipped("rust over s3", why.clone()))),
    }
    let server = Postgres::start(Purpose::Tests);
    match &server {
        Ok(server) => drop(command.env(POSTGRES, &server.url).env(POSTGRES_TLS, &server.directory)),
        Err(why) => drop(summary.add(skipped("rust over postgresql", why.clone()))),
    }
    let pooler = server.as_ref().map_err(String::clone).and_then(Pooler::start);
    match &pooler {
        Ok(pooler) => drop(command.env(POOLER, &pooler.url)),
        Err(why) => drop(summary.add(skipped("rust over pgbouncer", why.clone()))),
    }
    let suite = Suite { name: "rust", budget_seconds: 900, count: Count::CargoTest };
    summary.add(suite.run(&mut command));
    isal::run(summary);
}

fn python(arguments: &[String], summary: &mut Summary) {
    let build = Suite { name: "unlade build", budget_seconds: 3600, count: Count::ExitCode };
    if !summary.add(build.run(&mut cargo(&["build", "-p", "unlade"]))) {
        return;
    }
    // Its tests say by themselves that they skip what has no server.
    let server = Postgres::start(Purpose::Tests);
    let url = server.as_ref().ok().map(|server| (POSTGRES, PathBuf::from(&server.url)));
    // Of what somebody has picked, each test is seen as it runs.
    let these = if arguments.is_empty() { &side_by_side()[..] } else { arguments };
    summary.add(pytest("python sdk", "sdk-tests/python", 1200, these, url.as_slice()));
    let over = "python sdk over postgresql";
    match (server, arguments) {
        (Err(why), _) => drop(summary.add(skipped(over, why))),
        // What somebody has picked is run once.
        (Ok(_), [_, ..]) => {}
        (Ok(server), []) => {
            let more = [(POSTGRES, PathBuf::from(&server.url)), (DATABASE, PathBuf::from("postgres"))];
            let files = OVER_POSTGRES.iter().map(|name| format!("test_{name}.py"));
            let files: Vec<String> = side_by_side().into_iter().chain(files).collect();
            summary.add(pytest(over, "sdk-tests/python", 600, &files, &more));
        }
    }
}

/// Files of tests that run beside each other: most of their time they wait for a lease, a timeout or the disk. The tests of
/// a file share servers and stay together.
fn side_by_side() -> Vec<String> {
    ["-n", "2", "--dist", "loadfile"].map(str::to_owned).into()
}

/// What the server says of itself, held against what it does: edge by edge, and by programs that know OpenAPI and have an
/// environment of their own.
fn openapi(arguments: &[String], summary: &mut Summary) {
    const NAME: &str = "openapi";
    let build = Suite { name: "unlade build", budget_seconds: 3600, count: Count::ExitCode };
    if !summary.add(build.run(&mut cargo(&["build", "-p", "unlade"]))) {
        return;
    }
    match venv::made("schemathesis", "sdk-tests/openapi/requirements.txt") {
        Err(why) => drop(summary.add(skipped(NAME, why))),
        Ok(python) => {
            let outsiders = [("UNLADE_OPENAPI_PYTHON", PathBuf::from(python.get_program()))];
            summary.add(pytest(NAME, "sdk-tests/openapi", 600, arguments, &outsiders));
        }
    }
}

fn judges(arguments: &[String], summary: &mut Summary) {
    let build = Suite { name: "judges build", budget_seconds: 3600, count: Count::ExitCode };
    let packages = ["-p", "unlade", "-p", "unlade-export"];
    let programs = ["--bin", "unlade", "--example", "rows_to_zip"];
    if summary.add(build.run(cargo(&["build"]).args(packages).args(programs))) {
        // Without LibreOffice or Maven at a desk, their tests are skipped and say so; the other judges judge all the
        // same.
        let poi = poi::built(summary).map(|directory| ("UNLADE_POI", directory));
        summary.add(pytest("judges", "judges", 300, arguments, poi.as_slice()));
    }
}

/// A folder of tests in Python, against the programs as built for debugging and what `more` tells of.
pub(crate) fn pytest(
    name: &'static str,
    folder: &str,
    budget_seconds: u64,
    arguments: &[String],
    more: &[(&str, PathBuf)],
) -> Outcome {
    let mut python = match venv::python() {
        Ok(python) => python,
        Err(why) => return skipped(name, why),
    };
    let junit = target().join(format!("{}.xml", name.replace(' ', "-")));
    // A report of an earlier run must not speak for a run that wrote none.
    let _ = std::fs::remove_file(&junit);
    python.args(["-m", "pytest"]).arg(format!("--junitxml={}", junit.display())).args(arguments);
    python.env("UNLADE_BIN", built("debug", "unlade"));
    python.env("UNLADE_ROWS_TO_ZIP", built("debug", "examples/rows_to_zip"));
    python.envs(more.iter().map(|(name, path)| (name, path)));
    Suite { name, budget_seconds, count: Count::Junit(junit) }.run(python.current_dir(root().join(folder)))
}
