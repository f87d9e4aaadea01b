//! The real binary, started as a person or a service manager would start it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

const UNLADE: &str = env!("CARGO_BIN_EXE_unlade");
/// Longer than any step may take, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that is running, in a directory of its test.
struct Server {
    child: Child,
    lines: Receiver<String>,
    /// What it printed before it listened.
    said: Vec<String>,
    address: String,
}

/// The command, without the settings of whoever runs the tests.
fn unlade(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(UNLADE);
    command.args(arguments).current_dir(directory).env("UNLADE_SERVER_LISTEN", "127.0.0.1:0");
    command.env("UNLADE_LOG_LEVEL", "warn");
    command
}

/// What the process prints, line by line; the end of that is the end of the process.
fn lines(child: &mut Child) -> Receiver<String> {
    let output = BufReader::new(child.stdout.take().unwrap());
    let (send, lines) = mpsc::channel();
    std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
    lines
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let (lines, mut said) = (lines(&mut child), Vec::new());
        loop {
            let line = lines.recv_timeout(PATIENCE).expect("the server listens");
            match line.strip_prefix("listening on http://") {
                Some(address) => return Self { address: address.to_owned(), child, lines, said },
                None => said.push(line),
            }
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// The status line that `/healthz` answers with.
    fn health(&self) -> String {
        let mut stream = self.connect();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.lines().next().unwrap_or_default().to_owned()
    }

    /// Sends the signal and waits; answers the exit code.
    fn end(mut self, signal: Signal) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        assert_eq!(
            self.lines.recv_timeout(PATIENCE),
            Err(RecvTimeoutError::Disconnected),
            "it says nothing more"
        );
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command that ends by itself; answers its exit code and what it printed and complained of.
fn ends(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    (
        status.code(),
        String::from_utf8_lossy(&stdout).into_owned(),
        String::from_utf8_lossy(&stderr).into_owned(),
    )
}

fn mode(path: PathBuf) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_first_start_shows_its_credentials_once_and_keeps_them() {
    let home = TempDir::new().unwrap();
    let data = home.path().join("unlade-data");
    let server = Server::start(&mut unlade(home.path(), &["serve"]));
    let kept = fs::read_to_string(data.join("credentials.csv")).unwrap();
    let cells: Vec<_> = kept.lines().nth(1).unwrap().split(',').collect();
    assert_eq!(kept.lines().next(), Some("Access Key Id,Secret Access Key,Project Id,App Id"));
    assert_eq!(cells.len(), 4);
    let said = server.said.join("\n");
    assert!(cells.iter().all(|cell| said.matches(cell).count() == 1), "{said}");
    assert_eq!(server.health(), "HTTP/1.1 200 OK");
    assert_eq!(mode(data.clone()), 0o700);
    assert_eq!(["credentials.csv", "master.key"].map(|file| mode(data.join(file))), [0o600; 2]);
    assert_eq!(server.end(Signal::TERM), Some(0));

    let server = Server::start(&mut unlade(home.path(), &["serve"]));
    assert!(server.said.is_empty(), "{:?}", server.said);
    assert_eq!(fs::read_to_string(data.join("credentials.csv")).unwrap(), kept);
    assert_eq!(server.end(Signal::INT), Some(0));
}

#[test]
fn chosen_credentials_are_kept_and_never_shown() {
    let home = TempDir::new().unwrap();
    let mut command = unlade(home.path(), &["serve", "--data-dir", "here"]);
    command.env("UNLADE_ROOT_ACCESS_KEY", "CHOSEN").env("UNLADE_ROOT_SECRET_KEY", "chosen-secret");
    command.env("UNLADE_PROJECT_ID", "ab12").env("UNLADE_LOG_LEVEL", "trace");
    command.env("UNLADE_MASTER_KEY", "0123456789abcdef".repeat(4));
    for _ in 0..2 {
        let mut server = Server::start(command.stderr(Stdio::piped()));
        let mut log = server.child.stderr.take().unwrap();
        assert!(server.said.is_empty(), "{:?}", server.said);
        assert_eq!(server.end(Signal::TERM), Some(0));
        let mut logged = String::new();
        log.read_to_string(&mut logged).unwrap();
        assert!(
            logged.contains("ended")
                && !logged.contains("chosen-secret")
                && !logged.contains("0123456789abcdef")
        );
    }
    let kept = fs::read_to_string(home.path().join("here/credentials.csv")).unwrap();
    assert!(kept.lines().nth(1).unwrap().starts_with("CHOSEN,chosen-secret,ab12,"), "{kept}");
    assert!(!home.path().join("here/master.key").exists());
}

#[test]
fn a_directory_has_one_process() {
    let home = TempDir::new().unwrap();
    let server = Server::start(&mut unlade(home.path(), &["serve"]));
    for arguments in [["serve", "--listen=127.0.0.1:0"].as_slice(), &["key", "rotate"]] {
        let (code, said, complaint) = ends(&mut unlade(home.path(), arguments));
        assert_eq!((code, said.as_str()), (Some(1), ""));
        assert!(complaint.contains("in use by another process"), "{complaint}");
    }
    assert_eq!(server.health(), "HTTP/1.1 200 OK");
    assert_eq!(server.end(Signal::TERM), Some(0));
}

#[test]
fn an_address_that_is_taken_is_refused_before_anything_is_made() {
    let home = TempDir::new().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, said, complaint) = ends(&mut unlade(home.path(), &["serve", "--listen", &address]));
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(complaint.contains(&address), "{complaint}");
    assert!(!home.path().join("unlade-data/credentials.csv").exists());
}

#[test]
fn a_bad_setting_is_refused_by_its_name() {
    let home = TempDir::new().unwrap();
    let refused = |arguments: &[&str], variable: (&str, &str), name: &str| {
        let (code, said, complaint) = ends(unlade(home.path(), arguments).env(variable.0, variable.1));
        assert_eq!((code, said.as_str()), (Some(2), ""), "{complaint}");
        assert!(complaint.contains(name), "{name}: {complaint}");
        assert!(!home.path().join("unlade-data").exists());
    };
    refused(&["serve"], ("UNLADE_EXPORT_WORKERS", "two"), "UNLADE_EXPORT_WORKERS");
    refused(&["serve"], ("UNLADE_LIMITS_EXPORT_KEEPT", "1"), "UNLADE_LIMITS_EXPORT_KEEPT");
    refused(&["serve"], ("UNLADE_PROJECT_ID", "xyz"), "UNLADE_PROJECT_ID");
    refused(&["serve", "--listen", "nowhere"], ("A", ""), "nowhere");
    refused(&["serve", "--config", "absent.toml"], ("A", ""), "absent.toml");
    refused(&["serve", "--lisen", "x"], ("A", ""), "--lisen");
    blob::disk::write_private(&home.path().join("unlade.toml"), b"[export]\nworker = 1\n").unwrap();
    refused(&["serve"], ("A", ""), "unlade.toml: [export] worker");
}

#[test]
fn plain_http_where_others_can_listen_in_is_refused_before_anything_is_made() {
    let home = TempDir::new().unwrap();
    let refused = |command: &mut Command| {
        let (code, said, complaint) = ends(command);
        assert_eq!((code, said.as_str()), (Some(2), ""), "{complaint}");
        assert!(
            complaint.contains("tls.certificate") && complaint.contains("--insecure-http"),
            "{complaint}"
        );
        assert!(!home.path().join("unlade-data").exists());
    };
    refused(&mut unlade(home.path(), &["serve", "--listen", "0.0.0.0:0"]));
    refused(unlade(home.path(), &["serve"]).env("UNLADE_SERVER_METRICS_LISTEN", "0.0.0.0:0"));
    let open = ["serve", "--listen", "0.0.0.0:0", "--insecure-http"];
    let server = Server::start(&mut unlade(home.path(), &open));
    assert_eq!(server.health(), "HTTP/1.1 200 OK");
    assert_eq!(server.end(Signal::TERM), Some(0));
}

#[test]
fn a_throwaway_server_removes_nothing_that_it_did_not_make() {
    let home = TempDir::new().unwrap();
    blob::disk::write_private(&home.path().join("precious"), b"").unwrap();
    let (code, _, complaint) = ends(&mut unlade(home.path(), &["serve", "--throwaway", "--data-dir", "."]));
    assert_eq!((code, names(home.path())), (Some(1), vec!["precious".to_owned()]));
    assert!(complaint.contains("not empty"), "{complaint}");
}

#[test]
fn half_a_request_is_not_waited_for() {
    let home = TempDir::new().unwrap();
    let mut command = unlade(home.path(), &["serve"]);
    let server = Server::start(command.env("UNLADE_SERVER_HEADER_TIMEOUT_SECONDS", "1"));
    let mut half_open = server.connect();
    half_open.write_all(b"GET /healthz HTTP/1.1\r\nHost:").unwrap();
    let begun = Instant::now();
    assert_eq!(half_open.read_to_end(&mut Vec::new()).unwrap_or(0), 0, "there is nothing to answer");
    assert!(begun.elapsed() < PATIENCE);
    assert_eq!(server.health(), "HTTP/1.1 200 OK");
}

#[test]
fn a_server_out_of_file_descriptors_serves_again_once_it_has_some() {
    let home = TempDir::new().unwrap();
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -n 64; exec \"$0\" serve --listen 127.0.0.1:0", UNLADE])
        .current_dir(home.path());
    let server = Server::start(command.env("UNLADE_LOG_LEVEL", "error").stderr(Stdio::null()));
    let crowd: Vec<_> = (0..80).map(|_| server.connect()).collect();
    drop(crowd);
    assert_eq!(server.health(), "HTTP/1.1 200 OK");
    assert_eq!(server.end(Signal::TERM), Some(0));
}

