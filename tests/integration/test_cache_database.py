"""A cache service in a table of a MariaDB, which dies and hangs."""

import time

import pytest

from support.answer import check_error
from support.cache import Cache, CacheSite
from support.process import wait_until
from support.weir import run

RECOVERY = 2
TIMEOUT = 0.25
BUSY = 4  # seconds that a machine may stall
TEXTS = ["1.10", "12345678901234567890", '"ä\\u0000"', '{"b": 1,"a":[]}']


class Table:
    """A store of the services alone: the settings name another."""

    driver = "database"
    settings = {"CACHE_DRIVER": "local"}

    def __init__(self, server, **more):
        self.config = {
            "connection": "mariadb", "host": "127.0.0.1",
            "port": server.port, "database": "cache",
            "username": server.user, "password": server.password} | more

    def service(self, folder):
        del folder
        return "cache_database", self.config


@pytest.fixture
def site(mariadb, tmp_path):
    mariadb.create_database("cache")
    site = CacheSite(tmp_path, Table(mariadb, table="values_of_weir"))
    yield site.start()
    site.stop()
    mariadb.sql("DROP DATABASE IF EXISTS cache")


@pytest.fixture
def cache(site):
    cache = Cache(site.port, site.key)
    yield cache
    cache.close()


@pytest.fixture
def well(mariadb):
    """The server runs again afterwards."""
    yield mariadb
    if mariadb.process.alive:
        mariadb.resume()
    else:
        mariadb.start()


def works(cache):
    def works():
        return all(cache.call(method, "own/works", body).status == 200
                   for method, body in 10 * [("PUT", "1"), ("GET", None)])
    return works


def test_values_lie_in_the_table(mariadb, cache):
    for text in TEXTS:
        cache.put("own/k", {"value": None})
        cache.call("PUT", "own/k?raw=true", text)
        assert cache.value("own/k") == text
    assert mariadb.sql("SHOW TABLES", "cache") == [("values_of_weir",)]
    pairs = {f"k{i}": i for i in range(100)}
    assert cache.call("POST", "own", pairs).status == 201
    assert len(cache.listed("own", limit=7)) == 101
    assert cache.call("POST", "own?create=true", {"k1": 1, "x": 1}
                      ).status == 400
    assert cache.get("own?keys=x,k1").rows == [{"key": "k1", "value": 1}]
    cache.put("other/k", 1)
    cache.flush("own")
    assert cache.listed("own") == [] and cache.listed("other") == ["k"]


@pytest.mark.parametrize("how", ["kill", "pause"])
def test_a_server_that_is_away_is_503_in_time(well, cache, how):
    assert wait_until(works(cache), 10)
    getattr(well, how)()
    for method, path, body in (("GET", "own/k", None), ("PUT", "own/k", "1"),
                               ("DELETE", "own", None), ("GET", "own", None)):
        began = time.monotonic()
        answer = cache.call(method, path, body)
        check_error(answer, 503, "The store of service 'own'")
        assert answer.headers["Retry-After"] == "1"
        assert time.monotonic() - began < TIMEOUT + BUSY
    if how == "kill":
        well.start()
    else:
        well.resume()
    began = time.monotonic()
    assert wait_until(works(cache), 10)
    assert time.monotonic() - began < RECOVERY + BUSY


def test_a_table_of_others_is_left_alone(mariadb, site, cache):
    mariadb.sql("CREATE TABLE theirs (`key` VARCHAR(255) PRIMARY KEY, "
                "value MEDIUMTEXT, expiration INT)", "cache")
    site.site.weir("service", "set", "own", "table=theirs")
    assert wait_until(lambda: cache.get("own/k").status == 503)
    assert cache.call("PUT", "own/k", "1").status == 503
    status, out, _ = run("check", "--env", site.site.env_file)
    assert status == 1 and "theirs" in out
    assert mariadb.sql("SELECT count(*) FROM theirs", "cache") == [("0",)]


def test_a_wrong_password_is_named_by_check(site, cache, mariadb):
    site.site.weir("service", "set", "own", "password=wrong word")
    assert wait_until(lambda: cache.get("own/k").status == 503)
    status, out, _ = run("check", "--env", site.site.env_file)
    assert status == 1 and "wrong word" not in out
    assert "FAIL  service own" in out
    site.site.weir("service", "set", "own", "password=" + mariadb.password)
    assert wait_until(works(cache), 10)
