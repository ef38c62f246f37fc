"""Requests that more limits apply to than can be counted together."""

import itertools

import pytest

from support import accounts
from support.offices import ACCESS
from support.process import wait_until

ORDERS = "shop/_table/orders?limit=1"
MOST = 32  # count together
PERIODS = itertools.count(86400)


@pytest.fixture(scope="module", name="caller")
def caller_with_a_key(office):
    role = office.make(
        "role", name=office.name("role"), is_active=True,
        **{ACCESS: [{"service_id": office.shop_id, "component": "_table/*",
                     "verb_mask": 31}]})
    _, key = office.add_app(role_id=role)
    return accounts.Person(office.clients[0], key=key)


@pytest.fixture(name="limit")
def make_limits_that_go(office):
    """Makes a limit of all that nobody reaches, unless told otherwise."""
    made = []

    def limit(**members):
        name = office.name("limit")
        made.append(office.make(
            "limit", name=name, type="instance",
            **{"rate": 100, "period": f"{next(PERIODS)}s"} | members))
        return name

    yield limit
    for id in made:
        office.remove(f"limit/{id}")


def calls(caller, n):
    return [caller.call("GET", ORDERS) for _ in range(n)]


def lines(office, text):
    return [line for line in office.site.read("weir.log").splitlines()
            if text in line]


def test_as_many_as_count_together_are_exact(caller, limit):
    for _ in range(MOST - 1):
        limit()
    limit(rate=2)
    answers = calls(caller, 3)
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[0].headers["X-RateLimit-Limit"] == "2"
    assert answers[0].headers["RateLimit-Policy"].count(";q=") == MOST


def test_a_dry_run_too_many_is_left_out(caller, limit, office):
    trial = limit(dry_run=True)
    for _ in range(MOST - 1):
        limit()
    limit(rate=2)
    answers = calls(caller, 3)
    assert [answer.status for answer in answers] == [200, 200, 429]
    said = f"{MOST + 1} limits apply to a request and {MOST} can be counted"
    assert wait_until(lambda: lines(office, said), 5)
    assert len(lines(office, said)) == 1  # of three requests
    assert lines(office, said)[0].endswith(f': "{trial}"')


def test_too_many_that_refuse_are_503(caller, limit, office):
    for _ in range(MOST + 1):
        limit()
    answers = calls(caller, 3)
    assert [answer.status for answer in answers] == [503] * 3
    assert "Retry-After" in answers[0].headers
    said = "requests are answered 503 until enough limits are deactivated"
    assert wait_until(lambda: lines(office, said), 5)
    assert len(lines(office, said)) == 1
