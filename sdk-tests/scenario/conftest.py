"""The SDK that plays, and where it plays: a server of ours, or whatever UNLADE_SDK_ENDPOINT names."""

import json
import os
import shlex
from pathlib import Path

# The SDKs obey proxy variables; nothing here may leave the machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

import pytest

ELSEWHERE = "UNLADE_SDK_ENDPOINT" in os.environ


def pytest_addoption(parser):
    parser.addoption("--sdk", required=True, help="the name that its results are left under")
    parser.addoption("--play", required=True, help="the command that plays a scenario")
    parser.addoption("--sample", help="the command that runs the documented sample in the working directory")


@pytest.fixture(scope="session")
def play(pytestconfig):
    return shlex.split(pytestconfig.getoption("--play"))


@pytest.fixture(scope="session")
def results(pytestconfig):
    """Where this SDK's outcomes and its download are left."""
    directory = Path(os.environ["UNLADE_SDK_RESULTS"]) / pytestconfig.getoption("--sdk")
    directory.mkdir(parents=True, exist_ok=True)
    return directory


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A function that says where to play, with a server of ours of these settings if nobody named another place."""
    servers = []

    def somewhere(settings):
        if ELSEWHERE:
            return {}
        from vocabulary import Account, Server

        server = Server(tmp_path_factory.mktemp("server"), **settings)
        servers.append(server)
        server.start()
        _, nobody = Account(server).person("nobody")
        root = server.credentials
        return {
            "UNLADE_SDK_ENDPOINT": server.endpoint,
            "CLOUD_SDK_AK": root.ak,
            "CLOUD_SDK_SK": root.sk,
            "UNLADE_SDK_PROJECT_ID": root.project_id,
            "UNLADE_SDK_NAMES": json.dumps({"nobody_ak": nobody["ak"], "nobody_sk": nobody["sk"]}),
        }

    yield somewhere
    for server in servers:
        if server.process is not None:
            server.kill()
