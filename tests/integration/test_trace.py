"""What tells where a request's time went, and whose trace it is of."""

import json
import re

import pytest

from support import accounts
from support.engine import MySQL
from support.offices import Office
from support.process import wait_until

ID, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACE = f"00-{ID}-{PARENT}-01"
ORDERS = "/api/v2/shop/_table/orders"
BACK = 10  # seconds, at most
SLOW = 300  # ms


@pytest.fixture(name="house", scope="module")
def an_office(tmp_path_factory):
    house = Office(tmp_path_factory.mktemp("office"), {})
    yield house
    house.stop()


def call(house, path, person=None, **headers):
    if person:
        headers["X-DreamFactory-Session-Token"] = person.token
    return house.clients[0].call(path, "GET", headers)


def line_of(site, id):
    def look():
        return [line for line in site.access_lines()
                if line["request_id"] == id]
    assert wait_until(look, BACK)
    return look()[0]


def test_a_trace_is_logged_and_goes_on_in_the_answer(house):
    answers = [call(house, "/health/live", traceparent=TRACE,
                    REQUEST_ID=f"traced-{n}") for n in range(2)]
    spans = set()
    for n, answer in enumerate(answers):
        line = line_of(house.site, f"traced-{n}")
        assert (line["trace_id"], line["parent_id"]) == (ID, PARENT)
        match = re.fullmatch(f"00-{ID}-([0-9a-f]{{16}})-01",
                             answer.headers["Traceresponse"])
        spans.add(match[1])
    assert len(spans | {PARENT}) == 3


@pytest.mark.parametrize("sent", [
    "", TRACE + "-more", TRACE.replace(ID, "0" * 32), TRACE.upper()])
def test_what_is_no_trace_is_none(house, sent):
    id = f"untraced-{len(sent)}-{sent.count('0')}"
    answer = call(house, "/health/live", traceparent=sent, REQUEST_ID=id)
    assert "Traceresponse" not in answer.headers
    assert "trace_id" not in line_of(house.site, id)


def timing_of(answer):
    """Milliseconds by name."""
    return {name: float(ms) for name, ms in re.findall(
        r"([a-z]+);dur=(\d+\.\d{3})(?:, |$)",
        answer.headers["Server-Timing"])}


def test_an_administrator_is_told_what_it_took(house):
    told = timing_of(call(house, ORDERS + "?limit=1", house.boss))
    assert set(told) >= {"store", "queue", "upstream", "total"}
    assert told["total"] >= told["upstream"] > 0
    assert sum(told.values()) <= 2 * told["total"] + 0.01


def test_others_are_not(house):
    joe = accounts.enter(house.clients[0], "joe@x.org")
    for answer in (call(house, ORDERS, joe), call(house, ORDERS),
                   call(house, "/health/ready")):
        assert "Server-Timing" not in answer.headers


@pytest.fixture(name="sloth", scope="module")
def what_takes_its_time(mariadb, tmp_path_factory):
    sloth = Office(tmp_path_factory.mktemp("sloth"),
                   {"SLOW_REQUEST": f"{SLOW}ms"})
    sloth.make("service", name="sloth", type="mysql", config=MySQL(
        mariadb).create("sloth", f"CREATE VIEW nap AS SELECT 1 AS id, "
                        f"SLEEP({2 * SLOW / 1000}) AS slept"))
    yield sloth
    sloth.stop()


def told_of(house, id):
    return [line for line in house.site.read("weir.log").splitlines()
            if "slow: " in line and id in line]


def test_what_is_slow_is_told_with_its_stages(sloth):
    answer = call(sloth, "/api/v2/sloth/_table/nap?api_key=a-secret",
                  sloth.boss, REQUEST_ID="a-slow-one")
    assert answer.status == 200, answer
    assert wait_until(lambda: told_of(sloth, "a-slow-one"), BACK)
    (line,) = told_of(sloth, "a-slow-one")
    match = re.search(
        r'slow: GET "/api/v2/sloth/_table/nap": (\S+) ms, store (\S+), '
        r'queue (\S+), enter (\S+), wait (\S+), upstream (\S+), '
        r'status 200, cache none', line)
    took, store, queue, enter, wait, upstream = map(float, match.groups())
    assert SLOW <= upstream <= took
    assert store + queue + enter + wait + upstream <= took
    assert "a-secret" not in line


def test_programs_are_told_the_same(sloth):
    log = sloth.site.path("slow.json")
    server = sloth.site.serve("json", LOG_FILE=log, LOG_FORMAT="json")
    with server.connect() as client:
        answer = client.call("/api/v2/sloth/_table/nap", "GET", {
            "X-DreamFactory-Session-Token": sloth.boss.token,
            "REQUEST_ID": "slow-json", "traceparent": TRACE})
    server.stop()
    assert answer.status == 200, answer
    with open(log, encoding="utf-8") as lines:
        told = [json.loads(line) for line in lines]
    (line,) = [one for one in told if one.get("request_id") == "slow-json"]
    assert line["message"].startswith('slow: GET "/api/v2/sloth/_table/nap"')
    assert {name: line[name] for name in (
        "level", "trace_id", "service", "method", "path", "status", "cache",
        "limit")} == {
            "level": "warning", "trace_id": ID, "service": "sloth",
            "method": "GET", "path": "/api/v2/sloth/_table/nap",
            "status": 200, "cache": "none", "limit": "none"}
    stages = [line[f"{stage}_us"] for stage in (
        "store", "queue", "enter", "wait", "upstream")]
    assert SLOW * 1000 <= line["upstream_us"] <= sum(stages) <= \
        line["duration_us"]


def test_what_is_quick_is_not(sloth):
    answers = [call(sloth, "/health/live", REQUEST_ID=f"quick-{n}")
               for n in range(5)]
    assert {answer.status for answer in answers} == {200}
    # Written by the same thread, after whatever it had to tell before.
    line_of(sloth.site, "quick-4")
    assert len([n for n in range(5) if told_of(sloth, f"quick-{n}")]) < 5


def test_nothing_is_slow_unless_it_is_set(house):
    assert "slow: " not in house.site.read("weir.log")
