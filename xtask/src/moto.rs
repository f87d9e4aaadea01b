//! An S3-compatible store for the tests of `crates/blob`: moto, out of the Python environment, on a port of loopback.
//! It keeps everything in memory and ends with us.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::leash::Leash;
use crate::venv;

/// How long it may take to import what it is made of.
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// The store, while it runs.
pub(crate) struct Moto {
    /// Its URL.
    pub(crate) endpoint: String,
    child: Child,
    leash: Option<Leash>,
}

impl Moto {
    /// Starts it; or says why there is none.
    pub(crate) fn start() -> Result<Self, String> {
        let mut command = venv::python()?;
        // Port 0, so that the system picks one; unbuffered, so that we are told which.
        command.args(["-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]).process_group(0);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("moto could not be started: {error}"))?;
        let leash = Leash::on(child.id()).map_err(|error| error.to_string());
        let (tell, told) = mpsc::channel();
        if let Some(stderr) = child.stderr.take() {
            thread::spawn(move || {
                // Read to its end, for it goes on to say what it was asked for.
                for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                    if let Some((_, endpoint)) = line.split_once("Running on ") {
                        let _ = tell.send(endpoint.trim().to_owned());
                    }
                }
            });
        }
        let mut moto = Self { endpoint: String::new(), child, leash: Some(leash?) };
        moto.endpoint = told.recv_timeout(STARTS_WITHIN).map_err(|_| "moto does not start".to_owned())?;
        Ok(moto)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.leash.take());
        let _ = self.child.wait();
    }
}
