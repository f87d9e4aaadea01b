"""Uploads, .xlsx and .xls alike: a wrong file is refused whole, naming the place; a wrong row fails alone."""

import base64
import os
import shutil

import pytest
import xlwt
from huaweicloudsdkcore.exceptions.exceptions import ServerResponseException

from test_batch_life import outcomes, retry
from vocabulary import device_ids, devices, refused, sheet

BOTH = pytest.mark.parametrize("suffix", [".xlsx", ".xls"])


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(limits_batch_file_rows=20)


def filled(product_id):
    """Rows of a createDevices file, some of them wrong."""
    good = [
        {"product_id": product_id, "node_id": f"000{number}", "device_name": f"三号水表 {number} 🚰"}
        for number in range(4)
    ]
    return [
        *good,
        {"product_id": "no-such-product", "node_id": "lost"},
        dict(good[1], device_name="=1+1"),
        {"product_id": product_id, "node_id": "n" * 65},
        {"product_id": product_id, "device_name": "no node id"},
    ]


def test_an_xls_gives_the_same_results_as_the_xlsx(caller, tmp_path):
    product_id = caller.product()
    outcomes = {}
    for suffix in [".xlsx", ".xls"]:
        file_id = caller.upload(devices(tmp_path / f"devices{suffix}", filled(product_id)))
        task_id = caller.batch("createDevices", document_source=file_id)
        assert caller.finished(task_id).status == "PartialSuccess"
        rows = caller.result(caller.export(task_id)).rows
        names = sorted((row["target"], row["node_id"], row["device_name"]) for row in rows)
        outcomes[suffix] = (sorted(caller.subtasks(task_id)), names)
        created = [subtask.target for subtask in caller.subtasks(task_id) if subtask.status == "Success"]
        caller.finished(caller.batch("deleteDevices", targets=created))
    assert outcomes[".xls"] == outcomes[".xlsx"]
    failures = {subtask.output: subtask.error_code for subtask in outcomes[".xls"][0] if subtask.status == "Fail"}
    assert failures == {
        "row 6": "IOTDA.013000",
        "row 7": "IOTDA.014031",
        "row 8": "IOTDA.000006",
        "row 9": "IOTDA.000006",
    }


@BOTH
@pytest.mark.parametrize("kind", ["freezeDevices", "unfreezeDevices", "deleteDevices"])
def test_a_wrong_row_fails_alone_with_its_number_code_and_text(caller, tmp_path, suffix, kind):
    good = caller.device(caller.product(), f"{kind}-{suffix[1:]}")
    if kind == "unfreezeDevices":
        caller.freeze(good)
    file_id = caller.upload(device_ids(tmp_path / f"ids{suffix}", ["unknown", good, "not an id"]))
    task_id = caller.batch(kind, document_source=file_id)
    assert caller.finished(task_id).status == "PartialSuccess"
    missing = ("IOTDA.014000", "The device does not exist.")
    assert sorted(caller.subtasks(task_id)) == sorted(
        [
            ("unknown", "Fail", "row 2", *missing),
            (good, "Success", "success", "", ""),
            ("not an id", "Fail", "row 4", *missing),
        ]
    )


# Longer than an index of PostgreSQL takes, and it cannot be compressed; a text that PostgreSQL does not hold, as a
# workbook of either kind may have it.
ODD_CELLS = {
    "a long node id": {"node_id": base64.b64encode(os.urandom(3000)).decode()},
    "a NUL in the name": {"node_id": "nul", "device_name": {".xlsx": "a_x0000_b", ".xls": "a\0b"}},
    "a NUL in the node id": {"node_id": {".xlsx": "a_x0000_b", ".xls": "a\0b"}},
}


@BOTH
@pytest.mark.parametrize("odd", ODD_CELLS.values(), ids=ODD_CELLS)
def test_a_row_that_a_database_might_not_hold_fails_alone(caller, tmp_path, suffix, odd):
    product_id = caller.product()
    of_format = {name: cell[suffix] if isinstance(cell, dict) else cell for name, cell in odd.items()}
    cells = [{"node_id": "before"}, of_format, {"node_id": "behind"}]
    file = devices(tmp_path / f"odd{suffix}", [{"product_id": product_id, **row} for row in cells])
    task_id = caller.batch("createDevices", document_source=caller.upload(file))
    task = caller.finished(task_id)
    assert (task.status, task.task_progress.success, task.task_progress.fail) == ("PartialSuccess", 2, 1), task
    (failed,) = caller.subtasks(task_id, task_detail_status="Fail")
    assert (failed.output, failed.error_code) == ("row 3", "IOTDA.000006")
    assert "\0" not in failed.target
    # It is found by its name, cut or not.
    assert outcomes(retry(caller, task_id, failed.target)) == [(failed.target, "success", None)]
    caller.finished(task_id)
    assert sorted(caller.result(caller.export(task_id)).subtasks()) == sorted(caller.subtasks(task_id))


