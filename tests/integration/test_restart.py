"""Reload, stop and upgrade under load: nobody loses an answer."""

import itertools
import re
import signal
import threading
import time
from http.client import HTTPException

import pytest

from support import fcgi
from support.http import Caller
from support.nginx import Nginx, wrk
from support.process import wait_until
from support.weir import listen_unix

TABLE = "/api/v2/shop/_table/orders"
SLOW = "/api/v2/shop/_table/slow?offset=1"
UNIQUE = itertools.count()


class Load:
    """Calls from several threads until told to stop."""

    def __init__(self, port, key, method="GET", body=None):
        self.call = (method, body)
        self.answers = 0
        self.failed = []
        self.going = True
        self.lock = threading.Lock()
        self.threads = [
            threading.Thread(target=self.run, args=[port, key, n * 10])
            for n in range(4)]

    def run(self, port, key, first):
        """Each thread has ten orders of its own."""
        with Caller(port, key) as caller:
            for i in itertools.count():
                if not self.going:
                    return
                self.count(self.ask(caller, first + i % 10 + 1))

    def ask(self, caller, id):
        method, body = self.call
        try:
            answer = caller.call(method, f"{TABLE}/{id}", body)
            return None if answer.status == 200 else answer
        except (OSError, HTTPException) as error:
            return error

    def count(self, failure):
        with self.lock:
            self.answers += 1
            self.failed += [failure] if failure else []

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.going = False
        for thread in self.threads:
            thread.join()


def test_a_reload_loses_nothing(pair, web, owner):
    server = pair.servers[0]
    with Load(web.ports[0], owner) as load:
        for _ in range(20):
            server.signal(signal.SIGHUP)
            time.sleep(0.1)
    assert load.answers > 20
    assert not load.failed, load.failed[:3]
    assert server.alive


def test_a_reload_takes_new_settings(site, key):
    server = site.serve("reloaded")
    body = b'{"version": 0' + b" " * 5000 + b"}"
    try:
        def status():
            return fcgi.call(server.address, TABLE + "/1", method="PATCH",
                             headers=key, body=body).status

        assert status() == 200
        site.configure(MAX_BODY="4k")
        server.signal(signal.SIGHUP)
        assert wait_until(lambda: status() == 413, 5)
    finally:
        site.configure(MAX_BODY="10m")
        server.stop()


def test_a_reload_of_a_bad_file_changes_nothing(site, key):
    server = site.serve("steady")
    try:
        site.configure(WORKERS="many")
        server.signal(signal.SIGHUP)
        time.sleep(0.5)
        assert fcgi.call(server.address, TABLE + "/1",
                         headers=key).status == 200
        assert "WORKERS" in site.read("weir.log") + server.output
    finally:
        site.configure(WORKERS="4")
        server.stop()


def test_a_reload_without_its_log_takes_the_rest(site, key):
    """And the log stays where it was."""
    server = site.serve("unlogged")
    body = b'{"version": 0' + b" " * 5000 + b"}"
    try:
        site.configure(MAX_BODY="4k", ACCESS_LOG="/nowhere/access.log")
        server.signal(signal.SIGHUP)
        assert wait_until(lambda: fcgi.call(
            server.address, TABLE + "/1", method="PATCH", headers=key,
            body=body).status == 413, 5)
        assert "/nowhere/access.log" in site.read("weir.log")
    finally:
        site.configure(MAX_BODY="10m",
                       ACCESS_LOG=site.path("access.log"))
        server.stop()


def test_a_stop_answers_what_was_begun(site, key):
    server = site.serve("draining")
    with server.connect() as client, server.connect() as idle:
        idle.call(TABLE + "/1", headers=key)
        client.send(fcgi.request(SLOW, headers=key))
        time.sleep(0.2)
        server.signal(signal.SIGTERM)
        assert client.read_answer().status == 200
    assert server.wait(20) == 0


def test_a_stop_answers_who_waited_to_be_accepted(site, key):
    """More than one turn of the loop accepts."""
    server = site.serve("waited")
    server.signal(signal.SIGSTOP)
    clients = [server.connect() for _ in range(100)]
    try:
        for client in clients:
            client.send(fcgi.request(TABLE + "/1", headers=key))
        server.signal(signal.SIGTERM)
        server.signal(signal.SIGCONT)
        for client in clients:
            assert client.read_answer().status == 200
    finally:
        for client in clients:
            client.close()
    assert server.wait(20) == 0


