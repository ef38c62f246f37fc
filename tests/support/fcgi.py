"""A raw FastCGI client: it sends whatever a test wants sent.

Nothing here checks what goes out, for half of the tests send nonsense. What
comes back is read with a time-out, so that a silent server is a failed test
and not a hung one.
"""

import socket
import struct
import time

from support.answer import Answer

(BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR, DATA, GET_VALUES,
 GET_VALUES_RESULT, UNKNOWN_TYPE) = range(1, 12)

RESPONDER = 1
KEEP_CONN = 1
CONTENT_MAX = 65535
REQUEST_COMPLETE = 0


class Closed(Exception):
    """The server ended the connection before a whole record came."""


class Ended(Exception):
    """END_REQUEST came with a protocol status, or without an answer."""


def record(kind, content=b"", id=1, padding=0, version=1, length=None):
    """One record; `length` lies about the content's length when given."""
    length = len(content) if length is None else length
    head = struct.pack("!BBHHBB", version, kind, id, length, padding, 0)
    return head + content + b"\0" * padding


def records(kind, content, id=1, size=CONTENT_MAX, padding=0):
    """A stream: as many records as it takes, and the empty one at its end."""
    cuts = range(0, len(content), size)
    return b"".join(
        record(kind, content[cut:cut + size], id, padding)
        for cut in cuts) + record(kind, b"", id)


def begin(role=RESPONDER, keep=True, id=1):
    flags = KEEP_CONN if keep else 0
    return record(BEGIN, struct.pack("!HB5x", role, flags), id)


def length_of(text):
    """A name's or value's length as it goes before a pair."""
    if len(text) < 128:
        return bytes([len(text)])
    return struct.pack("!I", len(text) | 0x80000000)


def pairs(values):
    out = b""
    for name, value in values.items():
        name = name.encode() if isinstance(name, str) else name
        value = value.encode() if isinstance(value, str) else value
        out += length_of(name) + length_of(value) + name + value
    return out


def cgi(uri, method="GET", headers=None, body=b"", length=None):
    """The parameters a web server would send for this call."""
    path, _, query = uri.partition("?")
    values = {
        "REQUEST_METHOD": method,
        "REQUEST_URI": uri,
        "DOCUMENT_URI": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body) if length is None else length),
        "CONTENT_TYPE": "application/json" if body else "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
    }
    for name, value in (headers or {}).items():
        name = name.upper().replace("-", "_")
        if name not in ("CONTENT_TYPE", "REQUEST_ID", "REMOTE_ADDR"):
            name = "HTTP_" + name
        values[name] = value
    return values


def request(uri, method="GET", headers=None, body=b"", keep=True, id=1,
            length=None):
    """One whole request as bytes."""
    values = cgi(uri, method, headers, body, length)
    return (begin(keep=keep, id=id) + records(PARAMS, pairs(values), id) +
            records(STDIN, body, id))


def parse_answer(stdout):
    """The CGI text of a STDOUT stream as an Answer."""
    head, _, body = stdout.partition(b"\r\n\r\n")
    lines = [line.partition(": ")[::2]
             for line in head.decode("latin-1").split("\r\n")]
    status = next((int(value.split()[0])
                   for name, value in lines if name == "Status"), 200)
    return Answer(status, lines, body)


class Client:
    """One connection. `address` is a path, or a (host, port) pair."""

    def __init__(self, address, timeout=30):
        family = (socket.AF_UNIX if isinstance(address, str)
                  else socket.AF_INET)
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(address)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_slowly(self, data, size=1):
        """A write for every `size` bytes, each a packet of its own."""
        for cut in range(0, len(data), size):
            self.socket.sendall(data[cut:cut + size])

    def read(self, n):
        out = b""
        while len(out) < n:
            piece = self.socket.recv(n - len(out))
            if not piece:
                raise Closed(f"{len(out)} of {n} bytes came")
            out += piece
        return out

    def read_record(self):
        """The next record as (kind, id, content)."""
        _, kind, id, length, padding = struct.unpack("!BBHHBx", self.read(8))
        return kind, id, self.read(length + padding)[:length]

    def read_answer(self, id=1):
        """Reads up to END_REQUEST of that id."""
        out = b""
        while True:
            kind, about, content = self.read_record()
            if about != id:
                continue
            if kind == STDOUT:
                out += content
            if kind == END:
                if content[4] != REQUEST_COMPLETE or not out:
                    raise Ended(f"protocol status {content[4]}")
                return parse_answer(out)

    def call(self, uri, method="GET", headers=None, body=b"", keep=True):
        self.send(request(uri, method, headers, body, keep))
        return self.read_answer()

    def fate(self, within=10):
        """What becomes of a request.

        A status, or "ended" without one, "closed" or "silent".
        """
        self.socket.settimeout(within)
        try:
            return self.read_answer().status
        except TimeoutError:
            return "silent"
        except Ended:
            return "ended"
        except (Closed, OSError):
            return "closed"

    def is_closed(self, within):
        """Does the server end the connection within so many seconds?

        What it still sends is read and dropped.
        """
        end = time.monotonic() + within
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                if not self.socket.recv(65536):
                    return True
            except TimeoutError:
                return False
            except ConnectionError:
                return True
        return False


def call(address, uri, **more):
    """One call on a connection of its own."""
    with Client(address) as client:
        return client.call(uri, keep=False, **more)


def fate_of(address, stream):
    """What becomes of these bytes on a connection of their own."""
    with Client(address) as client:
        try:
            client.send(stream)
        except OSError:
            return "closed"
        return client.fate()


def is_refusal(fate):
    return fate in ("closed", "ended") or (fate != "silent" and fate >= 400)


def send_and_leave(address, data):
    """Sends bytes that nobody may want, and hangs up."""
    with Client(address) as client:
        try:
            client.send(data)
            client.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass
