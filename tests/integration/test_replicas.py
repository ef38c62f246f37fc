"""read_hosts: replicas answer reads, as long as they are well.

The replicas here are servers with rows of their own, so that an answer tells
whose it is.
"""

import concurrent.futures
import contextlib
import itertools
import time

import pytest

from support.answer import check_error
from support.engine import MySQL
from support.mariadb import MariaDB
from support.process import wait_until
from support.weir import Failed

ENGINES = ("mysql",)
SETTINGS = {"STATEMENT_TIMEOUT": "8s", "REQUEST_TIMEOUT": "16s"}
STATEMENT = 8  # seconds, as above
DATABASE = "copied"
TABLES = """
CREATE TABLE t (id INTEGER PRIMARY KEY, place VARCHAR(20));
INSERT INTO t VALUES (1, '{place}');
CREATE FUNCTION place() RETURNS VARCHAR(20) CHARSET utf8mb4
    RETURN (SELECT place FROM t WHERE id = 1);
"""
SECONDS_BEHIND = 32  # the column of SHOW SLAVE STATUS
FRESH = itertools.count(100)


@pytest.fixture(name="copies", scope="module")
def two_replicas():
    with contextlib.ExitStack() as stack:
        servers = []
        for number in (1, 2):
            server = MariaDB(f"--server-id={number}", "--log-bin=log",
                             "--log-bin-trust-function-creators=ON")
            stack.callback(server.stop)
            servers.append(server)
        yield servers


@pytest.fixture(name="copied", scope="module")
def service_with_replicas(site, mariadb, copies, engine, key):
    """Calls on a service; all(1) says who answered."""
    mariadb.create_database(DATABASE, TABLES.format(place="primary"))
    for number, server in enumerate(copies, 1):
        server.create_database(
            DATABASE, TABLES.format(place=f"replica {number}"))
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in copies)
    config = engine.config(DATABASE)
    site.add_service("copied", "mysql", read_hosts=hosts, read_lag=5, **config)
    site.grant("owner", "copied", "*", "all")
    server = site.serve("copied")
    with server.connect() as client:
        yield Copied(server, client, key)
    server.stop()


class Copied:
    def __init__(self, server, client, key):
        self.server = server
        self.client = client
        self.key = key

    def call(self, path, method="GET", body=b"", headers=None):
        return self.client.call("/api/v2/copied/" + path, method,
                                self.key | (headers or {}), body)

    def place(self):
        """Who answers a read."""
        answer = self.call("_table/t/1")
        assert answer.status == 200, answer
        return answer.json["place"]

    def places(self, n=6):
        return {self.place() for _ in range(n)}

    def wait_for(self, *places):
        wait_until(lambda: self.places() == set(places), 30)


@pytest.fixture(autouse=True)
def all_well(copied, copies):
    """Before and after each test."""
    def well():
        for server in copies:
            if server.process.alive:
                server.resume()
            else:
                server.start()
        copied.wait_for("replica 1", "replica 2")
    well()
    yield
    well()


def test_reads_go_to_each_in_turn(copied):
    assert [copied.place() for _ in range(4)] in (
        ["replica 1", "replica 2"] * 2, ["replica 2", "replica 1"] * 2)
    for path in ("_table/t", "_table/t?ids=1", "_table/t?include_count=true",
                 "_table/t?filter=id%3D1"):
        assert copied.call(path).rows[0]["place"] in (
            "replica 1", "replica 2")
    answer = copied.call("_table/t", "POST", b'{"ids":[1]}',
                         {"X-HTTP-Method": "GET"})
    assert answer.rows[0]["place"] in ("replica 1", "replica 2")


def test_writes_and_what_they_show_are_of_the_server(copied, mariadb, copies):
    id = next(FRESH)
    for _ in range(4):
        answer = copied.call(f"_table/t/1?fields=*", "PATCH", b'{"id":1}')
        assert answer.json == {"id": 1, "place": "primary"}
    answer = copied.call("_table/t?fields=*", "POST",
                         b'{"resource":[{"id":%d,"place":"new"}]}' % id)
    assert answer.rows == [{"id": id, "place": "new"}]
    ask = f"SELECT count(*) FROM t WHERE id = {id}"
    assert mariadb.sql(ask, DATABASE) == [("1",)]
    for server in copies:
        assert server.sql(ask, DATABASE) == [("0",)]
    assert copied.call(f"_table/t/{id}").status == 404
    answer = copied.call("_table/t?filter=id%3D1&fields=*", "DELETE")
    assert answer.rows == [{"id": 1, "place": "primary"}]
    mariadb.sql("INSERT INTO t VALUES (1, 'primary')", DATABASE)


