"""Clients that mean harm. Whatever they send is refused or their connection is closed; meanwhile the server's memory stays
where it was and everybody else is served."""

import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from vocabulary import Wire, children, chunked, device_ids, head, memory_within, others_served, raw, until

MIB = 1 << 20
# What one request may cost at its worst: a body of 12 MB, the values in it, and what the allocator keeps of them.
MEMORY_MIB = 96
MEGABYTES = 300
STRANGER = {"ak": "NOSUCHACCESSKEY00000", "sk": "x" * 40}


@pytest.fixture(scope="module")
def server(serve_module):
    """Little room and the usual patience: of those who try it, test_hostile_slow.py tells."""
    return serve_module(limits_held_bytes=32 * MIB)


@pytest.fixture(autouse=True)
def no_harm(server):
    with memory_within(server, MEMORY_MIB), others_served(server):
        yield


def refusal(server, *pieces):
    """Sends as far as the server lets us; the answer must be a 4xx, or there is none and the connection is closed."""
    with Wire(server) as wire:
        wire.send_all_of(pieces)
        reply = wire.reply()
    assert reply.status is None or 400 <= reply.status < 500, reply
    return reply


# More than there is room for


def megabytes():
    return (bytes(MIB) for _ in range(MEGABYTES))


@pytest.mark.parametrize("key", [{}, STRANGER], ids=["known key", "unknown key"])
@pytest.mark.parametrize("framing", ["Content-Length", "chunked"])
def test_a_body_of_300_mb_is_not_held(server, framing, key):
    if framing == "chunked":
        start = head(server, "POST", "apps", framing=["Transfer-Encoding: chunked"], **key)
        reply = refusal(server, start, *chunked(megabytes()))
    else:
        start = head(server, "POST", "apps", framing=[f"Content-Length: {MEGABYTES * MIB}"], **key)
        reply = refusal(server, start, *megabytes())
    assert reply.status in (None, 413)


# Uploads

MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}


def upload(server, *pieces, boundary="x"):
    """Streams a multipart body of any length, which must be refused."""
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    # What is signed is only that there is a body.
    start = head(server, "POST", "batchtask-files", b"-", headers=kind, framing=["Transfer-Encoding: chunked"])
    return refusal(server, start, *chunked(pieces))


def part(name, content, file_name=None):
    file_name = f'; filename="{file_name}"' if file_name else ""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{file_name}\r\n\r\n'.encode() + content + b"\r\n"


FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n'
END = b"--x--\r\n"
UPLOADS = {
    "a file of 300 MB": lambda: [FILE, b"\r\n", *megabytes(), END],
    "a part header of 300 MB": lambda: [FILE, b"X: ", *megabytes(), b"\r\n\r\n", END],
    "a part header that comes byte by byte": lambda: [FILE, b"X: ", *([b"x"] * 250_000), b"\r\n\r\n", END],
    "300 MB before the first part": lambda: [*megabytes(), END],
    "300 MB in a part that is no file": lambda: [part("other", b"")[:-2], *megabytes(), b"\r\n", END],
    "10,000 parts": lambda: [part(f"part-{number}", b"x") for number in range(10_000)] + [END],
    "10,000 headers of a part": lambda: [FILE, *(b"X-%d: x\r\n" % number for number in range(10_000)), b"\r\n", END],
    "no part at all": lambda: [END],
    "no file": lambda: [part("other", b"x"), END],
    "no end": lambda: [FILE, b"\r\n", b"PK\x03\x04"],
    "an end in the middle of a header": lambda: [b'--x\r\nContent-Dispo'],
    "another boundary": lambda: [part("file", b"PK", "a.xlsx").replace(b"--x", b"--y"), b"--y--\r\n"],
    "a name that ends the line": lambda: [part("file", b"PK", "a\r\nSet-Cookie: x.xlsx"), END],
    "a name with a quotation mark": lambda: [part("file", b"PK", 'a".xlsx'), END],
    "a name of 1 MB": lambda: [part("file", b"PK", "a" * MIB + ".xlsx"), END],
    "a name that is a path": lambda: [part("file", b"PK", "../../../../etc/passwd"), END],
    "nothing": lambda: [],
}


@pytest.mark.parametrize("pieces", UPLOADS.values(), ids=UPLOADS)
def test_an_upload_that_is_none_is_refused(server, pieces):
    reply = upload(server, *pieces())
    if reply.status is not None:
        assert reply.code.startswith("IOTDA."), reply


def test_an_upload_that_comes_byte_by_byte_is_taken(server, tmp_path):
    content = device_ids(tmp_path / "bytes.xlsx", ["device-1"]).read_bytes()
    body = part("file", content, "bytes.xlsx") + END
    start = head(server, "POST", "batchtask-files", b"-", headers=MULTIPART, framing=["Transfer-Encoding: chunked"])
    with Wire(server) as wire:
        wire.send(start + b"".join(chunked(body[at : at + 1] for at in range(len(body)))))
        assert wire.reply().status == 201


