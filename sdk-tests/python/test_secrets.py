"""No secret is ever said: not in the log, the audit, the metrics, an answer that is not about it, a list, a result, nor in
clear in the database."""

import re
import secrets
import urllib.request

import pytest

from vocabulary import Account, Result, audit, raw, sheet, until
from vocabulary.bucket import SECRET as BUCKET_SECRET

ANY_PORT = "127.0.0.1:0"


class Secrets:
    """Every secret of a run, by what it is, and whatever is looked into for them."""

    def __init__(self):
        self.known, self.in_clear = {}, set()

    def add(self, what, secret, sealed=True):
        assert len(secret) >= 8, f"too short to be told from chance: {what}"
        self.known[what] = secret
        if not sealed:
            self.in_clear.add(what)
        return secret

    def judge(self, where, content, but=()):
        text = content if isinstance(content, bytes) else content.encode()
        for what, secret in self.known.items():
            if what in but:
                continue
            assert secret.encode() not in text, f"{what} stands in {where}"


@pytest.fixture
def known():
    return Secrets()


def settings(known, tmp_path):
    """A server whose secrets the operator chose, so that not even the first start prints one."""
    return {
        "root_access_key": "ROOTKEYOFTHISTEST",
        "root_secret_key": known.add("the root's secret key", secrets.token_hex(20)),
        "master_key": known.add("the master key", secrets.token_hex(32)),
        "log_level": "trace",
        "log_format": "json",
        "audit_file": tmp_path / "audit.jsonl",
        "server_metrics_listen": ANY_PORT,
    }


def a_full_run(server, known, tmp_path):
    """Everything that a secret goes through, and everything that fails on its way."""
    caller = server.caller()
    product_id = caller.product()
    given = known.add("a device's secret", "device-" + secrets.token_hex(10))
    caller.device(product_id, "given", auth_info={"auth_type": "SECRET", "secret": given})
    made = raw(server, "POST", "devices", body={"product_id": product_id, "node_id": "made"})
    known.add("a secret that was made up", made.json()["auth_info"]["secret"])
    again = {"product_id": product_id, "node_id": "given", "auth_info": {"auth_type": "SECRET", "secret": given}}
    assert raw(server, "POST", "devices", body=again).status == 400
    wrong = {**again, "node_id": "other", "auth_info": {"auth_type": "SECRET", "secret": given, "timeout": -1}}
    assert raw(server, "POST", "devices", body=wrong).status == 400

    typed = known.add("a secret in a file", "typed-" + secrets.token_hex(10))
    rows = [{"product_id": product, "node_id": f"row-{product}"} for product in (product_id, "unknown")]
    file_id = caller.upload(with_secrets(tmp_path / "secrets.xlsx", rows, typed))
    task_id = caller.batch("createDevices", document_source=file_id)
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)

    reset(server, known, product_id, made.json()["device_id"])
    package_url(server, known, caller, product_id)
    people(Account(server), known)

    # Somebody who takes a secret for something else.
    token = known.add("a token", secrets.token_hex(16))
    for header in ({"X-Auth-Token": token}, {"Authorization": f"Bearer {token}"}):
        assert raw(server, "GET", "apps", signed=False, headers=header).status == 401
    sk = known.add("a secret key that is not the root's", server.credentials.sk[:-1] + "?")
    assert raw(server, "GET", "apps", sk=sk).status == 401
    return caller, export_id


def reset(server, known, product_id, device_id):
    """New secrets of a device, first and second, given and made up, and one that is refused."""
    for kind in ("PRIMARY", "SECONDARY"):
        given = known.add(f"a new {kind} secret", "reset-" + secrets.token_hex(10))
        for body in ({"secret": given, "secret_type": kind}, {"secret_type": kind}):
            answer = raw(server, "POST", f"devices/{device_id}/action", [("action_id", "resetSecret")], body)
            assert answer.status == 200, answer.body
            known.add(f"the latest {kind} secret", answer.json()["secret"])
    refused = known.add("a refused secret", "refused-" + secrets.token_hex(10))
    body = {"secret": refused, "secret_type": "TERTIARY"}
    assert raw(server, "POST", f"devices/{device_id}/action", [("action_id", "resetSecret")], body).status == 400


