"""What batch tasks send to devices: kept until a device can be reached, or failed for a reason; never success for nothing."""

import re

import pytest

from test_batch_life import confirm, created, in_status, outcomes, retry, stop
from vocabulary import raw, refused, rows, until

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MESSAGE = {"name": "hello", "message": {"lamp": "on"}, "topic": "news"}
COMMAND = {"service_id": "basic", "command_name": "switch", "paras": {"lamp": "on"}}
LATER = {**COMMAND, "send_strategy": "delay", "expire_time": 600}


def package(server, product_id, package_id="0" * 24, package_type="firmwarePackage", version="2.0"):
    """A package as its own call will make it."""
    project_id, app_id = server.credentials.project_id, server.credentials.app_id
    rows(
        server,
        "INSERT INTO ota_package (project_id, package_id, app_id, package_type, product_id, version, created_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, 1)",
        *(project_id, package_id, app_id, package_type, product_id, version),
    )
    return package_id


def group(server, group_id, *device_ids):
    project_id, app_id = server.credentials.project_id, server.credentials.app_id
    rows(
        server,
        "INSERT INTO device_group (project_id, group_id, record_id, app_id, name, group_type, devices, created_ms,"
        " modified_ms) VALUES (?, ?, ?, ?, ?, 'STATIC', 0, 1, 1)",
        *(project_id, group_id, group_id[:24], app_id, group_id),
    )
    for device_id in device_ids:
        rows(server, "INSERT INTO group_member VALUES (?, ?, ?, ?)", project_id, group_id, device_id, device_id)


@pytest.fixture
def product_id(caller):
    return caller.product()


@pytest.fixture
def lamp(caller, product_id):
    return caller.device(product_id, "lamp", device_name="Lamp 1")


@pytest.fixture
def frozen(caller, product_id):
    device_id = caller.device(product_id, "frozen")
    caller.freeze(device_id)
    return device_id


def reported(caller, task_id):
    """Of each target, by ShowBatchTask and by the export, what it gave or why it failed."""
    shown = {one.target: (one.status, one.output, one.error_code) for one in caller.subtasks(task_id)}
    file = caller.result(caller.export(task_id)).subtasks()
    assert {target: (status, output, code) for target, status, output, code, _ in file} == shown
    return shown


def test_messages_are_kept_for_each_device(server, caller, lamp, frozen):
    task = created(caller, "createMessages", targets=[lamp, frozen, "nobody"], document=MESSAGE)
    assert task.document == MESSAGE
    assert caller.finished(task.task_id).status == "PartialSuccess"
    shown = reported(caller, task.task_id)
    status, message_id, code = shown[lamp]
    assert (status, code) == ("Success", "")
    assert UUID.fullmatch(message_id)
    assert shown[frozen] == ("Fail", "", "IOTDA.014018")
    assert shown["nobody"] == ("Fail", "", "IOTDA.014000")
    sql = "SELECT message_id, name, message, topic, status, expires_ms - created_ms FROM device_message"
    assert rows(server, sql) == [(message_id, "hello", '{"lamp":"on"}', "news", "PENDING", 86_400_000)]


def test_a_message_id_is_given_once_to_each_device(caller, lamp):
    for code in ("", "IOTDA.014150"):
        task = created(caller, "createMessages", targets=[lamp], document={**MESSAGE, "message_id": "m1"})
        caller.finished(task.task_id)
        (subtask,) = caller.subtasks(task.task_id)
        assert subtask.error_code == code


def test_only_the_newest_messages_of_a_device_are_kept(serve):
    server = serve(limits_device_messages=2)
    caller = server.caller()
    lamp = caller.device(caller.product(), "lamp")
    for number in range(4):
        document = {"message": str(number), "message_id": f"m{number}"}
        caller.finished(created(caller, "createMessages", targets=[lamp], document=document).task_id)
    assert rows(server, "SELECT message_id FROM device_message ORDER BY record_id") == [("m2",), ("m3",)]
    caller.delete_device(lamp)
    assert rows(server, "SELECT * FROM device_message") == []


def test_a_message_that_is_not_to_be_kept_has_nobody_to_go_to(caller, lamp):
    task = created(caller, "createMessages", targets=[lamp], document={**MESSAGE, "ttl": 0})
    assert caller.finished(task.task_id).status == "Fail"
    (subtask,) = caller.subtasks(task.task_id)
    assert subtask.error_code == "IOTDA.014016"


