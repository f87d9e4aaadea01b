"""The real binary as a process on loopback, with a data directory that outlives it."""

import csv
import glob
import http.client
import json
import os
import re
import secrets
import signal
import socket
import subprocess
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from .caller import Caller
from .metrics import Metrics
from .polling import until

# Set unless a test says otherwise; `None` leaves a setting at the documented default.
# What most tests are not about, and would wait or be locked out for.
USUAL_SETTINGS = {"limits_download_interval_seconds": 0, "jobs_drain_seconds": 0, "limits_signature_failures": 0}


@dataclass(frozen=True)
class Credentials:
    """One line of credentials.csv."""

    ak: str
    sk: str
    project_id: str
    app_id: str


class Server:
    """`unlade serve`; settings such as `export_workers=0` become UNLADE_EXPORT_WORKERS=0.

    With an `authority` it speaks TLS by its `identity`, a certificate of that authority's, and its clients trust nobody else.
    """

    def __init__(self, directory, program=None, authority=None, identity=None, **settings):
        self.directory = directory
        # Another one may be put in its place for the next start.
        self.program = program or os.environ["UNLADE_BIN"]
        self.data_dir = directory / "data"
        self.port = free_port()
        self.authority = authority
        self.identity = identity or (authority and authority.identity())
        self.settings = {**USUAL_SETTINGS, **(self.identity.settings() if authority else {}), **settings}
        # Seconds that its wall clock is ahead of ours after its next start.
        self.clock_off = 0
        self.process = None

    @property
    def endpoint(self):
        return f"{'https' if self.authority else 'http'}://127.0.0.1:{self.port}"

    def connection(self, seconds, source="127.0.0.1"):
        """What speaks HTTP with it from this address, each silence bounded."""
        more = {"timeout": seconds, "source_address": (source, 0)}
        if self.authority:
            return http.client.HTTPSConnection("127.0.0.1", self.port, context=self.authority.context(), **more)
        return http.client.HTTPConnection("127.0.0.1", self.port, **more)

    @property
    def credentials(self):
        """What the first start wrote down."""
        with open(self.data_dir / "credentials.csv", newline="", encoding="utf-8") as file:
            line = next(csv.DictReader(file))
        names = ("Access Key Id", "Secret Access Key", "Project Id", "App Id")
        return Credentials(*(line[name] for name in names))

    def caller(self, **more):
        """Somebody with the root access key and the official SDK."""
        return Caller(self, **more)

    def start(self, awaits="/readyz"):
        """Starts the process and waits until it may take work, or as `awaits` says otherwise."""
        self.process = self.launch()
        until(lambda: self.well(awaits), f"GET {awaits} answers 200", diagnosis=self.log)

    def launch(self):
        """Starts a process on our data directory without waiting for anything."""
        listen = ["--listen", f"127.0.0.1:{self.port}", "--data-dir", str(self.data_dir)]
        with open(self.out_path, "ab") as out, open(self.log_path, "ab") as err:
            command = [self.program, "serve", *listen]
            return subprocess.Popen(command, env=self.environment(), cwd=self.directory, stdout=out, stderr=err)

    def begin(self, *arguments):
        """Starts a subcommand beside the server, with its settings."""
        command = [self.program, *map(str, arguments)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.environment(), cwd=self.directory, stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments):
        """Runs a subcommand to its end; returns its exit code and what it said."""
        process = self.begin(*arguments)
        said, complaint = process.communicate(timeout=120)
        return process.returncode, said + complaint

    def environment(self):
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("UNLADE_")}
        given = {name: value for name, value in self.settings.items() if value is not None}
        return {**inherited, **{f"UNLADE_{name.upper()}": str(value) for name, value in given.items()}, **self.clock()}

    def clock(self):
        """Only what the wall clock says is wrong: no clock of a real machine runs its monotonic one ahead."""
        if not self.clock_off:
            return {}
        off = {"LD_PRELOAD": faketime(), "FAKETIME": f"{self.clock_off:+}s"}
        return {**off, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}

    def well(self, path):
        assert self.process.poll() is None, f"the server ended by itself:\n{self.log()}"
        return self.status(path) == 200

    def status(self, path):
        """The status of an unsigned GET, or None when nobody answers."""
        return self.get(path)[0]

    def get(self, path):
        """Status and text of an unsigned GET, or None twice when nobody answers."""
        connection = self.connection(60)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return None, None
        finally:
            connection.close()

    def kill(self):
        """SIGKILL: the process learns nothing of it."""
        self.process.kill()
        self.process.wait()

    def pause(self):
        """SIGSTOP: the process stands still until `resume`; the clock does not."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitpid(self.process.pid, os.WUNTRACED)

    def resume(self):
        """SIGCONT."""
        self.process.send_signal(signal.SIGCONT)

    def terminate(self, seconds=30):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=seconds)

    def restart(self, awaits="/readyz", **settings):
        """Starts again on the same data directory and port, with these settings changed."""
        if self.process.poll() is None:
            self.kill()
        self.settings.update(settings)
        self.start(awaits)

    def metrics(self):
        """What a scrape shows now; needs the setting server_metrics_listen."""
        said = self.out_path.read_text(encoding="utf-8")
        (*_, url) = re.findall(r"^metrics on (https?://\S+)$", said, re.MULTILINE)
        return Metrics.scraped(url, self.authority and self.authority.context())

    def in_flight(self):
        """How many of the turns of server_requests_max are taken; needs the setting server_metrics_listen."""
        return self.metrics()("unlade_http_requests_in_flight")

    def events(self):
        """Every line of the log as an object; needs the setting log_format=json."""
        return [json.loads(line) for line in self.log_path.read_text(encoding="utf-8").splitlines()]

    def objects(self, folder):
        """The paths of all objects of a kind: `exports` or `uploads`."""
        # os.walk, because it does not mind what is deleted meanwhile.
        walk = os.walk(self.data_dir / "blobs" / "objects" / folder)
        return [Path(directory, name) for directory, _, names in walk for name in names]

    @property
    def out_path(self):
        return self.directory / "stdout.log"

    @property
    def log_path(self):
        return self.directory / "stderr.log"

    def everything_said(self):
        """All of stdout, then all of stderr."""
        return "".join(path.read_text(encoding="utf-8", errors="replace") for path in (self.out_path, self.log_path))

    def log(self, lines=60):
        """The end of what the server wrote to stderr."""
        text = self.log_path.read_text(encoding="utf-8", errors="replace") if self.log_path.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


# Below those that the system gives to whoever connects: one of them may be taken before a server listens there. Each of
# up to eight processes that run tests beside each other has its own.
PORTS = range(10_000 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 8, 32_000, 8)


# Given to somebody who may not listen there yet.
GIVEN = deque(maxlen=500)


def free_port():
    while True:
        port = secrets.choice(PORTS)
        if port in GIVEN:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        GIVEN.append(port)
        return port


def faketime():
    """The library of Debian's package `libfaketime`."""
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not found:
        raise RuntimeError("libfaketime is not installed")
    return found[0]
