"""Who did what: one line for each change, each download, and each that was refused to somebody who is known."""

import json
import os
import re
import signal

import pytest

from vocabulary import Account, Operator, allow, audit, audited, device_ids, order_and_leave, raw, until

FIELDS = [
    "time",
    "request_id",
    "user_id",
    "user_name",
    "access_key_id",
    "source",
    "project_id",
    "operation",
    "action",
    "resource",
    "decision",
    "status",
    "code",
]
ANY_PORT = "127.0.0.1:0"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_change_says_who_did_what_to_what_from_where(server):
    answer = raw(server, "POST", "apps", body={"app_name": "fleet"})
    line = audited(server, answer)
    assert list(line) == FIELDS
    root = server.credentials
    assert (line["user_name"], line["access_key_id"], line["source"]) == ("root", root.ak, "127.0.0.1")
    assert (line["operation"], line["action"]) == ("AddApplication", "iotda:apps:create")
    assert (line["decision"], line["status"], line["code"]) == ("allowed", 201, None)
    assert line["resource"] == {"app_id": answer.json()["app_id"]}
    assert line["project_id"] == root.project_id and line["user_id"]
    assert TIME.fullmatch(line["time"])


def test_everything_that_changes_something_or_is_downloaded_is_told_and_a_look_is_not(server, caller, tmp_path):
    product_id = caller.product()
    device_id = caller.device(product_id, "n")
    caller.freeze(device_id)
    caller.unfreeze(device_id)
    file_id = caller.upload(device_ids(tmp_path / "some.xlsx", [device_id]))
    caller.delete_file(file_id)
    task_id = caller.batch("freezeDevices", targets=[device_id])
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    caller.download(export_id)
    raw(server, "HEAD", f"export-tasks/{export_id}/file")
    caller.delete_export(export_id)
    caller.delete_task(task_id)
    caller.delete_device(device_id)
    assert raw(server, "GET", "/console/templates/createDevices.xlsx", signed=False).status == 200
    expected = [
        ("CreateProduct", {"product_id": product_id}),
        ("AddDevice", {"device_id": device_id}),
        ("FreezeDevice", {"device_id": device_id}),
        ("UnfreezeDevice", {"device_id": device_id}),
        ("UploadBatchTaskFile", {"file_id": file_id}),
        ("DeleteBatchTaskFile", {"file_id": file_id}),
        ("CreateBatchTask", {"task_id": task_id}),
        ("CreateExportTask", {"export_task_id": export_id}),
        ("ShowExportTask", {"export_task_id": export_id}),
        ("DeleteExportTask", {"export_task_id": export_id}),
        ("DeleteBatchTask", {"task_id": task_id}),
        ("DeleteDevice", {"device_id": device_id}),
    ]

    def told():
        lines = audit(server)
        return lines if len(lines) == len(expected) else None

    lines = until(told, "every line is there", diagnosis=lambda: audit(server))
    assert [(line["operation"], line["resource"]) for line in lines] == expected
    assert {line["decision"] for line in lines} == {"allowed"}


def test_what_is_refused_to_somebody_known_is_told_with_its_code(server):
    answer = raw(server, "POST", "apps", project_id="0" * 32, body={"app_name": "x"})
    line = audited(server, answer)
    assert (line["decision"], line["status"], line["code"]) == ("denied", 403, "IOTDA.000021")
    assert (line["project_id"], line["user_name"]) == ("0" * 32, "root")
    download = raw(server, "GET", "export-tasks/no-such-task/file")
    line = audited(server, download)
    assert (line["decision"], line["status"], line["code"]) == ("allowed", 404, "IOTDA.014802")
    assert line["resource"] == {"export_task_id": "no-such-task"}


def test_a_stranger_is_counted_and_leaves_no_line(serve):
    server = serve(server_metrics_listen=ANY_PORT)
    for key in ({"sk": "wrong"}, {"ak": "NOBODY"}, {"signed": False}):
        assert raw(server, "POST", "apps", body={"app_name": "x"}, **key).status == 401
    assert server.metrics()("unlade_refusals_total", code="IOTDA.000002") == 3
    known = raw(server, "POST", "apps", body={"app_name": "x"})
    audited(server, known)
    assert len(audit(server)) == 1


def test_a_caller_who_goes_away_is_told_of_too(server):
    order_and_leave(server, "POST", "apps", {"app_name": "left"})

    def left():
        return [line for line in audit(server) if line["operation"] == "AddApplication"]

    def end():
        found = left()
        return found or "the caller went away" not in server.log() and "refused" in server.log()

    # A signed body that never comes proves nobody: then there is nobody to tell of.
    until(end, "the request is over", diagnosis=server.log)
    for line in left():
        assert line["status"] is None or line["status"] == 400