def test_asynchronous_commands_are_kept_as_many_as_fit(serve):
    server = serve(limits_pending_commands=1)
    caller = server.caller()
    lamp = caller.device(caller.product(), "lamp")
    first, second = (created(caller, "createAsyncCommands", targets=[lamp], document=LATER).task_id for _ in range(2))
    assert {caller.finished(first).status, caller.finished(second).status} == {"Success", "Fail"}
    shown = [reported(caller, task_id)[lamp] for task_id in (first, second)]
    (kept,) = [output for status, output, _ in shown if status == "Success"]
    assert [code for status, _, code in shown if status == "Fail"] == ["IOTDA.014101"]
    sql = "SELECT command_id, service_id, command_name, paras, send_strategy, status, expires_ms - created_ms FROM async_command"
    assert rows(server, sql) == [(kept, "basic", "switch", '{"lamp":"on"}', "delay", "PENDING", 600_000)]


def test_what_nobody_fetches_in_time_expires(server, caller, lamp):
    caller.finished(created(caller, "createAsyncCommands", targets=[lamp], document=LATER).task_id)
    caller.finished(created(caller, "createMessages", targets=[lamp], document=MESSAGE).task_id)
    rows(server, "UPDATE async_command SET expires_ms = 1")
    rows(server, "UPDATE device_message SET expires_ms = 1")
    until(lambda: rows(server, "SELECT status FROM async_command") == [("EXPIRED",)], "the command expires")
    until(lambda: rows(server, "SELECT status FROM device_message") == [("TIMEOUT",)], "the message expires")


def test_a_command_to_nobody_fails_as_the_single_call_would(caller, lamp, frozen):
    task = created(caller, "createCommands", targets=[lamp, frozen], document=COMMAND)
    assert caller.finished(task.task_id).status == "Fail"
    shown = reported(caller, task.task_id)
    assert shown[lamp] == ("Fail", "", "IOTDA.014016"), "nobody is connected"
    assert shown[frozen] == ("Fail", "", "IOTDA.014018")


@pytest.mark.parametrize(
    "task_type, document, field",
    [
        ("createMessages", None, "document: is required"),
        ("createMessages", {}, "document.message: is required"),
        ("createMessages", {"message": "a", "ttl": 7}, "document.ttl"),
        ("createMessages", {"message": "a", "topic": "a", "topic_full_name": "b"}, "document.topic"),
        ("createMessages", {"message": "a\0"}, "document.message"),
        ("createMessages", {"message": "a", "encoding": "gzip"}, "document.encoding"),
        ("createCommands", {"service_id": "s"}, "document.paras"),
        ("createAsyncCommands", {**LATER, "expire_time": 172_801}, "document.expire_time"),
        ("createAsyncCommands", COMMAND, "document.send_strategy"),
        ("firmwareUpgrade", {}, "document.package_ids"),
        ("firmwareUpgrade", {"package_ids": "a"}, "document.package_ids"),
        ("firmwareUpgrade", {"package_id": "unknown"}, "unknown"),
        ("freezeDevices", "text", "document: must be an object"),
    ],
)
def test_a_document_that_its_kind_cannot_use_is_refused_by_its_field(server, task_type, document, field):
    body = {"task_name": "t", "task_type": task_type, "targets": ["a"], "document": document}
    answer = raw(server, "POST", "batchtasks", body=body)
    assert (answer.status, answer.code) == (400, "IOTDA.014204")
    assert field in answer.message


def test_an_upgrade_waits_for_its_device_and_no_longer_than_set(serve):
    server = serve()
    caller = server.caller()
    product_id = caller.product()
    lamp, other = caller.device(product_id, "lamp"), caller.device(caller.product(), "other")
    document = {"package_id": package(server, product_id)}
    task = created(caller, "firmwareUpgrade", targets=[lamp, other], document=document)
    assert task.document == document
    until(lambda: caller.task(task.task_id).task_progress.processing == 1, "it waits for the lamp")
    second = created(caller, "firmwareUpgrade", targets=[lamp], document={"package_ids": [document["package_id"]]})
    assert caller.finished(second.task_id).status == "Fail"
    (subtask,) = caller.subtasks(second.task_id)
    assert (subtask.error_code, "Task Conflict" in subtask.error_msg) == ("IOTDA.014202", True)
    # A day goes by.
    ((patience_ms,),) = rows(server, "SELECT due_ms - started_ms FROM subtask WHERE status = 'Processing'")
    assert 86_400_000 <= patience_ms < 86_460_000
    rows(server, "UPDATE subtask SET due_ms = 1, started_ms = started_ms - 86400000 WHERE status = 'Processing'")
    started = rows(server, "SELECT started_ms FROM subtask WHERE status = 'Processing'")
    rows(server, "UPDATE batch_task SET due_ms = 1 WHERE status = 'Processing'")
    assert caller.finished(task.task_id).status == "Fail"
    assert rows(server, "SELECT started_ms FROM subtask WHERE error_code = 'IOTDA.014016'") == started
    by_target = {one.target: one for one in caller.subtasks(task.task_id)}
    assert by_target[lamp].error_code == "IOTDA.014016"
    assert "Waiting for the device online timeout" in by_target[lamp].error_msg
    assert by_target[other].error_code == "IOTDA.014204"
    assert rows(server, "SELECT * FROM device_upgrade") == [], "it may be upgraded again"
    retry(caller, task.task_id, lamp)
    until(lambda: caller.task(task.task_id).task_progress.processing == 1, "it waits again")
    assert outcomes(stop(caller, task.task_id, lamp)) == [(lamp, "success", None)]
    assert rows(server, "SELECT * FROM device_upgrade") == []
    assert caller.finished(task.task_id).task_progress.stopped == 1


