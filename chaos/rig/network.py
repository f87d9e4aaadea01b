"""The program behind `proxies.py`.

Modes of both kinds of link:
  good     everything passes at once
  refuse   nobody listens, and who was connected is cut off
  stall    connections are taken and nothing passes, in neither direction; what was sent arrives after the end of it,
           as it would after a cable is put back
  slow     every piece (`tcp`) or answer (`http`) is late by so many seconds
Modes of `http`, for a store that is not well:
  error    500, and nothing is done
  half     of what is read half a body comes, of what is written half a body arrives; then the connection ends
  deaf     what is asked is done, and the connection ends without an answer
"""

import asyncio
import contextlib
import json
import sys

PIECE = 1 << 16
INTERNAL_ERROR = b"<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>"


class Link:
    def __init__(self, port, target, serve):
        self.port, self.target, self.serve = port, target, serve
        self.mode, self.seconds = "good", 0.0
        self.passes = asyncio.Event()
        self.passes.set()
        self.server, self.connections = None, set()

    async def change(self, mode=None, seconds=0.0, target=None):
        if mode is not None:
            self.mode, self.seconds = mode, seconds
        if target is not None and target != self.target:
            self.target = target
            self.cut()
        (self.passes.clear if self.mode == "stall" else self.passes.set)()
        if self.mode == "refuse":
            if self.server:
                self.server.close()
                self.server = None
            self.cut()
        elif self.server is None:
            self.server = await asyncio.start_server(self.connected, "127.0.0.1", self.port, reuse_address=True)

    def cut(self):
        for writer in list(self.connections):
            writer.transport.abort()

    async def connected(self, reader, writer):
        with self.held(writer), contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self.serve(self, reader, writer)

    async def open(self):
        return await asyncio.open_connection("127.0.0.1", self.target)

    @contextlib.contextmanager
    def held(self, writer):
        self.connections.add(writer)
        try:
            yield
        finally:
            self.connections.discard(writer)
            writer.close()


async def tcp(link, reader, writer):
    """Bytes, as they are."""
    await link.passes.wait()
    there, back = await link.open()
    with link.held(back):
        ways = [asyncio.create_task(pour(link, reader, back)), asyncio.create_task(pour(link, there, writer))]
        # When one side is gone the other has nothing to wait for.
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def pour(link, reader, writer):
    while piece := await reader.read(PIECE):
        if link.mode == "slow":
            await asyncio.sleep(link.seconds)
        await link.passes.wait()
        writer.write(piece)
        await writer.drain()


async def http(link, reader, writer):
    """One request after the other; the store is asked on a connection of its own each time."""
    while True:
        method, head, body = await message(reader)
        await link.passes.wait()
        if link.mode == "error":
            length = b"Content-Length: %d\r\n" % len(INTERNAL_ERROR)
            body = b"" if method == b"HEAD" else INTERNAL_ERROR
            writer.write(b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/xml\r\n" + length + b"\r\n" + body)
            await writer.drain()
            continue
        if link.mode == "half" and body:
            with contextlib.suppress(OSError):
                await asked(link, method, head, body[: len(body) // 2])
            return
        answer_head, answer = await asked(link, method, head, body)
        if link.mode == "deaf":
            return
        if link.mode == "slow":
            await asyncio.sleep(link.seconds)
        await link.passes.wait()
        halved = link.mode == "half"
        writer.write(answer_head + (answer[: len(answer) // 2] if halved else answer))
        await writer.drain()
        if halved:
            return


async def asked(link, method, head, body):
    """Head and body of the store's answer, with a length even where the store told none."""
    reader, writer = await link.open()
    with link.held(writer):
        first, _, rest = head.partition(b"\r\n")
        kept = [line for line in rest.split(b"\r\n") if line and not line.lower().startswith((b"connection:", b"expect:"))]
        writer.write(b"\r\n".join([first, *kept, b"Connection: close", b"", b""]) + body)
        await writer.drain()
        if b"content-length" in head.lower() and len(body) < length_of(head):
            return b"", b""
        answer = await reader.readuntil(b"\r\n\r\n")
        content = b"" if method == b"HEAD" else await reader.read(-1)
    first, _, rest = answer.partition(b"\r\n")
    dropped = (b"connection:",) if method == b"HEAD" else (b"connection:", b"content-length:", b"transfer-encoding:")
    if b"transfer-encoding: chunked" in answer.lower():
        content = unchunked(content)
    kept = [line for line in rest.split(b"\r\n") if line and not line.lower().startswith(dropped)]
    # 204 and 304 have no body, and no length of one.
    told = [] if method == b"HEAD" or first.split()[1] in (b"204", b"304") else [b"Content-Length: %d" % len(content)]
    return b"\r\n".join([b"HTTP/1.1 " + first.split(b" ", 1)[1], *kept, *told, b"", b""]), content


async def message(reader):
    """Method, head and body of a request."""
    head = await reader.readuntil(b"\r\n\r\n")
    head = head[:-2]
    if b"transfer-encoding: chunked" in head.lower():
        body = b""
        while True:
            line = await reader.readuntil(b"\r\n")
            piece = await reader.readexactly(int(line.split(b";")[0], 16) + 2)
            body += line + piece
            if line.strip().startswith(b"0") and int(line.split(b";")[0], 16) == 0:
                return head.split(b" ", 1)[0], head, body
    return head.split(b" ", 1)[0], head, await reader.readexactly(length_of(head))


def length_of(head):
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def unchunked(content):
    body = b""
    while content:
        size, _, content = content.partition(b"\r\n")
        length = int(size.split(b";")[0] or b"0", 16)
        body, content = body + content[:length], content[length + 2 :]
    return body


async def main():
    links = {}
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        order = json.loads(line)
        port = order.pop("link")
        if kind := order.pop("kind", None):
            links[port] = Link(port, order.pop("target"), {"tcp": tcp, "http": http}[kind])
            order = {"mode": "good"}
        await links[port].change(**order)
        print("done", flush=True)


asyncio.run(main())
