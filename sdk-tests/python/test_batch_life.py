"""The life of a batch task: when it begins, how often what fails is tried again, and what is done to it meanwhile."""

import os
import signal
from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from huaweicloudsdkiotda.v5 import (
    BatchTargets,
    ConfirmBatchTaskRequest,
    RetryBatchTaskRequest,
    StopBatchTaskRequest,
    TaskPolicy,
)
from huaweicloudsdkiotda.v5.model.create_batch_task import CreateBatchTask
from huaweicloudsdkiotda.v5.model.create_batch_task_request import CreateBatchTaskRequest

from vocabulary import children, device_ids, in_both, raw, refused, rows, until


def created(caller, task_type, **more):
    body = CreateBatchTask(**{"task_type": task_type, "task_name": task_type, **more})
    return caller.sdk.create_batch_task(CreateBatchTaskRequest(body=body))


def retry(caller, task_id, *targets):
    return caller.sdk.retry_batch_task(RetryBatchTaskRequest(task_id=task_id, body=named(targets)))


def stop(caller, task_id, *targets):
    return caller.sdk.stop_batch_task(StopBatchTaskRequest(task_id=task_id, body=named(targets)))


def confirm(caller, task_id, *targets):
    return caller.sdk.confirm_batch_task(ConfirmBatchTaskRequest(task_id=task_id, body=named(targets)))


def named(targets):
    return BatchTargets(targets=list(targets)) if targets else BatchTargets()


def outcomes(answer):
    return [(one.target, one.status, one.error_code) for one in answer.targets]


def from_now(**time):
    return (datetime.now(timezone.utc) + timedelta(**time)).strftime("%Y%m%dT%H%M%SZ")


def in_status(caller, task_id, status):
    until(lambda: caller.task(task_id).status == status, f"it is {status}", diagnosis=lambda: caller.task(task_id))


def scheduled(caller):
    """A device and the task that freezes it, which is seen to wait for its time; on a slow machine that comes later."""
    product_id = caller.product()
    for seconds in (4, 20, 60):
        device_id, at = caller.device(product_id, f"n{seconds}"), from_now(seconds=seconds)
        task = created(caller, "freezeDevices", targets=[device_id], task_policy=TaskPolicy(schedule_time=at))
        assert task.task_policy.schedule_time == at
        until(lambda: caller.task(task.task_id).status != "Initializing", "it has its subtask")
        shown = caller.task(task.task_id)
        if from_now() < at:
            assert (shown.status, shown.task_progress.waitting) == ("Waitting", 1)
            return device_id, task.task_id, at
        caller.finished(task.task_id)
    raise AssertionError("a minute is not enough to see it wait")


def test_a_scheduled_task_waits_for_its_time_and_then_runs(caller):
    device_id, task_id, at = scheduled(caller)
    assert caller.finished(task_id).status == "Success"
    assert from_now() >= at
    assert caller.shown_device(device_id).status == "FROZEN"


def test_a_task_that_is_scheduled_for_this_second_begins_at_once(server, caller):
    body = {"task_name": "t", "task_type": "freezeDevices", "targets": ["a"]}
    at = None
    while at != from_now():
        # Another second may begin before it is read.
        at = from_now()
        answer = raw(server, "POST", "batchtasks", body={**body, "task_policy": {"schedule_time": at}})
    assert answer.status == 201, answer.message
    assert caller.finished(answer.json()["task_id"]).status == "Fail"


def test_a_schedule_outlives_the_server(serve):
    server = serve()
    _, task_id, _ = scheduled(server.caller())
    server.kill()
    server.start()
    assert server.caller().finished(task_id).status == "Success"


@pytest.mark.parametrize(
    "policy, field",
    [
        ({"schedule_time": "20200101T000000Z"}, "task_policy.schedule_time"),
        ({"schedule_time": "tomorrow"}, "task_policy.schedule_time"),
        ({"schedule_time": from_now(days=8)}, "task_policy.schedule_time"),
        ({"retry_count": 6, "retry_interval": 1}, "task_policy.retry_count"),
        ({"retry_count": 1, "retry_interval": 1441}, "task_policy.retry_interval"),
        ({"retry_count": 1}, "retry_count and retry_interval come together"),
        ("now", "task_policy: must be an object"),
    ],
)
def test_a_policy_that_cannot_be_kept_is_refused(server, policy, field):
    body = {"task_name": "t", "task_type": "freezeDevices", "targets": ["a"], "task_policy": policy}
    answer = raw(server, "POST", "batchtasks", body=body)
    assert (answer.status, answer.code) == (400, "IOTDA.014207")
    assert field in answer.message


