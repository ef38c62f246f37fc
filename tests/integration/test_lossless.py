"""Reload, restart, upgrade and stop under load: no call is lost, none is done
twice. The web servers run from the files that are shipped, and the socket is
held as systemd holds it."""

import glob
import itertools
import json
import time

import pytest

from support import shop
from support.activation import Held, install_other
from support.apache import ProxyFcgi
from support.engine import SQLite
from support.flood import Flood, Inserts, Mixed, Reads
from support.http import Caller
from support.lighttpd import Lighttpd
from support.nginx import free_port
from support.process import wait_until
from support.web_nginx import Nginx, NginxTcp
from support.web_shop import API, ORDERS, SOON, Crowd, ShopHost

SHORT, LONG = 3_000, 100_000
EACH = 1_000  # calls from one restart to the next
COUNTS = API + "shop/_table/counts"
SLOWLY = API + "slowly/_table/slow_counts"
SETTINGS = {"METRICS": "127.0.0.1", "MAX_BODY": "10m", "WORKERS": "4"}
DRAIN = 0.2  # seconds, where a drain is to be too short
GUARD = 2  # seconds more until the process ends all the same
NUMBERS = itertools.count()
TABLES = """
CREATE TABLE counts (id INTEGER PRIMARY KEY, nth INTEGER, run INTEGER);
"""
SLOW_TABLES = """
CREATE TABLE slow_counts (id INTEGER PRIMARY KEY, nth INTEGER);
CREATE TRIGGER slow_count BEFORE INSERT ON slow_counts BEGIN
    SELECT id FROM slow WHERE NEW.nth > 0;
END;
"""


class HeldNginx(Held, Nginx):
    """By a unix socket."""

    kept = True


class HeldTcp(Held, NginxTcp):
    kept = True

    def place(self):
        self.behind = free_port()
        return "127.0.0.1", self.behind


class HeldTwo(HeldTcp):
    """Two processes on one socket, which take turns."""

    processes = 2


class HeldApache(Held, ProxyFcgi):
    """Apache ends the connections of its clients without a word."""

    kept = False


class HeldLighttpd(Held, Lighttpd):
    kept = True


@pytest.fixture(scope="module", name="host")
def a_host():
    host = ShopHost(**SETTINGS)
    host.site.engine.run(TABLES)
    yield host
    host.remove()


@pytest.fixture(name="least")
def how_many(request):
    return LONG if request.config.getoption("--full") else SHORT


@pytest.fixture(name="begin")
def begin_and_stop(host):
    """Starts a web server of that kind, for one test."""
    servers = []

    def begin(kind):
        servers.append(kind(host, f"web-{next(NUMBERS)}"))
        return servers[-1]

    yield begin
    for server in servers:
        server.stop()


class Checked:
    """Reads, and inserts among them; at the end the table must have a row of
    each insert that was acknowledged, and no other."""

    runs = 0

    def __init__(self, server, host, least):
        Checked.runs += 1
        self.host = host
        self.run = Checked.runs
        self.inserts = Inserts(COUNTS, host.key, run=self.run)
        reads = Reads(host.key, {f"{ORDERS}/{id}": shop.order(id)
                                 for id in range(1, 101)})
        calls = Mixed(reads, reads, self.inserts)
        self.flood = Flood(server.port, calls, least, kept=server.kept)

    def __enter__(self):
        return self.flood.__enter__()

    def __exit__(self, *error):
        self.flood.__exit__(*error)
        if error[0] is None:
            self.check()

    def check(self):
        flood, done = self.flood, self.inserts.done
        print(f"{flood.answers} answered, {len(flood.failed)} failed, "
              f"{len(done)} rows, longest {flood.longest:.2f} s")
        assert not flood.failed, (len(flood.failed), flood.failed[:3])
        assert flood.answers == flood.begun >= flood.least
        rows, distinct, total = self.host.site.ask(
            "SELECT count(*), count(DISTINCT nth), sum(nth) FROM counts "
            f"WHERE run = {self.run}")
        assert rows == distinct == len(done) == len(set(done))
        assert total == sum(done)


def turns_of(flood, each=EACH):
    """A turn after so many calls, and at least two."""
    turn = 0
    while turn < 2 or flood.answers < flood.least:
        assert flood.has_made(each)
        yield turn
        turn += 1


# Restart, upgrade.

@pytest.mark.parametrize("kind", [
    HeldNginx, HeldTwo, HeldApache,
    pytest.param(HeldTcp, marks=pytest.mark.full),
    pytest.param(HeldLighttpd, marks=pytest.mark.full)])
def test_a_restart_loses_nothing(begin, host, least, kind):
    server = begin(kind)
    with Checked(server, host, least) as flood:
        for _ in turns_of(flood):
            server.unit.restart()


