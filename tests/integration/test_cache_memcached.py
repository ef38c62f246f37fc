"""A cache service on several memcached servers, of which one dies."""

import time

import pytest

from support.answer import check_error
from support.cache import Cache, CacheSite
from support.memcached import Memcached
from support.process import wait_until

KEYS = [f"key/{i}" for i in range(200)]
BUSY = 4  # seconds that a machine may stall


class Three:
    """A store of the services alone: the settings name another."""

    driver = "memcached"
    settings = {"CACHE_DRIVER": "local"}

    def __init__(self):
        self.servers = [Memcached() for _ in range(3)]
        self.hosts = ",".join(f"127.0.0.1:{server.port}:{weight}" for
                              server, weight in zip(self.servers, (2, 1, 1)))

    def service(self, folder):
        del folder
        return "cache_memcached", {"host": self.hosts}

    def stop(self):
        for server in self.servers:
            if not server.process.alive:
                server.start()
            server.stop()


@pytest.fixture
def three():
    three = Three()
    yield three
    three.stop()


@pytest.fixture
def cache(three, tmp_path):
    site = CacheSite(tmp_path, three).start()
    cache = Cache(site.port, site.key)
    yield cache
    cache.close()
    site.stop()


def found(cache):
    """How many of the keys have their own value; none has another's."""
    n = 0
    for key in KEYS:
        answer = cache.get("own/" + key)
        assert answer.status in (200, 404, 503), answer
        if answer.status == 200:
            assert answer.json["value"] == key
            n += 1
    return n


def store_all(cache):
    return all(cache.call("PUT", "own/" + key, f'"{key}"').status == 200
               for key in KEYS)


def test_keys_lie_on_all_servers(three, cache):
    assert store_all(cache)
    assert found(cache) == len(KEYS)
    said = cache.get("own?stats=true").json
    assert said["store"] == "memcached" and said["items"] >= len(KEYS)


def test_a_dead_server_costs_its_share_only(three, cache):
    """Its keys move to the others, and back when it has come back."""
    def well():
        return store_all(cache) and found(cache) == len(KEYS)

    assert store_all(cache)
    three.servers[1].kill()
    assert found(cache) >= len(KEYS) / 2
    assert wait_until(well, 10, 0.1)
    three.servers[1].start()
    assert wait_until(well, 10, 0.1)


def test_nothing_is_delayed_meanwhile(three, cache):
    assert store_all(cache)
    three.servers[2].kill()
    began = time.monotonic()
    kept = found(cache)
    assert time.monotonic() - began < 2 + BUSY
    assert kept >= len(KEYS) / 2


def test_a_flush_needs_every_server(three, cache):
    """A value on one that is away would come back."""
    assert store_all(cache)
    three.servers[0].kill()
    check_error(cache.call("DELETE", "own"), 503)
    three.servers[0].start()
    assert wait_until(
        lambda: cache.call("DELETE", "own").status == 200, 10, 0.1)
    assert found(cache) == 0
