"""One rig for all tests, since raising it takes longer than what is tried on it."""

import logging
import os

# The SDK obeys proxy variables; nothing here may leave the machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

import pytest

from rig.processes import own_mounts
from rig.stage import Stage


def pytest_sessionstart():
    if not os.access(os.environ.get("UNLADE_BIN", ""), os.X_OK):
        pytest.exit("UNLADE_BIN must name the binary; `cargo xtask test --suite chaos` sets it", returncode=4)
    # The SDK logs what it cannot reach, which is what is tried here.
    logging.disable(logging.CRITICAL)
    own_mounts()


class Rigs:
    """The rig, and a new one after it was found wrong."""

    def __init__(self):
        self.now = None

    def one(self):
        if self.now is not None and self.now.failed:
            self.end()
        if self.now is None:
            self.now = Stage().__enter__()
        return self.now

    def end(self):
        if self.now is not None:
            self.now.end()
            self.now = None


@pytest.fixture(scope="session")
def rigs():
    rigs = Rigs()
    yield rigs
    # What the attempts that failed have left must be gone in the end; until the sweep it may lie there.
    left = rigs.now.swept() if rigs.now is not None and not rigs.now.failed else []
    rigs.end()
    assert not left, "\n".join(left)


@pytest.fixture
def rig(rigs):
    return rigs.one()
