"""What answers say of limits, as a client reads it."""

import time

import pytest

from support.accounts import KEY
from support.offices import ACCESS, READS

ORDERS = "/api/v2/shop/_table/orders?limit=1"


@pytest.fixture(scope="module", name="limited")
def key_under_two_limits(office):
    """Of an app of its own; what it makes lives as long as the office."""
    id, key = office.add_app(role_id=office.add_role())
    name = 'odd "name" \\ é'
    office.make("limit", name=name, type="instance.app", app_id=id, rate=2,
                period="minute")
    office.make("limit", name="wide", type="instance.app", app_id=id,
                rate=100, period="hour", algorithm="gcra", burst=10)
    return lambda: office.clients[0].call(ORDERS, headers={KEY: key})


@pytest.fixture(scope="module", name="answers")
def three_answers(limited):
    return [limited() for _ in range(3)]


def test_every_answer_has_them(answers):
    assert [answer.status for answer in answers] == [200, 200, 429]
    for answer, left in zip(answers, (1, 0, 0)):
        assert answer.headers["X-RateLimit-Limit"] == "2"
        assert answer.headers["X-RateLimit-Remaining"] == str(left)
        ends = int(answer.headers["X-RateLimit-Reset"]) - time.time()
        assert -1 <= ends <= 61
    assert "Retry-After" not in answers[1].headers
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60


def test_they_are_structured_fields(answers):
    name = r'"odd \"name\" \\ %c3%a9"'
    for answer, left in zip(answers, (1, 0, 0)):
        assert answer.headers["RateLimit-Policy"] == (
            f'{name};q=2;w=60, "wide";q=10;w=360')
        item, reset = answer.headers["RateLimit"].rsplit(";t=", 1)
        assert item == f"{name};r={left}"
        assert 1 <= int(reset) <= 60


def test_what_shared_caches_keep_has_none(office):
    """They would give it to others; Server-Timing likewise."""
    config = {"cache_enabled": True, "cache_ttl": 60, "cache_scope": "public"}
    shown_id = office.make("service", name="shown", type="sqlite",
                           is_active=True, config=office.shop | config)
    role_id = office.make("role", name="readers", is_active=True, **{
        ACCESS: [READS | {"service_id": id}
                 for id in (office.shop_id, shown_id)]})
    id, key = office.add_app(role_id=role_id)
    office.make("limit", name="own", type="instance.app", app_id=id,
                rate=9, period="minute")
    shown = ORDERS.replace("/shop/", "/shown/")

    def told(path, status=200):
        answers = [
            office.clients[0].call(path, headers={KEY: key}),
            office.boss.call("GET", path.removeprefix("/api/v2/"))]
        assert {answer.status for answer in answers} == {status}
        return {name for answer in answers for name in answer.headers
                if "ratelimit" in name.lower() or name == "server-timing"}
    private = told(ORDERS)
    assert len(private) == 6
    for _ in range(2):
        assert told(shown) == set()
    assert told(shown.replace("limit=1", "limit=x"), 400) == private
    left = office.clients[0].call(ORDERS, headers={KEY: key})
    assert left.headers["X-RateLimit-Remaining"] == "4"
