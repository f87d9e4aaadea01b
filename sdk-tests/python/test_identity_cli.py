"""`unlade user`, `group`, `key`, `policy`, `project`, `app` and `agency` beside a running server, which acts on every
change at its next request."""

import os
import sqlite3
import stat
import threading
import time
from contextlib import contextmanager

import pytest

from vocabulary import Operator, allow, deny, raw, refused, until

DENIED = (403, "IOTDA.000022")
UNKNOWN = (401, "IOTDA.000002")
PASSWORD = "Correct-horse-7"
MASTER_KEY = "0f" * 32


@pytest.fixture(scope="module")
def shared(serve_module):
    """A server that the tests share which change only what is their own."""
    return serve_module(limits_users=1000, limits_policies=1000)


@pytest.fixture
def operator(shared):
    return Operator(shared)


@pytest.fixture
def somebody(operator, request):
    """A user of this test's own and somebody with a key of it."""
    name = request.node.originalname[:60]
    operator.unlade("user", "create", name)
    return name, operator.server.caller(**operator.key(name))


def grant(operator, user, *statements):
    operator.policy(user, *statements)
    operator.unlade("policy", "grant", user, "--user", user)


def calls(caller):
    """One call of the SDK for each action that needs nothing to be there."""
    return {
        "iotda:apps:create": lambda: caller.app("by-somebody"),
        "iotda:products:queryList": caller.products,
        "iotda:devices:queryList": caller.all_devices,
        "iotda:batchtaskfiles:queryList": caller.files,
        "iotda:batchtasks:queryList": lambda: caller.tasks("createDevices"),
        "iotda:batchtasks:create": lambda: caller.batch("freezeDevices", targets=["no-such-device"]),
        "iotda:exporttasks:queryList": caller.exports,
    }


def test_from_nothing_to_a_user_who_may_only_export(server, tmp_path):
    operator = Operator(server)
    root = server.caller()
    task_id = root.batch("freezeDevices", targets=["no-such-device"])
    root.finished(task_id)
    # As docs/identity.md says it.
    operator.unlade("user", "create", "exporter", "--description", "the nightly report")
    operator.unlade("group", "create", "reports")
    operator.unlade("group", "add-user", "reports", "exporter")
    operator.policy("ExportOnly", allow("iotda:exporttasks:*"))
    operator.unlade("policy", "grant", "ExportOnly", "--group", "reports")
    key = operator.key_in(tmp_path / "exporter.csv", "exporter")
    exporter = server.caller(**key)
    result = exporter.result(exporter.export(task_id))
    assert len(result.rows) == 1
    for action, call in calls(exporter).items():
        if action.startswith("iotda:exporttasks:"):
            call()
        else:
            refused(call, *DENIED)
    assert operator.told("group", "show", "reports")["policies"] == ["ExportOnly (everywhere)"]
    shown = operator.told("user", "show", "exporter")
    assert (shown["groups"], shown["keys"]) == (["reports"], [key["ak"]])


@pytest.mark.parametrize("granted", ["iotda:products:queryList", "iotda:batchtasks:*", "iotda:*:query*", "iotda:*:*"])
def test_what_a_check_says_is_what_the_server_does(operator, granted):
    name = "checked-" + granted.replace(":", "-").replace("*", "any")
    operator.unlade("user", "create", name)
    caller = operator.server.caller(**operator.key(name))
    grant(operator, name, allow(granted), deny("iotda:apps:create"))
    for action, call in calls(caller).items():
        if operator.may(name, action):
            call()
        else:
            refused(call, *DENIED)


def test_a_change_counts_at_the_next_call(operator, somebody):
    name, caller = somebody
    refused(caller.products, *DENIED)
    grant(operator, name, allow("iotda:products:queryList"))
    caller.products()
    operator.policy(name, allow("iotda:devices:queryList"))
    refused(caller.products, *DENIED)
    caller.all_devices()
    operator.unlade("policy", "revoke", name, "--user", name)
    refused(caller.all_devices, *DENIED)
    operator.unlade("group", "create", name)
    operator.unlade("group", "add-user", name, name)
    operator.unlade("policy", "grant", "IoTDA ReadOnlyAccess", "--group", name)
    caller.products()
    refused(lambda: caller.app("new"), *DENIED)
    operator.unlade("group", "remove-user", name, name)
    refused(caller.products, *DENIED)
    operator.unlade("group", "add-user", name, name)
    operator.unlade("group", "delete", name)
    refused(caller.products, *DENIED)


