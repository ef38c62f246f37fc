"""Two processes that miss the same at the same time: one asks the database.

Which one did is told by the access log: "miss" is who asked, all others are
"joined", or a "hit" when they came late.
"""

import collections
import itertools
import re
import time

import pytest

from support import fcgi
from support.engine import MySQL
from support.process import wait_until
from support.store import SERVED, STORES as ALL

STORES = ALL
SETTINGS = {"STORE_TIMEOUT": "5s", "REQUEST_TIMEOUT": "20s", "WORKERS": "4"}
TABLES = "/api/v2/shop/_table"
CROWD = 1000
SHARE = 5  # of a second: how long the query takes
TAKEN_OVER = 1.5  # seconds until all are answered when the leader is killed
PATIENCE = "1s"  # with a query
BUSY = 1  # seconds that a busy machine may add to that
UNIQUE = itertools.count(1)


@pytest.fixture(scope="module", autouse=True)
def views(site, engine):
    """A query of 200 ms, and one that ends with its statement's time."""
    del site  # whose database it is
    second = engine.steps_in_a_second()
    for name, steps in (("short", second // SHARE), ("lengthy", second * 2),
                        ("endless", second * 60)):
        engine.run(engine.counting.format(name=name, steps=steps))
    engine.run("CREATE VIEW slowly AS SELECT o.id, o.version FROM orders o "
               "WHERE o.id = 8 AND (SELECT id FROM short) > 0;")
    engine.run("CREATE VIEW seen AS SELECT o.id, o.version FROM orders o "
               "WHERE o.id = 9 AND (SELECT id FROM short) > 0;")


@pytest.fixture
def two(site):
    """Two processes of no patience, the first of which may be killed."""
    servers = [site.serve(name, STATEMENT_TIMEOUT=PATIENCE)
               for name in ("one", "two")]
    yield servers
    for server in servers:
        if server.alive:
            server.stop()


def path_to(name):
    """A path that no other test has asked for."""
    return f"{TABLES}/{name}?offset={next(UNIQUE)}"


def ask(server, path, key, times=1):
    """So many clients, each of which has asked."""
    clients = [server.connect() for _ in range(times)]
    for client in clients:
        client.send(fcgi.request(path, headers=key))
    return clients


def answers(clients):
    read = [client.read_answer() for client in clients]
    for client in clients:
        client.close()
    return read


class Log:
    """What the access log tells of reads since this was made."""

    def __init__(self, site, path=""):
        """path: none but its calls count."""
        self.site = site
        self.path = path
        self.before = len(self.lines())

    def lines(self):
        """Without the calls that see whether a server is up."""
        return [line for line in self.site.access_lines()
                if line["cache"] != "none" and
                line["path"].startswith(self.path)]

    def verdicts(self, calls):
        """How often each, when so many calls are logged."""
        assert wait_until(
            lambda: len(self.lines()) >= self.before + calls, 10)
        return collections.Counter(
            line["cache"] for line in self.lines()[self.before:])


def test_a_thousand_misses_are_one_query(site, pair, key):
    log = Log(site)
    path = path_to("short")
    clients = [server.connect()
               for server in pair.servers for _ in range(CROWD // 2)]
    for client in clients[::2] + clients[1::2]:
        client.send(fcgi.request(path, headers=key))
    got = answers(clients)
    assert {answer.status for answer in got} == {200}
    assert len({answer.body for answer in got}) == 1
    assert len({answer.headers["ETag"] for answer in got}) == 1
    verdicts = log.verdicts(CROWD)
    assert verdicts["miss"] == 1
    assert verdicts["joined"] + verdicts["hit"] == CROWD - 1
    assert verdicts["joined"] > CROWD // 50  # the machine may be busy


def test_the_database_is_asked_once(site, store, pair, key, mariadb):
    """Of a thousand misses, as it counts itself."""
    if store.driver not in ("local", "redis"):
        return
    engine = MySQL(mariadb)
    second = engine.steps_in_a_second()
    site.add_service("counts", "mysql", cache_enabled=True,
                     **engine.create("counts", engine.counting.format(
                         name="short", steps=second // SHARE)))
    site.grant("owner", "counts", "*", "all")

    def ready(server):
        with server.connect() as client:
            return client.call(
                "/api/v2/counts/_table/short?fields=name",
                headers=key | {"Cache-Control": "no-store"}).status == 200
    for server in pair.servers:
        assert wait_until(lambda server=server: ready(server), 10)

    def miss():
        clients = [ask(server, "/api/v2/counts/_table/short", key)[0]
                   for server in pair.servers * (CROWD // 2)]
        assert {answer.status for answer in answers(clients)} == {200}
    assert len(mariadb.executed_while(miss)) == 1
    site.weir("service", "remove", "counts")


def killed_in_the_middle(servers, path, key):
    """Clients of the second, whose leader was killed at its query."""
    [leader] = ask(servers[0], path, key)
    time.sleep(0.05)
    clients = ask(servers[1], path, key, 100)
    time.sleep(0.05)
    servers[0].kill()
    with leader:
        if leader.fate() == "closed":
            return clients
    answers(clients)  # it was done already
    return None


def test_all_are_answered_when_the_leader_is_killed(site, two, key):
    for _ in range(5):
        log = Log(site)
        clients = killed_in_the_middle(two, path_to("short"), key)
        if clients:
            break
        two[0] = site.serve("one")
    assert clients, "it never was in the middle"
    began = time.monotonic()
    got = answers(clients)
    took = time.monotonic() - began
    assert {answer.status for answer in got} == {200}
    assert took < TAKEN_OVER + BUSY
    assert log.verdicts(100)["miss"] <= 2


def test_a_failure_is_shared(site, two, key):
    """And not kept: who comes later asks."""
    path = path_to("endless")
    log = Log(site)
    clients = ask(two[0], path, key)
    time.sleep(0.05)
    clients += ask(two[1], path, key, 20)
    got = answers(clients)
    assert len({answer.status for answer in got}) == 1
    assert len({answer.error["message"] for answer in got}) == 1
    assert got[0].status >= 500
    assert log.verdicts(21) == {"miss": 1, "joined": 20}
    again = answers(ask(two[1], path, key))
    assert again[0].status == got[0].status
    assert log.verdicts(22)["miss"] == 2


@pytest.fixture(name="unequal")
def two_processes_of_which_the_first_has_no_time(site, store):
    """And one worker; none, with stores that differ in nothing here."""
    if store.driver != "redis":
        yield None
        return
    servers = [site.serve("hasty", REQUEST_TIMEOUT="500ms", WORKERS="1"),
               site.serve("patient")]
    yield servers
    for server in servers:
        server.stop()


@pytest.mark.parametrize("where", ["at its query", "in the queue"])
def test_a_failure_of_the_leaders_own_is_not_shared(unequal, key, where):
    """Its request had less time than it took: another's has enough."""
    if not unequal:
        return
    hasty, patient = unequal
    others = ask(hasty, path_to("lengthy"), key) if "queue" in where else []
    path = path_to("lengthy")
    clients = ask(hasty, path, key)
    time.sleep(0.05)
    clients += ask(patient, path, key, 20)
    first, *rest = answers(clients)
    assert first.status in (503, 504)
    assert {answer.status for answer in rest} == {200}
    answers(others)


@pytest.mark.full
def test_who_came_later_has_more_time_than_the_leader(
        site, store, key, mariadb):
    """In one process, whose worker was busy when the leader came."""
    if store.driver != "local":
        return
    engine = MySQL(mariadb)
    site.add_service("sleeps", "mysql", cache_enabled=True,
                     **engine.create("sleeps", "".join(
                         f"CREATE VIEW s{n} AS SELECT sleep({n}) AS id;"
                         for n in (2, 3))))
    site.grant("owner", "sleeps", "*", "all")
    server = site.serve("busy", WORKERS="1", REQUEST_TIMEOUT="4s")
    busy = ask(server, "/api/v2/sleeps/_table/s3", key)
    time.sleep(0.1)
    clients = ask(server, "/api/v2/sleeps/_table/s2", key)
    time.sleep(2.7)
    clients += ask(server, "/api/v2/sleeps/_table/s2", key, 5)
    leader, *rest = answers(clients)
    assert leader.status == 504
    assert {answer.status for answer in rest} == {200}
    answers(busy)
    server.stop()
    site.weir("service", "remove", "sleeps")


def test_who_has_seen_a_write_waits_for_no_earlier_query(pair, key):
    """Though a query of the same name is under way."""
    path = f"{TABLES}/seen"
    first, second = pair.servers
    with second.connect() as client:
        for version in (5, 6, 7):
            early = ask(first, path, key)
            time.sleep(0.05)
            assert client.call(
                f"{TABLES}/orders/9", "PATCH", key,
                b'{"version":%d}' % version).status == 200
            late = ask(second, path, key, 3)
            assert {answer.rows[0]["version"]
                    for answer in answers(late)} == {version}
            answers(early)


class Refreshes:
    """Refreshes of a slow view, each of which must see what was there when it
    was sent: the version, which a connection of its own raises meanwhile."""

    def __init__(self, site, servers, key):
        self.site = site
        self.path = f"{TABLES}/slowly"
        self.servers = servers
        self.key = key | {"Cache-Control": "no-cache"}
        self.clients = []
        self.version = 0

    def raise_version(self):
        self.version += 1
        self.site.engine.run(
            f"UPDATE orders SET version = {self.version} WHERE id = 8;")

    def send(self, times):
        for n in range(times):
            server = self.servers[n % len(self.servers)]
            [client] = ask(server, self.path, self.key)
            self.clients.append((client, self.version))

    def check(self):
        for client, version in self.clients:
            [answer] = answers([client])
            assert answer.status == 200, answer
            assert re.fullmatch("weir; fwd=request; (collapsed|stored)",
                                answer.headers["Cache-Status"]), answer
            assert answer.rows[0]["version"] >= version


def test_refreshes_are_few_queries_that_began_later(site, store, pair, key):
    """A thousand at once, then some that have seen a change behind weir.

    One a second begins, whether the front passes the gate or a worker.
    """
    if store.driver not in ("local", "redis"):
        return
    refreshes = Refreshes(site, pair.servers, key)
    log = Log(site, refreshes.path)
    began = time.monotonic()
    refreshes.send(CROWD)
    for _ in range(3):
        refreshes.raise_version()
        refreshes.send(20)
    refreshes.check()
    took = time.monotonic() - began
    verdicts = log.verdicts(CROWD + 60)
    assert set(verdicts) == {"bypass", "joined"}
    assert verdicts["bypass"] <= 1 + took


def test_all_go_on_alone_without_the_store(store, pair, key):
    """When it goes while they wait."""
    if store.driver not in SERVED:
        return
    path = path_to("short")
    clients = ask(pair.servers[0], path, key)
    time.sleep(0.05)
    clients += ask(pair.servers[1], path, key, 6)
    store.server.kill()
    got = answers(clients)
    assert {answer.status for answer in got} == {200}
    store.server.restart()
    with pair.servers[1].connect() as client:
        again = path_to("notes")
        assert wait_until(lambda: client.call(again, headers=key).hit, 10)
