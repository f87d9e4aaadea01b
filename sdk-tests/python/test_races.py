"""Forty callers at once against each limit: the documented number wins, not one more and not one less."""

import hashlib
from collections import Counter
from functools import partial

from vocabulary import CALLERS, at_once, device_ids, devices, raw, refused, until


def finished_task(caller):
    """A batch task that is over; its devices need not exist to have results."""
    task_id = caller.batch("freezeDevices", targets=["unknown-1", "unknown-2", "unknown-3"])
    caller.finished(task_id)
    return task_id


def listed(caller):
    return [export.export_task_id for export in caller.exports().export_tasks]


# Export tasks


def test_of_forty_exports_at_once_five_are_unfinished_and_the_others_are_refused_naming_the_five(serve):
    server = serve(export_workers=0)
    caller = server.caller()
    task_id = finished_task(caller)
    first = at_once(server, lambda caller, _: caller.export(task_id))
    first.judge(5, 403, "IOTDA.014801")
    assert sorted(listed(caller)) == sorted(first.won)
    for refusal in first.lost:
        assert all(export_id in refusal.error_msg for export_id in first.won)

    for export_id in first.won[:2]:
        caller.delete_export(export_id)
    second = at_once(server, lambda caller, _: caller.export(task_id))
    second.judge(2, 403, "IOTDA.014801")
    assert sorted(listed(caller)) == sorted(first.won[2:] + second.won)


def test_of_ninety_exports_the_newest_fifty_are_kept(serve):
    server = serve(export_workers=0, limits_export_unfinished=1000)
    caller = server.caller()
    task_id = finished_task(caller)
    oldest_first = [caller.export(task_id) for _ in range(50)]
    race = at_once(server, lambda caller, _: caller.export(task_id))
    race.judge(CALLERS)
    answer = caller.exports()
    assert answer.page.count == 50
    newest_first = listed(caller)
    assert newest_first[40:] == oldest_first[:-11:-1], "of those before the race the newest ten are left"
    assert sorted(newest_first[:40]) == sorted(race.won)
    for export_id in oldest_first[:40]:
        refused(partial(caller.download, export_id), 404, "IOTDA.014802")


def test_forty_exports_of_one_condition_leave_one_file_that_all_of_them_serve(serve):
    server = serve(export_workers=4, limits_export_unfinished=100)
    caller = server.caller()
    task_id = finished_task(caller)
    race = at_once(server, lambda caller, _: caller.export(task_id))
    race.judge(CALLERS)
    for export_id in race.won:
        caller.exported(export_id)
    tags = {raw(server, "HEAD", f"export-tasks/{export_id}/file").headers["ETag"] for export_id in race.won}
    assert len(tags) == 1
    server.restart()  # The Pruner looks at once after a start.
    (path,) = until(lambda: len(found := server.objects("exports")) == 1 and found, "one object is left")
    assert tags == {f'"{hashlib.sha256(path.read_bytes()).hexdigest()}"'}

    caller = server.caller()
    *others, last = sorted(race.won, reverse=True)
    for export_id in others:
        caller.delete_export(export_id)
    assert caller.download(last) == path.read_bytes(), "the file goes with the last task that refers to it"
    caller.delete_export(last)
    server.restart()
    until(lambda: not server.objects("exports"), "no object is left")


def test_of_forty_downloads_of_three_files_one_is_admitted(serve):
    server = serve(limits_download_interval_seconds=None)
    caller = server.caller()
    files = [caller.export(finished_task(caller)) for _ in range(3)]
    for export_id in files:
        caller.exported(export_id)

    # The SDK hides the headers of a refusal.
    def download(_, number):
        return raw(server, "GET", f"export-tasks/{files[number % 3]}/file")

    answers = at_once(server, download).won
    assert Counter(answer.status for answer in answers) == {200: 1, 403: CALLERS - 1}
    for answer in answers:
        if answer.status == 403:
            assert answer.code == "IOTDA.021101"
            assert 1 <= int(answer.headers["Retry-After"]) <= 30


def test_an_export_is_deleted_once(serve):
    server = serve(export_workers=0)
    caller = server.caller()
    export_id = caller.export(finished_task(caller))
    at_once(server, lambda caller, _: caller.delete_export(export_id)).judge(1, 404, "IOTDA.014802")


# Batch task files


def test_of_forty_uploads_at_once_ten_are_kept_and_nothing_of_the_others(serve, tmp_path):
    server = serve()
    files = [device_ids(tmp_path / f"file-{number}.xlsx", ["unknown"]) for number in range(CALLERS)]
    race = at_once(server, lambda caller, number: caller.upload(files[number]))
    race.judge(10, 403, "IOTDA.014601")
    assert sorted(file.file_id for file in server.caller().files()) == sorted(race.won)
    assert len(server.objects("uploads")) == 10


