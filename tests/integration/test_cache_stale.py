"""A database that fails: cached answers bridge it, to their maximum."""

import re
import select
import sqlite3
import time

import pytest

from support import fcgi
from support.engine import MySQL, SQLite
from support.mariadb import MariaDB
from support.process import wait_until

SETTINGS = {"STATEMENT_TIMEOUT": "1s", "REQUEST_TIMEOUT": "3s"}
MAXIMUM = 6
# Calls; of those who wait so few that one worker is left of the fewest.
WAITING = {"kill": 64, "pause": 3}
BRIDGE = {"cache_enabled": True, "cache_ttl": 1, "stale_if_error": MAXIMUM}
STATUS = r"weir; (fwd=stale; fwd-status=50[34]|hit); ttl=(-?\d+)" \
         r"(; collapsed)?; detail=stale-if-error"


@pytest.fixture(scope="module")
def mariadb():
    """One of this file's own, since it is killed."""
    server = MariaDB()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def engine(mariadb):
    return MySQL(mariadb)


@pytest.fixture(name="sqlite", scope="module")
def a_database_that_can_be_locked(site, tmp_path_factory):
    engine = SQLite(tmp_path_factory.mktemp("locked"))
    config = engine.create("locked", "CREATE TABLE orders (id INTEGER "
                           "PRIMARY KEY, v INTEGER); "
                           "INSERT INTO orders VALUES (1, 1), (2, 2);")
    engine.run("PRAGMA journal_mode = DELETE;")
    site.add_service("locked", "sqlite",
                     **config | BRIDGE | {"stale_if_error": 3})
    site.grant("owner", "locked", "*", "all")
    return engine


@pytest.fixture(name="other", scope="module")
def another_database_that_is_well(site, tmp_path_factory):
    """Of a service that caches nothing."""
    other = SQLite(tmp_path_factory.mktemp("other"))
    site.add_service("other", "sqlite", **other.create(
        "other", "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER); "
        "INSERT INTO t VALUES (1, 0);"))
    site.grant("owner", "other", "*", "all")
    return other


@pytest.fixture(name="process", scope="module")
def one_process(site, engine, sqlite, other):
    del sqlite, other
    site.add_service("bridge", engine.type, **engine.again() | BRIDGE)
    site.grant("owner", "bridge", "*", "all")
    server = site.serve("stale")
    yield server
    server.stop()


@pytest.fixture(name="get", scope="module")
def caller(process, key):
    with process.connect() as client:
        yield lambda path, **more: client.call(
            "/api/v2/" + path, more.pop("method", "GET"), key | more)


@pytest.fixture(autouse=True)
def well(mariadb, get):
    """However a test ends, the next one finds all in order."""
    yield
    if mariadb.process.alive:
        mariadb.resume()
    else:
        mariadb.restart()
    path = "bridge/_table/orders?limit=1"
    assert wait_until(lambda: get(path, **{
        "Cache-Control": "no-store"}).status == 200, 30)


def check_bridged(get, path, body, maximum, then):
    """Old answers with their age, until they are too old; then failures."""
    ages, ways = [], set()

    def ended():
        answer = get(path)
        assert get("other/_table/t").status == 200
        if answer.status != 200:
            assert answer.status in then
            assert "Age" not in answer.headers
            return True
        assert answer.body == body
        if "stale-if-error" in answer.headers["Cache-Status"]:
            ages.append(int(answer.headers["Age"]))
            said = re.fullmatch(STATUS, answer.headers["Cache-Status"])
            assert said, answer
            assert int(said[2]) == 1 - ages[-1]
            ways.add(said[1][:3])
            assert "Retry-After" not in answer.headers
            assert answer.headers["ETag"]
        return False

    assert wait_until(ended, 60, pause=0.1)
    assert ages == sorted(ages)
    assert maximum // 2 <= max(ages) <= maximum
    assert "hit" in ways  # and "fwd", unless a renewal found it out


@pytest.mark.parametrize("how", ["kill", "pause"])
def test_a_server_that_is_away_is_bridged(mariadb, get, how):
    path = f"bridge/_table/orders/{len(how)}"
    first = get(path)
    assert first.status == 200
    getattr(mariadb, how)()
    then = {503} if how == "kill" else {503, 504}
    check_bridged(get, path, first.body, MAXIMUM, then)
    assert get("bridge/_table/orders/99").status in then


def test_a_locked_file_is_bridged(sqlite, get):
    path = "locked/_table/orders/1"
    first = get(path)
    assert first.status == 200
    db = sqlite3.connect(sqlite.path, isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    check_bridged(get, path, first.body, 3, {503, 504})
    db.execute("ROLLBACK")
    db.close()
    assert wait_until(lambda: get(path).hit, 20)


def test_who_wants_a_newer_one_gets_none(mariadb, get):
    path = "bridge/_table/orders/7"
    assert get(path).status == 200
    time.sleep(1.1)
    mariadb.kill()
    for wish in ("no-cache", "max-age=0", "no-store"):
        assert get(path, **{"Cache-Control": wish}).status == 503
    assert get(path).status == 200
    assert get(path, method="HEAD").status == 200
    tag = get(path).headers["ETag"]
    assert get(path, **{"If-None-Match": tag}).status == 304


def check_other(get, other, value):
    """The service that caches nothing says what is there now."""
    other.run(f"UPDATE t SET v = {value};")
    answer = get("other/_table/t")
    assert (answer.status, answer.rows) == (200, [{"id": 1, "v": value}])
    assert "Cache-Status" not in answer.headers


@pytest.mark.parametrize("how", ["kill", "pause"])
def test_other_services_do_not_wait(process, key, mariadb, get, other, how):
    """While others ask for a database that is gone, or says nothing."""
    getattr(mariadb, how)()
    waiting = [process.connect() for _ in range(WAITING[how])]
    for number, client in enumerate(waiting):
        client.send(fcgi.request(
            f"/api/v2/bridge/_table/orders/{100 * len(how) + number}",
            headers=key))
    for value in range(1, 11):
        check_other(get, other, value)
    if how == "pause":  # all that was asked after them came before them
        assert not select.select(
            [client.socket for client in waiting], [], [], 0)[0]
    for client in waiting:
        with client:
            assert client.read_answer().status in (503, 504)
    check_other(get, other, 0)