def package_url(server, known, caller, product_id):
    """Where a package lies may be a URL that whoever knows it can open: whoever shows the package is told, nobody else."""
    signature = known.add("the signature of a package's URL", secrets.token_hex(20), sealed=False)
    location = {"url": f"https://ota:{signature}@firmware.example.com/a.bin?X-Amz-Signature={signature}"}
    app_id = server.credentials.app_id
    package = {"app_id": app_id, "package_type": "firmwarePackage", "product_id": product_id, "file_location": location}
    made = raw(server, "POST", "ota-upgrades/packages", body={**package, "version": "9.9"})
    assert made.status == 201, made.body
    assert raw(server, "POST", "ota-upgrades/packages", body={**package, "version": "a b"}).status == 400
    assert raw(server, "GET", f"ota-upgrades/packages/{made.json()['package_id']}").json()["file_location"] == location
    known.judge("a list of packages", raw(server, "GET", "ota-upgrades/packages").body)
    upgrade = {"document": {"package_id": made.json()["package_id"]}, "targets": ["nobody"], "app_id": app_id}
    known.judge("a batch task", str(caller.finished(caller.batch("firmwareUpgrade", **upgrade))))


def people(account, known):
    """Whatever a user is given to prove who it is with."""
    password = known.add("a password", "Pass-" + secrets.token_hex(10))
    user_id = account.user("somebody", password=password)
    key = account.key(user_id)
    known.add("a user's secret key", key["sk"])
    token = known.add("an IAM token", account.login("somebody", password).headers["X-Subject-Token"])
    wrong = known.add("a wrong password", "Wrong-" + secrets.token_hex(10))
    assert account.login("somebody", wrong).status == 401
    temporary = Account(account.server, **key).temporary_key().json()["credential"]
    known.add("a temporary secret key", temporary["secret"])
    known.add("a security token", temporary["securitytoken"])
    own = Account(account.server, token=token)
    assert own.ask("DELETE", "/v3/auth/tokens", headers={"X-Subject-Token": token}).status == 204
    new = known.add("a new password", "Next-" + secrets.token_hex(10))
    change = {"user": {"password": new, "original_password": password}}
    assert Account(account.server, **key).ask("POST", f"/v3/users/{user_id}/password", change).status == 204


def with_secrets(path, rows, secret):
    header = ["product_id", "node_id", "secret"]
    return sheet(path, header, [[row["product_id"], row["node_id"], secret] for row in rows])


def judge_everything(server, known, tmp_path, caller, export_id):
    known.judge("a list of devices", str([str(device) for device in caller.all_devices()]))
    known.judge("a list of exports", str(caller.exports()))
    content = caller.download(export_id)
    archive = Result(content).archive
    for name in archive.namelist():
        known.judge(name, archive.read(name))
    known.judge("the metrics", metrics(server))
    server.terminate()
    known.judge("standard output and error", server.everything_said())
    known.judge("the file of the audit", (tmp_path / "audit.jsonl").read_bytes())
    assert (tmp_path / "audit.jsonl").stat().st_size > 1000


def metrics(server):
    (*_, url) = re.findall(r"^metrics on (http://\S+)$", server.out_path.read_text(encoding="utf-8"), re.MULTILINE)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=30) as answer:
        return answer.read()


def test_no_secret_of_a_full_run_is_said_anywhere(serve, known, tmp_path):
    server = serve(**settings(known, tmp_path))
    caller, export_id = a_full_run(server, known, tmp_path)
    until(lambda: audit(server), "the audit has lines")
    judge_everything(server, known, tmp_path, caller, export_id)
    known.judge("the audit", str(audit(server)))


@pytest.mark.embedded
def test_no_secret_of_a_full_run_lies_in_clear_in_the_database(serve, known, tmp_path):
    server = serve(**settings(known, tmp_path))
    a_full_run(server, known, tmp_path)
    for path in server.data_dir.glob("unlade.db*"):
        known.judge(path.name, path.read_bytes(), known.in_clear)


def test_no_secret_of_a_bucket_is_said_anywhere(serve, bucket, known, tmp_path):
    known.add("the bucket's secret", BUCKET_SECRET)
    server = serve(**settings(known, tmp_path), **bucket.settings())
    caller, export_id = a_full_run(server, known, tmp_path)
    judge_everything(server, known, tmp_path, caller, export_id)


def test_a_start_that_fails_says_no_secret_either(serve, known, tmp_path):
    server = serve(**settings(known, tmp_path))
    server.terminate()
    password = known.add("the database's password", secrets.token_hex(10))
    bucket = known.add("a bucket's secret without its id", secrets.token_hex(10))
    bad = [
        {"database_url": f"postgres://unlade:{password}@127.0.0.1:1/unlade"},
        {"master_key": known.add("a bad master key", "bad-" + secrets.token_hex(10))},
        {"storage_bucket": "b", "storage_secret_access_key": bucket},
    ]
    settled = server.settings
    for wrong in bad:
        server.settings = {**settled, **wrong}
        assert server.launch().wait(timeout=60) != 0, wrong
    known.judge("standard output and error", server.everything_said())