def test_calls_are_of_the_server(copied):
    for method in ("GET", "POST"):
        for _ in range(3):
            assert copied.call("_func/place", method).json == "primary"


def test_a_replica_writes_nothing(copied, mariadb, copies):
    """Its sessions may only read, whatever a view or function there does."""
    view = "CREATE VIEW slyly AS SELECT sly() AS a;"
    mariadb.sql("CREATE FUNCTION sly() RETURNS INT RETURN 5; " + view,
                DATABASE)
    for server in copies:
        server.sql("DELIMITER //\nCREATE FUNCTION sly() RETURNS INT BEGIN "
                   "INSERT INTO t VALUES (99, 'sly'); RETURN 1; END//\n"
                   "DELIMITER ;\n" + view, DATABASE)
    try:
        wait_until(lambda: copied.call("_schema/slyly").status == 200)
        for _ in range(4):
            assert copied.call("_table/slyly").rows == [{"a": 5}]
        for server in copies:
            assert server.sql("SELECT count(*) FROM t WHERE id = 99",
                              DATABASE) == [("0",)]
    finally:
        for server in (mariadb, *copies):
            server.sql("DROP VIEW slyly; DROP FUNCTION sly", DATABASE)


def test_a_replica_that_is_killed_is_passed_by(copied, copies):
    copies[0].kill()
    for _ in range(20):
        assert copied.place() in ("primary", "replica 2")
    copied.wait_for("replica 2")
    copies[1].kill()
    for _ in range(20):
        copied.place()
    copied.wait_for("primary")
    copies[0].start()
    copied.wait_for("replica 1")


def test_a_replica_that_hangs_is_passed_by(copied, copies):
    """No read fails for it, those that it has begun neither."""
    def read(_):
        with copied.server.connect() as client:
            began = time.monotonic()
            place = Copied(copied.server, client, copied.key).place()
            return place, time.monotonic() - began
    copies[0].pause()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(read, range(16)))
    assert {place for place, _ in answers} <= {"primary", "replica 2"}
    assert max(took for _, took in answers) < STATEMENT
    copied.wait_for("replica 2")
    began = time.monotonic()
    assert copied.places(20) == {"replica 2"}
    assert time.monotonic() - began < 5
    copies[0].resume()
    copied.wait_for("replica 1", "replica 2")


def test_a_replica_that_lags_is_passed_by(copied, copies):
    """It says so of itself: here it has ceased to follow anybody."""
    copies[0].sql("CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=1, "
                  "MASTER_USER='nobody'")
    try:
        copied.wait_for("replica 2")
        assert copied.places(20) == {"replica 2"}
    finally:
        copies[0].sql("RESET SLAVE ALL")
    copied.wait_for("replica 1", "replica 2")


def test_a_replica_is_measured_by_its_delay(site, copied, copies, engine):
    """One that truly repeats another's changes, an hour late."""
    primary, replica = copies
    ((log, place, *_),) = primary.sql("SHOW MASTER STATUS")
    primary.create_database("followed", TABLES.format(place="primary"))
    config = engine.config("followed") | {"port": primary.port}
    site.add_service("followed", "mysql", read_lag=1,
                     read_hosts=f"localhost:{replica.port}", **config)
    site.grant("owner", "followed", "*", "all")
    replica.sql(
        f"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_USER='weir', "
        f"MASTER_PASSWORD='{primary.password}', MASTER_PORT={primary.port}, "
        f"MASTER_USE_GTID=no, MASTER_LOG_FILE='{log}', "
        f"MASTER_LOG_POS={place}; START SLAVE")

    def behind():
        ((*columns, ),) = replica.sql("SHOW SLAVE STATUS")
        return columns[SECONDS_BEHIND]

    def read():
        answer = copied.client.call("/api/v2/followed/_table/t/1",
                                    headers=copied.key)
        return answer.json["place"] if answer.status == 200 else None
    try:
        wait_until(lambda: replica.sql(  # the last of its things
            "SELECT count(*) FROM information_schema.ROUTINES "
            "WHERE ROUTINE_SCHEMA = 'followed'") == [("1",)])
        replica.sql("UPDATE t SET place = 'replica' WHERE id = 1", "followed")
        wait_until(lambda: read() == "replica")
        replica.sql("STOP SLAVE; CHANGE MASTER TO MASTER_DELAY = 3600; "
                    "START SLAVE")
        primary.sql("INSERT INTO t VALUES (3, 'late')", "followed")
        wait_until(lambda: behind() not in (None, "0", "1"))
        wait_until(lambda: read() == "primary")
        assert [read() for _ in range(5)] == ["primary"] * 5
    finally:
        replica.sql("STOP SLAVE; RESET SLAVE ALL")
        site.weir("service", "remove", "followed")
        for server in copies:
            server.sql("DROP DATABASE IF EXISTS followed")