def test_what_fails_is_tried_again_as_often_as_ordered(caller):
    policy = TaskPolicy(retry_count=2, retry_interval=0)
    task = created(caller, "freezeDevices", targets=["missing"], task_policy=policy)
    assert (task.task_policy.retry_count, task.task_policy.retry_interval) == (2, 0)
    assert caller.finished(task.task_id).task_progress.fail == 1
    waits = created(
        caller, "freezeDevices", targets=["missing"], task_policy=TaskPolicy(retry_count=1, retry_interval=1440)
    )
    until(lambda: caller.task(waits.task_id).task_progress.fail_wait_retry == 1, "it waits for its next try")
    (subtask,) = caller.subtasks(waits.task_id, task_detail_status="FailWaitRetry")
    assert (subtask.target, subtask.error_code) == ("missing", "IOTDA.014000")
    assert outcomes(retry(caller, waits.task_id, "missing", "other")) == [
        ("missing", "success", None),
        ("other", "failure", "IOTDA.014219"),
    ]
    until(lambda: caller.task(waits.task_id).task_progress.fail_wait_retry == 1, "it has failed again")
    stop(caller, waits.task_id)
    in_status(caller, waits.task_id, "Stopped")


def test_what_failed_is_retried_once_its_cause_is_gone(caller):
    product_id = caller.product()
    task_id = caller.batch("freezeDevices", targets=[f"{product_id}_late", f"{product_id}_never"])
    assert caller.finished(task_id).status == "Fail"
    caller.device(product_id, "late")
    assert retry(caller, task_id).targets == []
    until(lambda: caller.task(task_id).status == "PartialSuccess", "the late one succeeds")
    assert caller.shown_device(f"{product_id}_late").status == "FROZEN"
    stop_refused = lambda: stop(caller, task_id)
    refused(stop_refused, 403, "IOTDA.014202", "PartialSuccess")


def test_a_stop_that_was_accepted_is_not_undone_by_a_retry_that_was_ordered_before_it(serve):
    server = serve()
    policy = TaskPolicy(retry_count=1, retry_interval=1440)
    task_id = created(server.caller(), "freezeDevices", targets=["a", "b"], task_policy=policy).task_id

    def both_wait():
        until(lambda: server.caller().task(task_id).task_progress.fail_wait_retry == 2, "both wait for another try")

    both_wait()
    # Nobody comes to the retry, so the stop comes between.
    server.restart(batch_workers=0)
    assert retry(server.caller(), task_id).targets == []
    assert outcomes(stop(server.caller(), task_id, "a")) == [("a", "failure", "IOTDA.014202")]
    server.restart(batch_workers=1)
    until(lambda: rows(server, "SELECT retry_from FROM batch_task") == [(None,)], "the retry is done")
    both_wait()
    assert outcomes(stop(server.caller(), task_id, "a")) == [("a", "success", None)]
    (subtask,) = server.caller().subtasks(task_id, task_detail_status="Stopped")
    assert subtask.target == "a"


def test_a_stopped_task_does_nothing_more(serve):
    server = serve(batch_workers=0)
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=["a", "b"])
    assert outcomes(stop(caller, task_id, "a")) == [("a", "success", None)]
    assert stop(caller, task_id).targets == []
    assert caller.task(task_id).status == "Stopping"
    refused(lambda: retry(caller, task_id), 403, "IOTDA.014202", "Stopping")
    refused(lambda: caller.delete_task(task_id), 403, "IOTDA.014221")
    server.settings["batch_workers"] = 1
    server.kill()
    server.start()
    caller = server.caller()
    task = caller.finished(task_id)
    assert (task.status, task.task_progress.stopped) == ("Stopped", 2)
    assert {subtask.status for subtask in caller.subtasks(task_id)} == {"Stopped"}
    caller.delete_task(task_id)


def test_without_a_body_all_are_meant_and_an_empty_list_means_nobody(serve):
    server = serve(batch_workers=0)
    task_id = server.caller().batch("freezeDevices", targets=["a"])
    for wrong in [{"targets": []}, {"targets": "a"}, {"targets": [1]}]:
        answer = raw(server, "POST", f"batchtasks/{task_id}/stop", body=wrong)
        assert (answer.status, answer.code) == (400, "IOTDA.014203")
    answer = raw(server, "POST", f"batchtasks/{task_id}/stop", body={"targets": [f"d{n}" for n in range(101)]})
    assert (answer.status, answer.code) == (400, "IOTDA.014208")
    answer = raw(server, "POST", f"batchtasks/{task_id}/stop")
    assert (answer.status, answer.json()) == (200, {"targets": []})
    answer = raw(server, "POST", "batchtasks/0123456789abcdef01234567/stop")
    assert (answer.status, answer.code) == (404, "IOTDA.014200")


def test_a_strict_server_stops_and_retries_only_what_the_cloud_does(serve):
    server = serve(batch_workers=0, server_strict="true")
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=["a"])
    refused(lambda: stop(caller, task_id), 403, "IOTDA.014202", "freezeDevices")


