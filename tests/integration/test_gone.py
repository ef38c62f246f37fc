"""Clients that leave before their answer: what they asked for is ended.

A read is ended at the database, unless somebody else waits for it; a write
never is. Most tests have one worker, so that a query which goes on would be
seen by everyone else.
"""

import itertools
import select
import socket
import threading
import time

import pytest

from support import fcgi
from support.http import Caller
from support.nginx import Nginx
from support.process import wait_until

ENGINES = ("sqlite", "mysql")
SETTINGS = {"WORKERS": "1", "QUEUE": "8", "STATEMENT_TIMEOUT": "60s",
            "REQUEST_TIMEOUT": "60s"}
TABLES = "/api/v2/shop/_table"
ENDLESS_SECONDS = 40
SOON = 5   # far below ENDLESS_SECONDS
MOMENT = 0.3  # enough for a query to begin
UNIQUE = itertools.count(1)
HEAVY = {
    "sqlite": "AFTER UPDATE ON heavy BEGIN SELECT id FROM slow; END;",
    "mysql": "AFTER UPDATE ON heavy FOR EACH ROW "
             "SET @slow = (SELECT id FROM slow);",
}


def script(engine):
    """A view that takes longer than any test waits, and a slow write."""
    steps = ENDLESS_SECONDS * engine.steps_in_a_second()
    return (engine.counting.format(name="endless", steps=steps) +
            "CREATE TABLE heavy (id INTEGER PRIMARY KEY, n INTEGER);"
            "INSERT INTO heavy VALUES (1, 0);"
            "CREATE TRIGGER heavy_slow " + HEAVY[engine.type])


@pytest.fixture(scope="module")
def one(site, engine):
    """A server with one worker, and nginx before it."""
    engine.run(script(engine))
    server = site.serve("one")
    server.nginx = Nginx(site.path("nginx-one"),
                         [(server.address, 16), (server.address, 0)])
    yield server
    server.nginx.stop()
    server.stop()


@pytest.fixture
def free(one, key):
    """After the test: the one worker is free, and serves."""
    yield
    assert quick(one, key).status == 200


def table(name):
    """A path that no other test has asked for."""
    return f"{TABLES}/{name}?offset={next(UNIQUE)}"


def quick(server, key):
    """A query of the worker, who must be there soon."""
    with server.connect(timeout=SOON) as client:
        return client.call(table("notes"), headers=key)


def ask(server, path, key, **more):
    """A raw client that has asked, and a moment has passed."""
    client = server.connect()
    client.send(fcgi.request(path, headers=key, **more))
    time.sleep(MOMENT)
    return client


def logged(site, path):
    """The status of each call of that path, as far as they are logged."""
    return [line["status"] for line in site.access_lines()
            if line["path"] == path.partition("?")[0]]


def has_logged(site, path, *statuses):
    return wait_until(lambda: logged(site, path)[-len(statuses):] ==
                      list(statuses), SOON)


@pytest.mark.parametrize("nth", [0, 1], ids=["kept", "fresh"])
def test_a_read_ends_with_its_client(site, one, key, owner, nth):
    complaints = site.read("weir.log")
    path = table("endless")
    leaver = socket.create_connection(
        ("127.0.0.1", one.nginx.ports[nth]))
    leaver.sendall(f"GET {path} HTTP/1.1\r\nHost: weir\r\n"
                   f"X-API-Key: {owner}\r\n\r\n".encode())
    time.sleep(MOMENT)
    leaver.close()
    assert quick(one, key).status == 200
    assert has_logged(site, path, 499)
    assert site.read("weir.log") == complaints


def test_a_write_goes_on_without_its_client(site, one, engine, owner):
    with Caller(one.nginx.ports[0], owner) as leaver:
        leaver.connection.request(
            "PATCH", TABLES + "/heavy/1", b'{"n":7}',
            {"X-API-Key": owner, "Content-Type": "application/json"})
        time.sleep(MOMENT)
    assert wait_until(
        lambda: int(engine.ask("SELECT n FROM heavy")[0]) == 7, 20)
    assert has_logged(site, TABLES + "/heavy/1", 200)


def test_a_queued_write_goes_on_without_its_client(one, engine, key):
    busy = ask(one, table("slow"), key)
    leaver = ask(one, TABLES + "/heavy/1", key, method="PATCH",
                 body=b'{"n":8}')
    leaver.close()
    assert busy.read_answer().status == 200
    busy.close()
    assert wait_until(
        lambda: int(engine.ask("SELECT n FROM heavy")[0]) == 8, 20)


@pytest.mark.usefixtures("free")
def test_queued_reads_leave_with_their_clients(one, key):
    """The queue holds eight: those who left are not among them."""
    with ask(one, table("endless"), key) as running:
        for _ in range(6):
            crowd = [one.connect() for _ in range(8)]
            for client in crowd:
                client.send(fcgi.request(table("endless"), headers=key))
            sockets = [client.socket for client in crowd]
            assert not select.select(sockets, [], [], MOMENT)[0]
            for client in crowd:
                client.close()
        running.socket.settimeout(MOMENT)
        with pytest.raises(TimeoutError):
            running.read_answer()


def test_nothing_runs_on_at_the_server(one, engine, key):
    """Where that is another process than weir."""
    if engine.type == "sqlite":
        return
    asked = "SELECT count(*) FROM information_schema.processlist " \
            "WHERE info LIKE 'SELECT%endless%' AND id <> connection_id()"
    with ask(one, table("endless"), key):
        assert int(engine.ask(asked)[0]) == 1
    assert wait_until(lambda: int(engine.ask(asked)[0]) == 0, SOON)