@pytest.mark.parametrize("hostile", ["a\nb", 'a"b', "\x00", "x" * 1000])
def test_an_id_of_a_caller_s_own_words_makes_no_line_of_its_own(server, hostile):
    quoted = "".join(f"%{byte:02X}" for byte in hostile.encode())
    answer = raw(server, "DELETE", f"/v5/iot/{server.credentials.project_id}/devices/{quoted}")
    assert answer.status == 404
    assert audited(server, answer)["resource"] == {"device_id": hostile[:128]}


def test_the_file_has_the_line_before_the_caller_is_answered_and_a_kill_takes_none(serve, tmp_path):
    path = tmp_path / "audit.jsonl"
    server = serve(audit_file=path)
    answers = [raw(server, "POST", "apps", body={"app_name": f"a{number}"}) for number in range(5)]
    server.kill()
    ids = [line["request_id"] for line in lines_of(path)]
    assert ids == [answer.headers["X-Request-Id"] for answer in answers]
    assert os.stat(path).st_mode & 0o777 == 0o600
    server.restart()
    # In the store may be missing what was told within the last moment.
    stored = [line["request_id"] for line in audit(server)]
    assert ids[: len(stored)] == stored


def test_a_file_that_is_rotated_is_begun_anew(serve, tmp_path):
    path, old = tmp_path / "audit.jsonl", tmp_path / "audit.jsonl.1"
    server = serve(audit_file=path)
    raw(server, "POST", "apps", body={"app_name": "before"})
    path.rename(old)
    server.process.send_signal(signal.SIGHUP)
    after = raw(server, "POST", "apps", body={"app_name": "after"})
    assert len(lines_of(old)) == 1
    (line,) = lines_of(path)
    assert line["request_id"] == after.headers["X-Request-Id"]


def test_a_file_that_can_take_no_more_stops_nobody_and_is_told_of(serve):
    server = serve(audit_file="/dev/full", server_metrics_listen=ANY_PORT)
    answer = raw(server, "POST", "apps", body={"app_name": "x"})
    assert answer.status == 201
    assert raw(server, "POST", "apps", body={"app_name": "y"}).status == 201
    assert server.metrics()("unlade_audit_file_failures_total") == 2
    assert server.log().count("the audit cannot be written to its file") == 1
    audited(server, answer)


def test_a_file_that_cannot_be_opened_is_refused_by_name_at_the_start(serve, tmp_path):
    server = serve()
    server.terminate()
    server.settings["audit_file"] = tmp_path / "nowhere" / "audit.jsonl"
    process = server.launch()
    assert process.wait(timeout=60) == 1
    assert "nowhere/audit.jsonl" in server.log()


def test_a_server_that_ends_in_good_order_leaves_every_line_in_the_store(server):
    answers = [raw(server, "POST", "apps", body={"app_name": f"a{number}"}) for number in range(8)]
    server.terminate()
    stored = [line["request_id"] for line in audit(server)]
    assert stored == [answer.headers["X-Request-Id"] for answer in answers]


def test_without_an_audit_nothing_is_told(serve):
    server = serve(audit_enabled="false")
    raw(server, "POST", "apps", body={"app_name": "x"})
    server.terminate()
    assert audit(server) == []


def test_a_reader_chooses_by_time_user_and_action(server):
    app = raw(server, "POST", "apps", body={"app_name": "x"})
    line = audited(server, app)
    raw(server, "DELETE", "devices/nobody")
    until(lambda: len(audit(server)) == 2, "both lines are there")
    chosen = {
        ("--action", "iotda:apps:create"): 1,
        ("--action", "iotda:devices:*"): 1,
        ("--action", "iotda:apps"): 0,
        ("--user", "root"): 2,
        ("--user", line["user_id"]): 2,
        ("--user", "somebody"): 0,
        ("--since", "1h"): 2,
        ("--since", line["time"]): 2,
        ("--since", "2100-01-01T00:00:00Z"): 0,
    }
    assert {arguments: len(audit(server, *arguments)) for arguments in chosen} == chosen
    code, said = server.run("audit", "--data-dir", server.data_dir, "--since", "yesterday")
    assert code == 2 and "yesterday" in said


def test_a_reader_who_follows_is_shown_what_comes(server):
    follower = server.begin("audit", "--data-dir", server.data_dir, "--follow")
    try:
        for name in ("one", "two"):
            answer = raw(server, "POST", "apps", body={"app_name": name})
            line = json.loads(follower.stdout.readline())
            assert line["request_id"] == answer.headers["X-Request-Id"]
    finally:
        follower.kill()
        follower.communicate()


@pytest.mark.embedded
def test_a_reader_makes_no_database(tmp_path, server):
    code, said = server.run("audit", "--data-dir", tmp_path / "nothing")
    assert code == 1 and "there is no database" in said
    assert not (tmp_path / "nothing").exists()


