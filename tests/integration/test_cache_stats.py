"""What the cache tells of itself: counts of all processes, in each store."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import fcgi
from support.answer import check_error
from support.offices import Office
from support.process import wait_until
from support.weir import Failed

# Stores keep the sums alike: those that are slow have their turn with --full.
STORES = ("local", "redis", *(
    pytest.param(store, marks=pytest.mark.full)
    for store in ("memcached", "file", "database")))
COUNTS = {"hits", "stale", "misses", "collapsed", "bypassed", "bytes",
          "time_saved_ms"}
# What stores do, however long a busy disk takes.
SETTINGS = {"STORE_TIMEOUT": "10s"}
KINDS = ("hits", "stale", "misses", "collapsed", "bypassed")


class Counted:
    """A cached service of its own, at both processes of an office."""

    def __init__(self, office, **config):
        self.office = office
        self.name = office.name("counted")
        self.id = office.make(
            "service", name=self.name, type="sqlite",
            config=office.shop | {"cache_enabled": True, "cache_ttl": 300}
            | config)
        for process in (0, 1):
            wait_until(lambda p=process: self.get(
                "orders?limit=1", p).status == 200)
        wait_until(lambda: sum(self.told()[kind] for kind in KINDS) == 2)
        self.before = self.told()

    def get(self, path, process=0, method="GET", **lines):
        client = self.office.clients[process]
        return client.call(
            f"/api/v2/{self.name}/_table/{path}", method,
            {"X-DreamFactory-Session-Token": self.office.boss.token}
            | {name.replace("_", "-"): value
               for name, value in lines.items()})

    def told(self):
        """Nothing is told while a busy machine's store takes its time."""
        def ask():
            told = self.office.get(f"cache/{self.name}")
            return told if told["hits"] is not None else None
        return wait_until(ask)

    def grown(self):
        """By how much the counts have grown; those of the other process are
        there within the second in which it tells them."""
        now = self.told()
        return {name: now[name] - self.before[name] for name in COUNTS}

    def counted(self, **counts):
        return {name: self.grown()[name] for name in counts} == counts


@pytest.fixture(name="shelf", scope="module")
def an_office_on_a_store(store, tmp_path_factory):
    office = Office(tmp_path_factory.mktemp("office"),
                    store.settings | SETTINGS)
    yield office
    office.stop()


@pytest.fixture(name="counted")
def a_counted_service(shelf):
    return Counted(shelf)


def test_each_answer_is_counted_once(counted):
    miss = counted.get("orders?limit=2")
    body = len(miss.body)
    for process in (0, 1):
        assert counted.get("orders?limit=2", process).hit
    counted.get("orders?limit=2", Cache_Control="no-cache")
    counted.get("orders?limit=2", Cache_Control="no-store")
    assert wait_until(lambda: counted.counted(
        hits=2, stale=0, misses=1, collapsed=0, bypassed=2, bytes=2 * body))


def test_what_is_no_cacheable_read_is_not_counted(counted):
    counted.get("orders?limit=2", method="POST")
    assert counted.get("nothing").status == 404
    counted.get("orders?limit=2")
    assert wait_until(lambda: counted.counted(misses=1))
    assert sum(counted.grown()[kind] for kind in KINDS) == 1


def test_a_304_and_a_head_are_hits(counted):
    etag = counted.get("orders?limit=2").headers["ETag"]
    assert counted.get("orders?limit=2",
                       If_None_Match=etag).status == 304
    assert counted.get("orders?limit=2", method="HEAD").hit
    assert counted.counted(hits=2, misses=1)


def test_an_answer_beyond_its_time_is_stale(shelf):
    counted = Counted(shelf, cache_ttl=1, stale_while_revalidate=300)
    body = counted.get("orders?limit=2").body
    time.sleep(2.1)
    assert counted.get("orders?limit=2").hit
    assert counted.counted(hits=0, stale=1, misses=1, bytes=len(body))


