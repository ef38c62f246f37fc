"""Starting: where weir listens, what it refuses, what `check` says."""

import grp
import os
import signal
import socket
import stat
import subprocess

import pytest

from support import fcgi
from support.nginx import free_port
from support.process import Process, wait_until
from support.weir import PROGRAM, environment, listen_unix, run


@pytest.fixture(name="start")
def start_and_stop(site):
    servers = []

    def start(*args, **more):
        servers.append(site.serve(*args, **more))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def answers(address):
    return fcgi.call(address, "/api/v2").status == 200


def test_it_listens_on_descriptor_0(site, start):
    with listen_unix(site.path("zero.sock")) as listener:
        assert answers(start("zero", listener).address)


def test_alone_it_serves_a_listening_descriptor_0(site):
    with listen_unix(site.path("alone.sock")) as listener:
        server = Process([PROGRAM, "--env", site.env_file],
                         site.path("alone.out"), stdin=listener,
                         env=environment())
        try:
            assert answers(listener.getsockname())
        finally:
            server.stop()


def test_spawn_fcgi_starts_it(site):
    """Two processes on one socket, the way spawn-fcgi hands it over."""
    address = site.path("spawn.sock")
    spawner = Process(
        ["spawn-fcgi", "-n", "-s", address, "-b", "1024", "--", PROGRAM,
         "--env", site.env_file],
        site.path("spawn.out"), env=environment())
    try:
        assert wait_until(lambda: os.path.exists(address), 10)
        assert answers(address)
    finally:
        spawner.stop()


def test_it_takes_sockets_from_listen_fds(site):
    """As systemd's socket activation: descriptor 3, LISTEN_PID its own."""
    with listen_unix(site.path("fds.sock")) as listener:
        words = ["bash", "-c", f'exec 3<&{listener.fileno()}; '
                 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "bash",
                 PROGRAM, "serve", "--env", site.env_file]
        server = Process(words, site.path("fds.out"), env=environment(),
                         stdin=subprocess.DEVNULL,
                         pass_fds=[listener.fileno()])
        try:
            assert answers(listener.getsockname())
        finally:
            server.stop()


def test_it_refuses_several_sockets(site):
    """Who connects to the second would wait forever."""
    server = Process(
        ["bash", "-c", 'LISTEN_PID=$$ LISTEN_FDS=2 exec "$@"', "bash",
         PROGRAM, "serve", "--env", site.env_file],
        site.path("several.out"), env=environment(),
        stdin=subprocess.DEVNULL)
    assert server.wait() == 1
    assert "LISTEN_FDS: several sockets" in server.output


def test_a_unix_socket_is_for_the_group_only(site, start):
    server = start("unix")
    mode = os.stat(server.address).st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o660


def test_the_group_of_the_socket_can_be_set(site, start):
    if os.geteuid() != 0:
        return
    server = start("group", LISTEN_GROUP="www-data")
    group = grp.getgrnam("www-data").gr_gid
    assert os.stat(server.address).st_gid == group


def test_it_listens_on_a_port(site):
    port = free_port()
    server = Process([PROGRAM, "serve", "--env", site.env_file],
                     site.path("port.out"), stdin=subprocess.DEVNULL,
                     env=environment(LISTEN=f"127.0.0.1:{port}"))
    try:
        assert wait_until(lambda: connects(("127.0.0.1", port)), 20)
        assert answers(("127.0.0.1", port))
    finally:
        server.stop()


def connects(address):
    try:
        fcgi.Client(address).close()
        return True
    except OSError:
        return False


def test_a_stale_socket_is_replaced(site, start):
    path = site.path("stale.sock")
    listen_unix(path).close()
    assert os.path.exists(path)
    assert answers(start("stale").address)


def test_a_killed_server_can_be_started_again(start):
    first = start("killed")
    first.kill()
    assert answers(start("killed").address)


def test_a_second_start_on_a_live_socket_is_refused(site, start):
    first = start("live")
    status, _, err = run("serve", "--env", site.env_file,
                         env=environment(LISTEN="unix:" + first.address))
    assert status != 0
    assert first.address in err + site.read("weir.log")
    assert answers(first.address)


def test_a_file_in_the_place_of_the_socket_is_kept(site):
    path = site.path("precious")
    with open(path, "w", encoding="ascii") as out:
        out.write("data")
    status, _, _ = run("serve", "--env", site.env_file,
                       env=environment(LISTEN="unix:" + path))
    assert status != 0
    assert site.read("precious") == "data"


