"""The judges, each in turn: an outsider and a format that it reads."""

import os

# The SDK obeys proxy variables; nothing here may leave the machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

import pytest

import workbooks
from formats import JUDGES


def pytest_sessionstart():
    if "UNLADE_FUZZ_WRITES" in os.environ:
        return  # Everything was written already.
    for variable in ("UNLADE_BIN", workbooks.ROWS_TO_ZIP):
        if not os.access(os.environ.get(variable, ""), os.X_OK):
            pytest.exit(f"{variable} must name a program; `cargo xtask test --suite judges` sets it", returncode=4)


@pytest.fixture(scope="session", params=JUDGES, ids=lambda judge: judge.name)
def judge(request):
    """Each of them; one that is not installed is skipped, which CI does not forgive."""
    if why := request.param.outsider.missing():
        pytest.skip(why)
    return request.param
