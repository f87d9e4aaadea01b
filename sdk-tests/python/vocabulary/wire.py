"""A connection without an HTTP library: every byte is the test's own, and so is the pace."""

import http.client
import io
import json
import socket
import ssl
from dataclasses import dataclass

from .raw import encoded, signed_request

# The other side has closed, in any of the ways that the system and TLS tell of it.
GONE = (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError)


@dataclass
class Reply:
    """What came back, or `status` None when the connection was closed without an answer."""

    status: int | None
    headers: http.client.HTTPMessage | None = None
    body: bytes = b""

    @property
    def code(self):
        return json.loads(self.body)["error_code"]


class Wire:
    """One connection; `patience` is how long the server may leave it without a byte.

    To a server that speaks TLS it does so too, unless it is `bare`: then it is the bytes below, and no handshake is made.
    """

    def __init__(self, server, patience=60, receive_buffer=None, bare=False, protocols=()):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(patience)
        self.socket.connect(("127.0.0.1", server.port))
        if server.authority and not bare:
            context = server.authority.context(*protocols)
            self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, content):
        """Sends as much as the server takes; whether that was all."""
        try:
            self.socket.sendall(content)
            return True
        except GONE:
            return False

    def send_all_of(self, pieces):
        """Sends one piece after the other until the server will have no more."""
        return all(self.send(piece) for piece in pieces)

    def reply(self):
        """The next answer."""
        response = http.client.HTTPResponse(self.socket)
        try:
            response.begin()
            return Reply(response.status, response.headers, response.read())
        except (http.client.BadStatusLine, http.client.IncompleteRead, *GONE):
            return Reply(None)

    def everything(self):
        """All bytes until the server closes, which it must within our patience."""
        received = io.BytesIO()
        try:
            while piece := self.socket.recv(1 << 16):
                received.write(piece)
        except GONE:
            pass
        return received.getvalue()


def head(server, method, path, body=None, headers=(), framing=None, **key):
    """A signed request's header as bytes. `framing` are its lines about length, by default the true Content-Length."""
    content = encoded(body)
    request = signed_request(server, method, path, [], content, dict(headers), **key)
    lines = [f"{method} {request.uri} HTTP/1.1", *(f"{name}: {value}" for name, value in request.header_params.items())]
    lines += [f"Content-Length: {len(content or b'')}"] if framing is None else framing
    return "\r\n".join([*lines, "", ""]).encode()


def chunked(pieces):
    """A body whose length is not told before it ends."""
    for piece in pieces:
        yield b"%x\r\n" % len(piece) + piece + b"\r\n"
    yield b"0\r\n\r\n"
