"""Two hosts with weir behind a balancer, as deploy/guides/scaling-out.md has
them: they share what it says, and the loss of one costs no read.

Run by itself, as root: pytest tests/integration/scale.py
"""

import itertools
import threading
import time

import pytest

from support import accounts, shop
from support.flood import Flood, Inserts, Reads
from support.process import wait_until
from support.scaled import ADDRESSES, Scaled

ORDERS = "/api/v2/shop/_table/orders"
COUNTS = "/api/v2/shop/_table/counts"
RATE, CALLS = 500, 800
CHANGES = 10
WRITING = 10  # seconds
AMID = 3_000  # answers before and after what happens
SOON = 30
AT_ONCE = 1.0
# Of the balancer, in seconds: its patience with a host, and how long it passes
# over one that did not answer.
READ_TIMEOUT = 5
FAIL_TIMEOUT = 2
SPARED = 20  # reads that a host may refuse which has just been joined
RUNS = itertools.count(1)


@pytest.fixture(scope="module", name="scaled", autouse=True)
def the_network():
    """The tests are in it, too: on its client."""
    scaled = Scaled()
    with scaled.network["client"].inside():
        for n in (0, 1):
            assert wait_until(lambda n=n: scaled.caller(n).get(
                ORDERS + "/1").status == 200, SOON)
        yield scaled
    scaled.stop()


def in_threads(*functions):
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# What is shared.

