"""Texts and ids that spreadsheets like to spoil come back unchanged, as text cells."""

from urllib.parse import quote

import pytest

from vocabulary import devices, raw

NAMES = [
    "三号水表（东门）",
    "meter 🚰👩‍🔧 emoji",
    "𠮷野家 beyond the BMP",
    '=HYPERLINK("http://example.invalid","click")',
    "=1+1",
    "+1",
    "-5",
    "@SUM(A1)",
    "00012345678901234567",
    "891e3",
    "8.5",
    "TRUE",
    "2026-01-02",
    "'quoted'",
    "a\nline break",
    "<b>&amp;</b>",
    "n" * 256,
    "🚰" * 128,
]
# In a workbook this one is an escape of another text, so it is only sent in calls.
ESCAPE = "_x0041_"
IDS = ["12345678901234567890", "00000000000000000001", "891e3", "1E5", "-1", "_", "0", "TRUE"]


def test_names_from_a_file_come_back_unchanged(caller, tmp_path):
    product_id = caller.product()
    rows = [
        {"product_id": product_id, "node_id": f"n{number}", "device_id": f"d{number}", "device_name": name}
        for number, name in enumerate(NAMES)
    ]
    result = created(caller, devices(tmp_path / "names.xlsx", rows))
    assert {row["target"]: row["device_name"] for row in result.rows} == {
        f"d{number}": name for number, name in enumerate(NAMES)
    }
    assert [caller.shown_device(f"d{number}").device_name for number in range(len(NAMES))] == NAMES


def test_ids_from_a_file_come_back_unchanged(caller, tmp_path):
    product_id = caller.product()
    rows = [{"product_id": product_id, "node_id": id, "device_id": id, "device_name": id} for id in IDS]
    result = created(caller, devices(tmp_path / "ids.xlsx", rows))
    assert sorted((row["target"], row["node_id"], row["output"]) for row in result.rows) == sorted(
        (id, id, id) for id in IDS
    )


def test_names_from_a_single_call_come_back_unchanged(caller):
    product_id = caller.product()
    names = enumerate([*NAMES, ESCAPE])
    named = {caller.device(product_id, f"n{number}", device_name=name): name for number, name in names}
    task_id = caller.batch("freezeDevices", targets=list(named))
    assert caller.finished(task_id).status == "Success"
    result = caller.result(caller.export(task_id))
    assert {row["target"]: row["device_name"] for row in result.rows} == named


@pytest.mark.parametrize("task_name", ["冻结三号楼", "freeze_1"])
def test_the_task_name_names_the_files(server, caller, task_name):
    task_id = caller.batch("freezeDevices", task_name=task_name, targets=["unknown"])
    caller.finished(task_id)
    export_id = caller.export(task_id)
    assert caller.result(export_id).workbook_names == [f"{task_name}.xls"]
    disposition = raw(server, "GET", f"export-tasks/{export_id}/file").headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert f"filename*=UTF-8''{quote(task_name)}-{export_id}.zip" in disposition


def created(caller, path):
    task_id = caller.batch("createDevices", document_source=caller.upload(path))
    task = caller.finished(task_id)
    assert task.status == "Success", caller.subtasks(task_id, task_detail_status="Fail")
    result = caller.result(caller.export(task_id))
    assert sorted(result.subtasks()) == sorted(caller.subtasks(task_id))
    return result
