"""A PostgreSQL primary with a streaming standby.

The disk is synced (`fsync` stays on) and every commit waits for the standby (`synchronous_standby_names`), so what
was committed outlives the primary. After a failover the new primary commits alone until the old one has come back as
its standby: two failovers in a row without that pause are not tried, since they may lose what nobody else has.
"""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pg8000.dbapi

from vocabulary import until
from vocabulary.server import free_port

from .processes import given_up_rights, is_root, kill_tree, unprivileged

SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = '{sockets}'
max_connections = 120
shared_buffers = 64MB
wal_keep_size = 256MB
max_wal_size = 512MB
hot_standby = on
log_line_prefix = '%m [%p] '
wal_receiver_timeout = 5s
wal_sender_timeout = 5s
"""
ACCESS = "local all all trust\nlocal replication all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


def binaries():
    """Where Debian puts the programs, which are not on the path; the newest of them."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not versions:
        raise RuntimeError("PostgreSQL is not installed")
    return versions[-1].parent


# What a server answers, or does not, that is down, starting or going.
AWAY = (pg8000.dbapi.Error, OSError)


class Connection:
    """Statements that each stand for themselves; `with` closes it."""

    def __init__(self, connection):
        self.connection = connection
        connection.autocommit = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.connection.close()
        except AWAY:
            pass  # It went before we did.

    def rows(self, sql, *values):
        """Each row by the names of its columns."""
        cursor = self.connection.cursor()
        cursor.execute(sql, values)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row)) for row in cursor.fetchall()] if names else []


class Cluster:
    """One data directory and its server."""

    def __init__(self, home, name):
        self.home, self.name = home, name
        self.data, self.log_path = home / name, home / f"{name}.log"
        self.port = free_port()
        self.process = None

    def program(self, name, *arguments):
        """Runs one of PostgreSQL's programs to its end."""
        command = given_up_rights([str(binaries() / name), *map(str, arguments)])
        done = subprocess.run(command, cwd=self.home, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, f"{name}: {done.stderr}"

    def make(self):
        self.program("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        (self.data / "postgresql.conf").write_text(SETTINGS.format(sockets=self.home))
        (self.data / "pg_hba.conf").write_text(ACCESS)

    def copy(self, primary):
        """Becomes a standby of `primary`, from nothing."""
        shutil.rmtree(self.data, ignore_errors=True)
        source = f"host={self.home} port={primary.port} user=postgres application_name={self.name}"
        self.program("pg_basebackup", "-D", self.data, "-d", source, "-R", "-X", "stream", "-c", "fast")
        # What the primary was told of its standby is not for the copy: promoted, it would wait for itself.
        self.forget("synchronous_standby_names")

    def forget(self, setting):
        path = self.data / "postgresql.auto.conf"
        kept = [line for line in path.read_text().splitlines(True) if not line.startswith(setting)]
        path.write_text("".join(kept))

    def start(self):
        def answers():
            if self.process is None or self.process.poll() is not None:
                # After a kill its memory is held until the last of its children has ended: again.
                self.launch()
            return self.answers()

        until(answers, f"PostgreSQL {self.name} answers", every=0.1, diagnosis=self.log)

    def launch(self):
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        command = given_up_rights([str(binaries() / "postgres"), "-D", str(self.data), "-p", str(self.port)])
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command, cwd=self.home, stdout=log, stderr=log)

    def answers(self):
        try:
            with self.connect():
                return True
        except AWAY:
            return False

    def connect(self, database="postgres", **more):
        """As the superuser and past every proxy."""
        socket = str(self.home / f".s.PGSQL.{self.port}")
        return Connection(pg8000.dbapi.connect(user="postgres", unix_sock=socket, database=database, timeout=10, **more))

    def ask(self, sql, *values, database="postgres"):
        with self.connect(database) as connection:
            return connection.rows(sql, *values)

    def kill(self):
        kill_tree(self.process)

    def stop(self):
        """A fast shutdown: it rolls back whoever is in the middle of something."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)

    def log(self):
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-30:])


class Postgres:
    """The pair; `primary` is whichever is it now."""

    def __init__(self):
        # In the open, because its user may not look into directories of ours.
        self.home = Path(tempfile.mkdtemp(prefix="unlade-postgres-"))
        if is_root():
            os.chown(self.home, unprivileged().pw_uid, unprivileged().pw_gid)
        self.primary, self.standby = Cluster(self.home, "one"), Cluster(self.home, "two")
        self.password = secrets.token_hex(16)

    def start(self):
        self.primary.make()
        self.primary.start()
        self.primary.ask(f"CREATE ROLE unlade LOGIN PASSWORD '{self.password}'")
        self.primary.ask("CREATE DATABASE unlade OWNER unlade")
        self.follow()

    def follow(self):
        """Makes the standby anew, and lets no commit be without it from then on."""
        self.standby.copy(self.primary)
        self.standby.start()
        self.primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.ask("SELECT pg_reload_conf()")
        until(self.is_followed, "the standby has caught up", diagnosis=self.standby.log)

    def is_followed(self):
        return self.primary.ask("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'")

    def url(self, port):
        """The database for somebody who reaches it at `port`."""
        return f"postgres://unlade:{self.password}@127.0.0.1:{port}/unlade"

    def restart(self):
        self.primary.stop()
        self.primary.start()

    def crash(self):
        """The primary dies and recovers by itself."""
        self.primary.kill()
        self.primary.start()

    def fail_over(self, reached_at):
        """The primary's machine is gone and the standby takes over; `reached_at(port)` leads everybody there."""
        self.primary.kill()
        self.primary, self.standby = self.standby, self.primary
        self.primary.ask("SELECT pg_promote()")
        reached_at(self.primary.port)

    def ask(self, sql, *values):
        """A question to the primary, past every proxy."""
        return self.primary.ask(sql, *values, database="unlade")

    def end(self):
        for cluster in (self.primary, self.standby):
            if cluster.process is not None and cluster.process.poll() is None:
                cluster.kill()
        shutil.rmtree(self.home, ignore_errors=True)
