"""What the API took, executed, exported and handed to the SDK comes out of other programs as it went in."""

import re
from types import SimpleNamespace

import pytest

import edge
import workbooks
from comparison import differences
from expectation import expected_book
from formats import JUDGES
from vocabulary import Server, devices

NAME_CHARACTERS = 256
# A device has no name of nothing, and none with U+0000.
NAMES = [text for text in dict.fromkeys(edge.TEXTS) if text and "\0" not in text] + [
    *["n" * NAME_CHARACTERS, "设" * NAME_CHARACTERS, "😀" * NAME_CHARACTERS, "\r\n" * (NAME_CHARACTERS // 2)]
]
UNKNOWN = [*(f"{number:020}" for number in range(3)), "891e3", "-1", "_", "TRUE", "1" * 128]
# Products and nodes that cannot exist, as long as a cell of a file may be; a target is made of both, as far as it fits.
LONG = [("p" * 4_096, "n" * 4_096), ("设" * 1_365, "节" * 1_365), ("😀" * 1_024, "=1+1")]
TARGET_BYTES = 2_048
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
KNOWN_COLUMNS = 7
WORKBOOKS = ["xls", "xlsx"]
OF_WORKBOOKS = pytest.mark.parametrize(
    "judge", [judge for judge in JUDGES if judge.file_format in WORKBOOKS], ids=lambda judge: judge.name, indirect=True
)


@pytest.fixture(scope="module")
def caller(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"))
    try:
        server.start()
        yield server.caller()
    finally:
        server.kill()


@pytest.fixture(scope="module")
def downloaded(caller, tmp_path_factory):
    """Two results, each with what must be in it."""
    directory = tmp_path_factory.mktemp("downloaded")
    return {"冻结": frozen(caller, directory), "created": created(caller, directory)}


def frozen(caller, directory):
    """Devices with every name that AddDevice takes, and some that are not there."""
    product_id = caller.product()
    names = {caller.device(product_id, f"n{number}", device_name=name): name for number, name in enumerate(NAMES)}
    task_id = caller.batch("freezeDevices", task_name="冻结", targets=[*names, *UNKNOWN])
    nodes = {device_id: f"n{number}" for number, device_id in enumerate(names)}
    return exported(caller, directory, task_id, names, nodes)


def created(caller, directory):
    """Rows of a file that create nothing, and whose texts stand in the result all the same."""
    rows = [{"product_id": product_id, "node_id": node_id} for product_id, node_id in LONG]
    file_id = caller.upload(devices(directory / "long.xlsx", rows))
    task_id = caller.batch("createDevices", task_name="created", document_source=file_id)
    nodes = {target(**row): row["node_id"] for row in rows}
    return exported(caller, directory, task_id, {}, nodes)


def target(product_id, node_id):
    return f"{product_id}_{node_id}".encode()[:TARGET_BYTES].decode(errors="ignore")


def exported(caller, directory, task_id, names, nodes):
    task = caller.finished(task_id)
    subtasks = list(reversed(caller.subtasks(task_id)))
    rows = [[*subtask, names.get(subtask.target), nodes.get(subtask.target), "", ""] for subtask in subtasks]
    paths = {name: download(caller, directory, task_id, name) for name in WORKBOOKS}
    return SimpleNamespace(paths=paths, task=task, rows=rows)


def download(caller, directory, task_id, file_format):
    export_id = caller.export(task_id, export_format=file_format)
    caller.exported(export_id)
    archive = directory / f"{export_id}.zip"
    archive.write_bytes(caller.download(export_id))
    return workbooks.extract(archive, directory)


@pytest.fixture(scope="module")
def read(judge, downloaded):
    return dict(zip(downloaded, judge.read([result.paths[judge.file_format] for result in downloaded.values()])))


@OF_WORKBOOKS
@pytest.mark.parametrize("name", ["冻结", "created"])
def test_every_cell_is_what_the_api_was_given_or_pages_out(judge, downloaded, read, name):
    expected, found = judge.as_read(expected_book(downloaded[name].rows)), read[name]
    assert list(found) == ["Summary", "Results"]
    known = {"Results": [row[:KNOWN_COLUMNS] for row in found["Results"]]}
    assert differences({"Results": [row[:KNOWN_COLUMNS] for row in expected["Results"]]}, known) == []
    times = [time for row in found["Results"][1:] for time in row[KNOWN_COLUMNS:]]
    assert len(times) == 2 * len(downloaded[name].rows) and all(map(TIME.fullmatch, times))


@OF_WORKBOOKS
@pytest.mark.parametrize("name", ["冻结", "created"])
def test_the_summary_counts_what_is_in_the_file(downloaded, read, name):
    wanted = {row[0]: row[1] for row in expected_book(downloaded[name].rows)["Summary"] if len(row) == 2}
    found = {row[0]: row[1] for row in read[name]["Summary"] if len(row) > 1}
    for label in ("Rows", "Rows in the snapshot", "Success", "Fail", "Cells cut", "Cells continued in sheet Overflow", "Cells with characters replaced"):
        assert found.get(label) == wanted.get(label), label
    task = downloaded[name].task
    assert found["Rows by the task's counters"] == found["Rows"]
    assert (found["Task ID"], found["Task name"]) == (task.task_id, task.task_name)
