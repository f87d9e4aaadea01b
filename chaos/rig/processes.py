"""Processes that the rig starts, and a place of its own for what it mounts."""

import ctypes
import os
import pwd
import signal
import subprocess
from pathlib import Path

CLONE_NEWNS = 0x00020000


def is_root():
    return os.geteuid() == 0


def own_mounts():
    """From here on this process and its children mount for themselves: whatever happens, nothing stays mounted."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        return False
    return subprocess.run(["mount", "--make-rprivate", "/"], check=False).returncode == 0


def unprivileged():
    """Who runs PostgreSQL, which refuses to run as root: `postgres`, or `nobody` where there is none."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            pass
    raise RuntimeError("there is no user to run PostgreSQL as")


def given_up_rights(command):
    """`command`, as a user that is not root."""
    if not is_root():
        return command
    user = unprivileged()
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command]


def descendants(pid):
    """Every process below `pid`."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # Behind the name, which may hold anything, stand the state and the parent.
            parents.setdefault(int(path.read_text().rpartition(")")[2].split()[1]), []).append(int(path.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            pass
    found, front = [], [pid]
    while front:
        front = [child for parent in front for child in parents.get(parent, [])]
        found += front
    return found


def kill_tree(process):
    """SIGKILL to a process and all below it, as if the machine had lost its power."""
    for pid in [process.pid, *descendants(process.pid)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()
