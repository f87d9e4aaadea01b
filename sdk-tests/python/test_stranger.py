"""A stranger with a fuzzer finds no answer that is not documented.

UNLADE_STRANGER_EXAMPLES=1000 asks more of each operation; a failure prints the request that made it.
"""

import itertools
import os
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stranger.mutate import Request, bytes_of, filled, requests
from stranger.operations import OPERATIONS, routes
from stranger.oracle import faults
from test_downlink_kinds import package
from vocabulary import Wire, device_ids, raw

EXAMPLES = int(os.environ.get("UNLADE_STRANGER_EXAMPLES", "40"))
UNBOUNDED = {f"limits_{name}": 10**6 for name in ("apps", "products", "batch_running", "batch_files", "export_unfinished", "ota_packages", "device_groups")}
COUNTED = ["products", "devices", "device-group", "ota-upgrades/packages", "batchtasks?task_type=freezeDevices", "export-tasks?resource_type=BatchTask"]


class World:
    """A server with some of everything, finished and not, in which nothing moves by itself."""

    def __init__(self, server, directory):
        self.server, self.fresh = server, itertools.count()
        caller, root = server.caller(), server.credentials
        self.ids = {"app": root.app_id, "other app": caller.app("other"), "spare app": caller.app("spare"), "template": "freezeDevices.xlsx"}
        product_id = self.ids["product"] = caller.product(app_id=root.app_id)
        self.ids["spare product"] = caller.product(app_id=root.app_id)
        gateway_id = self.ids["gateway"] = caller.device(product_id, "gateway")
        self.ids["sub-device"] = caller.device(product_id, "sub", gateway_id=gateway_id)
        self.ids["device"] = caller.device(product_id, "device", device_name="名")
        for kind in ("package", "spare package", "package without file"):
            self.ids[kind] = caller.package(root.app_id, product_id, upload=kind == "package without file")
        self.ids["spare device"] = caller.device(product_id, "spare")
        self.ids["ungrouped device"] = caller.device(product_id, "ungrouped")
        for kind in ("group", "spare group"):
            self.ids[kind] = caller.group(kind, app_id=root.app_id)
        caller.put(self.ids["group"], self.ids["device"])
        for kind in ("task", "spare task"):
            targets = [self.ids["device"], "nobody"]
            self.ids[kind] = caller.batch("freezeDevices", targets=targets, app_id=root.app_id)
            caller.finished(self.ids[kind])
        for kind in ("export", "spare export"):
            self.ids[kind] = caller.export(self.ids["task"])
            caller.exported(self.ids[kind])
        server.restart(batch_workers=0, export_workers=0)
        caller.export(caller.batch("freezeDevices", targets=["a"], app_id=root.app_id))
        document = {"package_id": package(server, product_id)}
        upgrade = {"targets": [self.ids["device"]], "document": document, "app_id": root.app_id}
        self.ids["upgrade"] = caller.batch("firmwareUpgrade", need_confirm=True, **upgrade)
        self.ids["file"] = caller.upload(device_ids(directory / "kept.xlsx", ["a"]))

    def id(self, kind):
        return f"fresh-{next(self.fresh)}" if kind == "fresh" else self.ids[kind]

    def ask(self, operation, request, method=None):
        path = operation.path
        if "{" in path:
            start, end = path.index("{"), path.index("}")
            path = path[:start] + quote(str(filled(request.id, self)), safe="") + path[end + 1 :]
        whole = path if path.startswith(("/console", "/healthz", "/readyz")) else path.removeprefix("/")
        query, body = filled(request.query, self), bytes_of(request, self)
        return raw(self.server, method or operation.method, whole, query, body, request.headers)

    def counts(self):
        """How many records of each kind there are."""
        counts = [len(raw(self.server, "GET", "apps").json()["applications"])]
        for path in COUNTED:
            name, _, query = path.partition("?")
            pairs = [tuple(query.split("="))] if query else []
            counts.append(raw(self.server, "GET", name, pairs).json()["page"]["count"])
        return counts


@pytest.fixture(scope="module")
def world(serve_module, tmp_path_factory):
    return World(serve_module(**UNBOUNDED), tmp_path_factory.mktemp("files"))


def test_the_stranger_knows_every_operation_of_the_router():
    assert {name: (operation.method, operation.path) for name, operation in OPERATIONS.items()} == routes()


NO_REQUESTS = [
    (b"junk\r\n\r\n", 400),
    (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n\r\n", 431),
    (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 101 + b"\r\n", 431),
]


@pytest.mark.parametrize("content, status", NO_REQUESTS, ids=["junk", "a long path", "many headers"])
def test_what_is_no_request_yet_is_answered_as_documented(world, content, status):
    with Wire(world.server) as wire:
        wire.send(content)
        reply = wire.reply()
    assert (reply.status, reply.body) == (status, b"")


# Asked again and again these give the same; what an upload or a deletion needs, other files of this suite have.
REPEATABLE = [name for name, operation in OPERATIONS.items() if operation.success != 204 and not name.startswith("Upload")]


@pytest.mark.parametrize("name", sorted(REPEATABLE))
def test_a_good_request_is_answered_as_documented(world, name):
    operation = OPERATIONS[name]
    request = Request(operation.id, list(operation.query.items()), operation.body, {}, None, ())
    answer = world.ask(operation, request)
    assert (answer.status, faults(operation, request, answer)) == (operation.success, []), answer.body


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_a_spoilt_request_is_answered_as_documented(world, name):
    operation = OPERATIONS[name]

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.data())
    def ask(data):
        request = data.draw(requests(operation))
        before = world.counts() if operation.creates else None
        answer = world.ask(operation, request)
        assert faults(operation, request, answer) == [], answer.body
        if operation.creates and answer.status >= 400:
            assert world.counts() == before, "what was refused left a trace"
        if operation.method == "GET" and answer.status < 400:
            assert world.ask(operation, request).body == answer.body, "the same question has two answers"

    ask()
