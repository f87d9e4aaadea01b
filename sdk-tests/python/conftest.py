"""Fixtures: servers that end with their test, and their log in the report of a failure."""

import os
from contextlib import contextmanager

# The SDK obeys proxy variables; nothing here may leave the machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

import pytest

from vocabulary import Authority, Bucket, Cluster, Database, Server
from vocabulary.documented import undocumented

# The same tests, with the rows of every server in a database of its own on UNLADE_TEST_POSTGRES.
OVER_POSTGRES = os.environ.get("UNLADE_TEST_DATABASE") == "postgres"

# Needs a program of an earlier version; `cargo xtask test --suite upgrade` makes one.
collect_ignore = [] if "UNLADE_EARLIER_BIN" in os.environ else ["test_rolling_upgrade.py"]

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

    def begin(kind, waits, **settings):
        server = kind(directories.mktemp("server"), **settings)
        # Listed before it is ready, so that a server that does not start shows its log as well.
        started.append(server)
        running.append(server)
        if waits:
            server.start()
        else:
            server.process = server.launch()
        return server

    return begin, started


@contextmanager
def databases():
    """What adds to a server's settings where its rows lie, if they are not to lie in its data directory."""
    made = []

    def more(settings):
        if not OVER_POSTGRES:
            return settings
        made.append(Database())
        return {"database_url": made[-1].url(), **settings}

    yield more
    for database in made:
        database.end()


def pytest_collection_modifyitems(config, items):
    if OVER_POSTGRES:
        # Left out, not skipped: a test of SQLite's file is nothing that this run lacks.
        embedded = [item for item in items if item.get_closest_marker("embedded")]
        config.hook.pytest_deselected(items=embedded)
        items[:] = [item for item in items if item not in embedded]


def pytest_configure(config):
    config.addinivalue_line("markers", "embedded: is about the embedded database, or about its file")


def end(servers):
    for server in servers:
        running.remove(server)
        if server.process is not None:
            server.kill()
    # What an earlier version refuses with is not in the document of this one.
    ours = [server for server in servers if server.program == os.environ["UNLADE_BIN"] and server.log_path.exists()]
    assert set().union(*map(undocumented, ours)) == set(), "refusals that docs/openapi.json does not list"


@pytest.fixture
def serve(tmp_path_factory):
    """Starts servers of this test's own."""
    with databases() as more:
        begin, started = starter(tmp_path_factory)
        yield lambda **settings: begin(Server, True, **more(settings))
        end(started)


@pytest.fixture(scope="module")
def serve_module(tmp_path_factory):
    """Starts servers that all tests of a file share."""
    with databases() as more:
        begin, started = starter(tmp_path_factory)
        yield lambda **settings: begin(Server, True, **more(settings))
        end(started)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Who issues the certificates of servers that speak TLS."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def bucket(tmp_path):
    """A store of this test's own."""
    bucket = Bucket(tmp_path)
    yield bucket
    bucket.end()


@pytest.fixture
def database():
    """A database of this test's own."""
    database = Database()
    yield database
    database.end()


@pytest.fixture
def cluster(tmp_path_factory, database, bucket):
    """What starts nodes that share a database and a bucket."""
    begin, started = starter(tmp_path_factory)
    yield Cluster(begin, database, bucket)
    end(started)


@pytest.fixture
def server(serve):
    """A server of this test's own, with the usual settings."""
    return serve()


@pytest.fixture
def caller(server):
    """Somebody with the root key of `server`."""
    return server.caller()
