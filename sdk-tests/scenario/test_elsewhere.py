"""What README.md says of any other endpoint: a player that may only read changes nothing there, and finds nothing wrong."""

import json
import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize("scenario", ["working", "refused"])
def test_who_may_only_read_passes_at_a_server_that_has_nothing_and_leaves_nothing(server, play, tmp_path, scenario):
    root = server.credentials
    where = {"UNLADE_SDK_ENDPOINT": server.endpoint, "UNLADE_SDK_PROJECT_ID": root.project_id, "UNLADE_SDK_READ_ONLY": "1"}
    key = {"CLOUD_SDK_AK": root.ak, "CLOUD_SDK_SK": root.sk, "UNLADE_SDK_RESULTS": str(tmp_path)}
    path = HERE / f"{scenario}.json"
    done = subprocess.run([*play, str(path)], env={**os.environ, **where, **key}, capture_output=True, text=True, timeout=120)
    outcomes = [json.loads(line) for line in (tmp_path / path.with_suffix(".jsonl").name).read_text("utf-8").splitlines()]
    assert len(outcomes) == len(json.loads(path.read_text("utf-8"))["steps"]), done.stderr
    wrong = [outcome for outcome in outcomes if outcome["outcome"] not in ("passed", "absent", "skipped")]
    assert not wrong, wrong
    assert scenario == "refused" or any(outcome["outcome"] == "passed" for outcome in outcomes)
    caller = server.caller()
    assert (caller.products(), caller.all_devices(), caller.groups(), caller.files()) == ([], [], [], [])
