"""Two processes on a Redis that fails over, for whichever reason.

No read is stale and none fails, and the new master is used soon, without
anything being restarted. Writes are refused while the store is away.
"""

import time

import pytest

from support.answer import check_error
from support.cache import Cache, CacheSite
from support.mix import Mix
from support.process import wait_until
from support.redis_sentinel import Group, NAME
from support.weir import run

SETTINGS = {"STORE_TIMEOUT": "50ms", "CACHE_WRITE_ON_ERROR": "refuse"}
RECOVERY = 2
STALL = 5  # seconds in which one may answer no probe in time
FAIL_OVERS = [1, pytest.param(8, marks=pytest.mark.full)]
WAYS = ["fail_over", "kill", "pause"]
TABLE = "/api/v2/shop/_table/orders"


@pytest.fixture(scope="module")
def store():
    group = Group()
    yield group
    group.stop()


@pytest.fixture(autouse=True)
def well(store, get):
    """However a test begins or ends, nobody is away."""
    store.heal()
    assert wait_until(lambda: get().hit, 10)
    yield
    store.heal()


@pytest.fixture
def get(pair, key):
    def get(process=0):
        with pair.servers[process].connect() as client:
            return client.call(f"{TABLE}/1", "GET", key)
    return get


def lose_master(store, way):
    if way == "fail_over":
        store.fail_over()
    else:
        store.lose(way)


@pytest.mark.parametrize("way", WAYS)
def test_the_new_master_is_used_soon(store, get, way):
    lose_master(store, way)
    began = time.monotonic()
    for process in (0, 1):
        assert wait_until(lambda: get(process).hit, 10)
    assert time.monotonic() - began < RECOVERY + STALL


def test_what_was_replicated_is_not_served_afterwards(store, get):
    """An entry of the former life may miss the last deletions of its tags."""
    assert get().hit
    assert store.master.cli("WAIT", "1", "5000") == "1"
    replica = store.replica
    store.fail_over()
    assert any(":e:" in name for name in replica.cli("--scan").splitlines())
    answer = get()
    while answer.hit:  # the sentinels have not settled on the other yet
        answer = get()
    while "bypass" in answer.headers["cache-status"]:
        answer = get()
    assert "fwd=stale" in answer.headers["cache-status"]
    assert get().hit


@pytest.mark.parametrize("fail_overs", FAIL_OVERS)
@pytest.mark.parametrize("way", WAYS)
def test_no_read_is_stale(site, pair, store, way, fail_overs):
    with Mix(site, pair.servers, refuses=True) as mix:
        for _ in range(fail_overs):
            time.sleep(0.5)
            lose_master(store, way)
            before = mix.hits
            time.sleep(RECOVERY)
            store.heal()
            assert mix.hits > before
        mix.finish()
    mix.check()


def test_a_master_that_hung_comes_back_under_work(site, pair, store):
    """It is one in its own eyes until a sentinel tells it otherwise."""
    with Mix(site, pair.servers, refuses=True) as mix:
        master = store.master
        store.lose("pause")
        time.sleep(RECOVERY)
        master.resume()
        time.sleep(0.2)
        assert master.is_master()
        time.sleep(1)
        mix.finish()
    mix.check()


def test_a_cache_service_fails_over(store, tmp_path):
    site = CacheSite(tmp_path, store).start()
    cache = Cache(site.port, site.key)
    try:
        cache.put("own/k", {"a": 1})
        assert cache.value("own/k") == '{"a": 1}'
        assert cache.listed("own") == ["k"]
        assert cache.get("own?stats=true").status == 200
        assert store.master.cli("-n", "1", "WAIT", "1", "5000") == "1"
        store.lose("kill")
        assert wait_until(lambda: cache.get("own/k").status == 200, 10)
        assert cache.value("own/k") == '{"a": 1}'
        cache.flush("own")
        assert cache.get("own/k").status == 404
        assert run("check", "--env", site.site.env_file)[0] == 0
    finally:
        cache.close()
        site.stop()


def test_a_name_that_no_sentinel_knows_is_said(store, tmp_path):
    kind, config = store.service(tmp_path)
    site = CacheSite(tmp_path, store)
    site.add("wrong", kind, sentinel_master="other", **config)
    site.site.grant("all", "wrong", "*", "all")
    site.start()
    cache = Cache(site.port, site.key)
    try:
        check_error(cache.get("wrong/k"), 503, "wrong")
        status, out, _ = run("check", "--env", site.site.env_file)
        assert status == 1
        [line] = [line for line in out.splitlines() if "wrong" in line]
        assert "REDIS_SENTINEL_MASTER" in line and "other" in line
        assert "REDIS_SENTINEL_MASTER" in site.site.read("weir.log")
        assert NAME not in line
    finally:
        cache.close()
        site.stop()
