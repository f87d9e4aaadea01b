"""A server of ours, and what it says of itself."""

import json
import os
from pathlib import Path

# Nothing here may leave the machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

import pytest

from vocabulary import serving
from world import UNBOUNDED, World

KEPT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


def pytest_sessionstart():
    if not os.access(os.environ.get("UNLADE_BIN", ""), os.X_OK):
        pytest.exit("UNLADE_BIN must name the binary; `cargo xtask test --suite openapi` sets it", returncode=4)


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    """A function that starts a server of ours."""
    with serving(tmp_path_factory) as begin:
        yield begin


@pytest.fixture(scope="module")
def world(serve, tmp_path_factory):
    return World(serve(**UNBOUNDED), tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="session")
def kept():
    """The document as it is committed."""
    return json.loads(KEPT.read_text("utf-8"))