def test_a_disabled_key_and_a_disabled_user_are_nobody(operator, somebody):
    name, caller = somebody
    grant(operator, name, allow("iotda:*:*"))
    (access_key,) = [key["access_key_id"] for key in operator.told("key", "list", "--user", name)]
    for noun, what in (("key", access_key), ("user", name)):
        caller.products()
        operator.unlade(noun, "disable", what)
        refused(caller.products, *UNKNOWN)
        operator.unlade(noun, "enable", what)
    caller.products()
    operator.unlade("user", "disable", name)
    assert not operator.may(name, "iotda:products:queryList")
    operator.unlade("user", "enable", name)
    operator.unlade("key", "delete", access_key)
    refused(caller.products, *UNKNOWN)
    other = operator.server.caller(**operator.key(name))
    other.products()
    operator.unlade("user", "delete", name)
    refused(other.products, *UNKNOWN)


def test_a_right_in_one_project_is_none_in_another(operator, somebody):
    name, caller = somebody
    project = operator.told("project", "create", "elsewhere", "--description", "of another team")
    operator.policy(name, allow("iotda:*:*"))
    operator.unlade("policy", "grant", name, "--user", name, "--project", "elsewhere")
    refused(caller.products, *DENIED)
    key = operator.key(name, "--project", project["id"])
    assert key["project_id"] == project["id"]
    operator.server.caller(**key).products()
    assert operator.may(name, "iotda:products:queryList", "--project", "elsewhere")
    assert not operator.may(name, "iotda:products:queryList")


def test_an_app_is_moved_into_an_enterprise_project_and_its_rights_with_it(operator, somebody):
    name, caller = somebody
    root = operator.server.caller()
    app_id = root.app("of-the-plant")
    condition = {"StringEquals": {"g:EnterpriseProjectId": ["plant-7"]}}
    grant(operator, name, allow("iotda:apps:query*", Condition=condition))
    path = f"apps/{app_id}"
    key = operator.key(name)
    assert raw(operator.server, "GET", path, **key).status == 403
    assert not operator.may(name, "iotda:apps:query", "--app", "of-the-plant")
    moved = operator.told("app", "move", app_id, "--enterprise-project", "plant-7")
    assert moved["enterprise_project_id"] == "plant-7"
    assert raw(operator.server, "GET", path, **key).status == 200
    assert operator.may(name, "iotda:apps:query", "--app", "of-the-plant")
    operator.unlade("app", "move", "of-the-plant")
    assert raw(operator.server, "GET", path, **key).status == 403


def test_a_check_names_the_statement_and_the_condition(operator, somebody):
    name, _ = somebody
    office = {"IpAddress": {"g:SourceIp": ["192.0.2.0/24"]}}
    grant(operator, name, allow("iotda:devices:*", Condition=office), deny("iotda:devices:delete", Sid="Never"))
    action = ("--action", "iotda:devices:queryList")
    done = operator.ends("policy", "check", "--user", name, *action)
    assert done.code == 1
    assert f"{name} Statement[0] Allow: does not apply, because" in done.said
    assert "g:SourceIp" in done.said and "192.0.2.0/24" in done.said
    assert operator.may(name, "iotda:devices:queryList", "--fact", "g:SourceIp=192.0.2.7")
    assert not operator.may(name, "iotda:devices:queryList", "--fact", "g:SourceIp=198.51.100.7")
    said = operator.ends("policy", "check", "--user", name, "--action", "iotda:devices:delete").said
    assert f"denied by {name} Statement[1] (Never)" in said
    told = operator.ends("policy", "check", "--user", name, *action, "--json")
    assert told.code == 1 and '"allowed": false' in told.said
    assert operator.may("root", "iotda:devices:delete")


def test_roles_policies_and_agencies_are_listed_shown_and_deleted(operator):
    names = {policy["name"] for policy in operator.told("policy", "list")}
    assert {"Tenant Administrator", "IoTDA FullAccess", "IoTDA ReadOnlyAccess"} <= names
    operator.policy("listed", allow("iotda:products:query"))
    shown = operator.unlade("policy", "show", "listed")
    # What is shown can be given back as it is.
    operator.unlade("policy", "update", "listed", "--file", "-", stdin=shown)
    agency = operator.told("agency", "create", "night-shift", "--description", "at night")
    operator.unlade("policy", "grant", "listed", "--agency", agency["id"])
    assert operator.told("agency", "show", "night-shift")["policies"] == ["listed (everywhere)"]
    assert operator.ends("policy", "delete", "listed").code == 2
    operator.unlade("agency", "delete", "night-shift")
    operator.unlade("policy", "delete", "listed")
    assert "night-shift" not in operator.unlade("agency", "list")
    operator.unlade("project", "update", operator.server.credentials.project_id, "--name", "cn-north-4")
    assert operator.told("project", "show", "cn-north-4")["id"] == operator.server.credentials.project_id


