"""The access log: one JSON line for every answer, and no secrets in it."""

import json
import os
import uuid

import pytest

from support import fcgi
from support.process import wait_until

TABLE = "/api/v2/shop/_table/orders"
FIELDS = {"time", "request_id", "client", "app", "service", "method", "path",
          "status", "bytes", "duration_us", "cache", "limit"}


@pytest.fixture(name="logged")
def call_and_read_the_line(site, pair):
    """Calls with a request id of its own; the line that tells of it."""
    client = pair.servers[0].connect()

    def lines(id):
        return [line for line in site.access_lines()
                if line["request_id"] == id]

    def logged(path, headers=None, **more):
        id = uuid.uuid4().hex
        headers = {"REQUEST_ID": id, **(headers or {})}
        answer = client.call(path, headers=headers, **more)
        assert wait_until(lambda: lines(id), 5)
        (line,) = lines(id)
        assert answer.headers["X-Request-Id"] == id
        return answer, line

    yield logged
    client.close()


def test_a_line_has_every_field(logged, owner):
    answer, line = logged(TABLE + "/1", {"X-API-Key": owner})
    assert FIELDS <= line.keys()
    assert line["client"] == "127.0.0.1"
    assert line["app"] == "owner"
    assert line["service"] == "shop"
    assert line["method"] == "GET"
    assert line["path"] == TABLE + "/1"
    assert line["status"] == answer.status == 200
    assert line["bytes"] == len(answer.body)
    assert line["duration_us"] > 0


def test_the_cache_verdict_is_told(logged, owner):
    lines = [logged(TABLE + "/2", {"X-API-Key": owner})[1]
             for _ in range(2)]
    assert [line["cache"] for line in lines] == ["miss", "hit"]


def test_the_limit_verdict_is_told(logged, site, pair):
    key = site.add_key("limited", "reader")
    site.add_limit("limited", 1, "hour", app="limited")
    caller = pair.servers[0].connect()
    assert wait_until(lambda: "X-RateLimit-Limit" in caller.call(
        TABLE + "/1", headers={"X-API-Key": key}).headers)
    answer, line = logged(TABLE + "/1", {"X-API-Key": key})
    assert (answer.status, line["limit"]) == (429, "refused")


@pytest.mark.parametrize("path, status", [
    (TABLE, 401), ("/nowhere", 404), ("/api/v2", 200),
    ("/api/v2/%zz", 400),
])
def test_refusals_are_logged_too(logged, path, status):
    answer, line = logged(path)
    assert answer.status == line["status"] == status


@pytest.mark.parametrize("query", [
    "?api_key={key}&limit=1", "?limit=1&api_key={key}", "?API_KEY={key}",
    "?api%5fkey={key}", "?session_token={key}", "?limit=1;api_key={key}",
])
def test_a_key_in_the_url_is_not_logged(logged, site, owner, query):
    logged(TABLE + query.format(key=owner))
    assert owner not in site.read("access.log")
    assert owner not in site.read("weir.log")


def test_hostile_text_stays_one_line(logged, site):
    _, line = logged('/api/v2/"x\\\r\n{}\x01\xff?a="\n', {
        "X-API-Key": 'k"\r\n'})
    assert line["status"] >= 400
    for text in site.read("access.log").splitlines():
        assert isinstance(json.loads(text), dict)


def test_every_answer_has_one_line(site, pair, owner):
    before = len(site.access_lines())
    with pair.servers[1].connect() as client:
        for id in range(1, 201):
            client.call(f"{TABLE}/{id % 40 + 1}",
                        headers={"X-API-Key": owner})
    assert wait_until(
        lambda: len(site.access_lines()) == before + 200, 5)


def test_a_broken_request_has_no_line(site, pair):
    before = len(site.access_lines())
    address = pair.servers[0].address
    fcgi.send_and_leave(address, fcgi.request(TABLE)[:100])
    fcgi.call(address, "/api/v2")
    assert wait_until(
        lambda: len(site.access_lines()) == before + 1, 5)


def test_a_reader_that_stalls_holds_up_nobody(site):
    """A pipe holds 64 KB; more than that is logged."""
    fifo = site.path("stalled.fifo")
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    server = site.serve("stalled", ACCESS_LOG=fifo)
    try:
        with server.connect() as client:
            for _ in range(1000):
                assert client.call("/api/v2").status < 500
            assert os.read(reader, 1 << 20)
            client.call("/api/v2")
        assert wait_until(
            lambda: "its reader stalled" in site.read("weir.log"), 5)
    finally:
        os.close(reader)
        server.stop()