#[test]
fn a_rotation_replaces_the_key_and_nothing_else() {
    let home = TempDir::new().unwrap();
    let key_file = home.path().join("unlade-data/master.key");
    let (code, _, complaint) = ends(&mut unlade(home.path(), &["key", "rotate"]));
    assert_eq!(code, Some(1));
    assert!(complaint.contains("no database"), "{complaint}");
    let key = || ("UNLADE_ROOT_ACCESS_KEY", "UNLADE_ROOT_SECRET_KEY");
    let mut serve = unlade(home.path(), &["serve"]);
    serve.env(key().0, "KEY").env(key().1, "secret");
    assert_eq!(Server::start(&mut serve).end(Signal::TERM), Some(0));
    let before = fs::read_to_string(&key_file).unwrap();
    let (code, said, _) = ends(&mut unlade(home.path(), &["key", "rotate"]));
    let after = fs::read_to_string(&key_file).unwrap();
    assert_eq!(code, Some(0));
    assert!(before != after && after.lines().count() == 1 && mode(key_file) == 0o600);
    assert!(
        said.contains("1 secret") && !said.contains(after.trim()) && !said.contains(before.trim()),
        "{said}"
    );
    // The start opens the sealed secret to compare it with the chosen one.
    assert_eq!(Server::start(&mut serve).end(Signal::TERM), Some(0));
    assert!(!home.path().join("unlade-data/unlade.db-wal").exists(), "the database was closed");
}

