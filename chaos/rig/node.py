"""One of the nodes: the real binary with a data directory, a disk and a clock of its own."""

import secrets
import subprocess
import time

from vocabulary import Caller, Server, until
from vocabulary.server import Credentials

from .processes import is_root
from .store import BUCKET

ROOT = Credentials(ak=secrets.token_hex(10).upper(), sk=secrets.token_hex(20), project_id=secrets.token_hex(16), app_id=None)
MASTER_KEY = secrets.token_hex(32)
STORE_SECRET = secrets.token_hex(20)

LEASE_SECONDS = 3
# The least that the server takes.
SWEEP_AGE_SECONDS = 60
DOWNLOAD_INTERVAL_SECONDS = 2
DISK_BYTES = 96 << 20
CLOCK_OFF_SECONDS = 600


class Node(Server):
    """`database` and `store` are the links that it reaches them by."""

    def __init__(self, directory, number, database_url, store_port, **settings):
        directory.mkdir()
        shared = {
            "database_url": database_url,
            "storage_bucket": BUCKET,
            "storage_endpoint": f"http://127.0.0.1:{store_port}",
            "storage_region": "us-east-1",
            "storage_access_key_id": "unlade",
            "storage_secret_access_key": STORE_SECRET,
            "storage_path_style": "true",
            "storage_sweep_age_seconds": SWEEP_AGE_SECONDS,
            "jobs_lease_seconds": LEASE_SECONDS,
            "limits_download_interval_seconds": DOWNLOAD_INTERVAL_SECONDS,
            # A disk shall be found full in the middle of a write, not before.
            "server_free_bytes_min": 0,
            "log_format": "json",
        }
        super().__init__(directory, **{**shared, **settings})
        self.number = number
        self.launched = 0.0
        # Whether it was us who ended it.
        self.ended_by_us = True
        self.data_dir.mkdir()
        if is_root():
            disk = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "unlade", str(self.data_dir)]
            self.has_own_disk = subprocess.run(disk, check=False).returncode == 0
        else:
            self.has_own_disk = False

    def __str__(self):
        return f"node {self.number}"

    @property
    def credentials(self):
        return ROOT

    def caller(self, **more):
        return Caller(self, patience=(3, 15), **more)

    def environment(self):
        given = {
            "UNLADE_ROOT_ACCESS_KEY": ROOT.ak,
            "UNLADE_ROOT_SECRET_KEY": ROOT.sk,
            "UNLADE_PROJECT_ID": ROOT.project_id,
            "UNLADE_MASTER_KEY": MASTER_KEY,
        }
        return {**super().environment(), **given}

    def launch(self):
        self.ended_by_us = False
        self.launched = time.monotonic()
        self.process = super().launch()
        return self.process

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.ended_by_us = True
        if self.is_running():
            super().kill()

    def drain(self):
        """SIGTERM, and how it ended."""
        self.ended_by_us = True
        return self.terminate(60)

    def keep_up(self):
        """What a service manager does: starts it again if it is not running, once a second. Whether it takes work."""
        if not self.is_running() and time.monotonic() > self.launched + 1:
            self.launch()
        return self.status("/readyz") == 200

    def fill_disk(self):
        """Leaves not one byte free."""
        with open(self.data_dir / "filler", "wb", buffering=0) as filler:
            try:
                while filler.write(bytes(1 << 20)) == 1 << 20:
                    pass
            except OSError:
                pass

    def free_disk(self):
        (self.data_dir / "filler").unlink(missing_ok=True)

    def end(self):
        if self.process is not None:
            self.resume_if_stopped()
            self.kill()
        if self.has_own_disk:
            subprocess.run(["umount", "-l", str(self.data_dir)], check=False)

    def resume_if_stopped(self):
        if self.is_running():
            self.resume()

    def ready(self, seconds=60):
        until(self.keep_up, f"{self} takes work", seconds, every=0.1, diagnosis=self.log)
