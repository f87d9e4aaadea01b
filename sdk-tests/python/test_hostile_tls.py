"""Clients that mean harm, behind TLS and in HTTP/2: as in test_hostile.py, whatever they do is refused or their connection
is closed; meanwhile the server's memory stays where it was and everybody else is served."""

import struct
from contextlib import ExitStack

import pytest
from h2.exceptions import ProtocolError

from vocabulary import Http2, Wire, head, memory_within, others_served, raw, until

PLACES = 32
MEMORY_MIB = 96
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
EMPTY_SETTINGS = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
# The first bytes of a ClientHello: more is announced than comes.
HALF_A_HELLO = bytes.fromhex("1603010200010001fc0303") + bytes(20)


@pytest.fixture(scope="module")
def server(serve_module, authority):
    """Little room, and so little patience that an attack on it is over soon: more, though, than a busy machine makes an
    honest client wait between two bytes."""
    return serve_module(
        authority=authority,
        server_connections_max=PLACES,
        server_header_timeout_seconds=3,
        server_stall_timeout_seconds=3,
        server_metrics_listen="127.0.0.1:0",
    )


@pytest.fixture(autouse=True)
def no_harm(server):
    with memory_within(server, MEMORY_MIB), others_served(server):
        yield


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


# Before anything is said


@pytest.mark.parametrize("start", [b"", HALF_A_HELLO[:3], HALF_A_HELLO], ids=["nothing", "a piece", "half a hello"])
def test_a_handshake_that_does_not_come_is_not_waited_for(server, start):
    with ExitStack() as all_of_them:
        wires = [all_of_them.enter_context(Wire(server, bare=True)) for _ in range(3 * PLACES)]
        for wire in wires:
            wire.send(start)
        assert raw(server, "GET", "apps").status == 200
        for wire in wires:
            wire.everything()


def test_a_handshake_that_comes_byte_by_byte_is_not_waited_for(server):
    with Wire(server, bare=True) as wire:
        wire.send(HALF_A_HELLO)
        until(lambda: not wire.send(b"\0"), "the server closes the connection", every=0.2)