def test_a_policy_with_an_action_that_does_not_exist_is_taken_with_a_warning(operator):
    document = '{"Version":"1.1","Statement":[{"Effect":"Allow","Action":["iotda:devices:explode"]}]}'
    done = operator.ends("policy", "create", "with-warning", "--file", "-", stdin=document)
    assert done.code == 0 and done.complaint.startswith("unlade: warning: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["user", "show", "nobody-there"], "there is no user"),
        (["user", "create", "7up"], "digit"),
        (["user", "create", "a/b"], "letters, digits"),
        (["user", "create", ""], "1 to 64"),
        (["user", "create", "x", "--description", "a\nb"], "control characters"),
        (["user", "create", "root"], "IAM.0409"),
        (["user", "disable", "root"], "IAM.0403"),
        (["user", "delete", "root"], "IAM.0403"),
        (["user", "password", "root"], "the password must have 6 to 32"),
        (["group", "add-user", "no-group", "root"], "there is no group"),
        (["key", "create", "--user", "root", "--project", "mars"], "there is no project"),
        (["key", "disable", "NOSUCHKEY"], "IAM.0404"),
        (["policy", "create", "bad", "--file", "-"], "IAM.0400"),
        (["policy", "create", "bad", "--file", "/no/such/file"], "No such file"),
        (["policy", "create", "IoTDA FullAccess", "--file", "-"], "IAM.0409"),
        (["policy", "update", "IoTDA FullAccess", "--description", "x"], "IAM.0403"),
        (["policy", "grant", "IoTDA FullAccess", "--user", "nobody"], "there is no user"),
        (["policy", "check", "--user", "root", "--action", "iotda:devices:explode"], "iotda:devices:query"),
        (["policy", "check", "--user", "root", "--action", "iotda:apps:create", "--app", "a"], "no app"),
        (["policy", "check", "--user", "root", "--action", "iotda:apps:query", "--app", "a"], "there is no app"),
        (["policy", "check", "--user", "root", "--action", "iotda:apps:query", "--fact", "g:Moon=full"], "g:Moon"),
        (["project", "create", "x", "--id", "xyz"], "hex digits"),
        (["project", "create", "a b"], "letters"),
        (["app", "move", "no-app", "--enterprise-project", "0"], "there is no app"),
        (["agency", "delete", "no-agency"], "there is no agency"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_input_is_told_in_one_line(operator, arguments, words):
    done = operator.ends(*arguments)
    assert (done.code, done.said) == (2, "")
    assert done.complaint.startswith("unlade: ") and done.complaint.count("\n") == 1
    assert words in done.complaint


def test_no_secret_is_shown_but_the_one_that_is_asked_for(server, tmp_path):
    operator = Operator(server)
    operator.unlade("user", "create", "ops", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert operator.told("user", "show", "ops")["has_password"] is True
    operator.unlade("user", "password", "ops", stdin=f"{PASSWORD}8")
    written = operator.key_in(tmp_path / "key.csv", "ops")
    assert stat.S_IMODE(os.stat(tmp_path / "key.csv").st_mode) == 0o600
    # A file that is there is somebody's, and no key is made for it.
    again = operator.ends("key", "create", "--user", "ops", "--output", tmp_path / "key.csv")
    assert again.code == 2 and len(operator.told("key", "list", "--user", "ops")) == 1
    refused(server.caller(**written).products, *DENIED)
    before = len(operator.heard)
    shown = operator.key("ops")
    operator.heard[before : before + 2] = []
    operator.unlade("key", "list")
    operator.unlade("user", "show", "ops")
    words = "".join(operator.heard) + server.everything_said().split("App Id", 1)[1]
    for secret in (PASSWORD, written["sk"], shown["sk"], server.credentials.sk, "$argon2"):
        assert secret not in words
    # The documented quota of two keys a user.
    assert "limits.access_keys is 2" in operator.ends("key", "create", "--user", "ops").complaint


@contextmanager
def load(server, writers=8):
    """Callers who write for as long as this lasts; answers how often they did."""
    root = server.caller()
    product_id, ended, done, wrong = root.product(), threading.Event(), [], []

    def work(number):
        caller = server.caller()
        turn = 0
        while not ended.is_set():
            turn += 1
            try:
                caller.device(product_id, f"n{number}-{turn}")
                done.append(number)
            except Exception as error:  # whatever it is, the test tells
                wrong.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    try:
        until(lambda: len(done) > writers, "the callers are at work")
        yield done
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_commands_work_beside_a_server_under_load(server):
    operator = Operator(server)
    slowest = 0
    with load(server) as done:
        before = len(done)
        for turn in range(10):
            began = time.monotonic()
            name = f"user-{turn}"
            operator.unlade("user", "create", name)
            slowest = max(slowest, time.monotonic() - began)
            grant(operator, name, allow("iotda:products:queryList"))
            caller = server.caller(**operator.key(name))
            caller.products()
            operator.unlade("user", "disable", name)
            refused(caller.products, *UNKNOWN)
        assert len(done) > before
    print(f"{len(done)} devices, the slowest command {slowest:.2f} s")
    # What two processes wrote is sound.
    server.terminate()
    server.restart()
    assert len(server.caller().all_devices()) == len(done)


@pytest.mark.embedded
def test_a_directory_without_a_database_is_told_what_makes_one(server, tmp_path):
    operator = Operator(server)
    server.data_dir = tmp_path / "nothing"
    done = operator.ends("user", "list")
    assert done.code == 1 and "unlade serve makes it" in done.complaint
    assert not server.data_dir.exists()


@pytest.mark.embedded
def test_a_database_of_an_older_program_is_left_as_it_is(server):
    server.terminate()
    path = server.data_dir / "unlade.db"
    with sqlite3.connect(path) as database:
        (newest,) = database.execute("SELECT MAX(version) FROM schema_migration").fetchone()
        database.execute("DELETE FROM schema_migration WHERE version = ?", (newest,))
    done = Operator(server).ends("user", "list")
    assert done.code == 1 and f"schema {newest - 1}, this program knows {newest}: start its server" in done.complaint


@pytest.mark.embedded
def test_a_key_that_was_made_here_survives_a_rotation_of_the_master_key(server):
    operator = Operator(server)
    operator.unlade("user", "create", "ops")
    key = operator.key("ops")
    operator.unlade("policy", "grant", "IoTDA FullAccess", "--user", "ops")
    assert "in use by another process" in operator.ends("key", "rotate").complaint
    server.terminate()
    assert "secrets were sealed anew" in operator.unlade("key", "rotate")
    server.restart()
    server.caller(**key).products()


@pytest.mark.parametrize("keeps_file", [True, False])
def test_a_root_s_key_that_was_deleted_does_not_come_back(server, keeps_file):
    operator, path = Operator(server), server.data_dir / "credentials.csv"
    root = server.credentials
    said, kept = server.out_path.read_text(), path.read_text()
    if not keeps_file:
        path.unlink()
    operator.unlade("key", "delete", root.ak)
    server.terminate()
    server.restart()
    assert operator.told("key", "list", "--user", "root") == []
    assert path.read_text() == kept if keeps_file else not path.exists()
    assert server.out_path.read_text().count("First start") == said.count("First start")
    # Our own requests begin with what stands there.
    path.write_text(kept)
    assert raw(server, "GET", "apps", ak=root.ak, sk=root.sk).code == "IOTDA.000002"
    # Whoever has the data directory gives root another.
    server.caller(**operator.key("root")).products()


def test_the_master_key_may_be_what_a_program_prints(serve, tmp_path):
    program = tmp_path / "vault"
    program.write_text(f"#!/bin/sh\necho {MASTER_KEY}\n")
    program.chmod(0o700)
    server = serve(server_master_key_command=program, master_key=None)
    assert not (server.data_dir / "master.key").exists()
    operator = Operator(server)
    operator.unlade("user", "create", "ops")
    operator.unlade("policy", "grant", "IoTDA FullAccess", "--user", "ops")
    server.caller(**operator.key("ops")).products()
    program.write_text("#!/bin/sh\necho sesame; exit 3\n")
    done = operator.ends("user", "list")
    assert done.code == 1 and "exit status: 3" in done.complaint and "sesame" not in done.complaint
    # Another key would seal what the server could not open.
    program.write_text(f"#!/bin/sh\necho {'1e' * 32}\n")
    assert "cannot be opened with this master key" in operator.ends("user", "list").complaint
    assert MASTER_KEY not in "".join(operator.heard) + server.everything_said()
