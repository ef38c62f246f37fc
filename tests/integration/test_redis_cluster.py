"""Two processes on a Redis Cluster whose slots move and whose masters change.

No read is stale and none fails. A slot that moves is noticed by nobody; after a
fail-over the new master is used soon, without anything being restarted.
"""

import threading
import time

import pytest

from support.cache import Cache, CacheSite
from support.mix import Mix
from support.pair import Pair
from support.process import wait_until
from support.redis_cluster import Cluster
from support.weir import run

SETTINGS = {"STORE_TIMEOUT": "1s", "CACHE_WRITE_ON_ERROR": "refuse"}
RECOVERY = 2
STALL = 5  # seconds in which one may answer no probe in time
TIMES = [2, pytest.param(20, marks=pytest.mark.full)]
WAYS = ["fail_over", "kill", "pause"]
TABLE = "/api/v2/shop/_table/orders"
LIMIT = 400
CALLERS = 6


@pytest.fixture(scope="module")
def store():
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def limited(site):
    """A key that may call LIMIT times."""
    site.add_role("limited")
    site.grant("limited", "shop", "*", "all")
    site.add_limit("limited", LIMIT, "day", role="limited")
    site.add_limit("loose", 10 * LIMIT, "hour", role="limited")
    return {"X-API-Key": site.add_key("limited", "limited")}


@pytest.fixture(scope="module")
def pair(site, limited):
    del limited  # they know the key from the start
    pair = Pair(site)
    yield pair
    pair.stop()


@pytest.fixture
def get(pair, key):
    def get(process=0, lines=key):
        with pair.servers[process].connect() as client:
            return client.call(f"{TABLE}/1", "GET", lines)
    return get


@pytest.fixture(autouse=True)
def well(store, get):
    """However a test begins or ends, nobody is away."""
    store.heal()
    assert wait_until(lambda: get().hit, 10)
    yield
    store.heal()


@pytest.fixture
def slot(store, get):
    """Where the answers about the shop lie, with their tags."""
    assert get().status == 200
    name = next(name for name in store.names() if ":e:" in name)
    return store.slot_of(name)


def lose_master(store, slot, way):
    if way == "fail_over":
        store.fail_over(slot)
    else:
        store.lose(slot, way)


def test_answers_and_tags_of_a_database_lie_together(store, get, slot):
    assert get(1).hit
    shards = {name.partition("{")[2].partition("}")[0]
              for name in store.names() if "{" in name}
    assert {store.slot_of(name) for name in store.names()
            if ":t:" in name or ":e:" in name} == {slot}, shards


@pytest.mark.parametrize("times", TIMES)
def test_no_read_is_stale_while_slots_move(site, pair, store, slot, times):
    """Nor does any call fail, or bypass the store."""
    with Mix(site, pair.servers) as mix:
        mix.disturb(lambda: store.move(slot), 5 * times, 0.2)
    mix.check()


@pytest.mark.parametrize("way", WAYS)
def test_the_new_master_is_used_soon(store, get, slot, way):
    lose_master(store, slot, way)
    began = time.monotonic()
    for process in (0, 1):
        assert wait_until(lambda: get(process).hit, 10)
    assert time.monotonic() - began < RECOVERY + STALL


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("way", WAYS)
def test_no_read_is_stale_while_masters_change(
        site, pair, store, slot, way, times):
    with Mix(site, pair.servers, refuses=True) as mix:
        for _ in range(times):
            time.sleep(0.5)
            lose_master(store, slot, way)
            before = mix.hits
            time.sleep(RECOVERY)
            store.heal()
            assert mix.hits > before
        mix.finish()
    mix.check()


def test_a_limit_is_exact_while_its_slot_moves(pair, store, limited):
    passed, refused = [], []

    def call_often(process):
        with pair.servers[process].connect() as client:
            while len(refused) < LIMIT // 4:
                answer = client.call(f"{TABLE}/1", "GET", limited)
                (passed if answer.status == 200 else refused).append(
                    answer.status)

    callers = [threading.Thread(target=call_often, args=[n % 2])
               for n in range(CALLERS)]
    slot = store.slot_of("{limits}")
    for caller in callers:
        caller.start()
    while any(caller.is_alive() for caller in callers):
        store.move(slot)
    for caller in callers:
        caller.join()
    assert len(passed) == LIMIT
    assert set(refused) == {429}


def test_a_cache_service_in_a_cluster(store, tmp_path):
    site = CacheSite(tmp_path, store).start()
    cache = Cache(site.port, site.key)
    keys = [f"k{n}" for n in range(50)]
    try:
        for key in keys:
            cache.put("own/" + key, {"a": key})
        # They lie on all masters.
        assert all(any(":k" in name for name in
                       master.cli("--scan").splitlines())
                   for master in store.masters)
        assert cache.value("own/k7") == '{"a": "k7"}'
        assert sorted(set(cache.listed("own", limit=7))) == sorted(keys)
        stats = cache.get("own?stats=true").json
        assert stats["items"] >= len(keys)
        for key in keys[:3]:
            store.move(store.slot_of(next(
                name for name in store.names() if name.endswith(":" + key))))
            assert cache.get("own/" + key).status == 200
        assert sorted(set(cache.listed("own", limit=7))) == sorted(keys)
        assert run("check", "--env", site.site.env_file)[0] == 0
        cache.flush("own")
        assert cache.listed("own") == []
        assert cache.get("own/k7").status == 404
    finally:
        cache.close()
        site.stop()


def test_check_names_the_node_that_is_away(site, store, slot):
    node = store.master_of(slot)
    replica = store.replica_of(node)
    replica.kill()
    node.kill()
    status, out, _ = run("check", "--env", site.env_file)
    assert status == 1
    assert f"127.0.0.1:{node.port}" in out
