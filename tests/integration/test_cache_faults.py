"""The Cache API while the store of a service is away or hangs.

A call that needs the store is answered 503 within the service's timeout, all
others go on as if nothing were, and the store is used again soon after it is
back.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.answer import check_error
from support.cache import Cache, CacheSite
from support.process import wait_until
from support.store import SERVED
from support.weir import run

STORES = SERVED
TIMEOUT = 0.25  # of a service that says nothing else
PATIENCE = 3000  # ms, of the service `patient`
RECOVERY = 2
STALL = 5  # seconds in which one may answer no probe in time
BUSY = 2  # seconds that a busy machine may add to a call
CALLS = [("GET", "own/k", None), ("HEAD", "own/k", None),
         ("GET", "own/k?clear=true", None), ("GET", "own?keys=a,b", None),
         ("GET", "own?stats=true", None), ("POST", "own/k", "1"),
         ("POST", "own/k?create=true", "1"),
         ("PUT", "own", '{"key":"k","value":1}'),
         ("POST", "own", '{"a":1,"b":2}'), ("DELETE", "own/k", None),
         ("DELETE", "own?keys=a,b", None), ("DELETE", "own", None)]


@pytest.fixture(scope="module")
def site(store, tmp_path_factory):
    site = CacheSite(tmp_path_factory.mktemp("cache"), store)
    site.add("here", "cache_local")
    kind, config = store.service(site.site.folder)
    site.add("patient", kind, timeout=PATIENCE, **config)
    for name in ("here", "patient"):
        site.site.grant("all", name, "*", "all")
    yield site.start()
    site.stop()


@pytest.fixture
def cache(site):
    cache = Cache(site.port, site.key)
    yield cache
    cache.close()


def works(cache):
    """Does every thread of weir reach the store? Each has its own line."""
    def works():
        return all(cache.call(method, "own/works", body).status == 200
                   for method, body in 10 * [("PUT", "1"), ("GET", None)])
    return works


@pytest.fixture(autouse=True)
def well(store, cache):
    """However a test begins or ends, the store is there."""
    assert wait_until(works(cache), 10)
    yield
    if store.server.process.alive:
        store.server.resume()
    else:
        store.server.restart()
    assert wait_until(works(cache), 10)


def timed(call):
    began = time.monotonic()
    answer = call()
    return answer, time.monotonic() - began


def check_away(cache, method, path, body):
    answer, seconds = timed(lambda: cache.call(method, path, body))
    assert answer.status == 503, (method, path, answer)
    assert answer.headers["Retry-After"] == "1"
    if method != "HEAD":
        check_error(answer, 503, "The store of service 'own'")
    assert seconds < TIMEOUT + BUSY


def check_others(cache):
    """What does not use the store is neither refused nor delayed."""
    def others():
        assert cache.call("PUT", "here/k", "1").status == 200
        assert cache.get("here/k").json["value"] == 1
        assert cache.get("").status == 200
    _, seconds = timed(others)
    assert seconds < BUSY


def check_recovers(cache):
    began = time.monotonic()
    assert wait_until(works(cache), 10)
    assert time.monotonic() - began < RECOVERY + STALL


@pytest.mark.parametrize("how", ["kill", "pause"])
def test_every_call_is_503_in_time(store, cache, how):
    getattr(store.server, how)()
    for method, path, body in CALLS:
        check_away(cache, method, path, body)
        check_others(cache)
    if store.driver != "memcached":
        check_away(cache, "GET", "own", None)
    if how == "kill":
        store.server.restart()
    else:
        store.server.resume()
    check_recovers(cache)


def test_a_store_that_hangs_costs_one_timeout(store, cache):
    """Not one for each call, also for those who come together."""
    store.server.pause()
    check_away(cache, "GET", "own/k", None)
    began = time.monotonic()
    for _ in range(40):
        assert cache.get("own/k").status == 503
    assert time.monotonic() - began < 40 * TIMEOUT / 4 + BUSY
    store.server.resume()
    check_recovers(cache)


def test_many_writers_of_a_hung_store_leave_the_workers_free(
        site, store, cache):
    """One at a time waits for it, however patient its service is."""
    store.server.pause()
    assert cache.call("PUT", "patient/k", "1").status == 503

    def write(_):
        one = Cache(site.port, site.key)
        try:
            return one.call("PUT", "patient/k", "1").status
        finally:
            one.close()

    with ThreadPoolExecutor(8) as pool:
        calls = pool.map(write, range(64))
        check_others(cache)
        assert set(calls) == {503}
    store.server.resume()
    check_recovers(cache)


def test_no_answer_is_another_calls(site, store, cache):
    """Late replies of a store are for nobody."""
    keys = [f"mine/{i}" for i in range(40)]
    for key in keys:
        cache.put("own/" + key, f'"{key}"')

    def read(key):
        one = Cache(site.port, site.key)
        try:
            answer = one.get("own/" + key)
            assert answer.status in (200, 503), answer
            return answer.status == 503 or answer.json["value"] == key
        finally:
            one.close()

    for _ in range(3):
        store.server.pause()
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(read, keys[:8]))
            store.server.resume()
            assert all(pool.map(read, keys))
        check_recovers(cache)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, keys))


def test_check_says_what_is_wrong(site, store):
    assert run("check", "--env", site.site.env_file)[0] == 0
    store.server.kill()
    status, out, _ = run("check", "--env", site.site.env_file)
    assert status == 1
    [line] = [line for line in out.splitlines() if "service own" in line]
    assert line.startswith("FAIL") and str(store.server.port) in line
