"""A server, and where the definitions are."""

import os

# The SDK obeys proxy variables; nothing here may leave the machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

import pytest


def pytest_sessionstart():
    if not os.path.isdir(os.environ.get("UNLADE_DEFINITIONS", "")):
        pytest.exit("UNLADE_DEFINITIONS must name the definitions; `cargo xtask test --suite definitions` sets it", returncode=4)
