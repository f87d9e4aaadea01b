//! Holds a child and everything that the child starts, so that none outlives us.
//!
//! A suite runs in a process group of its own, which a Ctrl-C at the terminal would not reach. So a small shell keeps the
//! other end of a pipe from us: when the pipe closes, because we let go or because we died, it kills the whole group.
//!
//! ```text
//! xtask ──pipe──> sh (own group): read; kill -KILL -<group of the suite>
//!   └─> the suite (own group) ─> its servers, browsers, ...
//! ```

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

/// While it lives, its group may live.
pub(crate) struct Leash {
    shell: Child,
}

impl Leash {
    /// Puts the process group `group` on a leash.
    pub(crate) fn on(group: u32) -> io::Result<Self> {
        let script = format!("read -r _; kill -s KILL -- -{group} 2>/dev/null");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).process_group(0);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self { shell: shell.spawn()? })
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // The shell has one command left to run; how it ends is of no interest, an empty group makes it fail.
        let _ = self.shell.wait();
    }
}
