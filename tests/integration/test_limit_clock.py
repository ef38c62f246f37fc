"""The clock of a host is set while a limit's window is open, on every store.

Where windows end by the clock of the host (file, database and memcached), one
set forward ends those that are open. None ever lasts longer than it was to (in
memcached, which then ends it by its own clock, two seconds), or lets more pass
than it may, wherever the clock goes.
"""

import collections
import time

import pytest

from support.faketime import Clock
from support.process import wait_until
from support.store import STORES

SETTINGS = {"STORE_TIMEOUT": "10s", "LIMIT_ON_ERROR": "deny"}
PATH = "/api/v2/shop/_table/orders/1"
RATE, PERIOD = 4, 4  # a window, in seconds
SLICE = 1  # by which one that slides may be longer: cache.h
LATE = 3  # seconds that a busy machine, or memcached, may add
HOUR = 3600
BY_THE_CLOCK = ("file", "database", "memcached")

assert STORES  # each test of this file runs on each


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    return Clock(tmp_path_factory.mktemp("clock"))


@pytest.fixture(scope="module")
def callers(site, clock):
    """Of two processes on that clock."""
    servers = [site.serve(name, **clock.environment)
               for name in ("one", "two")]
    clients = [server.connect() for server in servers]
    yield clients
    for client, server in zip(clients, servers):
        client.close()
        server.stop()


@pytest.fixture(name="limit")
def make_a_limit(site, clock, callers):
    """Makes a limit of its own; calls both processes in turn under it."""
    clock.jump(0)

    def limit(**more):
        name = f"app{time.monotonic_ns()}"
        key = site.add_key(name, "reader")
        site.add_limit(name, RATE, f"{PERIOD}s", app=name, **more)
        last = site.add_key(name + "-last", "reader")

        def call(n=1, key=key):
            return [caller.call(PATH, headers={"X-API-Key": key})
                    for _ in range(n) for caller in callers]

        assert wait_until(lambda: statuses(call(1, last)) == {200: 2})
        return call

    return limit


def statuses(answers):
    return collections.Counter(answer.status for answer in answers)


FULL = {200: RATE, 429: RATE}
USED_UP = {429: 2 * RATE}


def check_waits(answers, longest=PERIOD):
    """Nobody is told to wait for more than a window."""
    for answer in answers:
        assert ";t=" in answer.headers["RateLimit"]
        assert int(answer.headers["RateLimit"].split("t=")[1]) <= longest
        assert int(answer.headers.get("Retry-After", 1)) <= longest


def until_one_passes(call):
    """Calls until the window is over; how many seconds that took."""
    began = time.monotonic()
    assert wait_until(lambda: statuses(call(1))[200] > 0, PERIOD + LATE, 0.1)
    return time.monotonic() - began


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_clock_that_is_set(store, clock, limit, jump):
    fixed, *others = [limit(**more) for more in (
        {}, {"algorithm": "sliding"}, {"algorithm": "gcra"})]
    began = time.monotonic()
    ended = jump > 0 and store.driver in BY_THE_CLOCK
    assert statuses(fixed(RATE)) == FULL
    passed = [statuses(call(RATE))[200] for call in others]
    clock.jump(jump)
    answers = fixed(RATE)
    check_waits(answers)
    assert statuses(answers) == (FULL if ended else USED_UP)
    assert statuses(fixed(RATE)) == USED_UP
    again = [statuses(call(RATE))[200] for call in others]
    assert not ended or min(again) >= RATE
    took = until_one_passes(fixed)
    print(f"{store.driver} {jump:+d} s: passes again after {took:.1f} s")
    rest = fixed(RATE)  # two calls have been made in that window
    check_waits(rest)
    assert statuses(rest)[200] in (RATE - 2, RATE - 1)
    assert statuses(fixed(RATE)) == USED_UP
    for call, one, two in zip(others, passed, again):
        check_steady(call, began, one + two, 1 + ended)


def check_steady(call, began, passed, windows):
    """Who makes room bit by bit: no more in all than the time allows."""
    until_one_passes(call)
    rest = call(RATE)
    check_waits(rest, PERIOD + SLICE)
    took = time.monotonic() - began
    assert passed + 1 + statuses(rest)[200] <= (
        RATE * (windows + took / PERIOD) + 1)


def test_a_clock_that_is_set_back_and_forth(store, clock, limit):
    """However often: no more windows than so many jumps forward begin."""
    call = limit()
    began = time.monotonic()
    passed, forward, now = 0, 0, 0
    for jump in (-HOUR, 0, HOUR, -HOUR, HOUR, 0):
        passed += statuses(call(RATE))[200]
        clock.jump(jump)
        forward += jump > now
        now = jump
    passed += statuses(call(RATE))[200]
    windows = 1 + int((time.monotonic() - began) / PERIOD)
    if store.driver in BY_THE_CLOCK:
        windows += forward
    assert passed <= windows * RATE
