"""Reload and stop: nobody loses an answer. See also test_lossless.py."""

import signal
import time

from support import fcgi
from support.process import wait_until

TABLE = "/api/v2/shop/_table/orders"
SLOW = "/api/v2/shop/_table/slow?offset=1"


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
