"""Answers too large to be held leave while they are made, on every engine.

The table has a million rows; none of them is ever held by anyone for long.
"""

import contextlib
import hashlib
import http.client
import itertools
import json
import re
import select
import time

import pytest

from support import fcgi
from support.answer import check_error
from support.memory import holding_little
from support.nginx import Nginx
from support.process import wait_until

ENGINES = ("sqlite", "mysql")
ROWS = 1_000_000
SOME = 200_000  # rows, far more than sockets hold
SETTINGS = {"DB_MAX_RECORDS_RETURNED": str(ROWS), "STATEMENT_TIMEOUT": "60s",
            "REQUEST_TIMEOUT": "60s"}
SERVICES = {"big": ROWS, "part": 220_000}  # and their max_records
TABLE = "/api/v2/big/_table/many"
PART = "/api/v2/part/_table/many"
SOON = 5
MOMENT = 0.3
END = fcgi.record(fcgi.END, b"\0" * 8)
UNIQUE = itertools.count(1)

COUNT = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
              "SELECT i + 1 FROM n WHERE i < {rows}) SELECT i AS seq FROM n",
    "mysql": "SELECT seq FROM seq_1_to_{rows}",
}
# A view whose rows end in an error.
FAILS = {
    "sqlite": "abs(-9223372036854775807 - 1)",
    "mysql": "(SELECT m.id FROM many m WHERE m.id >= many.id LIMIT 2)",
}
SCRIPT = """
CREATE TABLE many (id INTEGER PRIMARY KEY, name VARCHAR(20), n BIGINT);
INSERT INTO many SELECT seq, {name}, seq * 10000 FROM ({count}) AS c;
CREATE VIEW fails AS SELECT id, name,
    CASE WHEN id = 150000 THEN {fails} ELSE n END AS n FROM many;
CREATE TABLE few (a INTEGER, b INTEGER, PRIMARY KEY (a, b));
INSERT INTO few SELECT id, -id FROM many WHERE id <= {some};
"""
NAME = {"sqlite": "'name ' || seq", "mysql": "concat('name ', seq)"}


@pytest.fixture(scope="module")
def key(site, engine):
    """The key of who may read all of it."""
    type = engine.type
    config = engine.create("big", SCRIPT.format(
        name=NAME[type], fails=FAILS[type], some=SOME,
        count=COUNT[type].format(rows=ROWS)))
    for name, most in SERVICES.items():
        site.add_service(name, type, cache_enabled=True, max_records=most,
                         **config)
        site.grant("owner", name, "*", "GET")
    return {"X-API-Key": site.keys["owner"]}


def served(site, name, **settings):
    """A server with nginx before it, once with kept connections."""
    server = site.serve(name, **settings)
    server.nginx = Nginx(site.path("nginx-" + name),
                         [(server.address, 16), (server.address, 0)])
    return server


@contextlib.contextmanager
def running(site, name, **settings):
    server = served(site, name, **settings)
    try:
        yield server
    finally:
        server.nginx.stop()
        server.stop()


@pytest.fixture(scope="module")
def servers(site, key):
    """Two processes of one installation."""
    del key  # its services exist before
    with running(site, "one") as one, running(site, "two") as two:
        yield one, two


@pytest.fixture(scope="module")
def one(servers):
    return servers[0]


def text_of(id):
    return b'{"id":%d,"name":"name %d","n":%d0000}' % (id, id, id)


def pieces(first=1, last=ROWS, start=b'{"resource":[', end=b"]}"):
    """The body of a list of these rows."""
    yield start
    for at in range(first, last + 1, 1000):
        ids = range(at, min(at + 1000, last + 1))
        yield (b"," if at > first else b"") + b",".join(map(text_of, ids))
    yield end


def summary(parts):
    """How many bytes, and which."""
    digest = hashlib.sha256()
    size = 0
    for part in parts:
        digest.update(part)
        size += len(part)
    return size, digest.hexdigest()


@pytest.fixture(scope="module")
def whole():
    return summary(pieces())


class Stream:
    """An answer of nginx that is read piece by piece."""

    def __init__(self, server, path, key, nth=0, method="GET"):
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", server.nginx.ports[nth], timeout=60)
        self.connection.request(method, path, headers=key)
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.headers = self.answer.headers

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.connection.close()

    def parts(self):
        while part := self.answer.read(1 << 18):
            yield part


def fresh(path):
    """A path that no other test has asked for."""
    return f"{path}{'&' if '?' in path else '?'}limit={ROWS - next(UNIQUE)}"