def test_what_a_replica_lacks_is_asked_of_the_server(copied, copies):
    """A table that has not got there yet, a right that was not granted."""
    for server in copies:
        server.sql("RENAME TABLE t TO later", DATABASE)
    try:
        assert copied.places(10) == {"primary"}
    finally:
        for server in copies:
            server.sql("RENAME TABLE later TO t", DATABASE)
    assert copied.places() == {"replica 1", "replica 2"}
    assert copied.call("_table/t/1?fields=nope").status == 400


def test_a_slow_read_is_not_asked_twice(site, copied, mariadb, copies, engine,
                                        key):
    """A replica that is well has the time of a statement, and no more."""
    slow = engine.counting.format(name="slow", steps=10**11)
    for server in (mariadb, *copies):
        server.sql(slow, DATABASE)
    wait_until(lambda: copied.call("_schema/slow").status == 200)
    try:
        began = time.monotonic()
        assert copied.call("_table/slow").status == 504
        assert 7 < time.monotonic() - began < 15
    finally:
        for server in (mariadb, *copies):
            server.sql("DROP VIEW slow", DATABASE)


@pytest.mark.parametrize("hosts, words", [
    ("db1,,db2", "no HOST"), ("db1:x", "no HOST"), ("db1:70000", "no HOST"),
    ("[::1", "no HOST"), ("a b", "no HOST"), ("user@db/1", "no HOST"),
    (",".join(f"db{n}" for n in range(17)), "more than 16"),
])
def test_hosts_that_are_none(site, engine, hosts, words):
    with pytest.raises(Failed, match=words):
        site.add_service("wrong", "mysql", read_hosts=hosts,
                         **engine.config(DATABASE))


def test_a_service_that_caches_has_no_replicas(site, engine):
    config = engine.config(DATABASE) | {"read_hosts": "db2,[::1]:3307"}
    both = "cache_enabled and read_hosts"
    with pytest.raises(Failed, match=both):
        site.add_service("both", "mysql", cache_enabled=True, **config)
    with pytest.raises(Failed, match=both):
        site.weir("service", "set", "copied", "--cache", "yes")
    site.add_service("later", "mysql", cache_enabled=True,
                     **engine.config(DATABASE))
    with pytest.raises(Failed, match=both):
        site.weir("service", "set", "later", "read_hosts=db2")
    site.weir("service", "remove", "later")
    with pytest.raises(Failed, match="read_hosts"):
        site.add_service("lite", "sqlite", read_hosts="db2",
                         database=site.path("shop.sqlite"))


def test_a_service_of_the_environment(site, copied, copies, engine):
    config = engine.config(DATABASE)
    declared = {f"SERVICE_DECLARED_{name.upper()}": f'"{value}"'
                for name, value in config.items()}
    declared |= {"SERVICE_DECLARED_TYPE": "mysql",
                 "SERVICE_DECLARED_READ_HOSTS":
                     f"127.0.0.1:{copies[0].port}"}
    site.configure(**declared)
    try:
        assert "declared" in site.weir("check")
        site.configure(SERVICE_DECLARED_CACHE_ENABLED="true")
        with pytest.raises(Failed, match="read_hosts"):
            site.weir("check")
    finally:
        site.configure(SERVICE_DECLARED_CACHE_ENABLED=None,
                       **dict.fromkeys(declared))
    check_error(copied.call("_table/nothing"), 404)
