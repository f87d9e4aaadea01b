"""The outsiders, each in turn, and the workbooks that they judge."""

import os

# The SDK obeys proxy variables; nothing here may leave the machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

import pytest

import workbooks
from outsiders import Calamine, LibreOffice, Xlrd, is_missing

OUTSIDERS = [Calamine, Xlrd, LibreOffice]


def pytest_sessionstart():
    for variable in ("UNLADE_BIN", workbooks.ROWS_TO_ZIP):
        if not os.access(os.environ.get(variable, ""), os.X_OK):
            pytest.exit(f"{variable} must name a program; `cargo xtask test --suite judges` sets it", returncode=4)


@pytest.fixture(scope="session", params=OUTSIDERS, ids=lambda outsider: outsider.name)
def outsider(request, tmp_path_factory):
    """Each of the three; one that is not installed is skipped, which CI does not forgive."""
    if is_missing(request.param):
        pytest.skip(f"{request.param.program} is not installed")
    is_program = hasattr(request.param, "program")
    return request.param(tmp_path_factory.mktemp("libreoffice")) if is_program else request.param()
