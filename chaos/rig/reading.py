"""The rows of a downloaded file in any format, read by libraries that did not write it."""

import csv
import hashlib
import io
import json
import zipfile

import openpyxl

from vocabulary import Result

COLUMNS = 5


def rows_of(content, export_format):
    """Each row's target, status, output, error code and error text, as ShowBatchTask tells them."""
    if export_format == "xls":
        return Result(content).subtasks()
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    names = [book["name"] for book in manifest["workbooks"]]
    for book in manifest["workbooks"]:
        assert book["sha256"] == hashlib.sha256(archive.read(book["name"])).hexdigest(), "a seal is broken"
    rows = [row for name in names for row in READERS[export_format](archive.read(name))]
    assert manifest["rows"] == len(rows), f"the manifest tells {manifest['rows']} rows of {len(rows)}"
    return rows


def csv_rows(content):
    _, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [tuple(line[:COLUMNS]) for line in lines]


def jsonl_rows(content):
    lines = (json.loads(line) for line in content.decode().splitlines())
    return [tuple(value or "" for value in list(line.values())[:COLUMNS]) for line in lines]


def xlsx_rows(content):
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True)["Results"]
    _, *lines = sheet.iter_rows(max_col=COLUMNS, values_only=True)
    return [tuple(value or "" for value in line) for line in lines]


READERS = {"csv": csv_rows, "jsonl": jsonl_rows, "xlsx": xlsx_rows}
