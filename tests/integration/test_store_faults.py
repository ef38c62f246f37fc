"""A store that dies, hangs, comes back, or comes back older than it was.

Whatever happens to it: requests go on without it, none waits longer than one
deadline, no read is stale, and the store is used again soon after it is back.
"""

import itertools
import time

import pytest

from support.mix import Mix
from support.process import wait_until
from support.store import SERVED

STORES = SERVED
SETTINGS = {"STORE_TIMEOUT": "200ms"}  # which a busy machine keeps as well
HANG = 0.5  # seconds: longer than that
RECOVERY = 2
BUSY = 4  # seconds that a busy machine may add to all calls
STALL = 5  # seconds in which one may answer no probe in time
PAUSE = 1.5  # seconds in which the store comes back into use
TIMES = [2, pytest.param(20, marks=pytest.mark.full)]
TABLE = "/api/v2/shop/_table/orders"
FRESH = itertools.count(1)


@pytest.fixture(scope="module")
def small(site):
    """A key that may call three times a minute."""
    site.add_role("small")
    site.grant("small", "shop", "*", "all")
    site.add_limit("small", 3, "minute", role="small")
    return {"X-API-Key": site.add_key("small", "small")}


@pytest.fixture(scope="module")
def server(site, small):
    """Started when all keys are there."""
    del small
    server = site.serve("alone")
    yield server
    server.stop()


@pytest.fixture
def refusing(site):
    servers = [site.serve(name, CACHE_WRITE_ON_ERROR="refuse")
               for name in ("one", "two")]
    yield servers
    for server in servers:
        server.stop()


@pytest.fixture
def get(server, key):
    def get(path=f"{TABLE}/1", method="GET", body=b"", lines=key):
        with server.connect() as client:
            return client.call(path, method, lines, body)
    return get


@pytest.fixture
def hits(get):
    """Does the store answer a read that was asked a moment ago?"""
    def hits():
        path = f"{TABLE}?limit=1&offset={next(FRESH)}"
        return get(path).status == 200 and get(path).hit
    return hits


@pytest.fixture(autouse=True)
def well(store, hits):
    """However a test begins or ends, the store is there."""
    assert wait_until(hits, 10)
    yield
    if store.server.process.alive:
        store.server.resume()
    else:
        store.server.restart()
    assert wait_until(hits, 10)


def bypasses(answer):
    return answer.status == 200 and "fwd=bypass" in answer.headers[
        "cache-status"]


def recovers(hits):
    began = time.monotonic()
    assert wait_until(hits, 10)
    return time.monotonic() - began < RECOVERY + STALL


def test_reads_and_writes_go_on_without_a_killed_store(store, get, hits):
    store.server.kill()
    began = time.monotonic()
    for _ in range(20):
        assert bypasses(get())
        assert get(method="PATCH", body=b'{"version":7}').status == 200
    assert time.monotonic() - began < 1 + BUSY
    store.server.restart()
    assert recovers(hits)
    assert get(f"{TABLE}/1?fields=version").json == {"version": 7}


def test_a_store_that_hangs_costs_one_deadline(store, get, hits):
    store.server.pause()
    began = time.monotonic()
    for _ in range(100):
        assert bypasses(get())
    assert time.monotonic() - began < 1 + BUSY  # not 100 times 200 ms
    store.server.resume()
    assert recovers(hits)


def test_what_is_written_meanwhile_is_read_afterwards(store, get, hits):
    path = f"{TABLE}/2?fields=version"
    for _ in range(2):
        assert get(path).status == 200
    assert get(path).hit
    store.server.pause()
    assert get(f"{TABLE}/2", "PATCH", b'{"version":8}').status == 200
    store.server.resume()
    assert get(path).json == {"version": 8}
    assert recovers(hits)
    assert get(path).json == {"version": 8}


def test_limits_are_counted_here_meanwhile(store, get, small):
    store.server.kill()
    got = [get(lines=small).status for _ in range(6)]
    assert got == [200, 200, 200, 429, 429, 429]


@pytest.mark.parametrize("times", TIMES)
def test_no_read_is_stale_while_it_hangs_and_goes_on(
        site, server, store, times):
    def hang():
        store.server.pause()
        time.sleep(HANG)
        store.server.resume()

    with Mix(site, [server]) as mix:
        mix.disturb(hang, times, PAUSE)
    mix.check()


@pytest.mark.parametrize("times", TIMES)
def test_no_read_is_stale_while_it_is_killed_and_restarted(
        site, server, store, times):
    def die():
        store.server.kill()
        time.sleep(0.1)
        store.server.start()

    with Mix(site, [server]) as mix:
        mix.disturb(die, times, PAUSE)
    mix.check()


@pytest.mark.parametrize("times", TIMES)
def test_two_processes_that_refuse_writes_read_nothing_stale(
        site, refusing, store, times):
    """Whoever proceeds leaves old answers to others: test_write_policy.py."""
    ways = itertools.cycle([store.server.kill, store.server.pause])

    def vanish():
        next(ways)()
        time.sleep(HANG)
        if store.server.process.alive:
            store.server.resume()
        else:
            store.server.start()

    with Mix(site, refusing, refuses=True) as mix:
        mix.disturb(vanish, times, PAUSE)
    mix.check()
