"""What the tests of deploy/ share."""

from pathlib import Path

import pytest
from linters import DEPLOY


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit, with a program that this machine has: whether it is there is looked up."""
    copy = tmp_path / "unlade.service"
    copy.write_text((DEPLOY / "systemd/unlade.service").read_text().replace("/usr/local/bin/unlade", "/bin/true"))
    return copy