def test_an_upgrade_is_held_back_until_it_is_confirmed(server, caller, product_id, lamp):
    second = caller.device(product_id, "second")
    document = {"package_id": package(server, product_id)}
    task = created(caller, "firmwareUpgrade", targets=[lamp, second], document=document, need_confirm=True)
    assert task.need_confirm is True
    in_status(caller, task.task_id, "Waitting")
    assert outcomes(confirm(caller, task.task_id, lamp, "nobody")) == [
        (lamp, "success", None),
        ("nobody", "failure", "IOTDA.014219"),
    ]
    until(lambda: caller.task(task.task_id).task_progress.processing == 1, "the confirmed one begins")
    assert caller.task(task.task_id).task_progress.waitting == 1
    assert confirm(caller, task.task_id).targets == []
    until(lambda: caller.task(task.task_id).task_progress.processing == 2, "so does the other")
    stop(caller, task.task_id)
    assert caller.finished(task.task_id).status == "Stopped"
    refused(lambda: confirm(caller, task.task_id), 403, "IOTDA.014202", "Stopped")


@pytest.mark.parametrize("by_name", [True, False])
def test_a_retry_confirms_nothing(server, caller, product_id, lamp, by_name):
    second, third = (caller.device(product_id, name) for name in ("second", "third"))
    document, targets = {"package_id": package(server, product_id)}, [lamp, second, third]
    task_id = created(caller, "firmwareUpgrade", targets=targets, document=document, need_confirm=True).task_id
    in_status(caller, task_id, "Waitting")
    confirm(caller, task_id, lamp)
    until(lambda: caller.task(task_id).task_progress.processing == 1, "the confirmed one begins")
    assert outcomes(stop(caller, task_id, lamp, second)) == [(lamp, "success", None), (second, "success", None)]
    retry(caller, task_id, *([lamp, second] if by_name else []))
    until(lambda: caller.task(task_id).task_progress.processing, "what was confirmed begins again")
    until(lambda: rows(server, "SELECT * FROM job WHERE kind = 'task'") == [], "there is nothing to be done")
    progress = caller.task(task_id).task_progress
    assert (progress.processing, progress.waitting, progress.stopped) == (1, 2, 0)
    waiting = caller.subtasks(task_id, task_detail_status="Waitting")
    assert {one.target for one in waiting} == {second, third}
    assert outcomes(confirm(caller, task_id, second)) == [(second, "success", None)]
    until(lambda: caller.task(task_id).task_progress.processing == 2, "it is confirmed")


def test_the_devices_of_groups_are_targets_each_once(server, caller, product_id, lamp):
    others = [caller.device(product_id, f"n{number}") for number in range(3)]
    group(server, "a" * 32, lamp, others[0])
    group(server, "b" * 32, lamp, *others[1:])
    group(server, "c" * 32)
    filtered = {"group_ids": ["a" * 32, "b" * 32]}
    task = created(caller, "freezeDevices", targets_filter=filtered)
    assert task.targets_filter == filtered
    done = caller.finished(task.task_id)
    assert (done.status, done.task_progress.total, done.targets_filter, done.targets) == ("Success", 4, filtered, None)
    assert sorted(one.target for one in caller.subtasks(task.task_id)) == sorted([lamp, *others])
    empty = created(caller, "freezeDevices", targets_filter={"group_ids": ["c" * 32]})
    done = caller.finished(empty.task_id)
    assert (done.status, done.status_desc) == ("Fail", "The groups hold no device of the app.")
    unknown = lambda: created(caller, "freezeDevices", targets_filter={"group_ids": ["d" * 32]})
    refused(unknown, 400, "IOTDA.014203", "d" * 32)
