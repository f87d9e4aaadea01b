"""Looks at the limits while everything runs, past every proxy: a limit that was exceeded for a moment was exceeded."""

import threading

from .checker import KEPT, RUNNING, UNFINISHED
from .postgres import AWAY

UPLOADS = 10

SAMPLES = [
    ("unfinished exports", UNFINISHED,
     "SELECT COUNT(*) AS rows FROM export_task WHERE status = 'Processing' GROUP BY user_id"),
    ("export tasks", KEPT, "SELECT COUNT(*) AS rows FROM export_task GROUP BY user_id"),
    ("unfinished batch tasks", RUNNING,
     "SELECT COUNT(*) AS rows FROM batch_task WHERE status NOT IN ('Success', 'Fail', 'PartialSuccess', 'Stopped')"),
    ("unused files", UPLOADS, "SELECT COUNT(*) AS rows FROM batch_file WHERE task_id IS NULL GROUP BY user_id"),
]


class Sampler(threading.Thread):
    """`with Sampler(...)`: it looks until the end of the block."""

    def __init__(self, postgres, ledger):
        super().__init__(daemon=True)
        self.postgres, self.ledger = postgres, ledger
        self.enough = threading.Event()
        self.seen = 0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.enough.set()
        self.join()

    def run(self):
        while not self.enough.wait(0.1):
            try:
                with self.postgres.primary.connect("unlade") as connection:
                    self.look(connection)
            except AWAY:
                pass  # It is being failed over.

    def look(self, connection):
        while not self.enough.wait(0.03):
            for what, most, sql in SAMPLES:
                for row in connection.rows(sql):
                    if row["rows"] > most:
                        self.ledger.accuse(f"{row['rows']} {what} at a time, {most} are allowed")
            self.seen += 1