GOOD = ["product_id", "node_id"]
WRONG_FILES = {
    "a column is missing": (["product_id", "device_name"], [["p", "n"]], ["node_id", "createDevices"]),
    "a column is there twice": ([*GOOD, "设备标识码"], [["p", "n", "n"]], ["设备标识码", "twice"]),
    "no column is known": (["colour"], [["red"]], ["colour"]),
    "a title is blank": (["product_id", "node_id", None, "device_name"], [["p", "n", "lost", "x"]], ["C2"]),
    "a value stands beside the table": (GOOD, [["p", "n"], ["p", "m", None, "lost"]], ["D3"]),
    "a cell is too long": (GOOD, [["p", "n"], ["p", "n" * 4097]], ["B3", "4096"]),
    "digits are lost": (GOOD, [["p", 89860012345678901234]], ["B2", "15 digits"]),
    "there are too many rows": (GOOD, [["p", f"n{number}"] for number in range(21)], ["20 rows"]),
    "there are too many columns": (["device_id", *(f"c{number}" for number in range(64))], [["d"]], ["BM1", "64"]),
    "there is no row": (GOOD, [], ["no row"]),
    "there is nothing": ([None], [], ["blank"]),
}


@BOTH
@pytest.mark.parametrize("header, rows, words", WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_wrong_file_is_refused_whole_and_the_place_is_named(caller, tmp_path, suffix, header, rows, words):
    path = sheet(tmp_path / f"wrong{suffix}", header, rows)
    refused(lambda: caller.upload(path), 400, "IOTDA.014606", *words)
    assert caller.files() == []


@BOTH
def test_a_file_for_another_kind_is_refused_by_the_column_that_it_lacks(caller, tmp_path, suffix):
    file_id = caller.upload(device_ids(tmp_path / f"ids{suffix}", ["d1"]))
    refused(lambda: caller.batch("createDevices", document_source=file_id), 400, "IOTDA.014606", "product_id")
    caller.delete_file(file_id)


def test_a_result_that_was_downloaded_is_no_file_to_upload(caller, tmp_path):
    task_id = caller.batch("freezeDevices", targets=["unknown"])
    caller.finished(task_id)
    path = tmp_path / "result.xls"
    path.write_bytes(caller.result(caller.export(task_id)).archive.read("freezeDevices.xls"))
    refused(lambda: caller.upload(path), 400, "IOTDA.014606")


def test_a_small_xls_that_claims_a_huge_sheet_does_no_harm(server, caller, tmp_path):
    book = xlwt.Workbook()
    page = book.add_sheet("huge")
    page.write(0, 0, "device_id")
    page.write(65_535, 255, "far away")
    book.save(str(tmp_path / "huge.xls"))
    refused(lambda: caller.upload(tmp_path / "huge.xls"), 400, "IOTDA.014606", "IV65536")
    assert server.status("/readyz") == 200


@BOTH
def test_the_bytes_decide_what_a_file_is_and_not_its_name(caller, tmp_path, suffix):
    path = device_ids(tmp_path / f"true{suffix}", ["d1"])
    renamed = tmp_path / ("false.xls" if suffix == ".xlsx" else "false.xlsx")
    path.rename(renamed)
    caller.delete_file(caller.upload(renamed))


def test_a_reader_that_cannot_be_started_is_not_the_fault_of_the_file(serve, tmp_path):
    program = shutil.copy(os.environ["UNLADE_BIN"], tmp_path / "unlade")
    server = serve(program=str(program))
    path = device_ids(tmp_path / "ids.xlsx", ["d1"])
    program.unlink()
    with pytest.raises(ServerResponseException) as caught:
        server.caller().upload(path)
    assert (caught.value.status_code, caught.value.error_code) == (503, "IOTDA.000504")
    shutil.copy(os.environ["UNLADE_BIN"], program)
    server.caller().upload(path)