def test_a_limit_counts_what_comes_by_both(scaled):
    scaled.web[0].weir("limit", "add", "limited", "--rate", str(RATE),
                       "--period", "day", "--app", "limited")
    for n in (0, 1):
        assert wait_until(lambda n=n: "X-RateLimit-Limit" in scaled.caller(
            n, scaled.limited).get(ORDERS + "/1").headers, SOON)
    statuses = []

    def call(n):
        with scaled.caller(n, scaled.limited) as web:
            statuses.extend(web.get(ORDERS + "/1").status
                            for _ in range(CALLS // 8))

    used = RATE - int(scaled.caller(0, scaled.limited).get(
        ORDERS + "/1").headers["X-RateLimit-Remaining"])
    in_threads(*(lambda n=n: call(n % 2) for n in range(8)))
    print(f"{used} calls before; of {CALLS} by both hosts "
          f"{statuses.count(200)} passed, {statuses.count(429)} did not")
    assert statuses.count(200) == RATE - used
    assert statuses.count(429) == CALLS - (RATE - used)


def session_status(scaled, n, token):
    return scaled.caller(n).get(accounts.USERS, headers={
        accounts.TOKEN: token}).status


def enter(scaled, n):
    """The token of a session that begins at host n."""
    made = scaled.caller(n).post(accounts.USERS, {
        "email": "joe@example.com", "password": accounts.WORD})
    assert made.status == 200, made
    return made.json["session_token"]


def test_a_session_of_one_is_one_of_the_other(scaled):
    token = enter(scaled, 0)
    assert session_status(scaled, 1, token) == 200
    ended = scaled.caller(1).delete(accounts.USERS,
                                    headers={accounts.TOKEN: token})
    assert ended.status == 200
    assert session_status(scaled, 0, token) == 401
    assert session_status(scaled, 1, token) == 401


def test_what_one_has_cached_the_other_serves(scaled):
    assert wait_until(lambda: scaled.caller(0).get(ORDERS + "/2").hit, SOON)
    assert scaled.caller(1).get(ORDERS + "/2").hit


class Freshness:
    """Writes by one host; reads by the other, none of which may be older than
    the last write that was acknowledged when it began."""

    def __init__(self, scaled, writer, id):
        self.path = f"{ORDERS}/{id}"
        self.scaled = scaled
        self.writer = writer
        self.acknowledged = 0
        self.reads = self.hits = self.refused = 0
        self.wrong = []
        self.end = time.monotonic() + WRITING

    def write(self):
        with self.scaled.caller(self.writer) as web:
            while time.monotonic() < self.end:
                version = self.acknowledged + 1
                answer = web.patch(self.path, {"version": version})
                if answer.status == 200:
                    self.acknowledged = version
                elif answer.status == 503:  # nothing has been written
                    self.refused += 1
                else:
                    self.wrong.append(answer)

    def read(self):
        with self.scaled.caller(1 - self.writer) as web:
            while time.monotonic() < self.end:
                known = self.acknowledged
                answer = web.get(self.path)
                self.reads += 1
                self.hits += answer.hit
                if answer.status != 200 or answer.json["version"] < known:
                    self.wrong.append((known, answer))

    def check(self):
        in_threads(self.write, self.read, self.read, self.read)
        print(f"{self.acknowledged} writes by web{self.writer + 1}, "
              f"{self.refused} refused, "
              f"{self.reads} reads by the other, {self.hits} of them hits")
        assert self.acknowledged > 50 and self.reads > 200 and self.hits > 20
        assert not self.wrong, self.wrong[:3]


@pytest.mark.parametrize("writer", [0, 1])
def test_a_write_by_one_is_in_every_read_by_the_other(scaled, writer):
    Freshness(scaled, writer, 400 + writer).check()


def test_what_an_administrator_changes_is_there_within_a_second(scaled):
    """And not before it was changed."""
    took = []

    def change(n, status, *words):
        scaled.web[n].weir("role", *words, "--service", "shop",
                           "--component", "_table/notes/*", *more)
        began = time.monotonic()
        with scaled.caller(1 - n, key) as web:
            assert wait_until(lambda: web.get(path).status == status, SOON)
        took.append(time.monotonic() - began)

    path = "/api/v2/shop/_table/notes/1"
    scaled.web[0].weir("role", "add", "guest")
    with scaled.network["web1"].inside():
        key = scaled.web[0].site.add_key("guest", "guest")
    for turn in range(CHANGES):
        more = ("--verbs", "GET")
        change(turn % 2, 200, "grant", "guest")
        more = ()
        change(1 - turn % 2, 401, "revoke", "guest")
    print(f"{len(took)} changes, the last seen after {max(took):.2f} s")
    assert max(took) < AT_ONCE


def test_the_client_has_its_own_address(scaled):
    answer = scaled.caller().get(ORDERS + "/1", headers={
        "X-Forwarded-For": "6.6.6.6"})
    id = answer.headers["X-Request-Id"]
    found = wait_until(lambda: [
        line for web in scaled.web for line in web.site.access_lines()
        if line["request_id"] == id], SOON)
    assert found[0]["client"] == ADDRESSES["client"]


# What may be lost.

class Load:
    """Reads, none of which may fail, and inserts: of those that do fail some
    may have been done, and of the others each once."""

    def __init__(self, scaled):
        self.engine = scaled.engine
        self.run = next(RUNS)
        self.spared = 0  # reads that may be answered 503
        self.inserts = Inserts(COUNTS, scaled.key, run=self.run)
        address = {"host": ADDRESSES["balancer"], "connections": 8}
        self.reads = Flood(80, Reads(scaled.key, {
            f"{ORDERS}/{id}": shop.order(id) for id in range(1, 101)}), 1,
            **address)
        self.writes = Flood(80, self.inserts, 1, bearable=1_000_000,
                            **address)

    def __enter__(self):
        self.reads.__enter__()
        self.writes.__enter__()
        assert self.goes_on()
        return self

    def __exit__(self, *error):
        self.reads.__exit__(*error)
        self.writes.__exit__(*error)
        if error[0] is None:
            self.check()

    def goes_on(self):
        return self.reads.has_made(AMID) and self.writes.has_made(AMID // 10)

    def check(self):
        reads, writes, done = self.reads, self.writes, self.inserts.done
        rows = [int(n) for (n,) in self.engine.server.sql(
            f"SELECT nth FROM counts WHERE run = {self.run}",
            self.engine.database)]
        failed = {n: why for n, why in writes.failed}
        print(f"{reads.answers} reads, {len(reads.failed)} failed, longest "
              f"{reads.longest:.2f} s; {len(done)} inserts, {len(failed)} "
              f"failed, {len(set(rows) - set(done))} of which were done")
        refused = [why for _, why in reads.failed if why[0] == 503]
        assert len(refused) == len(reads.failed), reads.failed[:3]
        assert len(refused) <= self.spared, refused[:3]
        assert len(rows) == len(set(rows))
        assert set(done) <= set(rows) <= set(done) | set(failed)
        for why in failed.values():
            assert why[0] in (502, 503, 504), why


@pytest.mark.parametrize("nth", [0, 1])
def test_a_host_that_is_killed_costs_no_read(scaled, nth):
    """Its processes first, then its link."""
    web = scaled.web[nth]
    with Load(scaled) as load:
        web.kill()
        assert load.goes_on()
        web.host.cut()
        assert load.goes_on()
        web.host.join()
        web.revive()
        assert load.goes_on()


@pytest.mark.parametrize("nth", [0, 1])
def test_a_host_whose_link_is_down_costs_no_read(scaled, nth):
    """What it had waits for the balancer's time-out, once. When it is back, it
    may find out a little later that the database is there again."""
    host = scaled.web[nth].host
    with Load(scaled) as load:
        host.cut()
        time.sleep(READ_TIMEOUT)
        assert load.goes_on()
        assert not load.reads.failed
        host.join()
        load.spared = SPARED
        assert load.goes_on()
    assert load.reads.longest < 3 * READ_TIMEOUT


def test_a_restart_of_weir_alone_costs_no_read(scaled):
    with Load(scaled) as load:
        for web in scaled.web:
            web.restart_weir()
            time.sleep(FAIL_TIMEOUT)
            assert load.goes_on()


def test_without_redis_reads_and_sessions_go_on(scaled):
    """Limits count by host then, and no write is done."""
    token = enter(scaled, 0)
    scaled.redis.process.kill()
    for n in (0, 1):
        with scaled.caller(n) as web:
            for id in range(101, 201):
                assert web.get(f"{ORDERS}/{id}").json == shop.order(id)
            assert web.patch(ORDERS + "/101", {"version": 1}).status == 503
            assert web.get(ORDERS + "/101").json == shop.order(101)
        assert session_status(scaled, n, token) == 200
    scaled.redis.start()
    for n in (0, 1):
        assert wait_until(lambda n=n: scaled.caller(n).patch(
            ORDERS + "/201", {"version": 1}).status == 200, SOON)


def test_without_mariadb_what_is_cached_is_served(scaled):
    """Until somebody tries to write: that outdates first."""
    paths = [f"{ORDERS}/{id}" for id in range(301, 321)]
    for path in paths:
        assert wait_until(lambda path=path: scaled.caller(0).get(path).hit,
                          SOON)
    scaled.mariadb.kill()
    for n in (0, 1):
        with scaled.caller(n) as web:
            for path in paths:
                assert web.get(path).hit
            assert web.get(ORDERS + "/330").status == 503
    assert scaled.caller(0).patch(paths[0], {"version": 1}).status == 503
    assert not scaled.caller(1).get(paths[0]).hit
    with scaled.network["data"].inside():
        scaled.mariadb.start()
    for n in (0, 1):
        assert wait_until(lambda n=n: scaled.caller(n).get(
            ORDERS + "/330?refresh=true").status == 200, SOON)


# With sentinels.

@pytest.fixture(scope="module", name="watched")
def with_sentinels(scaled):
    scaled.add_sentinels()
    with Load(scaled) as load:
        for web in scaled.web:
            scaled.use_sentinels(web)
            time.sleep(FAIL_TIMEOUT)
            assert load.goes_on()
    yield scaled


def test_a_redis_that_is_lost_costs_no_read(watched):
    """Its host goes away, and comes back as a replica."""
    scaled = watched
    host = scaled.network["redis"]
    token = enter(scaled, 0)
    with Load(scaled) as load:
        began = time.monotonic()
        host.cut()
        assert wait_until(scaled.redis2.is_master, SOON)
        promoted = time.monotonic() - began
        for n in (0, 1):
            assert wait_until(lambda n=n: scaled.caller(n).get(
                ORDERS + "/3").hit, SOON)
        cached = time.monotonic() - began
        assert load.goes_on()
        host.join()
        assert wait_until(lambda: "role:slave" in scaled.redis.tell("INFO"),
                          SOON)
        assert load.goes_on()
    print(f"promoted after {promoted:.1f} s, cached after {cached:.1f} s")
    assert session_status(scaled, 1, token) == 200


def test_after_it_no_read_is_old(watched):
    Freshness(watched, 0, 402).check()


def test_with_it_a_host_that_is_killed_costs_no_read(watched):
    """Two sentinels of three are left."""
    with Load(watched) as load:
        watched.web[0].kill()
        assert load.goes_on()
        watched.web[0].revive()
        assert load.goes_on()
