"""What the log says: every answer's X-Request-Id leads to its line, and nobody else can write one."""

import pytest

from vocabulary import order_and_leave, raw, refused, sheet, until

FORGED = "x\n2026-01-01T00:00:00.000000Z  INFO unlade: forged\r"


def lines_of(server, answer):
    return [event for event in server.events() if event.get("request_id") == answer.headers["X-Request-Id"]]


def test_a_refused_answer_is_found_by_its_id_with_all_that_explains_it(serve):
    server = serve(log_format="json")
    answer = raw(server, "POST", "export-tasks", body={"resource_type": "Other"})
    assert answer.status == 400
    (line,) = lines_of(server, answer)
    assert (line["message"], line["level"]) == ("refused", "INFO")
    assert (line["operation"], line["method"], line["status"]) == ("CreateExportTask", "POST", 400)
    assert line["path"] == f"/v5/iot/{server.credentials.project_id}/export-tasks"
    assert (line["code"], line["why"]) == (answer.code, answer.message)
    assert (line["access_key_id"], line["project_id"]) == (server.credentials.ak, server.credentials.project_id)
    assert line["ms"] >= 0


def test_a_change_has_one_line_and_a_look_or_a_health_check_has_none(serve):
    server = serve(log_format="json")
    change = raw(server, "POST", "apps", body={"app_name": "fleet"})
    (line,) = lines_of(server, change)
    assert (line["message"], line["status"], line["operation"]) == ("answered", 201, "AddApplication")
    assert lines_of(server, raw(server, "GET", "apps")) == []
    assert not [event for event in server.events() if event.get("operation") in ("healthz", "readyz")]


def test_a_caller_who_goes_away_leaves_a_line_all_the_same(serve):
    server = serve(log_format="json")
    order_and_leave(server, "POST", "apps", {"app_name": "left"})

    def lines():
        return [event for event in server.events() if event.get("operation") == "AddApplication"]

    (line,) = until(lines, "the order is in the log", diagnosis=server.log)
    assert line["message"] in {"refused", "the caller went away"}


def test_a_key_that_is_not_proven_is_nobody_s(serve):
    server = serve(log_format="json")
    answer = raw(server, "GET", "apps", sk="wrong")
    assert answer.status == 401
    (line,) = lines_of(server, answer)
    assert (line["message"], line["code"]) == ("refused", "IOTDA.000002")
    assert "access_key_id" not in line and server.credentials.ak not in str(line)


def test_every_line_about_a_job_says_which(serve):
    server = serve(log_format="json")
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=["unknown"])
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    for kind, job in (("batch", task_id), ("export", export_id)):

        def story():
            events = [event for event in server.events() if event.get("job") == job]
            return events if len(events) == 2 else None

        claimed, ended = until(story, "the job ends in the log", diagnosis=server.log)
        assert (claimed["message"], ended["message"], ended["outcome"]) == ("claimed", "ended", "settled")
        assert {(event["kind"], event["epoch"]) for event in (claimed, ended)} == {(kind, 1)}


def test_every_line_is_a_flat_object_and_holds_no_secret(serve):
    server = serve(log_format="json", log_level="trace")
    caller = server.caller()
    secret = "device-secret-0123"
    caller.device(caller.product(), "n", auth_info={"auth_type": "SECRET", "secret": secret})
    server.terminate()
    for event in server.events():
        assert {"timestamp", "level", "target", "message"} <= event.keys()
        assert not [value for value in event.values() if isinstance(value, dict | list)]
    log = server.log_path.read_text(encoding="utf-8")
    assert secret not in log and server.credentials.sk not in log


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_caller_s_text_makes_no_line_of_its_own(serve, tmp_path, log_format):
    server = serve(log_format=log_format)
    hostile = sheet(tmp_path / "hostile.xlsx", [FORGED], [["row"]])
    text = refused(lambda: server.caller().upload(hostile), 400, "IOTDA.014606")
    assert "forged" in text
    log = server.log_path.read_text(encoding="utf-8")
    about = [line for line in log.splitlines() if "forged" in line]
    assert len(about) == 1 and "refused" in about[0], about
    assert not [character for character in log if ord(character) < 32 and character != "\n"]


def test_a_caller_who_sends_megabytes_does_not_fill_the_log(serve):
    server = serve(log_format="json")
    task = {"task_name": "t", "task_type": "freezeDevices", "targets": ["x" * 1_000_000]}
    answer = raw(server, "POST", "batchtasks", body=task)
    (line,) = lines_of(server, answer)
    assert (line["message"], line["code"]) == ("refused", "IOTDA.014203")
    assert server.log_path.stat().st_size < 20_000
