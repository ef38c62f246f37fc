"""Two rooms: nobody waits for another's slow query or slow client."""

import itertools
import select
import selectors
import signal
import socket
import threading
import time

import pytest

from support import fcgi
from support.nginx import Nginx, wrk
from support.process import wait_until

SETTINGS = {"WORKERS": "4", "QUEUE": "4", "STATEMENT_TIMEOUT": "30s",
            "READ_TIMEOUT": "5s"}
TABLE = "/api/v2/shop/_table/orders"
SLOW = "/api/v2/shop/_table/slow"
UNIQUE = itertools.count(1000)


def slow_path():
    return f"{SLOW}?offset={next(UNIQUE)}"


# Many connections.

def serve_all(server, paths, headers, connections, seconds):
    """Keeps every connection busy; how many answers each one got."""
    counts = [0] * connections
    chooser = selectors.DefaultSelector()
    clients = [server.connect() for _ in range(connections)]
    for n, client in enumerate(clients):
        chooser.register(client.socket, selectors.EVENT_READ, n)
        client.send(fcgi.request(next(paths), headers=headers))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for found, _ in chooser.select(1):
            client = clients[found.data]
            assert client.read_answer().status == 200
            counts[found.data] += 1
            client.send(fcgi.request(next(paths), headers=headers))
    for client in clients:
        client.close()
    return counts


def hits():
    return itertools.repeat(TABLE + "/1")


def queries():
    """Paths that differ each time: every one needs a worker."""
    return (f"{TABLE}?limit=1&offset={i}" for i in itertools.count())


@pytest.mark.parametrize("paths", [hits, queries])
def test_256_kept_connections_are_served_evenly(site, key, paths):
    server = site.serve("even", QUEUE="512")
    try:
        counts = serve_all(server, paths(), key, 256, 3)
        assert min(counts) > 0
        assert max(counts) <= 4 * min(counts) + 4
    finally:
        server.stop()


def test_nginx_keeps_256_connections(site, owner):
    server = site.serve("many", QUEUE="512")
    nginx = Nginx(site.path("nginx-many"), [(server.address, 256)])
    try:
        report = wrk(nginx.ports[0], TABLE + "/1", owner, 256, 3)
        assert "Non-2xx" not in report, report
        assert "Socket errors" not in report, report
    finally:
        nginx.stop()
        server.stop()


# Every worker busy.

class Busy:
    """Raw clients that wait for slow queries, one each."""

    def __init__(self, server, key, count):
        self.clients = [server.connect() for _ in range(count)]
        for client in self.clients:
            client.send(fcgi.request(slow_path(), headers=key))
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for client in self.clients:
            client.close()

    def all_wait(self):
        """Has none of them an answer yet?"""
        sockets = [client.socket for client in self.clients]
        return not select.select(sockets, [], [], 0)[0]

    def statuses(self):
        return [client.read_answer().status for client in self.clients]


def seconds_of(client, path, key):
    began = time.monotonic()
    answer = client.call(path, headers=key)
    assert answer.status == 200 and answer.hit, answer
    return time.monotonic() - began


def test_hits_are_quick_while_every_worker_is_busy(server, key):
    with server.connect() as client:
        client.call(TABLE + "/1", headers=key)
    with Busy(server, key, 4) as busy, server.connect() as client:
        for _ in range(20):
            assert client.call(TABLE + "/1", headers=key).hit
        assert busy.all_wait()
        assert busy.statuses() == [200] * 4


def test_refusals_are_quick_while_every_worker_is_busy(server, key):
    with Busy(server, key, 4) as busy, server.connect() as client:
        assert client.call(TABLE).status == 401
        assert busy.all_wait()
        assert busy.statuses() == [200] * 4


def test_a_full_queue_is_503_at_once(server, key):
    with Busy(server, key, 8) as busy, server.connect() as client:
        answer = client.call(slow_path(), headers=key)
        assert answer.status == 503
        assert busy.all_wait()
        assert int(answer.headers["Retry-After"]) >= 1
        assert busy.statuses() == [200] * 8


def test_a_call_leaves_the_queue_when_its_time_is_over(site, key):
    server = site.serve("late", WORKERS="1")
    try:
        with Busy(server, key, 3) as busy, server.connect() as client:
            site.configure(REQUEST_TIMEOUT="200ms")
            server.signal(signal.SIGHUP)
            time.sleep(0.2)
            began = time.monotonic()
            answer = client.call(slow_path(), headers=key)
            assert time.monotonic() - began < 2
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) >= 1
            assert busy.statuses() == [200] * 3
    finally:
        site.configure(REQUEST_TIMEOUT="30s")
        server.stop()


def test_a_crowd_before_one_cold_entry_is_served(site, server, key):
    """They wait in a flight, not in the queue, which holds four."""
    path = slow_path()
    site.weir("cache", "flush")
    crowd = [server.connect() for _ in range(200)]
    for client in crowd:
        client.send(fcgi.request(path, headers=key))
    statuses = [client.read_answer().status for client in crowd]
    assert statuses == [200] * len(crowd)
    for client in crowd:
        client.close()


def test_a_query_over_its_time_is_504(site, owner):
    server = site.serve("strict", STATEMENT_TIMEOUT="200ms")
    try:
        answer = fcgi.call(server.address, slow_path(),
                           headers={"X-API-Key": owner})
        assert answer.status == 504
        assert answer.error["status_code"] == 504
    finally:
        server.stop()


# Slow clients.

