"""The job that people come for, from an empty server to the file, through the official SDK and both signatures."""

from collections import Counter

import pytest

from vocabulary import device_ids, devices, refused, sheet

ROWS = 300
UNKNOWN_PRODUCT = [7, 77, 177]
DUPLICATES = [20, 120, 220]
TOO_LONG = [33, 133]
WRONG = len(UNKNOWN_PRODUCT) + len(DUPLICATES) + len(TOO_LONG)


def filled_in(product_id):
    """A createDevices file with some rows wrong on purpose."""
    rows = [
        {"product_id": product_id, "node_id": f"node-{number:03}", "device_name": f"Meter {number}"}
        for number in range(ROWS)
    ]
    for number in UNKNOWN_PRODUCT:
        rows[number]["product_id"] = "no-such-product"
    for number in DUPLICATES:
        rows[number]["node_id"] = rows[number - 1]["node_id"]
    for number in TOO_LONG:
        rows[number]["node_id"] = "n" * 65
    return rows


@pytest.mark.parametrize("derived", [False, True], ids=["plain signature", "derived signature"])
def test_devices_are_created_frozen_unfrozen_and_each_result_is_in_a_file(server, tmp_path, derived):
    caller = server.caller(derived=derived)
    app_id = caller.app("fleet")
    product_id = caller.product(app_id=app_id)
    created = create(caller, tmp_path, app_id, product_id)
    frozen = freeze(caller, app_id, created)
    unfreeze(caller, tmp_path, app_id, frozen, created)


def create(caller, tmp_path, app_id, product_id):
    file_id = caller.upload(devices(tmp_path / "new.xlsx", filled_in(product_id)))
    task_id = caller.batch("createDevices", task_name="new_devices", app_id=app_id, document_source=file_id)
    task = caller.finished(task_id)
    assert (task.status, progress(task)) == ("PartialSuccess", (ROWS, ROWS - WRONG, WRONG))
    assert caller.files() == [], "a file is used once"

    subtasks, result = exported_as_paged_out(caller, task_id, app_type="APP", app_id=app_id)
    codes = Counter(subtask.error_code for subtask in subtasks if subtask.status == "Fail")
    assert codes["IOTDA.013000"] == len(UNKNOWN_PRODUCT)
    assert codes["IOTDA.014031"] == len(DUPLICATES)
    texts = {subtask.error_code: subtask.error_msg for subtask in subtasks}
    assert texts["IOTDA.014031"] == "Invalid input. The device already exists."
    assert texts["IOTDA.013000"]
    too_long = [subtask for subtask in subtasks if "node_id" in subtask.error_msg]
    assert len(too_long) == len(TOO_LONG) and all(subtask.error_code for subtask in too_long)

    assert {"device_name", "node_id", "start_time", "end_time"} <= set(result.rows[0])
    assert result.workbook_names == ["new_devices.xls"]
    assert any(task_id in row for row in result.summary), "the file does not say which task it belongs to"
    by_target = {row["target"]: row for row in result.rows}
    first = by_target[f"{product_id}_node-000"]
    assert (first["device_name"], first["node_id"], first["status"]) == ("Meter 0", "node-000", "Success")
    successes = [subtask.target for subtask in subtasks if subtask.status == "Success"]
    assert sorted(successes) == sorted(device.device_id for device in caller.all_devices(app_id=app_id))
    return sorted(successes)


def freeze(caller, app_id, created):
    targets = created[:50]
    for device_id in targets[:4]:
        caller.freeze(device_id)
    unknown = ["unknown-1", "unknown-2"]
    task_id = caller.batch("freezeDevices", app_id=app_id, targets=targets + unknown)
    task = caller.finished(task_id)
    assert (task.status, progress(task)) == ("PartialSuccess", (52, 46, 6))

    subtasks, _ = exported_as_paged_out(caller, task_id)
    failures = {subtask.target: subtask for subtask in subtasks if subtask.status == "Fail"}
    assert {target: failures[target].error_code for target in unknown} == dict.fromkeys(unknown, "IOTDA.014000")
    assert failures["unknown-1"].error_msg == "The device does not exist."
    assert [failures[target].error_code for target in targets[:4]] == ["IOTDA.014039"] * 4
    assert caller.shown_device(targets[10]).status == "FROZEN"
    return targets


