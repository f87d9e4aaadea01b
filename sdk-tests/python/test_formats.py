"""One batch task exported in every format: each file says, cell by cell, what the API pages out."""

import csv
import io
import json
import zipfile

import openpyxl
import pytest

from test_texts import ESCAPE, NAMES
from vocabulary import in_both

COLUMNS = ["target", "status", "output", "error_code", "error_msg", "device_name", "node_id", "start_time", "end_time"]


def csv_rows(archive):
    text = archive.read("formats.csv").decode("utf-8-sig")
    titles, *lines = csv.reader(io.StringIO(text, newline=""))
    assert titles == COLUMNS
    return [[unguarded(text) for text in line] for line in lines]


def unguarded(text):
    """What a cell was before a formula in it was made harmless."""
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@\t\r\0") else text


def jsonl_rows(archive):
    objects = [json.loads(line) for line in archive.read("formats.jsonl").decode().splitlines()]
    assert all(list(row) == COLUMNS for row in objects)
    return [[value or "" for value in row.values()] for row in objects]


def xlsx_rows(archive):
    book = openpyxl.load_workbook(io.BytesIO(archive.read("formats.xlsx")))
    assert book.sheetnames == ["Summary", "Results"]
    sheet = book["Results"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", sheet.dimensions)
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all((cell.data_type, cell.number_format) == ("s", "@") for cell in cells), "a cell that is not a text"
    assert all(cell.quotePrefix == (cell.value[0] in "=+-@") for cell in cells)
    titles, *rows = ([value or "" for value in row] for row in sheet.iter_rows(values_only=True))
    assert titles == COLUMNS
    return rows


READERS = {"xlsx": xlsx_rows, "csv": csv_rows, "jsonl": jsonl_rows}


@pytest.mark.parametrize("export_format", READERS)
def test_a_file_of_each_format_says_what_the_api_pages_out(caller, export_format):
    product_id = caller.product()
    names = [*NAMES, ESCAPE]
    named = {caller.device(product_id, f"n{number}", device_name=name): name for number, name in enumerate(names)}
    task_id = caller.batch("freezeDevices", task_name="formats", targets=[*named, "-1", "unknown"])
    caller.finished(task_id)
    subtasks = caller.subtasks(task_id)

    export_id = caller.export(task_id, export_format=export_format)
    export = caller.exported(export_id)
    assert (export.export_format, export.export_count) == (export_format, len(subtasks))
    archive = zipfile.ZipFile(io.BytesIO(caller.download(export_id)))
    assert archive.testzip() is None
    rows = READERS[export_format](archive)
    assert sorted(tuple(row[:5]) for row in rows) == sorted(tuple(subtask) for subtask in subtasks)
    assert {row[0]: row[5] for row in rows if row[5]} == named
    assert json.loads(archive.read("manifest.json"))["rows"] == len(subtasks)


def test_a_formula_in_a_csv_is_guarded_and_told_of(caller):
    product_id = caller.product()
    named = [caller.device(product_id, f"n{number}", device_name=name) for number, name in enumerate(("=1+1", "@a", "harmless"))]
    task_id = caller.batch("freezeDevices", task_name="formats", targets=named)
    caller.finished(task_id)
    export_id = caller.export(task_id, export_format="csv")
    caller.exported(export_id)
    archive = zipfile.ZipFile(io.BytesIO(caller.download(export_id)))
    lines = csv.DictReader(io.StringIO(archive.read("formats.csv").decode("utf-8-sig"), newline=""))
    assert sorted(line["device_name"] for line in lines) == ["'=1+1", "'@a", "harmless"]
    assert json.loads(archive.read("manifest.json"))["altered"]["guarded"] == 2
    summary = dict(line[:2] for line in csv.reader(io.StringIO(archive.read("formats-summary.csv").decode("utf-8-sig"))))
    assert (summary["Task ID"], summary["Rows"], summary["Cells with ' put before the text"]) == (task_id, "3", "2")


@pytest.mark.parametrize("export_format", READERS)
def test_a_strict_server_refuses_what_the_cloud_does_not_have(serve, export_format):
    server = serve(server_strict="true")
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=["unknown"])
    caller.finished(task_id)
    order = {"resource_type": "BatchTask", "resource_condition": {"task_id": task_id}, "export_format": export_format}
    for answer in in_both(server, "POST", "export-tasks", body=order):
        assert (answer.status, answer.code) == (400, "IOTDA.014800")
        assert "export_format" in answer.message and "xls" in answer.message
    assert caller.result(caller.export(task_id)).subtasks() == [tuple(one) for one in caller.subtasks(task_id)]
