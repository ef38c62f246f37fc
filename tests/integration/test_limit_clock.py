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
LATE = 6  # seconds that a machine that stalls, or memcached, may add
ROUNDS = 4  # of what a slow machine may spoil
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
    """Calls until the window is over; when the first that passed was sent."""
    sent = 0

    def passes():
        nonlocal sent
        sent = time.monotonic()
        return statuses(call(1))[200] > 0

    assert wait_until(passes, PERIOD + LATE, 0.1)
    return sent


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_clock_that_is_set(store, clock, limit, jump):
    assert any(clock_is_set(store, clock, limit, jump) for _ in range(ROUNDS))


def clock_is_set(store, clock, limit, jump):
    """False if the machine was so slow that a window may have ended."""
    clock.jump(0)
    fixed, *others = [limit(**more) for more in (
        {}, {"algorithm": "sliding"}, {"algorithm": "gcra"})]
    began = time.monotonic()
    ended = jump > 0 and store.driver in BY_THE_CLOCK
    before = fixed(RATE)
    passed = [statuses(call(RATE))[200] for call in others]
    clock.jump(jump)
    after, then = fixed(RATE), fixed(RATE)
    if time.monotonic() - began >= PERIOD:
        return False
    assert statuses(before) == FULL
    check_waits(after)
    assert statuses(after) == (FULL if ended else USED_UP)
    assert statuses(then) == USED_UP
    again = [statuses(call(RATE))[200] for call in others]
    assert not ended or min(again) >= RATE
    assert any(next_window_is_exact(fixed) for _ in range(ROUNDS))
    print(f"{store.driver} {jump:+d} s: it took "
          f"{time.monotonic() - began:.1f} s")
    for call, one, two in zip(others, passed, again):
        check_steady(call, began, one + two, 1 + ended)
    return True


def next_window_is_exact(call):
    """False as above."""
    opened = until_one_passes(call)
    rest, then = call(RATE), call(RATE)
    check_waits(rest)
    if time.monotonic() - opened >= PERIOD:
        return False
    assert statuses(rest)[200] in (RATE - 2, RATE - 1)  # two calls were made
    assert statuses(then) == USED_UP
    return True


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
