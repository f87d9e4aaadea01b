"""Clients that mean harm by doing nothing, or little: as in test_hostile.py, the server's memory stays where it was and
everybody else is served."""

from contextlib import ExitStack

import pytest

from vocabulary import Wire, head, memory_within, others_served, raw, until

PLACES = 32
MIB = 1 << 20
MEMORY_MIB = 96
STRANGER = {"ak": "NOSUCHACCESSKEY00000", "sk": "x" * 40}


@pytest.fixture(scope="module")
def server(serve_module):
    """Little room, and so little patience that an attack on it is over soon: more, though, than a busy machine makes an
    honest client wait between two bytes."""
    return serve_module(
        server_connections_max=PLACES,
        server_header_timeout_seconds=3,
        server_stall_timeout_seconds=3,
        limits_held_bytes=32 * MIB,
    )


@pytest.fixture(autouse=True)
def no_harm(server):
    with memory_within(server, MEMORY_MIB), others_served(server):
        yield


def test_many_bodies_at_once_share_one_room(server):
    """Each would be let in by itself; together they are more than there is room for, and none of them ends."""
    start = head(server, "POST", "apps", framing=[f"Content-Length: {12 * MIB}"], **STRANGER)
    with ExitStack() as all_of_them:
        wires = [all_of_them.enter_context(Wire(server)) for _ in range(14)]
        for wire in wires:
            wire.send(start)
        for _ in range(11):
            for wire in wires:
                wire.send(bytes(MIB))


def test_more_silent_connections_than_there_are_places_hold_nobody_up_for_long(server):
    with ExitStack() as all_of_them:
        silent = [all_of_them.enter_context(Wire(server)) for _ in range(3 * PLACES)]
        assert raw(server, "GET", "apps").status == 200
        assert [wire.everything() for wire in silent] == [b""] * len(silent)


@pytest.mark.parametrize("start", [b"", b"GET /v5/iot HTTP/1.1\r\n", b"GET /v5/iot HTTP/1.1\r\nHost: x\r\nX: "])
def test_a_header_that_comes_byte_by_byte_is_not_waited_for(server, start):
    with Wire(server) as wire:
        wire.send(start)
        until(lambda: not wire.send(b"x"), "the server closes the connection", every=0.2)


def test_a_body_that_stops_is_not_waited_for(server):
    with Wire(server) as wire:
        wire.send(head(server, "POST", "apps", framing=["Content-Length: 100"]) + b'{"app_name"')
        wire.everything()


def test_an_upload_that_stops_is_not_waited_for(server):
    with Wire(server) as wire:
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        start = head(server, "POST", "batchtask-files", b"-", headers=kind, framing=["Content-Length: 10000"])
        part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'
        wire.send(start + part + b"PK\x03\x04")
        wire.everything()


def test_a_body_that_trickles_is_not_waited_for(server):
    """A byte now and then is no progress."""
    with Wire(server) as wire:
        wire.send(head(server, "POST", "apps", framing=["Content-Length: 100000"]))
        until(lambda: not wire.send(b" "), "the server closes the connection", every=0.2)


def test_downloads_that_nobody_reads_hold_nothing(server):
    caller = server.caller()
    export = caller.export(large_task(caller))
    caller.exported(export)
    with ExitStack() as all_of_them:
        wires = [all_of_them.enter_context(Wire(server, receive_buffer=4096)) for _ in range(PLACES - 8)]
        for wire in wires:
            wire.send(head(server, "GET", f"export-tasks/{export}/file"))
        assert raw(server, "GET", "apps").status == 200


def large_task(caller):
    """Its result is more than the buffers of a connection hold."""
    targets = [f"device-{number:08}-{number * 7919 % 100_003}" for number in range(30_000)]
    task = caller.batch("freezeDevices", targets=targets)
    caller.finished(task)
    return task
