//! A real server on a data directory.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use nix::{time::ClockId, unistd::Pid};

use crate::{
    Outcome,
    house::{KEY, PROJECT},
};

/// Root's access key; the server listens to this machine alone, and goes with its directory.
pub(crate) const ACCESS_KEY: &str = "BENCHBENCHBENCHBENCH";
pub(crate) const SECRET_KEY: &str = "benchbenchbenchbenchbenchbenchbenchbench";

/// It ends with this value.
pub(crate) struct Server {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
}

impl Server {
    /// Starts it and waits until it listens; on one processor only, if asked.
    pub(crate) fn start(program: &Path, directory: &Path, one_core: bool) -> Outcome<Self> {
        Self::with(program, directory, one_core, &[])
    }

    /// [`Server::start`] with settings, as variables without what each begins with.
    pub(crate) fn with(
        program: &Path,
        directory: &Path,
        one_core: bool,
        settings: &[(&str, &str)],
    ) -> Outcome<Self> {
        let mut command = if one_core {
            let mut command = Command::new("taskset");
            command.args(["--cpu-list", "0"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // Neither the settings of this shell nor those of this directory are meant for it.
        let ours = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("UNLADE_"));
        for (variable, _) in ours {
            command.env_remove(variable);
        }
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(directory);
        command.env("UNLADE_ROOT_ACCESS_KEY", ACCESS_KEY).env("UNLADE_ROOT_SECRET_KEY", SECRET_KEY);
        command.env("UNLADE_PROJECT_ID", PROJECT).env("UNLADE_MASTER_KEY", KEY);
        command.env("UNLADE_LIMITS_DOWNLOAD_INTERVAL_SECONDS", "0").env("UNLADE_LOG_LEVEL", "warn");
        command.envs(settings.iter().map(|(name, value)| (format!("UNLADE_{name}"), value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).current_dir(directory);
        let mut server = Self { child: command.spawn()?, address: String::new() };
        server.address = server.listening()?;
        Ok(server)
    }

    fn listening(&mut self) -> Outcome<String> {
        let output = self.child.stdout.take().ok_or("no output")?;
        let mut lines = BufReader::new(output).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on http://").map(str::to_owned));
        // What else it says is of no interest, but it must be able to say it.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(address.ok_or("the server ended before it listened")?)
    }

    /// User and system time since its start, to the microsecond, with that of threads that have ended.
    pub(crate) fn cpu_seconds(&self) -> Outcome<f64> {
        let clock = ClockId::pid_cpu_clock_id(self.pid())?;
        let time = nix::time::clock_gettime(clock)?;
        Ok(time.tv_sec() as f64 + time.tv_nsec() as f64 / 1e9)
    }

    /// Forgets its peak, so that [`Server::peak_mib`] is about what follows.
    pub(crate) fn forget_peak(&self) -> Outcome<()> {
        #[expect(clippy::disallowed_methods, reason = "a word to the kernel, not a file")]
        std::fs::write(format!("/proc/{}/clear_refs", self.pid()), "5")?;
        Ok(())
    }

    pub(crate) fn resident_mib(&self) -> Outcome<f64> {
        self.memory_mib("VmRSS:")
    }

    pub(crate) fn peak_mib(&self) -> Outcome<f64> {
        self.memory_mib("VmHWM:")
    }

    fn memory_mib(&self, name: &str) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
        Ok(line.trim().trim_end_matches("kB").trim().parse::<f64>()? / 1024.0)
    }

    /// `taskset` becomes the server, so the child is the server in either case.
    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }
}

impl Drop for Server {
    /// What it keeps is on the disk at any instant, so it is ended without asking.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
