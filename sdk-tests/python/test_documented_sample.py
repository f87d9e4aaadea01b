"""The Python sample of the CreateExportTask page, as printed, with only its placeholders replaced."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).with_name("documented_sample.py")
UNKNOWN_TASK = "5f433ce0c24389024365fdfa"


@pytest.fixture
def batch_task(caller):
    """A finished batch task in the default app."""
    task_id = caller.batch("freezeDevices", targets=["no-such-device"])
    caller.finished(task_id)
    return task_id


def run_sample(server, task_id, **more):
    """Runs the sample and returns the lines that it printed."""
    replacements = {
        "<YOUR ENDPOINT>": server.endpoint,
        "{project_id}": server.credentials.project_id,
        "jeQDJQZltU8iKgFFoW060F5SGZka": server.credentials.app_id,
        "5f433ce0c24389024365fdfa": task_id,
        **more,
    }
    text = SAMPLE.read_text(encoding="utf-8")
    for printed, ours in replacements.items():
        assert text.count(printed) == 1, printed
        text = text.replace(printed, ours)
    program = server.directory / "sample.py"
    program.write_text(text, encoding="utf-8")
    key = {"CLOUD_SDK_AK": server.credentials.ak, "CLOUD_SDK_SK": server.credentials.sk}
    done = subprocess.run(
        [sys.executable, str(program)], env={**os.environ, **key}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_sample_creates_an_export_task(server, caller, batch_task):
    (printed,) = run_sample(server, batch_task)
    created = json.loads(printed)
    assert re.fullmatch("[0-9a-f]{24}", created["export_task_id"])
    assert created["resource_type"] == "BatchTask"
    assert created["resource_condition"] == {"task_id": batch_task}
    assert (created["export_format"], created["status"]) == ("xls", "Processing")
    assert (created["app_type"], created["app_id"]) == ("APP", server.credentials.app_id)
    assert isinstance(created["progress"], int) and isinstance(created["export_count"], int)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", created["create_time"])
    assert [row["target"] for row in caller.result(created["export_task_id"]).rows] == ["no-such-device"]


def test_the_sample_prints_the_refusal_of_an_unknown_batch_task(server):
    status, request_id, code, message = run_sample(server, UNKNOWN_TASK[::-1])
    assert (status, code) == ("403", "IOTDA.014805")
    assert re.fullmatch("[0-9a-f]{32}", request_id)
    assert message


def test_the_sample_prints_the_refusal_of_a_bad_field_by_name(server, batch_task):
    status, request_id, code, message = run_sample(server, batch_task, **{'"BatchTask"': '"BatchTasks"'})
    assert (status, code) == ("400", "IOTDA.014800")
    assert request_id
    assert "resource_type" in message
