"""What the Terraform provider does with batch tasks and apps, request by request: it has its own client, and asks in its
own way for what the SDKs page out by marker."""

import pytest

from vocabulary import device_ids, raw, until

PENDING = {"Initializing", "Waitting", "Processing"}
COMPLETED = {"Success", "Fail", "PartialSuccess"}
COUNTERS = {"total", "processing", "success", "fail", "waitting", "fail_wait_retry", "stopped", "removed"}
# The greatest offset that the documentation knows: what lies behind it cannot be read by offset.
OFFSET_MAX = 500


def create(server, targets=(), document_source="", **more):
    """A batch task. What a configuration leaves out of the two is sent by the provider all the same, empty."""
    body = {"task_name": "of_terraform", "task_type": "freezeDevices", **more}
    body |= {"targets": list(targets), "document_source": document_source}
    answer = raw(server, "POST", "batchtasks", body=body)
    assert answer.status == 201, answer.body
    return answer.json()["task_id"]


def completed(server, task_id):
    """Waits as the provider does: without paging, and any status that it does not know is an error."""

    def over():
        status = raw(server, "GET", f"batchtasks/{task_id}").json()["batchtask"]["status"]
        assert status in PENDING | COMPLETED
        return status if status in COMPLETED else None

    return until(over, "the batch task is completed")


def read(server, task_id):
    """Every subtask, by offset, until a page is empty; the first page tells the rest."""
    first, details = None, []
    while True:
        query = [("limit", "50"), ("offset", str(len(details)))]
        answer = raw(server, "GET", f"batchtasks/{task_id}", query=query)
        assert answer.status == 200, answer.body
        first = first or answer.json()
        page = answer.json().get("task_details", [])
        if not page:
            return first["batchtask"], details
        details += page


def progress(task):
    return tuple(task["task_progress"][name] for name in ("total", "success", "fail"))


@pytest.mark.parametrize("count", [1, 50, 120, OFFSET_MAX])
def test_a_batch_task_is_created_awaited_read_by_offset_and_destroyed(server, count):
    targets = [f"no-such-device-{number}" for number in range(count)]
    task_id = create(server, app_id=server.credentials.app_id, targets=targets)
    assert completed(server, task_id) == "Fail"
    task, details = read(server, task_id)
    assert (task["task_name"], task["task_type"], task["status"]) == ("of_terraform", "freezeDevices", "Fail")
    assert task["create_time"]
    assert progress(task) == (count, 0, count)
    assert sorted(detail["target"] for detail in details) == sorted(targets)
    assert {detail["status"] for detail in details} == {"Fail"}
    assert {detail["error"]["error_code"] for detail in details} == {"IOTDA.014000"}
    assert all(detail["error"]["error_msg"] for detail in details)
    assert raw(server, "DELETE", f"batchtasks/{task_id}").status == 204
    # What is gone is 404, by which the provider knows that it has to be made again.
    assert raw(server, "GET", f"batchtasks/{task_id}", query=[("limit", "50"), ("offset", "0")]).status == 404
    assert raw(server, "DELETE", f"batchtasks/{task_id}").status == 404


def test_a_batch_task_of_a_file_succeeds_in_part_and_its_file_is_used_up(server, caller, tmp_path):
    known = caller.device(caller.product(), "node-1")
    file_id = caller.upload(device_ids(tmp_path / "targets.xlsx", [known, "unknown"]))
    task_id = create(server, document_source=file_id)
    assert completed(server, task_id) == "PartialSuccess"
    assert progress(read(server, task_id)[0]) == (2, 1, 1)
    assert raw(server, "GET", "batchtask-files").json()["files"] == []


def test_a_task_of_more_targets_than_the_greatest_offset_is_refused_in_its_reading_and_not_cut_off(server):
    task_id = create(server, targets=[f"no-such-device-{number}" for number in range(OFFSET_MAX + 1)])
    completed(server, task_id)
    query = [("limit", "50"), ("offset", str(OFFSET_MAX + 1))]
    answer = raw(server, "GET", f"batchtasks/{task_id}", query=query)
    assert answer.status == 400 and "offset" in answer.message


def test_a_batch_task_of_a_group_is_for_its_devices(server, caller):
    device_id, group_id = caller.device(caller.product(), "node-1"), caller.group("all")
    caller.put(group_id, device_id)
    task_id = create(server, targets_filter={"group_ids": [group_id]})
    assert completed(server, task_id) == "Success"
    assert [detail["target"] for detail in read(server, task_id)[1]] == [device_id]


def test_the_file_of_a_task_that_was_refused_is_there_to_be_deleted(server, caller, tmp_path):
    file_id = caller.upload(device_ids(tmp_path / "targets.xlsx", ["a"]))
    body = {"task_name": "not a name", "task_type": "freezeDevices", "targets": [], "document_source": file_id}
    assert raw(server, "POST", "batchtasks", body=body).status == 400
    (file,) = raw(server, "GET", "batchtask-files").json()["files"]
    assert (file["file_id"], file["file_name"]) == (file_id, "targets.xlsx") and file["upload_time"]
    assert raw(server, "DELETE", f"batchtask-files/{file_id}").status == 204
    assert raw(server, "GET", "batchtask-files").json()["files"] == []


def test_all_tasks_of_a_type_are_read_by_offset_until_a_page_is_empty(serve):
    """The data source, which has the kind, and may have the app and the status."""
    server = serve(limits_batch_running=100)
    app_id = server.credentials.app_id
    tasks = [create(server, app_id=app_id, targets=[f"no-such-device-{number}"]) for number in range(53)]
    for task_id in tasks:
        completed(server, task_id)

    def listed(**narrowed):
        found = []
        while True:
            query = {"task_type": "freezeDevices", "limit": "50", "offset": str(len(found)), **narrowed}
            answer = raw(server, "GET", "batchtasks", query=sorted(query.items()))
            assert answer.status == 200, answer.body
            if not (page := answer.json()["batchtasks"]):
                return found
            found += page

    found = listed(app_id=app_id, status="Fail")
    assert [task["task_id"] for task in found] == tasks[::-1]
    assert all(task["task_progress"].keys() == COUNTERS and task["create_time"] for task in found)
    assert {task["task_type"] for task in found} == {"freezeDevices"}
    assert listed(status="Success") == [] and listed(task_type="unfreezeDevices") == []


def test_an_app_that_is_gone_is_403_with_the_code_that_the_provider_looks_for(server):
    answer = raw(server, "GET", "apps/0123456789abcdef0123456789abcdef")
    assert (answer.status, answer.json()["error_code"]) == (403, "IOTDA.001000")
