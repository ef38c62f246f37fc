"""Writes whose process cannot reach the store: CACHE_WRITE_ON_ERROR.

Two processes share a store, and one of them loses its way to it. What the other
may serve then, how long, and what it may not.
"""

import threading
import time

import pytest

from support.process import wait_until
from support.wire import Wire

STORES = ("redis",)
SETTINGS = {"STORE_TIMEOUT": "1s"}
TABLES = "/api/v2/shop/_table"
ENDS = 2  # seconds until the entries of the service `soon` end
BUSY = 3  # seconds that a busy machine may add
MODES = ("proceed", "refuse")
HEAVY = """
CREATE TABLE heavy (id INTEGER PRIMARY KEY, version INTEGER);
INSERT INTO heavy VALUES (1, 0);
CREATE TRIGGER heavy_slow AFTER UPDATE ON heavy
    BEGIN SELECT id FROM slow; END;
"""


@pytest.fixture(scope="module")
def wire(store):
    wire = Wire(store.server.port)
    yield wire
    wire.stop()


@pytest.fixture(scope="module")
def servers(site, store, engine, wire):
    """The writers at the wire, by their policy, and another process."""
    engine.run(HEAVY)
    site.add_service("soon", engine.type, database=engine.path,
                     cache_enabled=True, cache_ttl=ENDS)
    site.grant("owner", "soon", "*", "all")
    servers = {mode: site.serve(mode, REDIS_PORT=str(wire.port),
                                CACHE_WRITE_ON_ERROR=mode)
               for mode in MODES}
    servers["other"] = site.serve("other", REDIS_PORT=str(store.server.port))
    yield servers
    for server in servers.values():
        server.stop()


@pytest.fixture
def call(servers, key):
    def call(who, path, method="GET", body=b""):
        with servers[who].connect() as client:
            return client.call(path, method, key, body)
    return call


@pytest.fixture(autouse=True)
def well(wire, call):
    """Everybody reaches the store."""
    def hits():
        return all(call(who, f"{TABLES}/notes/1").hit
                   for who in (*MODES, "other"))
    wire.mend()
    assert wait_until(hits, 10)
    yield
    wire.mend()
    assert wait_until(hits, 10)


def version(answer):
    assert answer.status == 200, answer
    return answer.json["version"]


def kept(call, who, path):
    """Reads until the answer is in the cache; the version it has."""
    assert wait_until(lambda: call(who, path).hit, 10)
    return version(call(who, path))


def write(call, who, path, number):
    return call(who, path, "PATCH", b'{"version":%d}' % number)


def test_who_proceeds_never_reads_its_old_data(call, wire):
    path = f"{TABLES}/orders/11"
    assert kept(call, "other", path) == 0
    wire.cut()
    for number in range(1, 10):
        assert write(call, "proceed", path, number).status == 200
        answer = call("proceed", path)
        assert version(answer) == number and not answer.hit
    wire.mend()
    end = time.monotonic() + 10
    while version(call("other", path)) != 9:
        assert version(call("proceed", path)) == 9
        assert time.monotonic() < end
    for who in (*MODES, "other"):
        assert version(call(who, path)) == 9


def test_others_read_it_until_their_entry_ends_at_most(call, wire):
    path = "/api/v2/soon/_table/orders/12"
    assert kept(call, "other", path) == 0
    wire.cut()
    assert write(call, "proceed", path, 1).status == 200
    began = time.monotonic()
    assert wait_until(lambda: version(call("other", path)) == 1, 10)
    assert time.monotonic() - began < ENDS + BUSY


def test_others_read_no_entry_that_was_not_there(call, wire):
    """What they had not asked for before is as it is."""
    path = f"{TABLES}/orders/13"
    wire.cut()
    assert write(call, "proceed", path, 1).status == 200
    assert version(call("other", path)) == 1


def test_who_refuses_writes_nothing(call, wire, engine):
    path = f"{TABLES}/orders/14"
    assert kept(call, "other", path) == 0
    wire.cut()
    answer = write(call, "refuse", path, 1)
    assert answer.status == 503
    assert engine.ask("SELECT version FROM orders WHERE id = 14") == (0,)
    for who in ("refuse", "other"):
        assert version(call(who, path)) == 0
    wire.mend()
    assert wait_until(
        lambda: write(call, "refuse", path, 2).status == 200, 10)
    for who in ("refuse", "other"):
        assert version(call(who, path)) == 2


@pytest.mark.parametrize("mode", MODES)
def test_what_cannot_be_deleted_again_is_pending(site, call, wire, mode):
    """The way is lost between a write's first step and its last.

    The statement has been done: there is nothing to refuse any more.
    """
    path = f"{TABLES}/heavy/1"
    before = kept(call, "other", path)
    answers = []
    writer = threading.Thread(target=lambda: answers.append(
        write(call, mode, path, before + 1)))
    writer.start()
    assert wait_until(lambda: not call("other", path).hit, 10)
    assert kept(call, "other", path) == before
    wire.cut()
    writer.join()
    assert answers[0].status == 200
    assert "could not be deleted" in site.read("weir.log")
    for _ in range(20):
        assert version(call(mode, path)) == before + 1
    assert version(call("other", path)) in (before, before + 1)
    wire.mend()
    assert wait_until(
        lambda: version(call("other", path)) == before + 1, 10)
    assert version(call(mode, path)) == before + 1
