//! Kills a child that takes too long, and nobody else.
//!
//! The danger is a process id that was reaped and given to another process. So the child is first waited for without being
//! reaped, then [`Watchdog::stand_down`] makes sure that no kill is under way, and only then it is reaped.

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::{io, mem};

/// What the watchdog and the owner of the child agree on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Watch {
    /// The child may be killed.
    On(Pid),
    /// It was killed because its time was up.
    TimeUp,
    /// It may not be killed any more.
    Off,
}

/// A child with a deadline. Its thread ends with it.
pub(crate) struct Watchdog {
    child: Child,
    pid: Pid,
    watch: Arc<Mutex<Watch>>,
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Watchdog {
    pub(crate) fn watch(mut child: Child, limit: Duration) -> io::Result<Self> {
        let pid = Pid::from_child(&child);
        let watch = Arc::new(Mutex::new(Watch::On(pid)));
        let (sender, receiver) = mpsc::channel::<()>();
        let shared = Arc::clone(&watch);
        let spawned = thread::Builder::new().name("upload-watchdog".into()).spawn(move || {
            // The sender is dropped when the child is done with.
            if receiver.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                let mut watch = shared.lock().unwrap_or_else(PoisonError::into_inner);
                if let Watch::On(pid) = mem::replace(&mut *watch, Watch::TimeUp) {
                    let _ = kill_process(pid, Signal::KILL);
                }
            }
        });
        match spawned {
            Ok(thread) => Ok(Self { child, pid, watch, thread: Some((sender, thread)) }),
            Err(error) => {
                child.kill()?;
                child.wait()?;
                Err(error)
            }
        }
    }

    /// Waits until the child has ended. `None` if its time was up.
    pub(crate) fn wait(&mut self) -> io::Result<Option<ExitStatus>> {
        // Without reaping: until it is reaped the process id stays the child's, so that the watchdog may still kill it.
        while let Err(error) = waitid(WaitId::Pid(self.pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            if error != rustix::io::Errno::INTR {
                return Err(error.into());
            }
        }
        let watch = self.stand_down();
        let status = self.child.wait()?;
        Ok((watch != Watch::TimeUp).then_some(status))
    }

    /// Ends the watch and its thread, and tells how it ended.
    fn stand_down(&mut self) -> Watch {
        let watch = {
            let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
            match *watch {
                Watch::On(_) => mem::replace(&mut *watch, Watch::Off),
                ended => ended,
            }
        };
        if let Some((sender, thread)) = self.thread.take() {
            drop(sender);
            let _ = thread.join();
        }
        watch
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.stand_down();
        // `Child` knows whether it was reaped, and does nothing then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
