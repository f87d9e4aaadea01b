"""kill -9 in the middle of the work: after the restart nothing is lost and nothing has happened twice."""

import time

from vocabulary import Result, devices, until

ROWS = 40_000
SECONDS = 300


def new_devices(caller, tmp_path):
    """Uploads ROWS new devices; returns their ids and the file's id."""
    product_id = caller.product()
    rows = [{"product_id": product_id, "node_id": f"n{number:05}"} for number in range(ROWS)]
    ids = [f"{product_id}_{row['node_id']}" for row in rows]
    return ids, caller.upload(devices(tmp_path / "devices.xlsx", rows))


def kill_in_the_middle(server, caller, task_id, at_least):
    """Kills the server when the task has done `at_least` subtasks, but not all."""

    def done():
        counters = caller.task(task_id).task_progress
        finished = counters.success + counters.fail if counters else 0
        return finished if finished >= at_least else None

    finished = until(done, f"{at_least} subtasks are done", SECONDS, every=0.002)
    server.kill()
    assert finished < ROWS, "the task was over before it could be killed: give it more rows"


def test_subtasks_that_were_running_happen_exactly_once(serve, tmp_path):
    server = serve(batch_workers=1)
    caller = server.caller()
    ids, file_id = new_devices(caller, tmp_path)
    task_id = caller.batch("createDevices", document_source=file_id)
    for at_least in (1, ROWS // 3):
        kill_in_the_middle(server, caller, task_id, at_least)
        server.restart()
        caller = server.caller()

    task = caller.finished(task_id, SECONDS)
    counters = task.task_progress
    # A subtask that ran twice would have found its own device and failed.
    assert (task.status, counters.total, counters.success, counters.fail) == ("Success", ROWS, ROWS, 0)
    assert [counter or 0 for counter in (counters.processing, counters.waitting, counters.fail_wait_retry)] == [0, 0, 0]
    result = caller.result(caller.export(task_id), SECONDS)
    assert [row["target"] for row in result.rows] == ids
    assert {row["status"] for row in result.rows} == {"Success"}
    assert sorted(device.device_id for device in caller.all_devices()) == ids


def test_an_export_that_was_being_written_is_written_again_byte_for_byte(serve, tmp_path):
    server = serve()
    caller = server.caller()
    ids, file_id = new_devices(caller, tmp_path)
    task_id = caller.batch("createDevices", document_source=file_id)
    caller.finished(task_id, SECONDS)
    first = caller.export(task_id)
    assert [row["target"] for row in caller.result(first, SECONDS).rows] == ids
    undisturbed = caller.download(first)

    for seconds in (0, 0.05, 0.15, 0.4):
        export_id = caller.export(task_id)
        # Waits for nothing: this is where the axe falls.
        time.sleep(seconds)
        server.kill()
        server.restart()
        caller = server.caller()
        export = caller.exported(export_id, SECONDS)
        assert export.export_count == ROWS
        assert caller.download(export_id) == undisturbed
    assert len(caller.exports().export_tasks) == 5


def test_an_export_that_was_waiting_is_made_after_the_restart(serve):
    server = serve(export_workers=0)
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=["a", "b"])
    caller.finished(task_id)
    export_id = caller.export(task_id)
    server.kill()
    server.restart(export_workers=1)
    assert len(server.caller().result(export_id).rows) == 2


def test_an_accepted_batch_task_survives_a_kill_at_once(serve, tmp_path):
    server = serve(batch_workers=0)
    caller = server.caller()
    file_id = caller.upload(devices(tmp_path / "one.xlsx", [{"product_id": caller.product(), "node_id": "n"}]))
    task_id = caller.batch("createDevices", document_source=file_id)
    server.kill()
    server.restart(batch_workers=1)
    caller = server.caller()
    assert caller.finished(task_id).status == "Success"
    assert len(Result(caller.download(exported(caller, task_id))).rows) == 1


def exported(caller, task_id):
    return caller.exported(caller.export(task_id)).export_task_id
