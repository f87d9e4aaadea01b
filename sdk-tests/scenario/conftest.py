"""The SDK that plays, and where it plays: a server of ours, or whatever UNLADE_SDK_ENDPOINT names."""

import json
import os
import shlex
from pathlib import Path

# The SDKs obey proxy variables; nothing here may leave the machine.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"

import pytest

from vocabulary import Account, serving

ELSEWHERE = "UNLADE_SDK_ENDPOINT" in os.environ

# These are about a server of ours; not every SDK has a sample here, and one of them is about Java alone.
OURS = {
    "test_documented_sample.py": "UNLADE_SDK_SAMPLE",
    "test_java_text.py": "UNLADE_SDK_CLASSPATH",
    "test_elsewhere.py": "UNLADE_BIN",
}
collect_ignore = [name for name, needs in OURS.items() if ELSEWHERE or needs not in os.environ]


def pytest_sessionstart():
    if "UNLADE_SDK_PLAY" not in os.environ:
        pytest.exit("UNLADE_SDK_PLAY must name a player; `cargo xtask test --suite sdks` sets it", returncode=4)


@pytest.fixture(scope="session")
def play():
    """The command that plays a scenario through one SDK."""
    return shlex.split(os.environ["UNLADE_SDK_PLAY"])


@pytest.fixture(scope="session")
def results():
    """Where this SDK's outcomes and its download are left."""
    directory = Path(os.environ["UNLADE_SDK_RESULTS"])
    directory.mkdir(parents=True, exist_ok=True)
    return directory


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    """A function that starts a server of ours."""
    with serving(tmp_path_factory) as begin:
        yield begin


@pytest.fixture
def server(serve):
    """A server of this test's own."""
    return serve()


@pytest.fixture(scope="module")
def place(serve):
    """A function that says where to play, with a server of ours of these settings if nobody named another place."""

    def somewhere(settings):
        if ELSEWHERE:
            return {}
        server = serve(**settings)
        _, nobody = Account(server).person("nobody")
        root = server.credentials
        return {
            "UNLADE_SDK_ENDPOINT": server.endpoint,
            "CLOUD_SDK_AK": root.ak,
            "CLOUD_SDK_SK": root.sk,
            "UNLADE_SDK_PROJECT_ID": root.project_id,
            "UNLADE_SDK_NAMES": json.dumps({"nobody_ak": nobody["ak"], "nobody_sk": nobody["sk"]}),
        }

    return somewhere