/// The demo's own temporary directory lies in `home`, so that it is seen whether it goes.
fn demo(home: &Path) -> Command {
    let mut command = unlade(home, &["demo"]);
    // Its server must not follow the settings of the shell.
    command
        .env("TMPDIR", home)
        .env("UNLADE_EXPORT_WORKERS", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn names(home: &Path) -> Vec<String> {
    fs::read_dir(home).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn the_demo_leaves_a_zip_that_opens_and_nothing_else() {
    let home = TempDir::new().unwrap();
    let (code, said, complaint) = ends(&mut demo(home.path()));
    assert_eq!(code, Some(0), "{said}{complaint}");
    let [zip] = names(home.path()).try_into().unwrap();
    assert!(zip.starts_with("demo_devices-") && zip.ends_with(".zip"), "{zip}");
    let bytes = fs::read(home.path().join(&zip)).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut workbook = Vec::new();
    archive.by_name("demo_devices.xls").unwrap().read_to_end(&mut workbook).unwrap();
    assert!(workbook.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]));
    assert!(said.contains(&zip) && said.lines().count() < 40, "{said}");
    assert!(complaint.is_empty(), "{complaint}");
}

#[test]
fn a_demo_that_is_killed_takes_its_server_and_its_directory_with_it() {
    let home = TempDir::new().unwrap();
    let mut child = demo(home.path()).stdin(Stdio::null()).spawn().unwrap();
    let (said, mut complaint) = (lines(&mut child), child.stderr.take().unwrap());
    assert!(said.recv_timeout(PATIENCE).unwrap().starts_with("server"));
    child.kill().unwrap();
    child.wait().unwrap();
    // The server has the same standard error: its end is the end of both.
    complaint.read_to_string(&mut String::new()).unwrap();
    assert!(
        names(home.path()).iter().all(|name| !name.starts_with("unlade-demo-")),
        "{:?}",
        names(home.path())
    );
}
