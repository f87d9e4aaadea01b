//! A PostgreSQL server for tests and benchmarks: a private cluster in a temporary directory, on a port of loopback. It
//! ends with us, and its directory with it.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::leash::Leash;

/// Where Debian puts the programs, by version; elsewhere they are on the path.
const DEBIAN: &str = "/usr/lib/postgresql";
/// How long it may take to come up.
const STARTS_WITHIN: Duration = Duration::from_secs(60);
const USER: &str = "unlade";
/// As many connections as tests that run side by side may want.
const ALWAYS: &[&str] = &["max_connections=400", "listen_addresses=127.0.0.1", "log_min_messages=fatal"];

/// What it is started for.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// Tests need not wait for the disk, and some want to see a certificate.
    Tests,
    /// Every commit is on the disk before it is answered, and nothing is encrypted on its way.
    Benchmarks,
}

impl Purpose {
    fn settings(self) -> &'static [&'static str] {
        match self {
            Purpose::Tests => &["fsync=off", "full_page_writes=off", "synchronous_commit=off", "ssl=on"],
            // Room as for a server of this size, so that a load of rows does not drown in checkpoints.
            Purpose::Benchmarks => &[
                "fsync=on",
                "full_page_writes=on",
                "synchronous_commit=on",
                "shared_buffers=1GB",
                "max_wal_size=4GB",
                "checkpoint_timeout=15min",
            ],
        }
    }
}

/// The server, while it runs.
pub(crate) struct Postgres {
    /// Its URL.
    pub(crate) url: String,
    /// Where `ca.pem` lies, which signed its certificate, and `other.pem`, which did not.
    pub(crate) directory: PathBuf,
    pub(crate) port: u16,
    /// As whom it runs, and who may read what lies in its directory.
    pub(crate) user: Whom,
    child: Child,
    leash: Option<Leash>,
}

impl Postgres {
    /// Makes a cluster and starts it; or says why there is none.
    pub(crate) fn start(purpose: Purpose) -> Result<Self, String> {
        let programs = programs().ok_or("PostgreSQL is not installed")?;
        let directory = std::env::temp_dir().join(format!("unlade-postgres-{}", std::process::id()));
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
        let data = directory.join("data");
        certify(&directory)?;
        let user = as_whom(&directory)?;
        let mut init = user.command(&programs.join("initdb"));
        init.arg("-D").arg(&data).args(["-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"]);
        let made =
            init.stdout(Stdio::null()).stderr(Stdio::piped()).output().map_err(|error| error.to_string())?;
        if !made.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr).trim()));
        }
        let port = free_port().map_err(|error| error.to_string())?;
        let mut serve = user.command(&programs.join("postgres"));
        serve.arg("-D").arg(&data).arg("-k").arg(&directory).args(["-p", &port.to_string()]);
        for setting in ALWAYS.iter().chain(purpose.settings()) {
            serve.args(["-c", setting]);
        }
        for (setting, file) in [("ssl_cert_file", "server.pem"), ("ssl_key_file", "server.key")] {
            serve.arg("-c").arg(format!("{setting}={}", directory.join(file).display()));
        }
        serve.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = serve.spawn().map_err(|error| format!("postgres could not be started: {error}"))?;
        let leash = Some(Leash::on(child.id()).map_err(|error| error.to_string())?);
        let url = format!("postgres://{USER}@127.0.0.1:{port}/postgres");
        let mut postgres = Self { url, directory, port, user, child, leash };
        postgres.wait(&programs)?;
        Ok(postgres)
    }

    /// The process that all others of it descend from.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn wait(&mut self, programs: &Path) -> Result<(), String> {
        let until = Instant::now() + STARTS_WITHIN;
        loop {
            let mut ask = Command::new(programs.join("pg_isready"));
            ask.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
            if ask.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            if Instant::now() > until || self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return Err("postgres does not start".to_owned());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.leash.take());
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// The folder of the newest version.
fn programs() -> Option<PathBuf> {
    let debian =
        fs::read_dir(DEBIAN).into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = debian.chain(std::env::split_paths(&path)).filter(|folder| folder.join("initdb").exists());
    found.max_by_key(|folder| version(folder))
}

fn version(folder: &Path) -> u32 {
    let name = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    name.and_then(|name| name.parse().ok()).unwrap_or(0)
}

/// Makes the certificate of the server, for 127.0.0.1 alone, of the authority that signs it, and of another one.
fn certify(directory: &Path) -> Result<(), String> {
    let signed = "-addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:false -CA ca.pem -CAkey ca.key";
    for (name, more) in [("ca", ""), ("other", ""), ("server", signed)] {
        let mut openssl = Command::new("openssl");
        openssl.args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30".split(' '));
        openssl.args(["-subj", &format!("/CN={name}"), "-out", &format!("{name}.pem")]);
        openssl.args(["-keyout", &format!("{name}.key")]).args(more.split_whitespace());
        let made = openssl.current_dir(directory).output().map_err(|error| format!("openssl: {error}"))?;
        if !made.status.success() {
            return Err(format!("openssl: {}", String::from_utf8_lossy(&made.stderr).trim()));
        }
    }
    Ok(())
}

/// The server refuses to be root.
pub(crate) enum Whom {
    Us,
    Postgres,
}

fn as_whom(directory: &Path) -> Result<Whom, String> {
    let id = Command::new("id").arg("-u").output().map_err(|error| error.to_string())?;
    if id.stdout.trim_ascii() != b"0" {
        return Ok(Whom::Us);
    }
    let owned = Command::new("chown").args(["-R", "postgres"]).arg(directory).status();
    match owned.is_ok_and(|status| status.success()) {
        true => Ok(Whom::Postgres),
        false => Err("PostgreSQL does not run as root, and there is no user postgres".to_owned()),
    }
}

impl Whom {
    /// A program that runs as that user.
    pub(crate) fn command(&self, program: &Path) -> Command {
        match self {
            Whom::Us => Command::new(program),
            Whom::Postgres => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
                command
            }
        }
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
