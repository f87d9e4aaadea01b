"""The Java and Go samples of the CreateExportTask page, as printed, with only their placeholders replaced.

The Go one uses `os` without importing it, so it cannot be compiled as printed: that one line is added here.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

SDKS = Path(__file__).resolve().parents[1]
NOBODY = "0123456789abcdef01234567"


class Sample(NamedTuple):
    """A printed program, the file that it belongs into, what goes beside it, what starts it, and what it lacks."""

    printed: Path
    name: str
    beside: list
    command: list
    lacks: tuple = ("", "")


def sample():
    """The one of UNLADE_SDK_SAMPLE."""
    language = os.environ["UNLADE_SDK_SAMPLE"]
    if language == "go":
        lacks = ('import (\n\t"fmt"\n', 'import (\n\t"fmt"\n\t"os"\n')
        beside = [SDKS / "go" / "go.mod", SDKS / "go" / "go.sum"]
        return Sample(SDKS / "go" / "documented_sample.go.txt", "main.go", beside, ["go", "run", "."], lacks)
    printed = SDKS / "java" / "documented_sample.java.txt"
    name = "CreateExportTaskSolution.java"
    return Sample(printed, name, [], ["java", "-cp", os.environ["UNLADE_SDK_CLASSPATH"], name])


@pytest.fixture
def batch_task(server):
    """A finished batch task in the default app."""
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=["no-such-device"])
    caller.finished(task_id)
    return task_id


def run_sample(server, directory, task_id, **more):
    """What the sample prints."""
    sample_ = sample()
    replacements = {
        "<YOUR ENDPOINT>": server.endpoint,
        "{project_id}": server.credentials.project_id,
        "jeQDJQZltU8iKgFFoW060F5SGZka": server.credentials.app_id,
        "5f433ce0c24389024365fdfa": task_id,
        **more,
    }
    text = sample_.printed.read_text("utf-8").replace(*sample_.lacks)
    for printed, ours in replacements.items():
        assert text.count(printed) == 1, printed
        text = text.replace(printed, ours)
    (directory / sample_.name).write_text(text, "utf-8")
    for file in sample_.beside:
        shutil.copy(file, directory)
    key = {"CLOUD_SDK_AK": server.credentials.ak, "CLOUD_SDK_SK": server.credentials.sk}
    command = {"env": {**os.environ, **key}, "cwd": directory, "capture_output": True, "text": True, "timeout": 300}
    done = subprocess.run(sample_.command, **command)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_sample_creates_an_export_task(server, batch_task, tmp_path):
    printed = run_sample(server, tmp_path, batch_task)
    caller = server.caller()
    (export,) = caller.exports().export_tasks
    assert export.export_task_id in printed and batch_task in printed
    assert export.resource_condition == {"task_id": batch_task}
    assert (export.app_type, export.app_id) == ("APP", server.credentials.app_id)
    assert [row["target"] for row in caller.result(export.export_task_id).rows] == ["no-such-device"]


def test_the_sample_prints_the_refusal_of_an_unknown_batch_task(server, tmp_path):
    printed = run_sample(server, tmp_path, NOBODY)
    assert "403" in printed and "IOTDA.014805" in printed
    assert re.search(r"\b[0-9a-f]{32}\b", printed), "no request id"


def test_the_sample_prints_the_refusal_of_a_bad_field_by_name(server, batch_task, tmp_path):
    printed = run_sample(server, tmp_path, batch_task, **{'"BatchTask"': '"BatchTasks"'})
    assert "400" in printed and "IOTDA.014800" in printed and "resource_type" in printed
