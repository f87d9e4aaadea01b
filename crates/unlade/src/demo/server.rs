//! The throwaway server: our own executable as a child process, in a directory that goes with it.
//!
//! The child ends when its standard input does, so it cannot outlive this process, however this process ends;
//! and it removes its directory itself. Its standard output says where it listens, and by ending that it ended.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::Duration,
};

use store::identity::Credentials;
use tempfile::TempDir;

use crate::error::Error;

/// Between two looks at something that is not finished.
const POLL: Duration = Duration::from_millis(50);
/// A server that takes longer to begin or to end is not well.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct Server {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    address: String,
    directory: TempDir,
}

impl Server {
    /// Starts it and waits until it listens.
    pub(super) fn start() -> Result<Self, Error> {
        let directory = tempfile::Builder::new()
            .prefix("unlade-demo-")
            .tempdir()
            .map_err(Error::system("make a temporary directory"))?;
        let program = std::env::current_exe().map_err(Error::system("find our own executable"))?;
        let mut child = command(&program, &directory).spawn().map_err(Error::system("start the server"))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in
                output.into_iter().flat_map(|output| BufReader::new(output).lines().map_while(Result::ok))
            {
                let _ = send.send(line);
            }
        });
        let mut server = Self { child, input, lines, address: String::new(), directory };
        server.address = server.listening()?;
        Ok(server)
    }

    fn listening(&self) -> Result<String, Error> {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).map_err(|_| ended())?;
            if let Some(address) = line.strip_prefix("listening on http://") {
                return Ok(address.to_owned());
            }
        }
    }

    /// Host and port.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// What its first start made.
    pub(super) fn credentials(&self) -> Result<Credentials, Error> {
        let text = blob::disk::read_text(&self.directory.path().join("credentials.csv"))?.unwrap_or_default();
        let cells: Vec<_> = text.lines().nth(1).unwrap_or_default().split(',').map(str::to_owned).collect();
        match <[String; 4]>::try_from(cells) {
            Ok([access_key_id, secret_access_key, project_id, app_id]) => {
                Ok(Credentials { access_key_id, secret_access_key, project_id, app_id })
            }
            Err(_) => Err(Error::Refused("the server wrote no credentials".to_owned())),
        }
    }

    /// Waits a moment between two looks, or finds that there is nothing to wait for.
    pub(super) fn pause(&self) -> Result<(), Error> {
        match self.lines.recv_timeout(POLL) {
            Err(RecvTimeoutError::Disconnected) => Err(ended()),
            _ => Ok(()),
        }
    }
}

fn command(program: &std::path::Path, directory: &TempDir) -> Command {
    let mut command = Command::new(program);
    command.args(["serve", "--throwaway", "--listen", "127.0.0.1:0", "--data-dir"]).arg(directory.path());
    // Neither the settings of this shell nor those of this directory are meant for it.
    for (variable, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("UNLADE_"))
    {
        command.env_remove(variable);
    }
    command.env("UNLADE_LOG_LEVEL", "warn").current_dir(directory.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

fn ended() -> Error {
    Error::Refused("the throwaway server ended before its work was done".to_owned())
}

impl Drop for Server {
    /// Lets the server end in good order; if it does not, ends it.
    fn drop(&mut self) {
        self.input = None;
        while self.lines.recv_timeout(PATIENCE).is_ok() {}
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
