"""Several processes of weir behind one web server: they share, and replace."""

import itertools
import os
import signal

import pytest

from support.apache import Fcgid
from support.http import Caller
from support.process import wait_until
from support.spawn_fcgi import ApacheFour, LighttpdFour, SpawnFour
from support.web_nginx import NginxTwo
from support.web_shop import (API, ORDERS, PAST, SOON, Crowd, ShopHost,
                              answer_of, raw)

READ = ("GET", ORDERS + "?limit=1", None, PAST)
WRITE = ("PATCH", ORDERS + "/3", {"item": "by many"})
SOME, ENDLESS = 200, 1_000_000
NUMBERS = itertools.count()


@pytest.fixture(scope="module", name="host")
def a_host():
    host = ShopHost()
    yield host
    host.remove()


@pytest.fixture(name="begin")
def begin_and_stop(host):
    """Starts a server of that kind, for one test."""
    servers = []

    def begin(kind):
        servers.append(kind(host, f"site-{next(NUMBERS)}"))
        return servers[-1]

    yield begin
    for server in servers:
        server.stop()


def call(server, host, path=ORDERS + "/1"):
    with Caller(server.port, host.key, timeout=SOON) as web:
        return web.get(path)


def ended_amid(server, host, request, end):
    """The statuses of a crowd's calls, some before and some after end()."""
    crowd = Crowd(server.port, host.key, request, ENDLESS)
    try:
        assert crowd.has_made(SOME)
        end()
        assert crowd.has_made(SOME)
    finally:
        crowd.done = True
    return crowd.wait()


# nginx with two servers in its upstream.

@pytest.mark.parametrize("nth", [0, 1])
def test_no_read_is_lost_with_one_that_is_killed(begin, host, nth):
    server = begin(NginxTwo)
    statuses = ended_amid(server, host, READ, server.weirs[nth].kill)
    assert set(statuses) == {200}


def test_no_write_is_lost_with_one_that_ends(begin, host):
    server = begin(NginxTwo)
    statuses = ended_amid(server, host, WRITE, server.weirs[0].stop)
    assert set(statuses) == {200}


def test_one_that_comes_back_is_called_again(begin, host):
    server = begin(NginxTwo)
    server.end_weirs()
    assert call(server, host).status == 502
    server.weirs = [server.start_weirs()[0]]
    assert wait_until(lambda: call(server, host).status == 200, SOON)


# spawn-fcgi -F 4.

@pytest.mark.parametrize("kind", [SpawnFour, ApacheFour, LighttpdFour])
def test_the_others_go_on_when_some_of_four_end(begin, host, kind):
    """Where Apache keeps no connections: see deploy/apache/weir_proxy.conf."""
    server = begin(kind)

    def end():
        for weir in server.weirs[:3]:
            weir.stop()

    statuses = ended_amid(server, host, WRITE, end)
    assert set(statuses) == {200}
    assert [weir.alive for weir in server.weirs] == [False] * 3 + [True]


# mod_fcgid.

def test_processes_of_mod_fcgid_share_what_is_cached(begin, host):
    """Who does not read keeps a process to himself."""
    server = begin(Fcgid)
    with Caller(server.port, host.key, timeout=SOON) as web:
        assert web.get(ORDERS + "/5").status == 200
        first = server.processes
        assert len(first) == 1
        with raw(server, host, "GET", API + "shop/_table/long") as reader:
            answer = answer_of(reader)
            assert web.get(ORDERS + "/5").hit
            assert web.patch(ORDERS + "/5", {"version": 9}).status == 200
            assert len(server.processes) == 2
            answer.read()
        crowd = Crowd(server.port, host.key, ("GET", ORDERS + "/5"))
        assert set(crowd.wait()) == {200}
        assert web.get(ORDERS + "/5").json["version"] == 9


def test_a_process_that_is_killed_is_replaced(begin, host):
    server = begin(Fcgid)
    assert call(server, host).status == 200
    before = server.processes
    for id in before:
        os.kill(id, signal.SIGKILL)
    assert wait_until(lambda: call(server, host).status == 200, SOON)
    assert not set(before) & set(server.processes)


def test_apache_ends_its_processes(begin, host):
    server = begin(Fcgid)
    crowd = Crowd(server.port, host.key, READ, 2)
    assert set(crowd.wait()) == {200}
    ids = server.processes
    assert ids
    server.end()
    assert not server.processes
    log = host.site.read("weir.log")
    assert all(f"[{id}] stopped\n" in log for id in ids)


def test_a_reload_of_apache_begins_new_processes(begin, host):
    server = begin(Fcgid)
    assert call(server, host).status == 200
    before = server.processes
    server.process.signal(signal.SIGUSR1)
    assert wait_until(lambda: not set(before) & set(server.processes), SOON)
    assert call(server, host).status == 200
    assert all(f"[{id}] stopped\n" in host.site.read("weir.log")
               for id in before)
