"""Limits are exact: four processes, eight clients each, on every store.

A store that answered late would be done without; here its calls are refused
then, and the test fails.
"""

import collections
import time

import pytest

from support.crowd import CLIENTS, PROCESSES, Crowd
from support.process import wait_until
from support.store import STORES

SETTINGS = {"STORE_TIMEOUT": "10s", "LIMIT_ON_ERROR": "deny"}
PATH = "/api/v2/shop/_table/orders/1"
ALL = PROCESSES * CLIENTS
PERIOD = 2  # seconds, of windows that end while they are filled
WAYS = {"fixed": {}, "sliding": {"algorithm": "sliding"},
        "gcra": {"algorithm": "gcra"}, "lockout": {"lockout": True}}
EDGE = 1  # seconds by which an answer may be late

assert STORES  # each test of this file runs on each


@pytest.fixture(scope="module")
def crowd(site):
    crowd = Crowd(site)
    yield crowd
    crowd.stop()


def limited(site, crowd, name, *limits):
    """A key with these limits, (rate, period, scope), that counts nothing yet.

    Who knows the key that was made last knows them, too.
    """
    key = site.add_key(name, "reader")
    for n, (rate, period, scope) in enumerate(limits):
        site.add_limit(f"{name}-{n}", rate, period, app=name, **scope)
    last = site.add_key(name + "-last", "reader")
    assert wait_until(lambda: all(
        caller.get(PATH, key=last).status == 200 for caller in crowd.callers))
    return key


def count(answers):
    return collections.Counter(answer.status for _, answer in answers)


@pytest.mark.parametrize("rate", [
    96, pytest.param(4800, marks=pytest.mark.full)])
@pytest.mark.parametrize("way", WAYS)
def test_n_of_three_n_calls_pass(site, crowd, way, rate):
    key = limited(
        site, crowd, f"{way}{rate}", (rate, "30-day", WAYS[way]))
    answers = crowd.hammer(PATH, key, calls=3 * rate // ALL)
    assert count(answers) == {200: rate, 429: 2 * rate}
    assert sorted(left(answer) for _, answer in answers) == (
        [0] * 2 * rate + list(range(rate)))


def left(answer):
    """What is left of the limit, as both kinds of headers say."""
    found = int(answer.headers["X-RateLimit-Remaining"])
    assert f";r={found};" in answer.headers["RateLimit"]
    return found


@pytest.mark.parametrize("windows", [
    2, pytest.param(20, marks=pytest.mark.full)])
def test_no_window_lets_more_pass_than_n(site, crowd, windows):
    """Clients that never pause, so that each window begins with a burst.

    Each count that passes is another one of its window: so many windows have
    begun as have told of their first, and no count is told more often.
    """
    rate = 40
    key = limited(
        site, crowd, f"windows{windows}", (rate, f"{PERIOD}s", {}))
    answers = crowd.hammer(
        PATH, key, until=time.monotonic() + windows * PERIOD)
    assert set(count(answers)) == {200, 429}
    passed = [(came, left(answer)) for came, answer in answers
              if answer.status == 200]
    told = collections.Counter(left for _, left in passed)
    first = [came for came, left in passed if left == rate - 1]
    assert windows <= len(first) <= windows + 1
    for number in range(rate):
        assert len(first) - 1 <= told[number] <= len(first)
    for before, after in zip(first, first[1:]):
        assert PERIOD - EDGE < after - before < PERIOD + EDGE


def test_a_burst_over_the_end_of_a_window(site, crowd, store):
    """One call, and just before a period after it a burst that goes on.

    A fixed window then ends, and as many pass again; sliding, only the first
    call makes room; gcra has room for a burst, and then lets pass steadily.
    """
    rate, period = 40, 4
    keys = [limited(site, crowd, f"burst-{way}", (rate, f"{period}s", more))
            for way, more in WAYS.items() if way != "lockout"]
    for key in keys:
        assert crowd.callers[0].get(PATH, key=key).status == 200
    began = time.monotonic()
    time.sleep(0.7 * period)
    found = crowd.hammer(PATH, keys, until=began + 1.4 * period)
    fixed, sliding, gcra = ([came for came, answer in answers
                             if answer.status == 200] for answers in found)
    print(f"{store.driver}: {len(fixed)} fixed, {len(sliding)} sliding, "
          f"{len(gcra)} gcra pass of {len(found[0])} each")
    assert len(fixed) == rate - 1 + rate
    assert len(sliding) == rate
    took = gcra[-1] - gcra[0] + 0.1 * period
    assert rate <= len(gcra) <= rate + took * rate / period + 1


def test_two_limits_of_one_call(site, crowd, store):
    """Both are used up at the same time, by calls that count in both.

    memcached counts them one after the other, and takes back what one of them
    has refused: meanwhile that may refuse others, one for each call that is
    under way, and never lets more pass.
    """
    rate = 96
    key = limited(site, crowd, "both", (rate, "hour", {}),
                  (rate, "hour", {"service": "shop"}))
    answers = crowd.hammer(PATH, key, calls=3 * rate // ALL)
    passed = count(answers)[200]
    print(f"{store.driver}: {passed} of {rate} passed")
    slack = ALL - 1 if store.driver == "memcached" else 0
    assert rate - slack <= passed <= rate
    assert count(answers) == {200: passed, 429: 3 * rate - passed}
