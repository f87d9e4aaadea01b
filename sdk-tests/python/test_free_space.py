"""A disk that is nearly full: what takes room is refused in clear words, everything else goes on, nothing is lost.

No disk is filled here: with a minimum that no disk can meet, every disk is short of space.
"""

import pytest
from huaweicloudsdkcore.exceptions import exceptions

from vocabulary import device_ids, raw

MORE_THAN_ANY_DISK_HAS = 2**62
SHORT = {"server_free_bytes_min": MORE_THAN_ANY_DISK_HAS, "awaits": "/healthz"}


def test_what_takes_room_is_refused_and_what_reads_or_frees_goes_on(server, tmp_path):
    caller = server.caller()
    product_id = caller.product()
    device_id = caller.device(product_id, "node")
    file_id = caller.upload(device_ids(tmp_path / "kept.xlsx", ["a"]))
    task_id = caller.batch("freezeDevices", targets=["a"])
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    server.restart(**SHORT)

    caller = server.caller()
    condition = {"resource_type": "BatchTask", "resource_condition": {"task_id": task_id}}
    device = {"product_id": product_id, "node_id": "n"}
    task = {"task_name": "t", "task_type": "freezeDevices", "targets": ["a"]}
    for path, body in (("apps", {"app_name": "a"}), ("devices", device), ("batchtasks", task), ("export-tasks", condition)):
        answer = raw(server, "POST", path, body=body)
        assert (answer.status, answer.code) == (503, "IOTDA.000503"), path
        assert "server.free_bytes_min" in answer.message
        assert int(answer.headers["Retry-After"]) > 0
    # The SDK sends a file in one go: it must see the answer and not a reset.
    more = tmp_path / "more.xlsx"
    more.write_bytes(bytes(8 << 20))
    with pytest.raises(exceptions.ServerResponseException) as caught:
        caller.upload(more)
    assert (caught.value.status_code, caught.value.error_code) == (503, "IOTDA.000503")
    chinese = raw(server, "POST", "apps", body={"app_name": "a"}, headers={"Accept-Language": "zh-CN"})
    assert chinese.message.startswith("服务暂不可用")

    assert caller.shown_device(device_id).status != "FROZEN"
    caller.freeze(device_id)
    assert caller.shown_device(device_id).status == "FROZEN"
    assert caller.download(export_id)
    assert caller.delete_export(export_id).status_code == 204
    caller.delete_file(file_id)
    assert caller.delete_task(task_id).status_code == 204
    assert (caller.files(), caller.exports().export_tasks) == ([], [])


def test_readiness_says_why_no_work_is_taken(server):
    server.restart(**SHORT)
    status, why = server.get("/readyz")
    assert status == 503
    assert "server.free_bytes_min" in why
    assert server.status("/healthz") == 200


def test_jobs_wait_for_room_and_are_done_once_there_is_some(serve):
    server = serve(export_workers=0, log_format="json")
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=["a"])
    caller.finished(task_id)
    export_id = caller.export(task_id)
    server.restart(export_workers=1, **SHORT)
    assert server.caller().export_state(export_id).status == "Processing"
    server.terminate()
    assert not [event for event in server.events() if event.get("kind") == "export"], "it was claimed"
    assert [event for event in server.events() if "too little free space" in event["message"]]
    server.restart(server_free_bytes_min=0)
    assert len(server.caller().result(export_id).rows) == 1