# Several who wait for one query.

def test_a_waiter_is_answered_when_the_leader_leaves(one, key):
    path = table("slow")
    leader = ask(one, path, key)
    with ask(one, path, key) as waiter:
        leader.close()
        answer = waiter.read_answer()
        assert answer.status == 200 and answer.rows == []
    with one.connect() as client:
        assert client.call(path, headers=key).hit


def test_the_leader_is_answered_when_waiters_leave(one, key):
    path = table("slow")
    with ask(one, path, key) as leader:
        for waiter in [ask(one, path, key) for _ in range(3)]:
            waiter.close()
        assert leader.read_answer().status == 200


@pytest.mark.usefixtures("free")
@pytest.mark.parametrize("order", itertools.permutations(range(3)))
def test_the_query_ends_when_the_last_one_leaves(site, one, key, order):
    path = table("endless")
    crowd = [ask(one, path, key) for _ in range(3)]
    for n in order:
        crowd[n].close()
        time.sleep(0.05)
    assert quick(one, key).status == 200
    assert has_logged(site, path, 499, 499, 499)


def test_who_comes_after_the_cancel_has_a_query_of_its_own(one, key):
    for pause in (0.0, 0.002, 0.02):
        path = table("slow")
        ask(one, path, key).close()
        time.sleep(pause)
        with one.connect() as client:
            answer = client.call(path, headers=key)
            assert answer.status == 200 and not answer.hit


# How a web server says it.

@pytest.mark.usefixtures("free")
def test_an_abort_of_a_running_read_ends_it(site, one, key):
    path = table("endless")
    with ask(one, path, key) as client:
        client.send(fcgi.record(fcgi.ABORT))
        assert client.fate(SOON) == "ended"
        assert client.is_closed(SOON)
    assert has_logged(site, path, 499)


def test_an_abort_of_a_running_write_changes_nothing(one, engine, key):
    with ask(one, TABLES + "/heavy/1", key, method="PATCH",
             body=b'{"n":9}') as client:
        client.send(fcgi.record(fcgi.ABORT))
        assert client.read_answer().status == 200
    assert int(engine.ask("SELECT n FROM heavy")[0]) == 9


@pytest.mark.usefixtures("free")
def test_an_abort_of_another_request_is_none(one, key):
    with ask(one, table("slow"), key) as client:
        client.send(fcgi.record(fcgi.ABORT, id=7))
        assert client.read_answer().status == 200


def test_a_body_that_looks_like_an_abort_is_none(one, key):
    """It waits for the worker, to be refused, in the middle of a record."""
    wrong = {"Authorization": "Basic eDp5"}
    head = fcgi.cgi(TABLES + "/notes", headers=wrong, length=1_000_000)
    body = fcgi.records(fcgi.STDIN, b"x" * 200_000, size=50_000)
    with ask(one, table("slow"), key), one.connect() as client:
        client.send(fcgi.begin() +
                    fcgi.records(fcgi.PARAMS, fcgi.pairs(head)) +
                    body[:110_000])
        time.sleep(MOMENT)
        client.send(fcgi.record(fcgi.ABORT))
        assert client.fate() == 401


@pytest.mark.usefixtures("free")
def test_who_only_stops_sending_is_taken_as_gone(site, one, key):
    path = table("endless")
    with ask(one, path, key) as client:
        client.socket.shutdown(socket.SHUT_WR)
        assert client.fate(SOON) == "ended"
    assert has_logged(site, path, 499)
    with one.connect() as client:
        client.send(fcgi.request(table("endless"), headers=key))
        client.socket.shutdown(socket.SHUT_WR)
        assert client.fate(SOON) == "ended"


# Nothing is left behind.

def test_limits_count_who_left(site, one, key):
    site.add_role("counted")
    site.grant("counted", "shop", "*", "GET")
    counted = {"X-API-Key": site.add_key("counted", "counted")}
    site.add_limit("counted", 3, "day", role="counted")
    wait_until(lambda: "ratelimit" in fcgi.call(
        one.address, table("notes"), headers=counted).headers)
    for _ in range(2):
        ask(one, table("endless"), counted).close()
    assert fcgi.call(one.address, table("notes"),
                     headers=counted).status == 429


def leave_again_and_again(server, key, times):
    for i in range(times):
        with server.connect() as client:
            client.send(fcgi.request(table(
                "endless" if i % 2 else "slow_orders"), headers=key))
            time.sleep(i % 5 * 0.004)


def test_a_crowd_that_leaves_leaves_nothing_behind(site, one, key):
    """While others go on reading."""
    server = site.serve("crowd", WORKERS="4", QUEUE="512")
    try:
        assert quick(server, key).status == 200
        sockets, threads = server.sockets, server.threads
        leavers = [threading.Thread(target=leave_again_and_again,
                                    args=(server, key, 100))
                   for _ in range(5)]
        for thread in leavers:
            thread.start()
        while any(thread.is_alive() for thread in leavers):
            assert quick(server, key).status == 200
        for thread in leavers:
            thread.join()
        # A connection to the database for each worker may have come.
        assert wait_until(lambda: server.sockets <= sockets + 8, SOON)
        assert wait_until(lambda: server.threads <= threads, SOON)
        for _ in range(8):
            assert quick(server, key).status == 200
    finally:
        server.stop()
