"""Each web server that we ship a file for, run from that file, before weir."""

import contextlib
import gzip
import http.client
import json
import select
import socket
import time
from urllib.parse import quote

import pytest

from support import accounts
from support.answer import check_error
from support.apache import Fcgid, ProxyFcgi, ProxyFcgiKept
from support.http import Caller
from support.lighttpd import Lighttpd
from support.process import wait_until
from support.spawn_fcgi import SpawnFour, SpawnOne
from support.web_nginx import Nginx, NginxTcp, NginxTwo
from support.web_shop import (ANN, API, KINDS, LONG, MANY, ORDERS, ORIGIN,
                              PAST, PLACES, RATE, SOON, Crowd, ShopHost,
                              answer_of, raw, row)

SERVERS = [ProxyFcgi, ProxyFcgiKept, Lighttpd, Fcgid, SpawnOne, SpawnFour,
           Nginx, NginxTcp, NginxTwo]
READ_TIMEOUT = 1  # seconds
SETTINGS = {"READ_TIMEOUT": f"{READ_TIMEOUT}s"}
SLOW = API + "shop/_table/slow"
MOMENT = 0.3  # enough for a query to begin
MIB = 1 << 20
MAX_BODY = 10 * MIB
PIECE = 1 << 16


@pytest.fixture(scope="module", name="host")
def a_host():
    host = ShopHost([kind.__name__ for kind in SERVERS], **SETTINGS)
    yield host
    host.remove()


@pytest.fixture(scope="module", params=SERVERS, name="server",
                ids=lambda kind: kind.__name__)
def a_server(request, host):
    server = request.param(host, request.param.__name__)
    yield server
    server.stop()


@pytest.fixture(name="web")
def a_caller(server, host):
    with Caller(server.port, host.key, timeout=SOON) as web:
        yield web


# Who calls.

def test_a_key_may_be_in_the_header_or_the_query(server, host):
    with Caller(server.port) as web:
        check_error(web.get(ORDERS + "/1"), 401)
        assert web.get(ORDERS + "/1", key=host.key).status == 200
        assert web.get(f"{ORDERS}/1?api_key={host.key}").status == 200
        check_error(web.get(f"{ORDERS}/1?api_key=x{host.key}"), 401)


def test_authorization_is_passed_on(server, host):
    path = accounts.ADMINS
    with Caller(server.port) as web:
        basic = web.get(path, headers=accounts.basic(ANN))
        assert basic.json["email"] == ANN
        entered = web.post(path, {"email": ANN, "password": accounts.WORD})
        bearer = {"Authorization": f"Bearer {entered.json['session_token']}"}
        assert web.get(path, headers=bearer).json["email"] == ANN
        check_error(web.get(path, headers={"Authorization": "Bearer x"}), 401)


def test_the_client_has_its_own_address(server, host):
    connection = http.client.HTTPConnection(
        "127.0.0.1", server.port, timeout=SOON,
        source_address=("127.0.0.9", 0))
    with contextlib.closing(connection):
        connection.request("GET", ORDERS + "/2", None, {
            "X-API-Key": host.key, "X-Forwarded-For": "6.6.6.6"})
        answer = connection.getresponse()
        answer.read()
    id = answer.headers["X-Request-Id"]
    found = wait_until(lambda: [line for line in host.site.access_lines()
                                if line["request_id"] == id], SOON)
    assert found[0]["client"] == "127.0.0.9"


def test_a_client_chooses_no_id_before_nginx(server, web):
    """Where the other servers' lines pass all header fields on."""
    answer = web.get(ORDERS + "/1", headers={"X-Request-Id": "chosen"})
    assert (answer.headers["X-Request-Id"] == "chosen") != isinstance(
        server, Nginx)


# What is asked for.

def test_records_are_made_changed_and_removed(web):
    made = web.post(ORDERS, {"resource": [{"item": "new", "amount": 1}]})
    assert made.status in (200, 201), made
    id = made.rows[0]["id"]
    assert web.patch(f"{ORDERS}/{id}", {"item": "newer"}).status == 200
    assert row(web, id)["item"] == "newer"
    put = web.call("PUT", f"{ORDERS}/{id}", {"item": "newest", "amount": 2})
    assert put.status == 200, put
    assert web.delete(f"{ORDERS}/{id}").status == 200
    check_error(web.get(f"{ORDERS}/{id}"), 404)