def ask(server, path, key):
    """A raw client that has begun to read, and goes no further."""
    client = server.connect()
    client.send(fcgi.request(path, headers=key))
    client.begin = client.read(1 << 16)
    return client


def drained(client):
    """All that comes, and whether the end of an answer was among it."""
    data = client.begin
    with contextlib.suppress(ConnectionError):
        while END not in data[-64:] and (part := client.socket.recv(1 << 16)):
            data += part
    return answer_of(data), END in data[-64:]


def answer_of(data):
    """The answer in these records, as far as they are whole."""
    out = []
    at = 0
    while at + 8 <= len(data):
        kind, length, padding = data[at + 1], data[at + 4] << 8 | data[
            at + 5], data[at + 6]
        if kind == fcgi.STDOUT:
            out.append(data[at + 8:at + 8 + length])
        at += 8 + length + padding
    return fcgi.parse_answer(b"".join(out))


def is_idle(server, key):
    """Small queries are answered soon."""
    with server.connect(timeout=SOON) as client:
        path = f"{TABLE}?limit=1&offset={next(UNIQUE)}"
        return client.call(path, headers=key).status == 200


def logged(site, path):
    """The last line about that path."""
    return [line for line in site.access_lines()
            if line["path"] == path.partition("?")[0]][-1]


def has_logged(site, path, **members):
    def is_there():
        line = logged(site, path)
        return all(line.get(name) == value
                   for name, value in members.items())
    return wait_until(is_there, SOON)


# What arrives.

def test_a_million_rows_arrive_and_are_not_held(servers, key, whole):
    for nth, server in enumerate(servers):  # kept connections, and fresh
        assert is_idle(server, key)
        with (holding_little(server),
              Stream(server, f"{TABLE}?limit={ROWS}", key, nth) as stream):
            assert stream.status == 200
            assert stream.headers["Content-Type"] == "application/json"
            for name in ("Content-Length", "ETag", "Age"):
                assert name not in stream.headers
            assert stream.headers["Cache-Control"] == "no-store"
            assert "stored" not in stream.headers["Cache-Status"]
            assert summary(stream.parts()) == whole


def test_the_log_tells_the_whole_of_it(site, one, key):
    path = f"{TABLE}?limit={SOME}&order=id"
    began = time.monotonic()
    with Stream(one, path, key) as stream:
        id = stream.headers["X-Request-Id"]
        size, _ = summary(stream.parts())
    took = time.monotonic() - began
    assert has_logged(site, path, request_id=id, status=200, bytes=size)
    line = logged(site, path)
    assert 0.01 < line["duration_us"] / 1e6 < took
    assert "truncated" not in line


def test_several_large_answers_at_once(one, key):
    """More than may wait for their clients; who reads is soon done."""
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(Stream(
            one, f"{TABLE}?limit={SOME}", key)) for _ in range(2)]
        for stream in streams:
            assert summary(stream.parts()) == summary(pieces(1, SOME))


def test_pairs_as_a_list_are_not_held_either(one, key):
    path = f"/api/v2/big/_table/few?as_list=true&limit={ROWS}"
    with holding_little(one), Stream(one, path, key) as stream:
        body = b"".join(stream.parts())
    assert json.loads(body)["resource"] == [
        f"({i},{-i})" for i in range(1, SOME + 1)]


def test_a_head_is_answered_without_the_rows(one, key):
    for path in (TABLE, f"{TABLE}?limit={ROWS}"):
        with Stream(one, path, key, method="HEAD") as stream:
            assert stream.status == 200
            assert stream.headers["Content-Type"] == "application/json"
            assert "Content-Length" not in stream.headers
            assert b"".join(stream.parts()) == b""
    assert is_idle(one, key)


def test_what_can_be_held_is_answered_as_ever(one, key):
    path = f"{TABLE}?limit=15000&offset={next(UNIQUE)}"
    with one.connect() as client:
        first, again = (client.call(path, headers=key) for _ in range(2))
        assert first.status == 200 and len(first.rows) == 15000
        assert int(first.headers["Content-Length"]) == len(first.body)
        assert again.hit and again.body == first.body
        known = client.call(path, headers=key | {
            "If-None-Match": first.headers["ETag"]})
        assert known.status == 304


