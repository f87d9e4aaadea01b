"""Deleting devices, by the single call and by batch task: what is gone, what stays, and what is refused."""

import pytest

from vocabulary import device_ids, raw, refused


@pytest.fixture
def product_id(caller):
    return caller.product()


def test_a_deleted_device_is_gone_and_can_be_created_again(caller, product_id):
    device_id = caller.device(product_id, "node-1", device_name="before")
    caller.freeze(device_id)
    assert caller.delete_device(device_id).status_code == 204
    refused(lambda: caller.shown_device(device_id), 404, "IOTDA.014000")
    refused(lambda: caller.delete_device(device_id), 404, "IOTDA.014000")
    assert caller.all_devices() == []
    assert caller.device(product_id, "node-1") == device_id
    device = caller.shown_device(device_id)
    assert (device.status, device.device_name) == ("INACTIVE", None), "something of the old device is left"


def test_a_gateway_is_deleted_only_after_its_sub_devices(caller, product_id):
    gateway_id = caller.device(product_id, "gateway")
    below = caller.device(product_id, "below", gateway_id=gateway_id)
    refused(lambda: caller.delete_device(gateway_id), 403, "IOTDA.014024")
    task_id = caller.batch("deleteDevices", targets=[gateway_id, below])
    assert caller.finished(task_id).status == "PartialSuccess"
    outcomes = {subtask.target: subtask.error_code for subtask in caller.subtasks(task_id)}
    assert outcomes == {gateway_id: "IOTDA.014024", below: ""}, "one after the other, as the task lists them"
    caller.delete_device(gateway_id)


@pytest.mark.parametrize("path", ["devices/no%20id", "devices/" + "x" * 129])
def test_an_id_that_no_device_can_have_is_not_found(server, path):
    answer = raw(server, "DELETE", path)
    assert (answer.status, answer.code) == (404, "IOTDA.014000")


def test_targets_and_rows_are_deleted_and_each_result_is_reported(caller, product_id, tmp_path):
    names = enumerate(["Meter 0", "Meter 1", "Meter 2"])
    first, second, kept = (caller.device(product_id, f"node-{number}", device_name=name) for number, name in names)
    by_targets = caller.batch("deleteDevices", targets=[first, "unknown"])
    assert caller.finished(by_targets).status == "PartialSuccess"
    file_id = caller.upload(device_ids(tmp_path / "both.xlsx", [first, second]))
    by_file = caller.batch("deleteDevices", document_source=file_id)
    assert caller.finished(by_file).status == "PartialSuccess"
    assert [device.device_id for device in caller.all_devices()] == [kept]

    assert sorted(caller.subtasks(by_targets)) == [
        (first, "Success", "success", "", ""),
        ("unknown", "Fail", "", "IOTDA.014000", "The device does not exist."),
    ]
    assert sorted(caller.subtasks(by_file)) == [
        (first, "Fail", "row 2", "IOTDA.014000", "The device does not exist."),
        (second, "Success", "success", "", ""),
    ]
    rows = {row["target"]: row for row in caller.result(caller.export(by_file)).rows}
    assert (rows[second]["node_id"], rows[second]["device_name"]) == ("node-1", "Meter 1")


def test_a_device_of_another_app_fails_as_its_subtask(server, caller):
    theirs = caller.app("theirs")
    device_id = caller.device(caller.product(app_id=theirs), "node-1")
    task_id = caller.batch("deleteDevices", app_id=server.credentials.app_id, targets=[device_id])
    assert caller.finished(task_id).status == "Fail"
    assert [subtask.error_code for subtask in caller.subtasks(task_id)] == ["IOTDA.014000"]
    assert caller.shown_device(device_id).device_id == device_id


def test_tasks_and_exports_that_mention_a_deleted_device_stay_as_they_were(caller, product_id):
    device_id = caller.device(product_id, "node-1", device_name="Meter 1")
    frozen = caller.batch("freezeDevices", targets=[device_id])
    caller.finished(frozen)
    export_id = caller.export(frozen)
    before = (caller.subtasks(frozen), caller.result(export_id).rows)
    caller.delete_device(device_id)
    assert (caller.subtasks(frozen), caller.result(export_id).rows) == before
    assert caller.result(caller.export(frozen)).rows == before[1]


def test_the_quota_is_free_again_for_what_was_deleted(serve):
    caller = serve(limits_devices=2).caller()
    product_id = caller.product()
    ids = [caller.device(product_id, f"node-{number}") for number in range(2)]
    refused(lambda: caller.device(product_id, "node-2"), 403, "IOTDA.014019")
    task_id = caller.batch("deleteDevices", targets=[*ids, "unknown"])
    caller.finished(task_id)
    for number in range(2, 4):
        caller.device(product_id, f"node-{number}")
    refused(lambda: caller.device(product_id, "node-4"), 403, "IOTDA.014019")