def test_of_forty_uploads_of_one_name_one_is_kept(serve, tmp_path):
    server = serve()
    file = device_ids(tmp_path / "file.xlsx", ["unknown"])
    race = at_once(server, lambda caller, _: caller.upload(file))
    race.judge(1, 400, "IOTDA.014602")
    assert [file.file_id for file in server.caller().files()] == race.won
    assert len(server.objects("uploads")) == 1


def test_a_file_is_taken_by_one_of_forty_batch_tasks(serve, tmp_path):
    server = serve()
    caller = server.caller()
    rows = [{"product_id": caller.product(), "node_id": f"n{number}"} for number in range(5)]
    file_id = caller.upload(devices(tmp_path / "devices.xlsx", rows))
    race = at_once(server, lambda caller, _: caller.batch("createDevices", document_source=file_id))
    race.judge(1, 400, "IOTDA.014205")
    assert caller.finished(*race.won).task_progress.success == 5
    assert len(caller.all_devices()) == 5


def test_a_file_is_either_deleted_or_taken(serve, tmp_path):
    server = serve()
    file_id = server.caller().upload(device_ids(tmp_path / "file.xlsx", ["unknown"]))

    def either(caller, number):
        if number % 2:
            return caller.batch("freezeDevices", document_source=file_id)
        return caller.delete_file(file_id)

    race = at_once(server, either)
    assert len(race.won) == 1, "both deleted and taken, or neither"
    assert {refusal.error_code for refusal in race.lost} <= {"IOTDA.014205", "IOTDA.014600"}


# Batch tasks


def test_of_forty_batch_tasks_at_once_ten_run(serve):
    server = serve(batch_workers=0)
    race = at_once(server, lambda caller, _: caller.batch("freezeDevices", targets=["unknown"]))
    race.judge(10, 403, "IOTDA.014206")


def test_a_batch_task_is_deleted_once(server):
    task_id = finished_task(server.caller())
    at_once(server, lambda caller, _: caller.delete_task(task_id)).judge(1, 404, "IOTDA.014200")


# The registry


def test_of_forty_apps_at_once_there_are_ten_with_the_default_one(server):
    at_once(server, lambda caller, number: caller.app(f"app-{number}")).judge(9, 403, "IOTDA.000015")


def test_of_forty_apps_of_one_name_there_is_one(server):
    at_once(server, lambda caller, _: caller.app("app")).judge(1, 403, "IOTDA.001008")


def test_of_forty_products_at_once_as_many_are_made_as_the_quota_has(serve):
    server = serve(limits_products=5)
    at_once(server, lambda caller, _: caller.product()).judge(5, 403, "IOTDA.013006")
    assert len(server.caller().products()) == 5


def test_of_forty_devices_at_once_as_many_are_made_as_the_quota_has(serve):
    server = serve(limits_devices=7)
    product_id = server.caller().product()
    race = at_once(server, lambda caller, number: caller.device(product_id, f"n{number}"))
    race.judge(7, 403, "IOTDA.014019")
    assert sorted(device.device_id for device in server.caller().all_devices()) == sorted(race.won)


def test_batch_tasks_side_by_side_make_as_many_devices_as_the_quota_has(serve, tmp_path):
    server = serve(batch_workers=4, limits_devices=100)
    caller = server.caller()
    product_id = caller.product()
    tasks = []
    for file in range(4):
        rows = [{"product_id": product_id, "node_id": f"n{file}-{number}"} for number in range(40)]
        file_id = caller.upload(devices(tmp_path / f"devices-{file}.xlsx", rows))
        tasks.append(partial(caller.batch, "createDevices", document_source=file_id))
    results = [row for task in [create() for create in tasks] for row in over(caller, task)]
    assert Counter((row.status, row.error_code) for row in results) == {
        ("Success", ""): 100,
        ("Fail", "IOTDA.014019"): 60,
    }
    assert len(caller.all_devices()) == 100


def over(caller, task_id):
    caller.finished(task_id)
    return caller.subtasks(task_id)


def test_one_device_is_made_and_frozen_once(server):
    product_id = server.caller().product()
    made = at_once(server, lambda caller, _: caller.device(product_id, "n", device_id="d"))
    made.judge(1, 400, "IOTDA.014031")
    at_once(server, lambda caller, _: caller.freeze("d")).judge(1, 403, "IOTDA.014039")
