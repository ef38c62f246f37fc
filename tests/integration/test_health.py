"""/health/live and /health/ready: of everybody, by nobody's key or limit."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import accounts
from support.answer import check_error
from support.engine import MySQL
from support.mariadb import MariaDB
from support.offices import Office
from support.process import wait_until
from support.store import Store
from support.weir import Installation

LIVE, READY = "/health/live", "/health/ready"
SETTINGS = {"LIMIT_CACHE_DRIVER": "file", "STORE_TIMEOUT": "1s"}
BACK = 10  # seconds, at most


@pytest.fixture(name="house", scope="module")
def an_office(tmp_path_factory):
    house = Office(tmp_path_factory.mktemp("office"), SETTINGS)
    house.site.add_database("stock", "CREATE TABLE t(id INTEGER PRIMARY KEY)")
    yield house
    house.stop()


def ask(house, path, method="GET", **headers):
    return house.clients[0].call(path, method, headers)


def as_boss(house, path=READY):
    return house.clients[0].call(
        path, "GET", {"X-DreamFactory-Session-Token": house.boss.token})


def checks(house):
    """What an administrator is told, by kind and name."""
    return {(check["kind"], check["name"]): check
            for check in as_boss(house).json["checks"]}


def test_who_asks_without_a_key_is_told(house):
    for path, word in ((LIVE, "alive"), (READY, "ready")):
        answer = ask(house, path)
        assert answer.status == 200
        assert answer.json == {"status": word}
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Type"] == "application/json"


def test_a_head_has_no_body(house):
    for path in (LIVE, READY):
        answer = ask(house, path, "HEAD")
        assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
def test_nothing_can_be_done_there(house, method):
    for path in (LIVE, READY):
        answer = ask(house, path, method)
        check_error(answer, 405, method)
        assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", [
    "/health", "/health/", "/health/live/", "/health/ready/all",
    "/health/Live", "/api/v2/health/live"])
def test_other_paths_are_none_of_them(house, path):
    assert ask(house, path).status in (401, 404)


def test_formats_and_queries_change_nothing(house):
    for more in ("?format=csv", "?file=true", "?api_key=none"):
        answer = ask(house, READY + more, Accept="application/xml")
        assert answer.json == {"status": "ready"}


def test_an_administrator_is_told_of_each(house):
    assert wait_until(lambda: ("service", "stock") in checks(house), BACK)
    told = checks(house)
    assert set(told) == {
        ("database", "system"), ("store", "local"), ("store", "file"),
        ("service", "shop"), ("service", "stock")}
    assert all(check["answers"] for check in told.values())
    assert told["store", "local"]["uses"] == ["cache", "session"]
    assert told["store", "file"]["uses"] == ["limit"]
    assert told["service", "stock"]["type"] == "sqlite"


def test_a_user_is_told_no_more_than_others(house):
    joe = accounts.enter(house.clients[0], "joe@x.org")
    answer = house.clients[0].call(
        READY, "GET", {"X-DreamFactory-Session-Token": joe.token})
    assert answer.json == {"status": "ready"}


def test_a_wrong_token_is_refused(house):
    answer = house.clients[0].call(
        READY, "GET", {"X-DreamFactory-Session-Token": "none"})
    check_error(answer, 401, "Invalid token")


def test_limits_do_not_count_them(house):
    house.site.add_role("narrow")
    key = house.site.add_key("narrow", "narrow")
    house.site.add_limit("narrow", 1, "hour", app="narrow")
    for path in 3 * [LIVE, READY]:
        answer = ask(house, path, **{"X-DreamFactory-API-Key": key})
        assert answer.status == 200
        assert "X-RateLimit-Limit" not in answer.headers


def test_they_are_in_the_access_log(house):
    ask(house, LIVE, REQUEST_ID="a-live-one")
    assert wait_until(lambda: any(
        line["request_id"] == "a-live-one" and line["path"] == LIVE
        and line["status"] == 200 for line in house.site.access_lines()))


class Trouble:
    """Two processes; the second one needs only its system database."""

    def __init__(self, folder):
        self.redis = Store("redis")
        self.mariadb = MariaDB()
        self.site = Installation(
            folder, **accounts.SETTINGS | self.redis.settings
            | {"CACHE_DRIVER": "local", "LIMIT_CACHE_DRIVER": "redis",
               "STATEMENT_TIMEOUT": "2s"})
        self.site.add_database("near", "CREATE TABLE t(id INTEGER)")
        far = MySQL(self.mariadb).create("far", "CREATE TABLE t(id INTEGER)")
        self.site.add_service("far", "mysql", **far)
        accounts.add(self.site, "boss@x.org", "admin")
        self.servers = [
            self.site.serve("first"),
            self.site.serve("second", READY_NEEDS="system")]
        self.clients = [server.connect() for server in self.servers]
        self.boss = accounts.enter(self.clients[0], "boss@x.org",
                                   path="system/admin/session")

    def status(self, process=0):
        return self.clients[process].call(READY).status

    def silent(self):
        """Who does not answer, and what is said of it."""
        answer = self.clients[0].call(
            READY, "GET", {"X-DreamFactory-Session-Token": self.boss.token})
        return {check["name"]: check["error"]
                for check in answer.json["checks"] if not check["answers"]}

    def stop(self):
        for one in self.clients:
            one.close()
        for one in [*self.servers, self.redis, self.mariadb]:
            one.stop()


@pytest.fixture(name="trouble", scope="module")
def what_can_fail(tmp_path_factory):
    trouble = Trouble(tmp_path_factory.mktemp("trouble"))
    yield trouble
    trouble.stop()


@pytest.mark.parametrize("harm", ["kill", "pause"])
@pytest.mark.parametrize("name", ["redis", "far"])
def test_who_does_not_answer_is_told(trouble, name, harm):
    server = (trouble.redis.server if name == "redis" else trouble.mariadb)
    assert wait_until(lambda: trouble.status() == 200, BACK)
    getattr(server, harm)()
    try:
        assert wait_until(lambda: trouble.status() == 503, BACK)
        assert trouble.clients[0].call(READY).json == {"status": "unready"}
        silent = trouble.silent()
        assert set(silent) == {name} and silent[name]
        assert trouble.clients[0].call(LIVE).status == 200
        assert trouble.status(process=1) == 200
    finally:
        server.restart() if harm == "kill" else server.resume()
    assert wait_until(lambda: trouble.status() == 200, BACK)


def test_many_who_ask_wait_for_no_silent_one(trouble):
    """One request finds out at a time: the workers are free meanwhile."""
    assert wait_until(lambda: trouble.status() == 200, BACK)
    trouble.mariadb.pause()
    try:
        with ThreadPoolExecutor(32) as pool:
            clients = [trouble.servers[0].connect() for _ in range(32)]
            answers = list(pool.map(lambda c: c.call(READY), clients))
            for client in clients:
                client.close()
        assert {answer.status for answer in answers} <= {200, 503}
        told = [answer for answer in answers if answer.status == 200]
        assert told, "all waited for the one that asked"
    finally:
        trouble.mariadb.resume()
    assert wait_until(lambda: trouble.status() == 200, BACK)


def test_who_stops_is_not_ready(tmp_path):
    server = Installation(tmp_path).serve()
    # One for each question: an answer may be the last of its connection.
    clients = [server.connect() for _ in range(20)]
    assert clients[0].call(READY).status == 200
    os.kill(server.id, signal.SIGTERM)
    left = iter(clients)
    answers = []

    def has_stopped():
        answers.append(next(left).call(READY))
        return answers[-1].status != 200
    try:
        assert wait_until(has_stopped, BACK)
        assert (answers[-1].status, answers[-1].json) == (
            503, {"status": "stopping"})
    finally:
        for client in clients:
            client.close()
        server.stop()


def test_a_lost_system_database_is_told(tmp_path):
    site = Installation(tmp_path)
    server = site.serve()
    client = server.connect()
    assert client.call(READY).status == 200
    os.rename(site.path("system.sqlite"), site.path("away"))
    with open(site.path("system.sqlite"), "wb") as broken:
        broken.write(b"no database at all" * 1000)
    try:
        assert wait_until(lambda: client.call(READY).status == 503, BACK)
        assert client.call(LIVE).status == 200
    finally:
        client.close()
        server.stop()