def test_a_stop_of_an_idle_server_is_quick(site):
    server = site.serve("idle")
    began = time.monotonic()
    server.signal(signal.SIGTERM)
    assert server.wait(20) == 0
    assert time.monotonic() - began < 5


def test_a_stop_lets_idle_connections_live_a_moment(site, key):
    """A web server may be sending on one of them just now."""
    server = site.serve("lingering")
    with server.connect() as client:
        client.call(TABLE + "/1", headers=key)
        server.signal(signal.SIGTERM)
        time.sleep(0.3)
        assert client.call(TABLE + "/1", headers=key).status == 200
    assert server.wait(20) == 0


def requests_of(report):
    return int(re.search(r"(\d+) requests in", report).group(1))


class Shared:
    """Two processes on one socket, as spawn-fcgi -F 2 makes them."""

    processes = 2

    def __init__(self, site):
        name = f"shared-{next(UNIQUE)}"
        self.listener = listen_unix(site.path(name + ".sock"))
        self.site = site
        self.names = (f"{name}-{n}" for n in itertools.count())
        self.servers = [self.start() for _ in range(self.processes)]
        self.nginx = Nginx(site.path("nginx-" + name),
                           [(self.listener.getsockname(), 32)])

    def start(self):
        """Ready itself: the other process answers on the socket, too."""
        server = self.site.serve(next(self.names), self.listener)
        assert wait_until(lambda: server.heeds(signal.SIGTERM))
        return server

    def replace(self):
        """Ends the older process, and starts one more."""
        old = self.servers.pop(0)
        old.signal(signal.SIGTERM)
        assert old.wait(30) == 0
        self.servers.append(self.start())

    def stop(self):
        self.nginx.stop()
        for server in self.servers:
            server.stop()
        self.listener.close()


class Activated(Shared):
    """One process on the socket that systemd holds: restart, upgrade.

    Requests wait there until the next process is ready.
    """

    processes = 1

    def replace(self):
        self.servers.pop().stop()
        self.servers.append(self.start())


@pytest.fixture(name="shared")
def share_a_socket(site):
    shared = Shared(site)
    yield shared
    shared.stop()


@pytest.fixture(name="activated")
def hold_a_socket(site):
    activated = Activated(site)
    yield activated
    activated.stop()


def replace_for(shared, seconds):
    """Replaces the processes in turn for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.3)
        shared.replace()


def check_gets(shared, key, seconds, least):
    reports = []
    load = threading.Thread(target=lambda: reports.append(
        wrk(shared.nginx.ports[0], TABLE + "/1", key, 32, seconds)))
    load.start()
    replace_for(shared, seconds - 3)
    load.join()
    assert "Non-2xx" not in reports[0], reports[0]
    assert "Socket errors" not in reports[0], reports[0]
    assert requests_of(reports[0]) >= least, reports[0]


def test_a_restart_under_load_fails_no_get(shared, owner):
    check_gets(shared, owner, 8, 5_000)


@pytest.mark.full
def test_a_restart_under_long_load_fails_no_get(shared, owner):
    check_gets(shared, owner, 60, 100_000)


def check_writes(shared, key, seconds):
    """nginx sends no PATCH twice: here, what is lost is seen."""
    with Load(shared.nginx.ports[0], key, "PATCH", {"version": 1}) as load:
        replace_for(shared, seconds)
    assert load.answers > 100
    assert not load.failed, load.failed[:3]


def test_a_restart_under_load_fails_no_write(shared, owner):
    check_writes(shared, owner, 5)


@pytest.mark.full
def test_a_restart_under_long_load_fails_no_write(shared, owner):
    check_writes(shared, owner, 60)


@pytest.mark.parametrize("method, body", [
    ("GET", None), ("PATCH", {"version": 1})])
def test_a_restart_behind_a_held_socket_fails_nothing(
        activated, owner, method, body):
    with Load(activated.nginx.ports[0], owner, method, body) as load:
        replace_for(activated, 4)
    assert load.answers > 100
    assert not load.failed, load.failed[:3]
