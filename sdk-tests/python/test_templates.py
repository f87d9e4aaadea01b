"""Templates: downloaded or written by the command, filled in as people do, uploaded, run."""

import io
import os
import re
import subprocess
import zipfile
from urllib.request import Request, urlopen

import pytest
from openpyxl import load_workbook

from vocabulary import filled_in, raw

NAMES = {
    "createDevices": "BatchCreateDevices_Template.xlsx",
    "deleteDevices": "BatchDeleteDevices_Template.xlsx",
    "freezeDevices": "BatchFreezeDevices_Template.xlsx",
    "unfreezeDevices": "BatchUnfreezeDevices_Template.xlsx",
    "updateDevices": "BatchUpdateDevices_Template.xlsx",
    "changeGateway": "BatchChangeGateway_Template.xlsx",
}
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
KINDS = pytest.mark.parametrize("kind", NAMES)
ID = "00012345678901234567"


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module()


def download(server, kind, query="", **headers):
    """Without any credentials."""
    with urlopen(Request(f"{server.endpoint}/console/templates/{kind}.xlsx{query}", headers=headers)) as answer:
        return answer.headers, answer.read()


@LANGUAGES
@KINDS
def test_a_template_that_is_filled_in_runs(server, caller, tmp_path, kind, language):
    product_id = caller.product()
    headers, template = download(server, kind, f"?language={language}")
    assert headers["Content-Disposition"] == f'attachment; filename="{NAMES[kind]}"'
    if kind == "createDevices":
        rows = [{"A": product_id, "B": ID, "D": "三号水表"}]
    elif kind == "changeGateway":
        before, after = (caller.device(caller.product(), "gateway") for _ in range(2))
        rows = [{"A": caller.device(product_id, ID, device_id=ID, gateway_id=before), "B": after}]
    else:
        rows = [{"A": caller.device(product_id, ID, device_id=ID)}]
    if kind == "unfreezeDevices":
        caller.freeze(ID)
    task_id = caller.batch(kind, document_source=caller.upload(filled_in(template, tmp_path / "filled.xlsx", rows)))
    assert caller.finished(task_id).status == "Success", caller.subtasks(task_id)
    left = caller.all_devices(product_id=product_id)
    expected = {
        "createDevices": [(f"{product_id}_{ID}", "INACTIVE")],
        "deleteDevices": [],
        "freezeDevices": [(ID, "FROZEN")],
        "unfreezeDevices": [(ID, "INACTIVE")],
        "updateDevices": [(ID, "INACTIVE")],
        "changeGateway": [(ID, "INACTIVE")],
    }
    assert [(device.device_id, device.status) for device in left] == expected[kind]
    for device in left:
        caller.delete_device(device.device_id)


@LANGUAGES
@KINDS
def test_a_template_keeps_ids_as_text_and_explains_each_column(server, kind, language):
    book = load_workbook(io.BytesIO(download(server, kind, f"?language={language}")[1]))
    to_fill_in, columns = book.worksheets
    titles = [cell.value for cell in to_fill_in[1]]
    assert titles[0].endswith("*"), "a column that is required is not marked"
    dimensions = [columns for columns in to_fill_in.column_dimensions.values() if columns.number_format == "@"]
    as_text = {column for columns in dimensions for column in range(columns.min, columns.max + 1)}
    assert as_text == set(range(1, len(titles) + 1))
    explained = list(columns.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in explained] == titles
    assert all(all(row) for row in explained)


@KINDS
def test_a_template_holds_no_time(server, kind):
    archive = zipfile.ZipFile(io.BytesIO(download(server, kind)[1]))
    assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    assert archive.read("docProps/core.xml").count(b"2026-01-01T00:00:00Z") == 2


def test_the_command_writes_the_bytes_that_the_server_sends(server, tmp_path):
    for kind, name in NAMES.items():
        for language in ["en", "zh"]:
            assert run(tmp_path, kind, "--language", language).returncode == 0
            written = tmp_path / name
            assert written.read_bytes() == download(server, kind, f"?language={language}")[1]
            written.unlink()


def test_the_command_overwrites_nothing(tmp_path):
    filled = tmp_path / "filled.xlsx"
    filled.write_bytes(b"the work of a day")
    answer = run(tmp_path, "createDevices", "--output", "filled.xlsx")
    assert answer.returncode == 1 and str(filled) in answer.stderr
    assert filled.read_bytes() == b"the work of a day"


def test_the_command_knows_the_kinds_and_the_languages(tmp_path):
    (known,) = re.findall(r"possible values: (.*)]", run(tmp_path, "nothing").stderr)
    assert set(known.split(", ")) == set(NAMES), "a kind whose template is not tested here"
    assert "zh" in run(tmp_path, "createDevices", "--language", "de").stderr


def run(directory, *arguments):
    command = [os.environ["UNLADE_BIN"], "template", *arguments]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


def test_the_language_follows_the_query_then_the_header(server):
    english, chinese = (download(server, "freezeDevices", f"?language={language}")[1] for language in ["en", "zh"])
    assert english != chinese
    assert download(server, "freezeDevices")[1] == english
    assert download(server, "freezeDevices", **{"Accept-Language": "zh-CN"})[1] == chinese
    assert download(server, "freezeDevices", "?language=en", **{"Accept-Language": "zh-CN"})[1] == english


def test_a_template_that_is_held_is_not_sent_again(server):
    headers, _ = download(server, "freezeDevices")
    path = "/console/templates/freezeDevices.xlsx"
    again = raw(server, "GET", path, headers={"If-None-Match": headers["ETag"]}, signed=False)
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", headers["ETag"])
    chinese = raw(server, "GET", path, [("language", "zh")], headers={"If-None-Match": headers["ETag"]}, signed=False)
    assert chinese.status == 200


@pytest.mark.parametrize("path", ["nothing.xlsx", "createDevices", "createDevices.xls", "../healthz", ""])
def test_an_unknown_template_is_not_found(server, path):
    answer = raw(server, "GET", f"/console/templates/{path}", signed=False)
    assert (answer.status, answer.code) == (404, "APIGW.0101")


def test_an_unknown_language_is_refused(server):
    answer = raw(server, "GET", "/console/templates/createDevices.xlsx", [("language", "de")], signed=False)
    assert (answer.status, answer.code) == (400, "IOTDA.000006")
    assert "language" in answer.message
