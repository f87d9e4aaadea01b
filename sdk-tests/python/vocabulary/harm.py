"""What an attack must not do: cost memory, or keep others from being served."""

import threading
from contextlib import contextmanager
from pathlib import Path

MIB = 1 << 20


@contextmanager
def memory_within(server, mib):
    """The server's memory may at no moment of this be more than `mib` above what it was."""
    process = Path("/proc") / str(server.process.pid)
    # The peak begins anew.
    (process / "clear_refs").write_text("5")
    before = memory(process, "VmRSS")
    yield
    more = memory(process, "VmHWM") - before
    assert more <= mib * MIB, f"{more / MIB:.0f} MiB more than before"


def memory(process, name):
    line = next(line for line in (process / "status").read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) << 10


def children(server):
    """The processes that the server has started and that still run."""
    processes = Path("/proc").glob("[0-9]*/stat")
    return [process for process in processes if parent(process) == server.process.pid]


def parent(process):
    try:
        # Behind the name, which may hold anything, stand the state and the parent.
        return int(process.read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


@contextmanager
def others_served(server):
    """Meanwhile somebody else asks again and again with the official SDK, and must be answered every time."""
    other = Other(server.caller())
    thread = threading.Thread(target=other.ask_until_told)
    thread.start()
    try:
        yield
    finally:
        other.enough.set()
        thread.join()
    assert other.error is None, f"somebody else was refused after {other.answers} answers: {other.error!r}"


class Other:
    def __init__(self, caller):
        self.caller = caller
        self.enough = threading.Event()
        self.answers = 0
        self.error = None

    def ask_until_told(self):
        try:
            # Once more after the end, so that an attack too short to be met is still looked back on.
            while not self.enough.wait(0.01) or not self.answers:
                self.caller.products()
                self.answers += 1
            self.caller.products()
        except Exception as error:  # whatever it is, the test tells it
            self.error = error