def test_the_socket_goes_with_the_server(start):
    server = start("gone")
    server.stop()
    assert not os.path.exists(server.address)


@pytest.mark.parametrize("line, words", [
    ("WORKERS=many", ["WORKERS", "many"]),
    ("LIMIT_ON_ERROR=panic", ["LIMIT_ON_ERROR", "panic", "local"]),
    ("MAX_BODY=-1", ["MAX_BODY", "-1"]),
    ("LOG_LEVEL=shout", ["LOG_LEVEL", "shout"]),
    ('DB_DATABASE="open', ["DB_DATABASE"]),
    ("WORKERS=1 2", ["WORKERS"]),
])
@pytest.mark.parametrize("command", ["serve", "check"])
def test_a_bad_line_is_named(tmp_path, command, line, words):
    path = tmp_path / "bad.env"
    path.write_text("# first\n\n" + line + "\n")
    status, out, err = run(command, "--env", str(path))
    assert status != 0
    assert f"{path}:3: " in err + out
    for word in words:
        assert word in err + out


def test_an_unknown_store_is_named(site):
    env = environment(CACHE_DRIVER="abacus",
                      LISTEN="unix:" + site.path("abacus.sock"))
    for command in ("serve", "check"):
        status, out, err = run(command, "--env", site.env_file, env=env)
        assert status != 0
        assert "abacus" in out + err + site.read("weir.log")


def test_a_bad_secret_is_not_shown(tmp_path):
    path = tmp_path / "bad.env"
    path.write_text("APP_KEY=much-too-short-secret\n")
    status, out, err = run("check", "--env", str(path))
    assert status != 0
    assert f"{path}:1: APP_KEY" in err + out
    assert "much-too-short-secret" not in err + out


def test_a_missing_file_is_named():
    status, _, err = run("serve", "--env", "/nowhere/weir.env")
    assert status != 0
    assert "/nowhere/weir.env" in err


def test_a_misspelt_system_database_is_not_made(site):
    path = site.path("sytem.sqlite")
    env = environment(DB_DATABASE=path,
                      LISTEN="unix:" + site.path("misspelt.sock"))
    status, _, err = run("serve", "--env", site.env_file, env=env)
    assert status != 0
    assert f"no system database at {path}: run `weir setup`" in err
    assert not os.path.exists(path)


def test_a_misspelt_name_is_a_warning_with_the_nearest(site):
    site.configure(CACHE_DRIVR="local")
    try:
        status, out, err = run("check", "--env", site.env_file)
        assert status == 0
        assert "CACHE_DRIVR" in out + err
        assert "CACHE_DRIVER" in out + err
    finally:
        site.configure(CACHE_DRIVR=None)


def test_check_tries_everything_a_line_each(site):
    status, out, err = run("check", "--env", site.env_file)
    assert status == 0, out + err
    for what in ("system", "local", "shop"):
        assert [line for line in out.splitlines() if what in line], out


def test_check_fails_for_a_database_that_is_gone(site):
    path = site.add_database("going", "CREATE TABLE t (id INTEGER);")
    for name in (path, path + "-wal", path + "-shm"):
        if os.path.exists(name):
            os.unlink(name)
    try:
        status, out, err = run("check", "--env", site.env_file)
        assert status != 0
        assert "going" in out + err
    finally:
        site.weir("service", "remove", "going")


def test_a_second_setup_keeps_everything(site):
    before = (site.read("weir.env"), site.listed("key"))
    site.weir("setup")
    assert (site.read("weir.env"), site.listed("key")) == before


def test_interrupts_end_it_cleanly(start):
    server = start("interrupted")
    server.signal(signal.SIGINT)
    assert server.wait(20) == 0


def test_a_socket_address_too_long_is_refused(site):
    path = site.path("x" * 200)
    status, _, err = run("serve", "--env", site.env_file,
                         env=environment(LISTEN="unix:" + path))
    assert status != 0
    assert "LISTEN" in err + site.read("weir.log")


def test_a_port_in_use_is_refused(site):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        status, _, err = run("serve", "--env", site.env_file,
                             env=environment(LISTEN=address))
        assert status != 0
        assert address in err + site.read("weir.log")
