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
RATE, PERIOD = 6, 4  # a window, in seconds
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


@pytest.fixture(name="limited")
def caller_with_a_limit(site, clock, callers):
    """Calls both processes in turn: a limit of its own for each test."""
    name = f"app{time.monotonic_ns()}"
    clock.jump(0)
    key = site.add_key(name, "reader")
    site.add_limit(name, RATE, f"{PERIOD}s", app=name)
    last = site.add_key(name + "-last", "reader")

    def call(n=1, key=key):
        return [caller.call(PATH, headers={"X-API-Key": key})
                for _ in range(n) for caller in callers]

    assert wait_until(lambda: statuses(call(1, last)) == {200: 2})
    return call


def statuses(answers):
    return collections.Counter(answer.status for answer in answers)


FULL = {200: RATE, 429: RATE}
USED_UP = {429: 2 * RATE}


def check_waits(answers):
    """Nobody is told to wait for more than a window."""
    for answer in answers:
        assert ";t=" in answer.headers["RateLimit"]
        assert int(answer.headers["RateLimit"].split("t=")[1]) <= PERIOD
        assert int(answer.headers.get("Retry-After", 1)) <= PERIOD


def until_one_passes(call):
    """Calls until the window is over; how many seconds that took."""
    began = time.monotonic()
    assert wait_until(lambda: statuses(call(1))[200] > 0, PERIOD + LATE, 0.1)
    return time.monotonic() - began


def test_a_clock_that_is_right(limited):
    began = time.monotonic()
    assert statuses(limited(RATE)) == FULL
    assert statuses(limited(RATE)) == USED_UP
    assert until_one_passes(limited) > PERIOD - (time.monotonic() - began)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_clock_that_is_set(store, clock, limited, jump):
    assert statuses(limited(RATE)) == FULL
    clock.jump(jump)
    answers = limited(RATE)
    check_waits(answers)
    ended = jump > 0 and store.driver in BY_THE_CLOCK
    assert statuses(answers) == (FULL if ended else USED_UP)
    assert statuses(limited(RATE)) == USED_UP
    took = until_one_passes(limited)
    print(f"{store.driver} {jump:+d} s: passes again after {took:.1f} s")
    rest = limited(RATE)  # two calls have been made in that window
    check_waits(rest)
    assert statuses(rest)[200] in (RATE - 2, RATE - 1)
    assert statuses(limited(RATE)) == USED_UP


def test_a_clock_that_is_set_back_and_forth(store, clock, limited):
    """However often: no more windows than so many jumps forward begin."""
    began = time.monotonic()
    passed, forward = 0, 0
    for jump in (-HOUR, 0, HOUR, -HOUR, HOUR, 0):
        passed += statuses(limited(RATE))[200]
        clock.jump(jump)
        forward += jump >= 0
    passed += statuses(limited(RATE))[200]
    windows = 1 + int((time.monotonic() - began) / PERIOD)
    if store.driver in BY_THE_CLOCK:
        windows += forward
    assert passed <= windows * RATE
