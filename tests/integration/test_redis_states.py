"""A Redis that answers, but not as one would like: it has become a replica,
it still loads its data, it is full, it has forgotten our script.

Reads go on, limits hold, no read is stale, and all is as before soon after.
"""

import itertools
import time

import pytest

from support.mix import Mix
from support.process import wait_until
from support.store import Store

SETTINGS = {"STORE_TIMEOUT": "50ms", "CACHE_WRITE_ON_ERROR": "refuse"}
RECOVERY = 2
STALL = 5  # seconds in which one may answer no probe in time
LIMIT = 10
PAUSE = 1
TIMES = [2, pytest.param(20, marks=pytest.mark.full)]
TABLE = "/api/v2/shop/_table/orders"
FRESH = itertools.count(1)
SLOW_KEYS = 1500  # each takes a millisecond to load


class Replica:
    """Of nobody: it keeps what it has, and takes no writes.

    But it answers reads: who has not noticed yet may be given what another
    process could not delete (CACHE_WRITE_ON_ERROR). So the mix is of one.
    """

    processes = 1

    def enter(self, server):
        server.cli("REPLICAOF", "127.0.0.1", "1")

    def leave(self, server):
        server.cli("REPLICAOF", "NO", "ONE")


class Loading:
    processes = 2

    def enter(self, server):
        server.cli("DEBUG", "POPULATE", str(SLOW_KEYS))
        assert server.cli("SAVE") == "OK"
        server.kill()
        server.start()
        assert "LOADING" in server.cli("PING")

    def leave(self, server):
        assert wait_until(lambda: server.cli("PING") == "PONG")


class Full:
    processes = 2

    def enter(self, server):
        server.cli("CONFIG", "SET", "maxmemory", "1")

    def leave(self, server):
        server.cli("CONFIG", "SET", "maxmemory", "0")


STATES = {"replica": Replica(), "loading": Loading(), "full": Full()}


@pytest.fixture(params=STATES)
def state(request):
    return STATES[request.param]


@pytest.fixture(scope="module")
def store():
    store = Store("redis")
    store.server.options = (
        "--enable-debug-command", "local", "--key-load-delay", "1000",
        "--loading-process-events-interval-bytes", "1024")
    store.server.restart()
    yield store
    store.stop()


@pytest.fixture
def get(pair, key):
    def get(path=f"{TABLE}/1", process=0, lines=key, **more):
        with pair.servers[process].connect() as client:
            return client.call(path, headers=lines, **more)
    return get


@pytest.fixture
def hits(get):
    """Does each process find in the store what was asked a moment ago?"""
    def hits():
        path = f"{TABLE}?limit=1&offset={next(FRESH)}"
        return all(get(path, n).status == 200 for n in (0, 1)) and all(
            get(path, n).hit for n in (0, 1))
    return hits


@pytest.fixture(autouse=True)
def well(hits):
    assert wait_until(hits, 10)
    yield
    assert wait_until(hits, 10)


@pytest.fixture
def limited(site):
    """A key that may call so often an hour."""
    name = f"limited-{next(FRESH)}"
    site.add_role(name)
    site.grant(name, "shop", "*", "all")
    site.add_limit(name, LIMIT, "hour", role=name)
    key = {"X-API-Key": site.add_key(name, name)}
    time.sleep(1.1)  # a change is seen within a second
    return key


def test_reads_go_on_and_limits_hold(store, get, hits, limited, state):
    state.enter(store.server)
    try:
        assert all(get().status == 200 for _ in range(20))
        fresh = f"{TABLE}?limit=1&offset={next(FRESH)}"
        assert [get(fresh).hit for _ in range(3)] == [False] * 3
        got = [get(lines=limited).status for _ in range(2 * LIMIT)]
        assert got == [200] * LIMIT + [429] * LIMIT
    finally:
        state.leave(store.server)
    began = time.monotonic()
    assert wait_until(hits, 10)
    assert time.monotonic() - began < RECOVERY + STALL


@pytest.mark.parametrize("times", TIMES)
def test_no_read_is_stale(site, pair, store, state, times):
    def disturb():
        state.enter(store.server)
        time.sleep(0.3)
        state.leave(store.server)

    with Mix(site, pair.servers[:state.processes], refuses=True) as mix:
        mix.disturb(disturb, times, PAUSE)
    mix.check()


def test_a_full_store_serves_what_it_has(store, get):
    path = f"{TABLE}/2"
    for process in (0, 1):
        assert wait_until(lambda n=process: get(path, n).hit)
    Full().enter(store.server)
    try:
        assert all(get(path, n).hit for n in (0, 1))
        body = b'{"version":9}'
        assert get(path, method="PATCH", body=body).status == 200
        for process in (0, 1):
            answer = get(path + "?fields=version", process)
            assert answer.json == {"version": 9}
    finally:
        Full().leave(store.server)


def test_limits_hold_when_the_script_is_forgotten(store, get, limited):
    def call(n):
        store.server.cli("SCRIPT", "FLUSH")
        return get(process=n % 2, lines=limited).status

    got = [call(n) for n in range(2 * LIMIT)]
    assert got == [200] * LIMIT + [429] * LIMIT
