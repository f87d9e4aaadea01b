"""Every path of the identity service, as the router has them: without credentials, without rights, with nonsense."""

import re
from pathlib import Path

import pytest

from vocabulary import Account, raw

ROUTER = Path(__file__).resolve().parents[2] / "crates" / "api" / "src" / "router" / "account.rs"
ROW = re.compile(r'\(\s*"(\w+)",\s*"(/v[^"]+)",\s*(get|post|put|patch|delete|head)\(')
GRANTED = re.compile(r'\("(/v[^"]+/roles)", "([^"]*)"\)')
# What anybody may ask who is proven, because it is about themselves; and what proves somebody.
OPEN = {"ListProjects", "ListAuthProjects", "ListAuthDomains", "CreateTemporaryAccessKey", "ListAccessKeys"}
PROVING = {"CreateToken"}
NONSENSE = [
    b"", b"{", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 20_000, b'{"user":' * 300 + b"1" + b"}" * 300, b'{"auth":1e999}',
    b'{"user":{"name":"\\ud800"}}', b'{"user":{"name":"a\\u0000","name":' + b"9" * 50_000 + b"}}",
    b'{"group":{"name":"g","name":[]},"role":{"policy":"{}"},"agency":{"name":"\\udfff"},"auth":{"auth":{}}}',
    b'{"user":1,"group":[],"role":"","credential":null,"agency":0,"project":{},"auth":{"identity":{}}}',
    b'{"user":{"name":1},"group":{"name":""},"role":{"policy":[]},"credential":{"user_id":{}},"agency":{"name":[]},'
    b'"project":{"name":"\\u0000"},"auth":{"identity":{"methods":["password",1]},"scope":[]},"resource_type":5}',
]


def endpoints():
    text = ROUTER.read_text("utf-8")
    rows = [(name, method.upper(), path) for name, path, method in ROW.findall(text)]
    for roles, end in GRANTED.findall(text):
        rows.append(("ListGrants", "GET", roles + end))
        rows += [(name, method, f"{roles}/{{role_id}}{end}") for name, method in
                 (("AddGrant", "PUT"), ("CheckGrant", "HEAD"), ("RevokeGrant", "DELETE"))]
    return rows


ENDPOINTS = endpoints()


def filled(path, account):
    return re.sub(r"\{(\w+)\}", lambda found: account.domain_id() if found[1] == "domain_id" else "no-such-id", path)


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(batch_workers=0, export_workers=0)


@pytest.fixture(scope="module")
def account(server):
    return Account(server)


@pytest.fixture(scope="module")
def nobody(account):
    """Somebody who is known and was never granted anything."""
    _, key = account.person("nobody")
    return Account(account.server, **key)


def test_every_row_of_the_router_is_tried():
    assert len(ENDPOINTS) == 45 + 32 and len({(method, path) for _, method, path in ENDPOINTS}) == len(ENDPOINTS)


@pytest.mark.parametrize("name, method, path", ENDPOINTS)
def test_nothing_is_answered_without_credentials(account, name, method, path):
    answer = raw(account.server, method, filled(path, account), signed=False, body=b"{}")
    assert answer.status == (400 if name in PROVING | {"CreateTemporaryAccessKey"} else 401)


@pytest.mark.parametrize("name, method, path", ENDPOINTS)
def test_nothing_is_answered_without_a_right(account, nobody, name, method, path):
    answer = nobody.ask(method, filled(path, account), b'{"credential":{"user_id":"somebody"}}')
    allowed = {"CreateToken": 400, "CreateTemporaryAccessKey": 400, "ShowToken": 400, "RevokeToken": 400}
    assert answer.status == (200 if name in OPEN - set(allowed) else allowed.get(name, 403)), answer.body


@pytest.mark.parametrize("name, method, path", ENDPOINTS)
def test_nonsense_is_refused_and_never_an_error_of_ours(account, name, method, path):
    whole = filled(path, account)
    for body in NONSENSE if method in ("POST", "PUT", "PATCH") else [None]:
        answer = account.ask(method, whole, body)
        reads = name in {"ListProjects", "ListAuthProjects", "ListAuthDomains", "ListUsers", "ListGroups", "ListRoles",
                         "ListCustomPolicies", "ListAgencies", "ListAccessKeys"}
        assert answer.status == 200 if reads else 400 <= answer.status < 500, (body, answer.status, answer.body)


@pytest.mark.parametrize("query", ["name=%00", "page=0&name=x", "per_page=x", "enabled=perhaps", "name=%ff", "page=-1"])
@pytest.mark.parametrize("path", ["/v3/projects", "/v3/roles", "/v3.0/OS-AGENCY/agencies", "/v3/users", "/v3/groups"])
def test_a_query_is_read_or_refused(account, path, query):
    pairs = [tuple(pair.split("=")) for pair in query.split("&")]
    assert account.ask("GET", path, query=pairs).status in (200, 400)


def test_a_body_over_the_limit_is_refused(account):
    assert account.ask("POST", "/v3/users", b" " * (200 << 10)).status == 413
    assert raw(account.server, "POST", "/v3/auth/tokens", body=b" " * (200 << 10), signed=False).status == 413