def test_who_waits_for_another_is_collapsed(counted):
    """Of a view that takes a second; what it took is what a hit spares."""
    lines = {"X-DreamFactory-Session-Token": counted.office.boss.token}
    server = counted.office.servers[0]

    def ask(_):
        return fcgi.call(server.address, f"/api/v2/{counted.name}/_table/slow",
                         headers=lines)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert {answer.status for answer in answers} == {200}
    counts = counted.grown()
    assert counts["misses"] == 1
    assert counts["collapsed"] + counts["hits"] == 3
    assert counts["collapsed"] > 0
    assert ask(0).hit
    spared = counted.grown()
    assert spared["hits"] == counts["hits"] + 1
    assert spared["time_saved_ms"] >= counts["time_saved_ms"] + 100


def test_counts_survive_a_change_of_the_service(counted):
    counted.get("orders?limit=2")
    assert counted.get("orders?limit=2").hit
    counted.office.change(f"service/{counted.id}", label="Another")
    assert counted.counted(hits=1, misses=1)
    counted.office.change(f"service/{counted.id}", is_active=False)
    assert counted.counted(hits=1, misses=1)


def test_a_flush_ends_no_count(counted):
    counted.get("orders?limit=2")
    counted.office.remove("cache")
    counted.get("orders?limit=2")
    assert counted.counted(hits=0, misses=2)


def test_the_command_tells_the_same(counted):
    site = counted.office.site
    counted.get("orders?limit=2")
    assert counted.get("orders?limit=2", 1).hit
    assert wait_until(lambda: counted.counted(hits=1, misses=1))
    [row] = json.loads(site.weir("cache", "stats", counted.name, "--json"))
    assert row == {name: counted.told()[name] for name in COUNTS | {"name"}}
    everything = json.loads(site.weir("cache", "stats", "--json"))
    assert row in everything
    assert "system" not in {found["name"] for found in everything}
    table = site.weir("cache", "stats").splitlines()
    assert table[0].split()[:3] == ["SERVICE", "HITS", "STALE"]
    [line] = [line.split() for line in table if counted.name in line.split()]
    assert line[1] == str(row["hits"])
    with pytest.raises(Failed, match="weir service list"):
        site.weir("cache", "stats", "nothing")


def test_no_count_is_lost_between_two_who_count(counted):
    """Both processes add to one value; each look adds as well."""
    counted.get("orders?limit=2")
    site = counted.office.site
    clients = [server.connect() for server in counted.office.servers]
    lines = {"X-DreamFactory-Session-Token": counted.office.boss.token}

    def ask(client):
        for i in range(60):
            client.call(f"/api/v2/{counted.name}/_table/orders?limit=2",
                        "GET", lines)
            if i % 3 == 0:
                answer = client.call("/api/v2/system/cache?fields=hits",
                                     "GET", lines)
                assert answer.status == 200

    with ThreadPoolExecutor() as pool:
        list(pool.map(ask, clients))
    for client in clients:
        client.close()
    assert wait_until(lambda: counted.counted(hits=120, misses=1))
    site.weir("cache", "stats")
    assert counted.counted(hits=120, misses=1)


def test_counts_survive_the_processes(counted):
    office = counted.office
    counted.get("orders?limit=2")
    assert counted.get("orders?limit=2").hit
    server = office.site.serve("third")
    with server.connect() as client:
        lines = {"X-DreamFactory-Session-Token": office.boss.token}
        assert client.call(f"/api/v2/{counted.name}/_table/orders?limit=2",
                           "GET", lines).hit
    server.stop()
    assert counted.counted(hits=2, misses=1)


def test_fields_choose(shelf):
    [row] = shelf.get("cache?fields=hits, BYTES")["resource"][:1]
    assert set(row) == {"name", "hits", "bytes"}
    assert set(shelf.get("cache")["resource"][0]) == {"name"}
    assert set(shelf.get("cache?fields=*")["resource"][0]) == COUNTS | {
        "name", "label", "description", "type"}
    assert set(shelf.get("cache/shop?fields=misses")) == {"name", "misses"}
    check_error(shelf.call("GET", "cache/nothing"), 404)
    check_error(shelf.call("GET", "cache/system"), 501)
    check_error(shelf.call("GET", "cache/shop/orders"), 405)