@pytest.mark.parametrize("noise", [b"\0" * 4096, b"\xff" * 4096, b"SSH-2.0-x\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 70_000])
def test_what_is_no_handshake_is_shown_out(server, noise):
    with Wire(server, bare=True) as wire:
        wire.send(noise)
        wire.everything()


@pytest.mark.parametrize("start", [b"", b"GET /v5/iot HTTP/1.1\r\n", b"GET /v5/iot HTTP/1.1\r\nHost: x\r\nX: "])
def test_a_header_over_tls_that_comes_byte_by_byte_is_not_waited_for(server, start):
    with Wire(server) as wire:
        wire.send(start)
        until(lambda: not wire.send(b"x"), "the server closes the connection", every=0.2)


def test_a_body_over_tls_that_stops_is_not_waited_for(server):
    with Wire(server) as wire:
        wire.send(head(server, "POST", "apps", framing=["Content-Length: 100"]) + b'{"app_name"')
        wire.everything()


@pytest.fixture(scope="module")
def export(server):
    """A result that is more than any buffer on its way."""
    caller = server.caller()
    targets = [f"device-{number:08}-{number * 7919 % 100_003}" for number in range(30_000)]
    task_id = caller.batch("freezeDevices", targets=targets)
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    return export_id


def test_downloads_over_tls_that_nobody_reads_hold_nothing(server, export):
    with ExitStack() as all_of_them:
        wires = [all_of_them.enter_context(Wire(server, receive_buffer=4096)) for _ in range(PLACES - 8)]
        for wire in wires:
            wire.send(head(server, "GET", f"export-tasks/{export}/file"))
        assert raw(server, "GET", "apps").status == 200
        until(lambda: server.metrics()("unlade_connections_open", listener="api") < 8, "they are gone")


# HTTP/2


SILENCES = {
    "nothing": b"",
    "half a preface": PREFACE[:10],
    "a preface": PREFACE,
    "settings": PREFACE + EMPTY_SETTINGS,
    "half a frame": PREFACE + EMPTY_SETTINGS + frame(1, 0x5, 1, b"x" * 100)[:30],
    "a header that is not whole": PREFACE + EMPTY_SETTINGS + frame(1, 0x1, 1, b"\x82"),
}


@pytest.mark.parametrize("start", SILENCES.values(), ids=SILENCES)
def test_whoever_asks_nothing_over_http2_is_put_out(server, start):
    with Http2(server, begins=False) as wire:
        wire.send(start)
        wire.everything()


def test_a_header_that_goes_on_and_on_is_not_waited_for(server):
    with Http2(server, begins=False) as wire:
        wire.send(PREFACE + EMPTY_SETTINGS + frame(1, 0x1, 1, b"\x82"))
        until(lambda: not wire.send(frame(9, 0, 1, b"\x82")), "the server closes the connection", every=0.1)


def test_pings_do_not_keep_an_idle_connection(server):
    with Http2(server, begins=False) as wire:
        wire.send(PREFACE + EMPTY_SETTINGS)
        until(lambda: not wire.send(frame(6, 0, 0, bytes(8))), "the server closes the connection", every=0.1)


def test_who_has_asked_and_asks_no_more_is_put_out(server):
    with Http2(server) as wire:
        assert wire.answered(wire.ask("GET", "apps"))[0] == 200
        wire.until_closed()


def test_a_body_over_http2_that_stops_is_not_waited_for(server):
    with Http2(server) as wire:
        status, _ = wire.answered(wire.ask("POST", "apps", b'{"app_name"', ends=False))
        assert status is None or 400 <= status < 500
        wire.until_closed()


def test_downloads_for_which_there_is_no_room_hold_nothing(server, export):
    """The client goes on talking, but never says that it has room for more of the answers."""
    with Http2(server) as wire:
        for _ in range(8):
            wire.ask("GET", f"export-tasks/{export}/file")
        wire.until_closed()


def test_a_client_that_takes_little_by_little_gets_all(server, export):
    whole = server.caller().download(export)
    with Http2(server) as wire:
        stream = wire.ask("GET", f"export-tasks/{export}/file")
        assert wire.answered(stream) == (200, whole)


def test_a_client_has_no_more_requests_at_a_time_than_it_may(server):
    """A body that does not come keeps each at work."""
    with Http2(server) as wire:
        wire.listen()
        most = wire.h2.remote_settings.max_concurrent_streams
        assert most <= 100
        for _ in range(most):
            wire.ask("POST", "apps", b"{", ends=False)
        with pytest.raises(ProtocolError):
            wire.ask("POST", "apps", b"{", ends=False)


def test_requests_that_are_taken_back_at_once_end_the_connection(server):
    with Http2(server) as wire:
        for _ in range(10_000):
            stream = wire.h2.get_next_available_stream_id()
            fields = [(":method", "GET"), (":scheme", "https"), (":authority", "x"), (":path", "/v5/iot/p/apps")]
            wire.h2.send_headers(stream, fields, end_stream=True)
            wire.h2.reset_stream(stream)
            if not wire.flush():
                break
        wire.everything()


FLOODS = {
    "settings": EMPTY_SETTINGS,
    "pings": frame(6, 0, 0, bytes(8)),
    "priorities": frame(2, 0, 1, struct.pack(">IB", 3, 1)),
    "windows of nothing": frame(8, 0, 0, bytes(4)),
    "resets of nothing": frame(3, 0, 1, bytes(4)),
    "empty pieces of a header": frame(9, 0, 1),
    "frames of a kind that there is not": frame(0x42, 0, 0, b"x" * 1000),
    "more than a frame may hold": frame(0, 0, 1, b"x" * 70_000),
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_a_flood_of_frames_is_borne(server, flood):
    with Http2(server, begins=False) as wire:
        wire.socket.settimeout(5)
        wire.send(PREFACE + EMPTY_SETTINGS)
        try:
            for _ in range(200):
                if not wire.send(flood * 100):
                    break
        except TimeoutError:
            # The server reads no more of one who does not read its answers.
            pass


def test_headers_that_are_large_once_unpacked_are_refused(server):
    """A header of 4 KB that the table remembers is a byte each time that it is named again."""
    with Http2(server) as wire:
        fields = [(":method", "GET"), (":scheme", "https"), (":authority", "x"), (":path", "/healthz")]
        stream = wire.h2.get_next_available_stream_id()
        wire.h2.send_headers(stream, fields + [("x", "x" * 3000)] * 2000, end_stream=True)
        wire.flush()
        status, _ = wire.answered(stream)
        assert status in (None, 431)
