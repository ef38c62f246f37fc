"""Cache services on Redis servers that are full, locked or shared."""

import pytest

from support.answer import check_error
from support.cache import Cache, CacheSite
from support.process import wait_until
from support.redis import Redis
from support.weir import run

PASSWORD = "secret word"


class Only:
    """A store of the services alone: the settings name another."""

    driver = "redis"
    settings = {"CACHE_DRIVER": "local"}

    def __init__(self, server, **config):
        self.config = {"host": "127.0.0.1", "port": server.port} | config

    def service(self, folder):
        del folder
        return "cache_redis", self.config


@pytest.fixture
def start(tmp_path):
    """Starts a Redis, services on it, and one who calls them."""
    opened = []

    def start(*options, **config):
        server = Redis(*options)
        opened.append(server.stop)
        site = CacheSite(tmp_path, Only(server, **config)).start()
        opened.append(site.stop)
        cache = Cache(site.port, site.key)
        opened.append(cache.close)
        return server, site.site, cache

    yield start
    for stop in reversed(opened):
        stop()


def test_a_full_store_is_503(start):
    _, _, cache = start("--maxmemory", "3mb", "--maxmemory-policy",
                        "noeviction")
    text = '"%s"' % ("x" * 100000)
    stored = []
    for i in range(60):
        answer = cache.call("PUT", f"own/k{i}", text)
        if answer.status != 200:
            break
        stored.append(f"k{i}")
    check_error(answer, 503, "is full")
    assert answer.headers["Retry-After"] == "1"
    assert cache.get(f"own/k{len(stored)}").status == 404
    assert cache.value(f"own/{stored[0]}") == text
    for key in stored:
        assert cache.call("DELETE", "own/" + key).json == {"success": True}
    assert cache.call("PUT", "own/k", text).status == 200


def test_a_full_store_says_what_it_created(start):
    _, _, cache = start("--maxmemory", "3mb", "--maxmemory-policy",
                        "noeviction")
    body = {f"k{i}": "x" * 100000 for i in range(60)}
    answer = cache.call("POST", "own?create=true", body)
    check_error(answer, 503, "is full")
    rows = answer.error["context"]["resource"]
    assert [row["key"] for row in rows] == list(body)
    stored = {row["key"] for row in rows if row["success"]}
    assert 0 < len(stored) < len(body)
    there = cache.get("own?keys=" + ",".join(body)).rows
    assert {row["key"] for row in there} == stored


def test_a_wrong_password_is_503_and_named(start):
    _, site, cache = start("--requirepass", PASSWORD, password="wrong word")
    assert cache.get("own/k").status == 503
    status, out, _ = run("check", "--env", site.env_file)
    assert status == 1 and "password" in out.lower()
    shown = site.weir("service", "list", "--json")
    for text in (out, shown, site.read("weir.log")):
        assert "wrong word" not in text
    assert "**********" in shown
    site.weir("service", "set", "own", "password=" + PASSWORD)
    assert wait_until(lambda: cache.get("own/k").status == 404, 10)


def test_prefixes_and_databases_are_apart(start):
    server, site, cache = start(database_index=2, prefix="mine")
    cache.put("own/k", 1)
    assert server.cli("-n", "2", "DBSIZE") == "1"
    [name] = server.cli("-n", "2", "--scan").splitlines()
    assert name.startswith("mine")
    site.weir("service", "set", "own", "prefix=yours")
    assert wait_until(lambda: cache.get("own/k").status == 404, 10)
    site.weir("service", "set", "own", "prefix=mine")
    assert wait_until(lambda: cache.get("own/k").status == 200, 10)
    # What others keep there is no key of the service, and stays.
    server.cli("-n", "2", "SET", "other", "1")
    cache.flush("own")
    assert server.cli("-n", "2", "KEYS", "*") == "other"


def test_a_user_with_few_rights(start):
    """An ACL user who may touch the prefix only."""
    server, site, cache = start(username="weir", password=PASSWORD,
                                prefix="mine")
    assert cache.get("own/k").status == 503
    server.cli("ACL", "SETUSER", "weir", "on", ">" + PASSWORD, "~mine:*",
               "+@all", "-@dangerous", "+info")
    assert wait_until(
        lambda: cache.call("PUT", "own/k", "1").status == 200, 10)
    assert wait_until(lambda: cache.get("own/k").status == 200, 10)
    assert run("check", "--env", site.env_file)[0] == 0
