//! pgbouncer before the PostgreSQL server of the tests, where each transaction gets another of few connections. It ends
//! with us.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::leash::Leash;
use crate::postgres::{Postgres, free_port};

/// Where Debian puts it, which is on the path of root alone.
const DEBIAN: &str = "/usr/sbin/pgbouncer";
/// How long it may take to come up.
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// The pooler, while it runs.
pub(crate) struct Pooler {
    /// The server's URL, by way of it.
    pub(crate) url: String,
    child: Child,
    leash: Option<Leash>,
}

impl Pooler {
    /// Starts it before `server`; or says why there is none.
    pub(crate) fn start(server: &Postgres) -> Result<Self, String> {
        let program = Path::new(DEBIAN);
        if !program.exists() {
            return Err("pgbouncer is not installed".to_owned());
        }
        let failed = |error: std::io::Error| format!("pgbouncer: {error}");
        let port = free_port().map_err(failed)?;
        let path = server.directory.join("pgbouncer.ini");
        fs::write(&path, settings(server.port, port)).map_err(failed)?;
        // It is read by the user that runs it, who need not be who wrote it.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).map_err(failed)?;
        let mut command = server.user.command(program);
        command.arg("-q").arg(&path).process_group(0);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(failed)?;
        let leash = Some(Leash::on(child.id()).map_err(failed)?);
        let url = server.url.replace(&format!(":{}/", server.port), &format!(":{port}/"));
        let mut pooler = Self { url, child, leash };
        pooler.wait(port)?;
        Ok(pooler)
    }

    fn wait(&mut self, port: u16) -> Result<(), String> {
        let until = Instant::now() + STARTS_WITHIN;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if Instant::now() > until || self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return Err("pgbouncer does not start".to_owned());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.leash.take());
        let _ = self.child.wait();
    }
}

/// Every database of the server is there under its name for every role of the server, as whoever calls, with three
/// connections to the server for each. The roles are asked of the server, for tests make their own.
fn settings(server: u16, port: u16) -> String {
    format!(
        "[databases]\n\
         * = host=127.0.0.1 port={server}\n\
         [pgbouncer]\n\
         listen_addr = 127.0.0.1\n\
         listen_port = {port}\n\
         unix_socket_dir =\n\
         auth_type = trust\n\
         auth_user = unlade\n\
         pool_mode = transaction\n\
         default_pool_size = 3\n\
         server_idle_timeout = 5\n\
         max_client_conn = 1000\n"
    )
}