def test_a_hundred_half_requests_delay_nobody(server, key):
    good = fcgi.request(TABLE + "/1", headers=key)
    threads = server.threads
    half = [server.connect() for _ in range(100)]
    for client in half:
        client.send(good[:len(good) // 2])
    with server.connect() as client:
        client.call(TABLE + "/1", headers=key)
        times = [seconds_of(client, TABLE + "/1", key) for _ in range(20)]
    assert min(times) < 0.05
    assert server.threads == threads
    assert all(client.is_closed(within=15) for client in half)


def test_a_hundred_half_bodies_delay_nobody(server, key):
    """Bodies so long that a worker must read them."""
    good = fcgi.request(TABLE + "/1", "PATCH", key, b" " * 200_000 + b"{}")
    half = [server.connect() for _ in range(100)]
    for client in half:
        client.send(good[:150_000])
    with server.connect() as client:
        client.call(TABLE + "/1", headers=key)
        answer = client.call(f"{TABLE}?offset={next(UNIQUE)}", headers=key)
        assert answer.status == 200
        assert min(seconds_of(client, TABLE + "/1", key)
                   for _ in range(20)) < 0.05
    for client in half:
        client.close()


def test_a_slow_body_is_read_to_its_end(server, key):
    data = fcgi.request(TABLE + "/4", "PATCH", key, b'{"version":0}')
    with server.connect() as client:
        for cut in range(0, len(data), 20):
            client.send(data[cut:cut + 20])
            time.sleep(0.02)
        assert client.read_answer().status == 200


def test_a_body_longer_than_announced_is_400_at_once(server, key):
    """The room for it is no larger than it was said to be."""
    data = fcgi.request(TABLE + "/4", "PATCH", key, b" " * 400_000,
                        length=200_000)
    with server.connect() as client:
        client.send(data[:300_000])
        assert client.read_answer().status == 400


def test_a_flood_behind_a_refusal_delays_nobody(server, key):
    """It is thrown away a little at a time, and not for long."""
    flood = server.connect()
    flood.send(fcgi.begin(role=2))
    assert flood.fate() == "ended"
    thread = threading.Thread(target=pour, args=(flood,))
    thread.start()
    with server.connect() as client:
        client.call(TABLE + "/1", headers=key)
        times = [seconds_of(client, TABLE + "/1", key) for _ in range(50)]
    assert max(times) < 1
    thread.join(10)
    assert not thread.is_alive()
    flood.close()


def pour(client):
    """Sends without end, until the server ends it."""
    try:
        while True:
            client.send(b" " * 200_000)
    except OSError:
        pass


def slow_reader(port, key):
    """A browser that asks for a long answer and reads none of it."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", port))
    reader.sendall(f"GET /api/v2/shop/_table/texts HTTP/1.1\r\nHost: weir\r\n"
                   f"X-API-Key: {key}\r\n\r\n".encode())
    return reader


def test_a_client_that_does_not_read_delays_nobody(pair, key, owner):
    """nginx takes the whole answer, and waits for its client itself."""
    lazy = [slow_reader(pair.kept[0], owner) for _ in range(20)]
    time.sleep(0.5)
    with pair.servers[0].connect() as client:
        assert client.call(TABLE + "/1", headers=key).status == 200
        answer = client.call(f"{TABLE}?offset={next(UNIQUE)}", headers=key)
        assert answer.status == 200
    for client in lazy:
        client.close()


def test_a_web_server_that_does_not_read_delays_nobody(site, key):
    """Twice as many as there are workers, for queries and for hits."""
    server = site.serve("unread", WRITE_TIMEOUT="3s")
    asks = fcgi.request("/api/v2/shop/_table/texts", headers=key)
    lazy = [server.connect() for _ in range(8)]
    try:
        for client in lazy:
            client.send(asks)
        time.sleep(0.3)
        with server.connect() as client:
            began = time.monotonic()
            path = f"{TABLE}?offset={next(UNIQUE)}"
            assert client.call(path, headers=key).status == 200
            assert time.monotonic() - began < 2.5
        assert lazy.pop().read_answer().status == 200
        time.sleep(3.5)
        for client in lazy:
            assert client.fate() == "closed"
    finally:
        server.stop()


def test_long_hits_are_quick_while_every_worker_is_busy(server, key):
    path = "/api/v2/shop/_table/texts"
    with server.connect() as client:
        client.call(path, headers=key)
    with Busy(server, key, 4) as busy, server.connect() as client:
        for _ in range(3):
            assert client.call(path, headers=key).hit
        assert busy.all_wait()
        assert busy.statuses() == [200] * 4


def test_an_answer_longer_than_the_socket_is_whole(server, key):
    path = "/api/v2/shop/_table/texts"
    with server.connect() as client:
        for _ in range(3):
            client.send(fcgi.request(path, headers=key))
            time.sleep(0.1)
            answer = client.read_answer()
            assert len(answer.body) == int(answer.headers["Content-Length"])


def test_a_client_that_leaves_is_forgotten(server, key):
    before = server.sockets
    for path in (TABLE, "/api/v2/shop/_table/texts", slow_path()):
        for _ in range(10):
            client = server.connect()
            client.send(fcgi.request(path, headers=key))
            client.close()
    assert wait_until(lambda: server.sockets <= before, 30)
    assert fcgi.call(server.address, TABLE, headers=key).status == 200


def test_who_left_before_being_accepted_is_forgotten(server, key):
    before = server.sockets
    server.signal(signal.SIGSTOP)
    for _ in range(10):
        fcgi.send_and_leave(server.address, fcgi.request(TABLE)[:100])
    server.signal(signal.SIGCONT)
    assert fcgi.call(server.address, TABLE, headers=key).status == 200
    # At once, not when READ_TIMEOUT is over.
    assert wait_until(lambda: server.sockets <= before, 4)
