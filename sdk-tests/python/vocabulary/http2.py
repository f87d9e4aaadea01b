"""A connection that speaks HTTP/2 frame by frame, by a library that lets us be as rude as we like."""

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, ResponseReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError

from .raw import encoded, signed_request
from .wire import Wire

# Of headers, what HTTP/2 does not have, or has by another name.
ONLY_HTTP1 = {"host", "connection", "content-length"}
OWN_RULES = {"header_encoding": "utf-8", "validate_outbound_headers": False, "normalize_outbound_headers": False}


class Http2(Wire):
    """One connection to a server that speaks TLS; `status`, `bodies` and `over` tell what came, by stream."""

    def __init__(self, server, begins=True, **more):
        super().__init__(server, protocols=["h2"], **more)
        assert self.socket.selected_alpn_protocol() == "h2"
        self.server = server
        self.h2 = H2Connection(H2Configuration(client_side=True, **OWN_RULES))
        self.status, self.bodies, self.over = {}, {}, set()
        self.closed = False
        if begins:
            self.h2.initiate_connection()
            self.flush()

    def flush(self):
        """Sends what the library wants sent; whether the server still takes it."""
        return self.send(self.h2.data_to_send())

    def ask(self, method, path, body=None, signed=True, ends=True, headers=()):
        """Begins a request, signed as the SDK does it; answers its stream."""
        request = signed_request(self.server, method, path, [], encoded(body), dict(headers), signed=signed)
        lines = [(name.lower(), value) for name, value in request.header_params.items()]
        target = [(":method", method), (":scheme", "https"), (":authority", request.host), (":path", request.uri)]
        stream = self.h2.get_next_available_stream_id()
        fields = target + [line for line in lines if line[0] not in ONLY_HTTP1]
        self.h2.send_headers(stream, fields, end_stream=ends and body is None)
        if body is not None:
            self.h2.send_data(stream, encoded(body), end_stream=ends)
        self.flush()
        return stream

    def listen(self, acknowledges=True):
        """Takes what comes next. With `acknowledges`, also makes room for more of it."""
        try:
            received = self.socket.recv(1 << 16)
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            received = b""
        self.closed = self.closed or not received
        try:
            for event in self.h2.receive_data(received) if received else []:
                self.heed(event, acknowledges)
        except ProtocolError:
            # The library takes nothing more after GOAWAY, not even the PING that a server in good order sends with it.
            self.closed = True
        self.flush()

    def heed(self, event, acknowledges):
        if isinstance(event, ResponseReceived):
            self.status[event.stream_id] = int(dict(event.headers)[":status"])
        elif isinstance(event, DataReceived):
            self.bodies[event.stream_id] = self.bodies.get(event.stream_id, b"") + event.data
            if acknowledges and event.flow_controlled_length:
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, (StreamEnded, StreamReset)):
            self.over.add(event.stream_id)
        elif isinstance(event, ConnectionTerminated):
            self.closed = True

    def answered(self, stream):
        """Status and body of an answer, once it is there; None twice if the server would give none."""
        while stream not in self.over and not self.closed:
            self.listen()
        return self.status.get(stream), self.bodies.get(stream, b"")

    def until_closed(self):
        """Listens until the server says that it ends the connection, and does so, each within our patience."""
        while not self.closed:
            self.listen(acknowledges=False)
        self.everything()
