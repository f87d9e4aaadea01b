"""The outsiders, each in turn, and the workbooks that they judge."""

import os

# The SDK obeys proxy variables; nothing here may leave the machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

import pytest

import workbooks
from outsiders import Calamine, LibreOffice, Xlrd

OUTSIDERS = [Calamine(), Xlrd(), LibreOffice()]


def pytest_sessionstart():
    for variable in ("UNLADE_BIN", workbooks.ROWS_TO_ZIP):
        if not os.access(os.environ.get(variable, ""), os.X_OK):
            pytest.exit(f"{variable} must name a program; `cargo xtask test --suite judges` sets it", returncode=4)


@pytest.fixture(scope="session", params=OUTSIDERS, ids=lambda outsider: outsider.name)
def outsider(request):
    """Each of the three; one that is not installed is skipped, which CI does not forgive."""
    if not request.param.is_there():
        pytest.skip(f"{request.param.program} is not installed")
    return request.param