def unfreeze(caller, tmp_path, app_id, frozen, created):
    never_frozen = created[50:53]
    file_id = caller.upload(device_ids(tmp_path / "thaw.xlsx", frozen + never_frozen))
    task_id = caller.batch("unfreezeDevices", app_id=app_id, document_source=file_id)
    assert progress(caller.finished(task_id)) == (53, 50, 3)
    subtasks, _ = exported_as_paged_out(caller, task_id)
    refusals = {subtask.target: subtask.error_code for subtask in subtasks if subtask.status == "Fail"}
    assert refusals == dict.fromkeys(never_frozen, "IOTDA.014040")
    assert caller.shown_device(frozen[10]).status != "FROZEN"
    clear_away(caller, task_id)


def clear_away(caller, task_id):
    """Deletes the export tasks, then the batch task; what is deleted is gone."""
    for export in caller.exports().export_tasks:
        assert caller.delete_export(export.export_task_id).status_code == 204
        refused(lambda: caller.download(export.export_task_id), 404, "IOTDA.014802")
        refused(lambda: caller.delete_export(export.export_task_id), 404, "IOTDA.014802")
    assert caller.exports().export_tasks == []
    assert caller.delete_task(task_id).status_code == 204
    refused(lambda: caller.task(task_id), 404, "IOTDA.014200")
    refused(lambda: caller.export(task_id), 403, "IOTDA.014805")


def exported_as_paged_out(caller, task_id, **scope):
    """Exports the task; the file must say, cell by cell, what ShowBatchTask pages out."""
    subtasks = caller.subtasks(task_id)
    result = caller.result(caller.export(task_id, **scope))
    assert sorted(result.subtasks()) == sorted(subtasks)
    return subtasks, result


def progress(task):
    counters = task.task_progress
    return (counters.total, counters.success, counters.fail)


@pytest.mark.embedded
def test_a_secret_in_a_file_becomes_the_device_s_and_lies_nowhere_in_clear(server, caller, tmp_path):
    secret = "secret-of-a-row-0123"
    file = sheet(tmp_path / "secret.xlsx", ["product_id", "node_id", "secret"], [[caller.product(), "node-1", secret]])
    task_id = caller.batch("createDevices", document_source=caller.upload(file))
    (subtask,) = caller.subtasks(caller.finished(task_id).task_id)
    assert caller.shown_device(subtask.target).auth_info.secret == "secr****-0123"
    kept = [path for path in server.data_dir.iterdir() if path.is_file()]
    assert any(path.name.endswith("-wal") for path in kept), "what was written first is looked at no more"
    assert not [path for path in kept if secret.encode() in path.read_bytes()]


def test_subtasks_can_be_filtered_by_status_and_target(server, caller):
    product_id = caller.product()
    known = [caller.device(product_id, f"node-{number}") for number in range(3)]
    task_id = caller.batch("freezeDevices", targets=known + ["unknown"])
    caller.finished(task_id)
    assert [subtask.target for subtask in caller.subtasks(task_id, task_detail_status="Fail")] == ["unknown"]
    succeeded = caller.subtasks(task_id, task_detail_status="Success")
    assert sorted(subtask.target for subtask in succeeded) == sorted(known)
    assert [subtask.target for subtask in caller.subtasks(task_id, target=known[1])] == [known[1]]


def test_a_device_of_another_app_fails_as_its_subtask(server, caller):
    theirs = caller.app("theirs")
    product_id = caller.product(app_id=theirs)
    device_id = caller.device(product_id, "node-1", app_id=theirs)
    task_id = caller.batch("freezeDevices", app_id=server.credentials.app_id, targets=[device_id])
    assert caller.finished(task_id).status == "Fail"
    (subtask,) = caller.subtasks(task_id)
    assert subtask.error_code == "IOTDA.014000"
    assert caller.shown_device(device_id).status != "FROZEN"
