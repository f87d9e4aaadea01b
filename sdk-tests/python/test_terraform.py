"""What the Terraform provider does with batch tasks and apps, request by request: it has its own client, and asks in its
own way for what the SDKs page out by marker."""

import pytest

from vocabulary import device_ids, raw, until

PENDING = {"Initializing", "Waitting", "Processing"}
COMPLETED = {"Success", "Fail", "PartialSuccess"}
TARGETS = 120


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


@pytest.mark.parametrize("count", [1, 50, TARGETS])
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


def test_an_app_that_is_gone_is_403_with_the_code_that_the_provider_looks_for(server):
    answer = raw(server, "GET", "apps/0123456789abcdef0123456789abcdef")
    assert (answer.status, answer.json()["error_code"]) == (403, "IOTDA.001000")