def test_what_a_task_was_ordered_with_is_answered_as_it_was_given(server, caller):
    body = {
        "task_name": "t",
        "task_type": "freezeDevices",
        "targets": ["a"],
        "document": {"note": ["kept", {"as": "it is"}]},
        "task_ext_info": {"region": "华东"},
        "task_mode": "GATEWAY",
        "need_confirm": False,
    }
    made = raw(server, "POST", "batchtasks", body=body).json()
    shown = raw(server, "GET", f"batchtasks/{made['task_id']}").json()["batchtask"]
    for answer in (made, shown):
        assert {name: answer[name] for name in body} == body
    body["task_ext_info"] = {"too": "long" * 200}
    answer = raw(server, "POST", "batchtasks", body=body)
    assert (answer.status, answer.code) == (400, "IOTDA.000006")
    assert "task_ext_info" in answer.message


def test_a_small_task_does_not_wait_for_a_large_one(serve):
    number = 40_000
    server = serve(batch_workers=1, limits_batch_targets=number)
    caller = server.caller()
    device_id = caller.device(caller.product(), "n")
    large = created(caller, "freezeDevices", targets=[f"d{target}" for target in range(number)]).task_id

    def listed(task_id):
        # Without its targets, which take long to tell.
        return next(task for task in caller.tasks("freezeDevices") if task.task_id == task_id)

    until(lambda: listed(large).task_progress.fail, "the large one has begun")
    small = created(caller, "freezeDevices", targets=[device_id]).task_id
    assert caller.finished(small).status == "Success"
    assert listed(large).status == "Processing", "it was over before the small one: give it more targets"
    until(lambda: listed(large).task_progress.fail == number, "it goes on", seconds=120)
    until(lambda: listed(large).status == "Fail", "it is over")
    assert 'outcome="yielded"' in server.everything_said()


@pytest.mark.parametrize(
    "priority, status", [("", "INACTIVE"), ("unfreezeDevices", "FROZEN"), ("freezeDevices, unfreezeDevices", "INACTIVE")]
)
def test_tasks_of_kinds_that_go_first_are_done_first(serve, priority, status):
    server = serve(batch_workers=0)
    caller = server.caller()
    device_id = caller.device(caller.product(), "n")
    tasks = [caller.batch(kind, targets=[device_id]) for kind in ("freezeDevices", "unfreezeDevices")]
    server.restart(batch_workers=1, batch_priority=priority)
    caller = server.caller()
    for task_id in tasks:
        caller.finished(task_id)
    assert caller.shown_device(device_id).status == status


@pytest.mark.parametrize("document", [{"junk": "x" * 700_000}, {"message": "on", "junk": ["§" * 100] * 4_000}])
@pytest.mark.parametrize("task_type", ["freezeDevices", "createMessages"])
def test_a_document_that_no_kind_needs_so_large_is_not_kept(server, task_type, document):
    body = {"task_name": "large", "task_type": task_type, "targets": ["a"], "document": document}
    for answer in in_both(server, "POST", "batchtasks", body=body):
        assert (answer.status, answer.code) == (400, "IOTDA.014204")
        assert "document" in answer.message


def test_of_a_filter_nothing_is_kept_but_its_groups(server, caller):
    group_id = caller.group("some")
    filter_ = {"group_ids": [group_id], "junk": "x" * 1_000_000}
    body = {"task_name": "some", "task_type": "freezeDevices", "targets_filter": filter_}
    task = raw(server, "POST", "batchtasks", body=body).json()
    assert task["targets_filter"] == {"group_ids": [group_id]}


def interrupted(server):
    """Sends each child of the server what Ctrl-C sends; answers whether there was one."""
    found = children(server)
    for process in found:
        with suppress(ProcessLookupError):
            os.kill(int(process.parent.name), signal.SIGINT)
    return found


def test_a_file_whose_reader_is_interrupted_is_read_again(serve, tmp_path):
    number = 40_000
    server = serve(batch_workers=1)
    caller = server.caller()
    file_id = caller.upload(device_ids(tmp_path / "many.xlsx", (f"d{row}" for row in range(number))))
    task_id = caller.batch("freezeDevices", document_source=file_id)
    until(lambda: interrupted(server), "its file is being read", every=0)
    task = caller.finished(task_id, seconds=180)
    assert (task.status, task.task_progress.fail, task.status_desc) == ("Fail", number, None)
    assert "will retry" in server.everything_said()


def test_a_reader_has_a_process_group_of_its_own_that_a_terminal_does_not_reach(serve, tmp_path):
    server = serve(batch_workers=1)
    caller = server.caller()
    file_id = caller.upload(device_ids(tmp_path / "many.xlsx", (f"d{row}" for row in range(40_000))))
    task_id = caller.batch("freezeDevices", document_source=file_id)

    def apart():
        with suppress(ProcessLookupError):
            groups = {os.getpgid(int(process.parent.name)) for process in children(server)}
            return groups - {os.getpgid(server.process.pid)}

    until(apart, "its file is being read", every=0)
    stop(caller, task_id)
