"""A stranger with a fuzzer finds no answer that is not documented.

UNLADE_STRANGER_EXAMPLES=1000 asks more of each operation; a failure prints the request that made it.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stranger.mutate import Request, requests
from stranger.operations import OPERATIONS, routes
from stranger.oracle import faults
from stranger.world import UNBOUNDED, World
from vocabulary import Wire

EXAMPLES = int(os.environ.get("UNLADE_STRANGER_EXAMPLES", "40"))


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