@pytest.mark.parametrize("format, type, start, row, end", [
    ("csv", "text/csv; charset=utf-8", b"id,name,n\r\n",
     b"%d,name %d,%d0000\r\n", b""),
    ("xml", "application/xml", b'<?xml version="1.0" ?>\n<dfapi>',
     b"<resource><id>%d</id><name>name %d</name><n>%d0000</n></resource>",
     b"<meta><count>%d</count></meta></dfapi>\n" % ROWS),
])
def test_other_formats_are_not_held_either(one, key, format, type, start, row,
                                           end):
    path = f"{TABLE}?limit={SOME}&offset={ROWS - SOME}&include_count=1" \
           f"&file=all.{format}"
    rows = (row % (id, id, id) for id in range(ROWS - SOME + 1, ROWS + 1))
    with holding_little(one), Stream(one, path, key) as stream:
        assert stream.status == 200
        assert stream.headers["Content-Type"] == type
        assert f"all.{format}" in stream.headers["Content-Disposition"]
        assert "Content-Length" not in stream.headers
        assert summary(stream.parts()) == summary(
            itertools.chain([start], rows, [end]))
    with Stream(one, path, key, method="HEAD") as stream:
        assert stream.headers["Content-Type"] == type


# Around the rows.

def test_meta_follows_the_rows(one, key):
    path = f"{TABLE}?limit={SOME}&include_count=true&offset=10"
    with Stream(one, path, key) as stream:
        assert summary(stream.parts()) == summary(pieces(
            11, SOME + 10,
            end=b'],"meta":{"count":%d,"next":%d}}' % (ROWS, SOME + 10)))


def test_the_implied_limit_is_told_of(one, key):
    most = SERVICES["part"]
    with Stream(one, PART, key) as stream:
        assert summary(stream.parts()) == summary(pieces(
            1, most, end=b'],"meta":{"count":%d,"next":%d}}' % (ROWS, most)))


@pytest.mark.parametrize("path, last, start, end", [
    (f"{TABLE}?limit={SOME}", SOME, b"[", b"]"),
    (f"{PART}?filter=id%20<=%20{SOME}", SOME, b"[", b"]"),
    # What is not whole is wrapped all the same.
    (f"{PART}?", SERVICES["part"], b'{"resource":[',
     b'],"meta":{"count":%d,"next":%d}}' % (ROWS, SERVICES["part"])),
    (f"{TABLE}?limit={SOME}&include_count=1", SOME, b'{"resource":[',
     b'],"meta":{"count":%d,"next":%d}}' % (ROWS, SOME)),
])
def test_a_bare_list_is_bare_from_its_first_byte(one, key, path, last, start,
                                                 end):
    with Stream(one, path + "&wrap=false", key) as stream:
        assert summary(stream.parts()) == summary(
            pieces(1, last, start, end))


# Clients that take their time, or leave.

def test_a_slow_client_gets_all_of_it(site, one, key):
    """While it sleeps others are served, and its query has time."""
    with running(site, "slow", STATEMENT_TIMEOUT="1s") as server:
        with ask(server, f"{TABLE}?limit={SOME}", key) as client:
            end = time.monotonic() + 2  # longer than a statement may run
            while time.monotonic() < end:
                assert is_idle(server, key)
                client.begin += client.read(1 << 12)
                time.sleep(0.1)
            answer, ended = drained(client)
        assert answer.status == 200 and ended
        assert summary([answer.body]) == summary(pieces(1, SOME))
        assert is_idle(server, key)
    assert is_idle(one, key)


def test_a_client_that_leaves_ends_the_query(site, one, engine, key):
    complaints = site.read("weir.log")
    path = fresh(TABLE)
    for leave in ("close", "abort"):
        with ask(one, path, key) as client:
            if leave == "abort":
                client.send(fcgi.record(fcgi.ABORT))
                assert client.is_closed(SOON)
        assert has_logged(site, path, status=200, truncated=True)
        assert 0 < logged(site, path)["bytes"] < ROWS * 10
        assert is_idle(one, key)
    assert site.read("weir.log") == complaints
    if engine.type == "mysql":
        asked = "SELECT count(*) FROM information_schema.processlist " \
                "WHERE info LIKE 'SELECT%many%' AND id <> connection_id()"
        assert wait_until(lambda: int(engine.ask(asked)[0]) == 0, SOON)


def test_a_browser_that_leaves_ends_the_query(site, one, key):
    path = fresh(TABLE)
    with Stream(one, path, key) as stream:
        stream.answer.read(1000)
    assert is_idle(one, key)
    assert wait_until(
        lambda: logged(site, path)["duration_us"] > 0 and is_idle(one, key))