def version_of(server):
    with Caller(server.port, timeout=SOON) as web:
        text = web.get("/metrics").body.decode()
    return text.partition('weir_build_info{version="')[2].partition('"')[0]


def test_an_upgrade_loses_nothing(begin, host, least):
    """And a downgrade: the next program stands where the last one stood."""
    server = begin(HeldNginx)
    first = version_of(server)
    other = "9" * len(first)
    with Checked(server, host, least) as flood:
        for turn in turns_of(flood):
            before, after = (other, first) if turn % 2 else (first, other)
            install_other(host, after)
            assert version_of(server) == before
            server.unit.restart()
            assert version_of(server) == after


# Reload.

def status_of_5000_bytes(server, host):
    with Caller(server.port, host.key, timeout=SOON) as web:
        return web.patch(ORDERS + "/400", b'{"version": 0' + b" " * 5000 +
                         b"}").status


class Storm:
    """A reload ten times a second, each with something else in the file."""

    def __init__(self, server, host):
        self.server = server
        self.site = host.site
        self.host = host
        self.names = []
        self.checks = 0

    def turn(self, n):
        (self.move_logs, self.lower, self.spoil, self.mend)[n % 4](n)
        time.sleep(0.1)

    def reload(self, **settings):
        self.site.configure(**settings)
        self.server.unit.reload()

    def expect(self, status):
        assert status_of_5000_bytes(self.server, self.host) == status
        self.checks += 1

    def move_logs(self, n):
        self.names = [f"{n}-access.log", f"{n}-weir.log"]
        access, log = map(self.site.path, self.names)
        self.reload(ACCESS_LOG=access, LOG_FILE=log)
        self.expect(200)

    def lower(self, n):
        del n
        self.reload(MAX_BODY="4k")
        self.expect(413)

    def spoil(self, n):
        """Nothing of it is taken, and the log says why."""
        del n
        self.reload(WORKERS="many", MAX_BODY="10m")
        self.expect(413)
        said = self.site.read(self.names[1])
        assert "WORKERS" in said
        assert "the settings stay as they were" in said

    def mend(self, n):
        del n
        self.reload(WORKERS="4")
        self.expect(200)


def lines_of_all(site):
    """The access logs' calls, wherever they were when those were answered."""
    for path in glob.glob(site.path("*-access.log")):
        with open(path, encoding="utf-8") as log:
            yield from map(json.loads, log)


@pytest.fixture(name="storm")
def a_storm(begin, host):
    """Begun, and at its end the logs are where they were."""
    site = host.site
    before = {name: site.settings[name] for name in ("ACCESS_LOG", "LOG_FILE")}
    storm = Storm(begin(HeldNginx), host)
    storm.turn(0)
    yield storm
    site.configure(**before)


def test_a_storm_of_reloads_loses_nothing(storm, host, least):
    """No call, and no line of the access log."""
    quiet = host.site.read("access.log")
    with Checked(storm.server, host, least) as flood:
        for turn in turns_of(flood, 1):
            storm.turn(turn)
        while turn % 4 != 3:
            turn += 1
            storm.turn(turn)
    expected = flood.answers + storm.checks
    assert wait_until(
        lambda: len(list(lines_of_all(host.site))) >= expected, SOON)
    ids = [line["request_id"] for line in lines_of_all(host.site)]
    assert len(ids) == len(set(ids)) == expected
    assert host.site.read("access.log") == quiet


# Drain.

@pytest.fixture(name="slow")
def a_slow_table(host):
    """Its inserts take longer than a drain may, and its guard waits."""
    site = host.site
    steps = int(site.engine.steps_in_a_second() * (DRAIN + GUARD) * 3)
    engine = SQLite(site.folder)
    site.add_service("slowly", "sqlite", **engine.create(
        "slowly", engine.counting.format(name="slow", steps=steps) +
        SLOW_TABLES))
    site.grant("owner", "slowly", "*", "all")
    site.configure(DRAIN_TIMEOUT=f"{DRAIN * 1000:.0f}ms")
    host.give_away()
    yield engine
    site.configure(DRAIN_TIMEOUT=None)
    site.weir("service", "remove", "slowly")


def test_a_drain_ends_at_its_deadline_and_loses_nobody_else(
        begin, host, least, slow):
    """What is still in work then has no answer, and leaves nothing behind;
    the process says so, and by its status too."""
    server = begin(HeldNginx)
    late = Crowd(server.port, host.key,
                 ("POST", SLOWLY, {"resource": [{"nth": 1}]}), 1, 1)
    with Checked(server, host, least) as flood:
        assert flood.has_made(EACH)
        server.unit.restart(status=1)
        assert flood.has_made(EACH)
    assert late.wait() == [502]
    assert server.unit.took > DRAIN
    assert "still open after DRAIN_TIMEOUT" in host.site.read("weir.log")
    assert slow.ask("SELECT count(*) FROM slow_counts") == (0,)