def container(**parts):
    """A zip as no spreadsheet program writes it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            with archive.open(name, "w", force_zip64=True) as entry:
                for piece in content:
                    entry.write(piece)
    return packed.getvalue()


def test_a_zip_that_inflates_to_300_mb_is_refused(server):
    bomb = container(**{"xl/worksheets/sheet1.xml": megabytes()})
    assert len(bomb) < 2 * MIB
    reply = upload(server, part("file", bomb, "bomb.xlsx"), END)
    assert (reply.status, reply.code) == (400, "IOTDA.014606")


def test_many_uploads_at_once_are_read_a_few_at_a_time(server, tmp_path):
    """Each is read by a process that may use half a gigabyte."""
    ids = [f"device-{number}" for number in range(8_000)]
    content = device_ids(tmp_path / "long.xlsx", [*ids, "too long" * 1000]).read_bytes()
    with ThreadPoolExecutor(8) as crowd:
        uploads = [crowd.submit(upload, server, part("file", content, "long.xlsx"), END) for _ in range(8)]
        most = 0
        while not all(upload.done() for upload in uploads):
            most = max(most, len(children(server)))
    assert [upload.result().code for upload in uploads] == ["IOTDA.014606"] * 8
    assert 0 < most <= 4


def test_callers_who_go_away_before_the_answer_start_no_more_readers(server, tmp_path):
    content = device_ids(tmp_path / "long.xlsx", [f"device-{number}" for number in range(8_000)]).read_bytes()
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    start = head(server, "POST", "batchtask-files", b"-", headers=kind, framing=["Transfer-Encoding: chunked"])
    most = 0
    for _ in range(3):
        before = set(children(server))
        with ExitStack() as crowd:
            for _ in range(4):
                wire = crowd.enter_context(Wire(server))
                assert wire.send_all_of([start, *chunked([part("file", content, "long.xlsx"), END])])
            until(lambda: len(set(children(server)) - before) >= 2, "this crowd's files are read", every=0.01)
            most = max(most, len(children(server)))
    until(lambda: not children(server), "every file is read")
    assert 2 <= most <= 4


# Headers


HEADERS = {
    "10,000 headers": b"".join(b"X-%d: x\r\n" % number for number in range(10_000)),
    "a header of 1 MB": b"X: " + b"x" * MIB + b"\r\n",
    "a header name of 1 MB": b"x" * MIB + b": x\r\n",
    "a header without a colon": b"nonsense\r\n",
    "a header without a name": b": x\r\n",
    "a space before the colon": b"X : x\r\n",
    "a NUL in a header": b"X: a\x00b\r\n",
    "a folded header": b"X: a\r\n b\r\n",
    "a bare carriage return": b"X: a\rb\r\n",
}
LINES = {
    "a path of 1 MB": b"GET /" + b"x" * MIB + b" HTTP/1.1\r\n",
    "a query of 1 MB": b"GET /?" + b"x" * MIB + b" HTTP/1.1\r\n",
    "a method of 1 MB": b"x" * MIB + b" / HTTP/1.1\r\n",
    "no version": b"GET /\r\n",
    "another version": b"GET / HTTP/3.0\r\n",
    "two spaces": b"GET  /  HTTP/1.1\r\n",
    "not a request": b"\x00\x01\x02\x03\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303") + bytes(189),
    "CONNECT": b"CONNECT example.com:443 HTTP/1.1\r\n",
    "another host": b"GET http://example.com/v5/iot/p/apps HTTP/1.1\r\n",
    "an asterisk": b"OPTIONS * HTTP/1.1\r\n",
    "a path without a slash": b"GET v5/iot HTTP/1.1\r\n",
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_a_hostile_header_is_refused(server, headers):
    refusal(server, b"GET /v5/iot HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n")


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_hostile_request_line_is_refused(server, line):
    refusal(server, line + b"Host: x\r\n\r\n")


# Two requests in one: who comes after a proxy that frames otherwise than we do must not be taken for somebody else

SECOND = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
SMUGGLED = {
    "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(SECOND),
    "two lengths in one": b"Content-Length: 0, %d\r\n" % len(SECOND),
    "a length with a sign": b"Content-Length: +0\r\n",
    "a negative length": b"Content-Length: -1\r\n",
    "a length in hex": b"Content-Length: 0x0\r\n",
    "a length beyond all": b"Content-Length: 99999999999999999999\r\n",
    "a length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "chunks and a length": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "another coding": b"Transfer-Encoding: gzip\r\n",
    "chunked, then another": b"Transfer-Encoding: chunked, identity\r\n",
    "chunked by another name": b"Transfer-Encoding: xchunked\r\n",
    "a folded coding": b"Transfer-Encoding:\r\n chunked\r\n",
    "a space before the colon": b"Transfer-Encoding : chunked\r\n",
}
BAD_CHUNKS = {
    "no size": b"\r\n\r\n",
    "a size that is no number": b"x\r\n",
    "a negative size": b"-1\r\n",
    "a size with 0x": b"0x0\r\n\r\n",
    "a size beyond all": b"ffffffffffffffffff\r\n",
    "more than the size": b"1\r\nab\r\n0\r\n\r\n",
    "an extension of 1 MB": b"0;" + b"x" * MIB + b"\r\n\r\n",
    "10,000 trailers": b"0\r\n" + b"".join(b"X-%d: x\r\n" % number for number in range(10_000)) + b"\r\n",
}


@pytest.mark.parametrize("framing", SMUGGLED.values(), ids=SMUGGLED)
def test_a_second_request_is_not_smuggled_in(server, framing):
    with Wire(server) as wire:
        wire.send(b"POST /v5/iot HTTP/1.1\r\nHost: x\r\n" + framing + b"\r\n0\r\n\r\n" + SECOND)
        answers = wire.everything()
    assert b"200 OK" not in answers, answers
    assert answers.count(b"HTTP/1.1 ") <= 1


@pytest.mark.parametrize("chunks", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
def test_a_bad_chunk_ends_the_connection(server, chunks):
    with Wire(server) as wire:
        wire.send(head(server, "POST", "apps", framing=["Transfer-Encoding: chunked"]) + chunks + SECOND)
        answers = wire.everything()
    assert b"200 OK" not in answers, answers


# What is unusual but right


def test_requests_that_do_not_wait_for_each_other_are_answered_in_order(server):
    last = SECOND[:-2] + b"Connection: close\r\n\r\n"
    with Wire(server) as wire:
        wire.send(SECOND + head(server, "GET", "nothing") + last)
        answers = wire.everything()
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"404", b"200"]


def test_who_asks_before_sending_is_told_to_go_on_only_with_credentials(server):
    body = json.dumps({"app_name": "a b"}).encode()
    expect = {"Expect": "100-continue"}
    with Wire(server) as wire:
        wire.send(head(server, "POST", "apps", body, headers=expect))
        assert wire.socket.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.send(body)
        assert wire.reply().status == 400
    with Wire(server) as wire:
        wire.send(head(server, "POST", "apps", body, headers={**expect, "Authorization": "x"}, signed=False))
        assert wire.reply().status == 401


# Paths, signed as they stand

PATHS = ["devices/a%2Fb", "devices/%00", "devices/..", "devices/%2e%2e", "devices/../apps", "devices//", "/v5//iot",
         "devices/%2e%2e%2fapps", "devices/%", "devices/%zz", "devices/%ff", "devices/%0d%0aX:x", "devices/a;b",
         "batchtasks/%2e%2e%2f%2e%2e%2fmaster.key", "export-tasks/..%2f..%2funlade.db/file", "devices/" + "a" * 20_000]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:30])
def test_an_odd_path_leads_nowhere(server, path):
    reply = refusal(server, head(server, "GET", path))
    assert reply.code in ("APIGW.0101", "IOTDA.014000", "IOTDA.014200", "IOTDA.014802", "IOTDA.000002", "APIGW.0201"), reply
    assert reply.status in (401, 404, 414)


# JSON

def nested(count):
    return b'{"app_name":' + b"[" * count


BODIES = {
    "nested 1,000,000 deep": nested(1_000_000),
    "a number of 1 MB": b'{"app_name":' + b"9" * MIB + b"}",
    "a number beyond all": b'{"app_name":1e999999999}',
    "a byte order mark": b'\xef\xbb\xbf{"app_name":"bom"}',
    "UTF-16": '{"app_name":"x"}'.encode("utf-16"),
    "a NUL behind it": b'{"app_name":"x"}\x00',
    "a NUL in a text": b'{"app_name":"a\\u0000b"}',
    "half a surrogate": b'{"app_name":"\\ud800"}',
    "surrogates the wrong way round": b'{"app_name":"\\udc00\\ud800"}',
    "a control character": b'{"app_name":"a\nb"}',
    "not a number": b'{"app_name":NaN}',
    "a comment": b'{"app_name":"x"}//',
    "6 million numbers": b"[" + b"0," * (11 * MIB // 2) + b"0]",
    "4 million arrays": b"[" + b"[]," * (11 * MIB // 3) + b"0]",
    "2 million objects": b"[" + b'{"":0},' * (11 * MIB // 7) + b"0]",
    "1 million keys": b"{" + b",".join(b'"%d":0' % number for number in range(10**6)) + b"}",
    "a key of 11 MB": b'{"' + b"k" * (11 * MIB) + b'":0}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_hostile_json_is_refused(server, body):
    answer = raw(server, "POST", "apps", body=body)
    assert answer.status == 400
    assert len(answer.body) < 9000


def test_of_two_keys_of_one_name_the_last_is_meant_as_it_was_signed(server):
    answer = raw(server, "POST", "apps", body=b'{"app_name":"first","app_name":""}')
    assert (answer.status, answer.code) == (400, "IOTDA.000006")