def test_who_does_not_read_is_cut_off_in_time(site, key):
    with running(site, "short", REQUEST_TIMEOUT="1s") as server:
        path = fresh(TABLE)
        with ask(server, path, key) as client:
            assert wait_until(
                lambda: "REQUEST_TIMEOUT" in site.read("weir.log"), SOON)
            answer, ended = drained(client)
            assert answer.status == 200 and not ended
        assert has_logged(site, path, status=200, truncated=True)
        assert is_idle(server, key)


def test_few_may_wait_for_their_clients(site, key):
    """Of four workers one sends and one waits to; the others are free."""
    with running(site, "few", WORKERS="4") as server:
        with ask(server, fresh(TABLE), key), \
                server.connect() as second, server.connect() as third:
            for client in (second, third):
                client.send(fcgi.request(fresh(TABLE), headers=key))
            sockets = {client.socket: client for client in (second, third)}
            (refused,) = select.select(sockets, [], [], 30)[0]
            answer = sockets[refused].read_answer()
            check_error(answer, 503, "Too many large answers")
            assert int(answer.headers["Retry-After"]) >= 1
            assert is_idle(server, key)
        assert is_idle(server, key)


def test_who_waits_to_send_goes_on_when_there_is_room(site, key):
    with running(site, "room", WORKERS="4") as server:
        first = ask(server, fresh(TABLE), key)
        with server.connect() as second:
            second.send(fcgi.request(f"{TABLE}?limit={SOME}", headers=key))
            time.sleep(MOMENT)
            first.close()
            answer = second.read_answer()
            assert summary([answer.body]) == summary(pieces(1, SOME))


def test_nobody_waits_for_an_answer_that_is_not_shared(site, key):
    """Two ask the same: the second has a query of its own."""
    with running(site, "two-of-one", WORKERS="8") as server:
        path = fresh(TABLE)
        with ask(server, path, key) as first, ask(server, path, key) as other:
            assert b"fwd=miss; detail=too-large\r\n" in first.begin
            assert b"fwd=miss; detail=too-large\r\n" in other.begin
        assert is_idle(server, key)


def test_who_joined_before_it_was_known_has_a_query_of_its_own(site, key):
    with running(site, "joined", WORKERS="8") as server:
        # It sorts before the first row comes.
        path = fresh(f"{TABLE}?filter=id%20<=%20{SOME}&order=name")
        clients = [server.connect() for _ in range(2)]
        for client in clients:
            client.send(fcgi.request(path, headers=key))
        for client in clients:
            assert b"Status: 200" in client.read(1 << 16)
        for client in clients:
            client.close()
        assert is_idle(server, key)


# What goes wrong on the way.

def test_an_error_behind_the_first_rows_cuts_the_answer(site, one, key):
    path = "/api/v2/big/_table/fails?limit=%d" % SOME
    for nth in (0, 1):
        with Stream(one, path, key, nth) as stream:
            assert stream.status == 200
            with pytest.raises(http.client.IncompleteRead):
                for part in stream.parts():
                    assert part
    assert has_logged(site, path, status=200, truncated=True)
    log = site.read("weir.log")
    assert re.search("retrieve records of fails: .+", log)
    assert re.search(r"the answer was cut off after \d+ bytes", log)
    assert is_idle(one, key)


def test_an_error_among_the_first_rows_is_told(one, key):
    answer = fcgi.call(one.address, "/api/v2/big/_table/fails?limit=10"
                       "&offset=149995&order=id", headers=key)
    assert answer.status in (400, 500), answer
    assert "Content-Length" in answer.headers


def test_a_database_that_dies_cuts_the_answer(request, site, engine, key):
    if engine.type == "sqlite":
        return
    server = request.getfixturevalue("mariadb")
    with running(site, "dying") as weir:
        with ask(weir, fresh(TABLE), key) as client:
            server.kill()
            try:
                answer, ended = drained(client)
                assert answer.status == 200 and not ended
            finally:
                server.start()
        assert wait_until(lambda: is_idle(weir, key), 10)


def test_a_stop_lets_it_end(site, key):
    server = site.serve("stopped")
    with ask(server, f"{TABLE}?limit={SOME}", key) as client:
        server.signal(15)
        time.sleep(MOMENT)
        answer, ended = drained(client)
        assert ended
    assert summary([answer.body]) == summary(pieces(1, SOME))
    assert server.wait() == 0
