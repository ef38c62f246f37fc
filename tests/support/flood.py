"""Calls over many kept connections at once, each of which must be answered.

One thread does them all, so that as much as possible is left to the servers.
"""

import json
import select
import socket
import threading
import time

from support.http import KEY_HEADER
from support.process import wait_until

CONNECTIONS = 32
PATIENCE = 60  # seconds until an answer that does not come is a failure
END = b"\r\n\r\n"
PIECE = 1 << 16
BEARABLE = 1000  # failures; more end the flood


def request(method, path, key, body=None):
    """The bytes of a call."""
    head = (f"{method} {path} HTTP/1.1\r\nHost: weir\r\n"
            f"{KEY_HEADER}: {key}\r\n")
    if body is None:
        return (head + "\r\n").encode()
    text = json.dumps(body)
    return (head + "Content-Type: application/json\r\n"
            f"Content-Length: {len(text)}\r\n\r\n{text}").encode()


def whole(fields, got):
    """The body, in one piece, once it is whole."""
    if b"content-length" in fields:
        return got if len(got) >= int(fields[b"content-length"]) else None
    if fields[b"transfer-encoding"].strip() != b"chunked":
        raise ValueError(fields)
    if not got.endswith(b"0" + END):
        return None
    body = b""
    while got:
        size, _, got = got.partition(b"\r\n")
        body += got[:int(size, 16)]
        got = got[int(size, 16) + 2:]
    return body


class Line:
    """A connection; without an open call when `n` is None."""

    def __init__(self, address):
        self.address = address
        self.socket = None
        self.n = None
        self.got = b""
        self.since = 0

    def say(self, n, data):
        """Sends the n-th call, on a new connection if there is none."""
        self.n, self.got, self.since = n, b"", time.monotonic()
        if self.socket is None:
            self.socket = socket.create_connection(self.address, PATIENCE)
        self.socket.sendall(data)

    def hear(self):
        """(status, body) once that is whole."""
        piece = self.socket.recv(PIECE)
        if not piece:
            raise ConnectionError("closed without a whole answer")
        self.got += piece
        head, end, body = self.got.partition(END)
        if not end:
            return None
        fields = dict(field.split(b":", 1)
                      for field in head.lower().split(b"\r\n")[1:])
        body = whole(fields, body)
        if body is None:
            return None
        if fields.get(b"connection", b"").strip() == b"close":
            self.close()
        return int(head.split(b" ", 2)[1]), body

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = None


class Flood:
    """`calls` says what is asked the n-th time, and whether it was answered.

    It goes on until it is told to end and `least` are answered; those that are
    open then are waited for. Without `kept` each has a connection of its own:
    not every server tells when it is going to end one.
    """

    def __init__(self, port, calls, least, kept=True, host="127.0.0.1",
                 connections=CONNECTIONS, bearable=BEARABLE):
        self.calls = calls
        self.least = least
        self.kept = kept
        self.bearable = bearable
        self.begun = self.answers = 0
        self.failed = []
        self.longest = 0.0  # seconds
        self.going = True
        self.poll = select.poll()
        self.idle = [Line((host, port)) for _ in range(connections)]
        self.busy = {}
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while self.idle or self.busy:
            while self.idle:
                line = self.idle.pop()
                if self.going or self.answers < self.least:
                    self.begin(line)
                else:
                    line.close()
            for number, _ in self.poll.poll(1000):
                self.look(self.busy[number])
            self.give_up()

    def begin(self, line):
        self.begun += 1
        try:
            line.say(self.begun, self.calls.request(self.begun))
        except OSError as error:
            self.fail(line, error)
            return
        self.busy[line.socket.fileno()] = line
        self.poll.register(line.socket, select.POLLIN)

    def look(self, line):
        number = line.socket.fileno()
        try:
            answer = line.hear()
        except (OSError, ValueError, KeyError) as error:
            self.leave(number)
            self.fail(line, error)
            return
        if answer is None:
            return
        self.leave(number)
        self.longest = max(self.longest, time.monotonic() - line.since)
        if self.calls.is_right(line.n, *answer):
            self.answers += 1
            if not self.kept:
                line.close()
            self.idle.append(line)
        else:
            self.fail(line, answer)

    def leave(self, number):
        self.poll.unregister(number)
        del self.busy[number]

    def fail(self, line, why):
        self.failed.append((line.n, why))
        line.close()
        self.idle.append(line)
        if len(self.failed) > self.bearable:
            self.going, self.least = False, 0

    def give_up(self):
        late = time.monotonic() - PATIENCE
        for number, line in list(self.busy.items()):
            if line.since < late:
                self.leave(number)
                self.fail(line, "no answer")

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.going = False
        if error[0] is not None:
            self.least = 0
        self.thread.join()

    def has_made(self, more):
        """Waits for so many answers from now on."""
        enough = self.answers + more
        return wait_until(lambda: self.answers >= enough or
                          not self.thread.is_alive(), PATIENCE)


class Reads:
    """Of one record each; `expected` are those there are, by their paths."""

    def __init__(self, key, expected):
        self.paths = list(expected)
        self.requests = [request("GET", path, key) for path in self.paths]
        self.expected = list(expected.values())
        self.seen = {}

    def request(self, n):
        return self.requests[n % len(self.requests)]

    def is_right(self, n, status, body):
        at = n % len(self.paths)
        if status != 200:
            return False
        if self.seen.get(at) != body:
            if json.loads(body) != self.expected[at]:
                return False
            self.seen[at] = body
        return True


class Inserts:
    """Of one row each, which holds the call's number."""

    def __init__(self, path, key, **more):
        self.path = path
        self.key = key
        self.more = more
        self.done = []

    def request(self, n):
        return request("POST", self.path, self.key, {
            "resource": [{"nth": n, **self.more}]})

    def is_right(self, n, status, body):
        del body
        if status in (200, 201):
            self.done.append(n)
        return status in (200, 201)


class Mixed:
    """Several of these in turns."""

    def __init__(self, *all):
        self.all = all

    def of(self, n):
        return self.all[n % len(self.all)]

    def request(self, n):
        return self.of(n).request(n)

    def is_right(self, n, status, body):
        return self.of(n).is_right(n, status, body)