@pytest.mark.parametrize("name", KINDS, ids=lambda name: name[:10])
def test_a_path_is_passed_on_as_it_was_sent(web, name):
    path = f"{PLACES}/{quote(name, safe='')}"
    assert web.get(path).json["name"] == name
    assert web.patch(path, {"visits": 1}).json["name"] == name


def test_a_query_is_passed_on_as_it_was_sent(web):
    text = quote("item = 'scrëw'", safe="")
    answer = web.get(f"{ORDERS}?filter={text}&limit=3&fields=item,id")
    assert answer.rows == [{"item": "scrëw", "id": id} for id in (3, 7, 11)]


@pytest.mark.parametrize("path, leads", [
    ("/api/v2", True), ("/status", True), ("/health/live", True),
    ("/health/ready", True), ("/metrics", True), ("/", False),
    ("/console", True), ("/console/", True), ("/console/no", True),
    ("/apix", False), ("/statusx", False), ("/metricsx", False),
    ("/consolex", False)])
def test_only_the_paths_of_weir_lead_to_it(web, path, leads):
    answer = web.get(path)
    assert ("X-Request-Id" in answer.headers) == leads, answer


def test_no_server_answers_for_weir(web):
    """Debian's own settings have one for some methods and names."""
    assert web.call("TRACE", ORDERS + "/1").status == 405
    assert web.get(ORDERS + "/../../..").status in (400, 403, 404)


def test_head_is_get_without_the_body(web):
    full = web.get(ORDERS + "/5")
    head = web.call("HEAD", ORDERS + "/5")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["ETag"] == full.headers["ETag"]
    assert head.headers["Content-Type"] == full.headers["Content-Type"]
    assert head.headers.get("Content-Length", "65") == str(len(full.body))
    check_error(web.get(ORDERS + "/999999"), 404)


def test_a_preflight_is_answered(web, server):
    with Caller(server.port) as stranger:
        answer = stranger.call("OPTIONS", ORDERS, headers={
            "Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"})
    assert answer.status in (200, 204), answer
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    assert web.call("OPTIONS", ORDERS).status == 200


def test_what_a_client_has_is_not_sent_again(web):
    """By its tag, which compression on the way must not change."""
    for coding in ("identity", "gzip"):
        lines = {"Accept-Encoding": coding}
        full = web.get(ORDERS + "?limit=100", headers=lines)
        assert full.headers.get("Content-Encoding", "identity") == coding
        body = full.body if coding == "identity" else gzip.decompress(full.body)
        assert len(json.loads(body)["resource"]) == 100
        tag = full.headers["ETag"]
        again = web.get(ORDERS + "?limit=100",
                        headers=lines | {"If-None-Match": tag})
        assert (again.status, again.body) == (304, b""), again
        assert again.headers["ETag"].removeprefix("W/") == (
            tag.removeprefix("W/"))
        assert web.get(ORDERS + "?limit=100", headers=lines | {
            "If-None-Match": '"other"'}).status == 200


# Bodies, long and slow.

