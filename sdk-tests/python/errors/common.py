"""Refusals that any call may meet."""

import os
import sqlite3

from vocabulary import Database, Proxy, raw

from .raising import call, raises


@raises("APIGW.0101")
def an_unknown_path(stage):
    return call(stage.idle(), "GET", "no-such-thing")


@raises("APIGW.0201")
def a_body_over_the_limit(stage):
    return call(stage.full(), "POST", "apps", body={"app_name": "x" * 2_000})


@raises("IOTDA.000001")
def a_result_whose_file_is_gone(stage):
    server = stage.working()
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=["a"])
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    for result in (server.data_dir / "blobs").rglob("*.zip"):
        os.remove(result)
    return call(server, "GET", f"export-tasks/{export_id}/file")


@raises("IOTDA.000002")
def an_unknown_key(stage):
    return call(stage.idle(), "GET", "apps", ak="NOSUCHACCESSKEY00000")


@raises("IOTDA.000006")
def a_field_of_the_wrong_kind(stage):
    return call(stage.idle(), "POST", "apps", body={"app_name": 5})


@raises("IOTDA.000008")
def a_body_that_is_not_json(stage):
    return call(stage.idle(), "POST", "apps", body=b'{"app_name": ')


@raises("IOTDA.000009")
def a_time_in_another_format(stage):
    return call(stage.idle(), "GET", "devices", query=[("start_time", "2026-01-02 03:04:05")])


@raises("IOTDA.000010")
def a_start_after_the_end(stage):
    times = [("start_time", "20260102T030405Z"), ("end_time", "20250102T030405Z")]
    return call(stage.idle(), "GET", "devices", query=times)


@raises("IOTDA.000015")
def an_app_too_many(stage):
    return call(stage.full(), "POST", "apps", body={"app_name": "second"})


@raises("IOTDA.000017")
def a_limit_out_of_range(stage):
    return call(stage.idle(), "GET", "devices", query=[("limit", "51")])


@raises("IOTDA.000018")
def a_marker_that_is_none(stage):
    return call(stage.idle(), "GET", "devices", query=[("marker", "second-page")])


@raises("IOTDA.000021")
def another_project(stage):
    return call(stage.idle(), "GET", "apps", project_id="0" * 32)


@raises("IOTDA.000022")
def a_user_without_rights(stage):
    server = stage.working()
    # Users other than the root have no front door yet.
    database = sqlite3.connect(server.data_dir / "unlade.db")
    with database:
        assert database.execute("UPDATE iam_user SET root = 0").rowcount == 1
    database.close()
    return call(server, "GET", "apps")


@raises("IOTDA.000503")
def a_disk_that_is_nearly_full(stage):
    server = stage.working()
    server.restart(server_free_bytes_min=2**62, awaits="/healthz")
    return call(server, "POST", "apps", body={"app_name": "name"})


@raises("IOTDA.000504")
def a_database_that_is_away(stage):
    database = Database()
    proxy = Proxy(database.address.hostname, database.address.port)
    server = stage.working(database_url=database.url(proxy.port))
    known = raw(server, "GET", "apps")
    assert known.status == 200, known.message
    proxy.cut()
    return call(server, "GET", "apps")
