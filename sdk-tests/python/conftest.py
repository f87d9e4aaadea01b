"""Fixtures: servers that end with their test, and their log in the report of a failure."""

import os

# The SDK obeys proxy variables; nothing here may leave the machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

import pytest

from vocabulary import Server

running = []


def pytest_sessionstart():
    if not os.access(os.environ.get("UNLADE_BIN", ""), os.X_OK):
        pytest.exit("UNLADE_BIN must name the binary; `cargo xtask test --suite python` sets it", returncode=4)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed:
        for server in running:
            report.sections.append((f"unlade serve, port {server.port}", server.log()))
    return report


def starter(directories):
    """A function that starts servers, and the list of them."""
    started = []

    def start(**settings):
        server = Server(directories.mktemp("server"), **settings)
        # Listed before it is ready, so that a server that does not start shows its log as well.
        started.append(server)
        running.append(server)
        server.start()
        return server

    return start, started


def end(servers):
    for server in servers:
        running.remove(server)
        if server.process is not None:
            server.kill()


@pytest.fixture
def serve(tmp_path_factory):
    """Starts servers of this test's own."""
    start, started = starter(tmp_path_factory)
    yield start
    end(started)


@pytest.fixture(scope="module")
def serve_module(tmp_path_factory):
    """Starts servers that all tests of a file share."""
    start, started = starter(tmp_path_factory)
    yield start
    end(started)


@pytest.fixture
def server(serve):
    """A server of this test's own, with the usual settings."""
    return serve()


@pytest.fixture
def caller(server):
    """Somebody with the root key of `server`."""
    return server.caller()