# The account


def test_what_is_done_to_the_account_says_to_whom(server):
    account = Account(server)
    made = account.ask("POST", "/v3/users", {"user": {"name": "audited", "password": "Correct-horse1"}})
    line = audited(server, made)
    user_id = made.json()["user"]["id"]
    assert (line["operation"], line["action"]) == ("CreateUser", "iam:users:createUser")
    assert (line["user_name"], line["project_id"], line["resource"]) == ("root", "", {"user_id": user_id})
    assert (line["decision"], line["status"]) == ("allowed", 201)
    key = account.ask("POST", "/v3.0/OS-CREDENTIAL/credentials", {"credential": {"user_id": user_id}})
    credential = key.json()["credential"]
    line = audited(server, key)
    assert line["resource"] == {"credential_id": credential["access"]}
    assert credential["secret"] not in json.dumps(line)
    # Without a right: what was asked for and that it was denied.
    denied = raw(server, "DELETE", f"/v3/users/{user_id}", ak=credential["access"], sk=credential["secret"])
    line = audited(server, denied)
    assert (line["user_name"], line["action"]) == ("audited", "iam:users:deleteUser")
    assert (line["decision"], line["status"], line["resource"]) == ("denied", 403, {"user_id": user_id})


def test_a_login_is_told_and_a_wrong_password_is_nobody_s(server):
    account = Account(server)
    account.user("comes", password="Correct-horse1")
    answer = account.login("comes", "Correct-horse1")
    line = audited(server, answer)
    assert (line["user_name"], line["access_key_id"], line["operation"]) == ("comes", "password", "CreateToken")
    assert (line["decision"], line["status"]) == ("allowed", 201)
    assert answer.headers["X-Subject-Token"] not in json.dumps(line)
    wrong = account.login("comes", "wrong-horse1")
    assert wrong.status == 401
    # Both lines would be in one order.
    audited(server, account.ask("POST", "/v3/groups", {"group": {"name": "after"}}))
    assert wrong.headers["X-Request-Id"] not in {line["request_id"] for line in audit(server)}


def test_who_assumes_an_agency_is_told_and_who_may_not_too(server):
    account = Account(server)
    agency_id = account.agency("assumed")
    ids = {name: account.user(name, password="Correct-horse1") for name in ("may", "may-not")}
    account.grant(account.policy("may assume", allow("iam:agencies:assume")), ("users", ids["may"]))

    def ways(name):
        """A token and a temporary key of the agency."""
        own = Account(server, token=account.login(name, "Correct-horse1").headers["X-Subject-Token"])
        identity = {"methods": ["assume_role"], "assume_role": {"domain_name": "unlade", "agency_name": "assumed"}}
        yield own.ask("POST", "/v3/auth/tokens", {"auth": {"identity": identity}})
        yield own.temporary_key(agency="assumed")

    told = {
        "may": ("iam:agencies:assume", {"agency_id": agency_id}, "allowed", 201),
        "may-not": ("iam:agencies:assume", {}, "denied", 403),
    }
    for name, says in told.items():
        for answer in ways(name):
            line = audited(server, answer)
            # The key that was made, if it is one.
            line["resource"].pop("credential_id", None)
            assert (line["user_id"], line["user_name"], line["project_id"]) == (ids[name], name, "")
            assert (line["action"], line["resource"], line["decision"], line["status"]) == says, line["operation"]


def test_what_a_command_changes_is_told_and_what_it_shows_is_not(server):
    operator = Operator(server)
    made = operator.told("user", "create", "ops")
    operator.unlade("user", "list")
    key = operator.key("ops")
    operator.policy("none", allow("iotda:*:*"))
    operator.unlade("policy", "grant", "none", "--user", "ops")
    refused = operator.ends("user", "create", "ops")
    assert refused.code != 0
    operator.unlade("user", "delete", "ops")
    told = [line for line in audit(server) if line["source"] == "command"]
    assert all(list(line) == FIELDS for line in told)
    assert {(line["user_name"], line["operation"], line["status"]) for line in told} == {("operator", "command", None)}
    assert [(line["action"], line["code"]) for line in told] == [
        ("iam:users:createUser", None),
        ("iam:credentials:createCredential", None),
        ("iam:roles:createRole", None),
        ("iam:permissions:grantRole", None),
        ("iam:users:createUser", "IAM.0409"),
        ("iam:users:deleteUser", None),
    ]
    assert told[0]["resource"] == {"user_id": made["id"]}
    assert told[1]["resource"]["access_key_id"] == key["ak"]
    assert told[3]["resource"] == {"policy": "none", "grantee": "user ops"}
    assert key["sk"] not in json.dumps(told)