def test_a_long_body_comes_and_goes(web):
    text = "é\\\"x" * (MIB // 5)
    made = web.post(API + "shop/_table/notes?fields=*",
                    {"resource": [{"text": text}]})
    assert made.status in (200, 201), (made.status, made.body[:300])
    assert made.rows[0]["text"] == text
    path = f"{API}shop/_table/notes/{made.rows[0]['id']}"
    assert web.get(path).json["text"] == text
    assert web.delete(path).status == 200


def test_a_body_in_chunks_is_whole(web, host):
    body = json.dumps({"item": "c" * 100_000}).encode()
    pieces = (body[at:at + 4096] for at in range(0, len(body), 4096))
    web.connection.request(
        "PATCH", ORDERS + "/6", pieces, encode_chunked=True, headers={
            "X-API-Key": host.key, "Content-Type": "application/json",
            "Transfer-Encoding": "chunked"})
    answer = web.connection.getresponse()
    assert (answer.status, answer.read()) == (200, b'{"id":6}')
    assert len(row(web, 6)["item"]) == 100_000


def test_a_body_above_the_most_is_413_in_the_words_of_weir(web):
    answer = web.patch(ORDERS + "/7", b"x" * (MAX_BODY + 1))
    check_error(answer, 413, "MAX_BODY")
    assert row(web, 7)["id"] == 7


def send_until_answered(client):
    """Some servers know at once, some when they have taken too much."""
    for _ in range(MAX_BODY // PIECE * 2):
        if select.select([client], [], [], 0)[0]:
            return
        client.sendall(b"x" * PIECE)


def test_a_body_far_above_it_is_413_before_it_is_sent(server, host, web):
    for _ in range(3):
        with raw(server, host, "PATCH", ORDERS + "/7", 2 * MAX_BODY) as client:
            send_until_answered(client)
            assert answer_of(client).status == 413
        assert row(web, 7)["id"] == 7


def lates(host):
    """How many requests were late, as far as they are logged."""
    return sum(line["status"] == 408 for line in host.site.access_lines())


def test_a_slow_upload_delays_nobody(server, host, web):
    """Longer than READ_TIMEOUT: most servers take the whole of it first.

    Weir tells the client of one that does not.
    """
    before = lates(host)
    body = json.dumps({"item": "s" * 20_000}).encode()
    with raw(server, host, "PATCH", ORDERS + "/8", len(body)) as client:
        for part in range(4):
            client.sendall(body[part * 5000:(part + 1) * 5000])
            time.sleep(READ_TIMEOUT * 0.3)
            assert row(web, 9)["id"] == 9
        assert server.buffers or wait_until(lambda: lates(host) > before, SOON)
        with contextlib.suppress(OSError):
            client.sendall(body[20_000:])
        assert answer_of(client).status == (200 if server.buffers else 408)
    if server.buffers:
        assert row(web, 8)["item"] == "s" * 20_000


def test_a_slow_reader_delays_nobody(web, server, host):
    with raw(server, host, "GET", API + "shop/_table/long") as client:
        answer = answer_of(client)
        assert answer.read(1) == b"{"
        for id in range(20):
            assert row(web, 20 + id)["id"] == 20 + id
        rows = json.loads(b"{" + answer.read())["resource"]
    assert [len(row["text"]) for row in rows] == [LONG] * MANY


# Who leaves.

def fates(host):
    """What became of the slow queries."""
    return [line["status"] for line in host.site.access_lines()
            if line["path"] == SLOW]


def test_clients_that_leave_amid_their_query_are_forgotten(
        server, host, web):
    """And their query is ended, if the server tells."""
    before = len(fates(host))
    leavers = [raw(server, host, "GET", SLOW, headers=PAST)
               for _ in range(2)]
    time.sleep(MOMENT)
    for leaver in leavers:
        leaver.close()
    assert row(web, 1)["id"] == 1
    assert wait_until(lambda: len(fates(host)) == before + 2, SOON)
    assert fates(host)[before:] == [499 if server.tells else 200] * 2


def test_a_write_whose_client_leaves_amid_it_is_not_done(server, host, web):
    before = row(web, 10)["version"]
    body = b'{"version":%d}' % (before + 1)
    with raw(server, host, "PATCH", ORDERS + "/10", len(body)) as client:
        client.sendall(body[:-1])
    for _ in range(5):
        assert row(web, 10)["version"] == before


def test_a_client_that_leaves_amid_its_answer_is_forgotten(
        server, host, web):
    for _ in range(6):
        with raw(server, host, "GET", API + "shop/_table/long") as client:
            assert client.recv(100)
    assert row(web, 1)["id"] == 1


# Many at a time.

def test_a_crowd_is_served(server, host):
    crowd = Crowd(server.port, host.key, ("GET", ORDERS, None, PAST))
    assert crowd.wait() == [200] * 80


def test_a_crowd_is_counted_exactly(server, host):
    key = host.counted[type(server).__name__]
    crowd = Crowd(server.port, key, ("GET", ORDERS + "/1"))
    assert sorted(crowd.wait()) == [200] * RATE + [429] * (80 - RATE)


def test_weir_may_end_and_begin_again(server, web):
    """The server finds it again at once."""
    server.end_weirs()
    if server.weirs:
        assert web.get(ORDERS + "/1").status in (500, 502, 503, 504)
    server.weirs = server.start_weirs()
    assert wait_until(lambda: web.get(ORDERS + "/1").status == 200, 3)
    assert row(web, 1)["id"] == 1
