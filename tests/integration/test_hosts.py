"""Several hosts on one system database, which a MariaDB keeps for them."""

import signal
import subprocess
import time

import pytest

from support import fcgi
from support.process import wait_until
from support.weir import (PROGRAM, Installation, environment, run,
                          server_settings)

APP_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
PATIENCE = 10
POLLS = 2
HANG = 20
TABLE = ("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);"
         "INSERT INTO t VALUES (1, 'one');")


@pytest.fixture
def shared(mariadb):
    """The settings of a system database that does not exist yet."""
    mariadb.sql("DROP DATABASE IF EXISTS shared")
    yield {**server_settings(mariadb, "shared"), "APP_KEY": APP_KEY}
    mariadb.sql("DROP DATABASE IF EXISTS shared")


@pytest.fixture
def hosts(shared, tmp_path):
    """Two installations with folders of their own, and a server on each."""
    sites = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        sites.append(Installation(tmp_path / name, **shared))
    sites[0].add_database("db", TABLE)
    sites[0].add_role("reader")
    servers = [site.serve() for site in sites]
    yield sites, servers
    for server in servers:
        server.stop()


def env_of(path, settings):
    path.write_text("".join(f"{name}={value}\n"
                            for name, value in settings.items()))
    return str(path)


def status_of(server, key, service="db"):
    return fcgi.call(server.address, f"/api/v2/{service}/_table/t",
                     headers={"X-DreamFactory-API-Key": key}).status


def both(servers, key, wanted, service="db"):
    """Both answer so before long: they look for news twice a second."""
    for server in servers:
        assert wait_until(
            lambda server=server:
            status_of(server, key, service) == wanted, PATIENCE)


def test_setup_makes_the_database_on_the_server(shared, mariadb, tmp_path):
    site = Installation(tmp_path, **shared)
    assert site.listed("service") == []
    place = f"shared on 127.0.0.1:{mariadb.port}"
    assert f"{place}: system database is up to date" in site.weir("setup")
    assert f"ok    system database {place}" in site.weir("check")
    mariadb.sql("DROP DATABASE shared")
    status, _, err = run("service", "list", "--env", site.env_file)
    assert status == 1
    assert "run `weir setup`" in err


def test_setup_says_what_an_administrator_must_run(shared, mariadb, tmp_path):
    mariadb.sql("CREATE OR REPLACE USER poor@'%' IDENTIFIED BY 'p'")
    env_file = tmp_path / "weir.env"
    env_file.write_text("".join(
        f"{name}={value}\n" for name, value in {
            **shared, "DB_USERNAME": "poor", "DB_PASSWORD": "p"}.items()))
    status, _, err = run("setup", "--env", str(env_file))
    assert status == 1
    assert "CREATE DATABASE `shared`" in err
    mariadb.sql("CREATE DATABASE shared COLLATE utf8mb4_bin;"
                "GRANT ALL ON shared.* TO poor@'%'")
    assert run("setup", "--env", str(env_file))[0] == 0
    mariadb.sql("DROP USER poor@'%'")


def test_a_user_who_may_only_read_sets_nothing_up(shared, mariadb, tmp_path):
    mariadb.create_database("shared")
    mariadb.sql("CREATE OR REPLACE USER poor@'%' IDENTIFIED BY 'p';"
                "GRANT SELECT ON shared.* TO poor@'%'")
    env_file = env_of(tmp_path / "weir.env", {
        **shared, "DB_USERNAME": "poor", "DB_PASSWORD": "p"})
    status, _, err = run("setup", "--env", env_file)
    assert status == 1
    assert "grant the user ALL" in err
    env_file = env_of(tmp_path / "weir.env", {
        **shared, "DB_USERNAME": "poor", "DB_PASSWORD": "wrong"})
    status, _, err = run("setup", "--env", env_file)
    assert status == 1
    assert "system database: 127.0.0.1 refuses the user" in err
    mariadb.sql("DROP USER poor@'%'")


def test_hosts_may_be_set_up_at_once(shared, mariadb, tmp_path):
    env_file = env_of(tmp_path / "weir.env", shared)
    for _ in range(5):
        mariadb.sql("DROP DATABASE IF EXISTS shared")
        running = [subprocess.Popen(
            [PROGRAM, "setup", "--env", env_file], env=environment(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for _ in range(3)]
        said = [process.communicate()[0] for process in running]
        assert [process.returncode for process in running] == [0] * 3, said


def test_a_path_is_no_name_on_a_server(shared, tmp_path):
    env_file = tmp_path / "weir.env"
    env_file.write_text("".join(
        f"{name}={value}\n" for name, value in {
            **shared, "DB_DATABASE": "/var/lib/weir/x"}.items()))
    status, _, err = run("setup", "--env", str(env_file))
    assert status == 1
    assert "the name of a database on the server" in err


def test_every_host_sees_what_one_changes(hosts):
    (one, two), servers = hosts
    one.grant("reader", "db", "*", "GET")
    key = two.add_key("app", "reader")
    both(servers, key, 200)
    one.weir("role", "revoke", "reader", "--service", "db")
    both(servers, key, 401)
    two.grant("reader", "db", "*", "GET")
    both(servers, key, 200)
    one.weir("service", "add", "more", "--type", "sqlite", "--set",
             f"database={one.path('db.sqlite')}")
    two.grant("reader", "more", "*", "GET")
    both(servers, key, 200, "more")
    two.weir("key", "revoke", "app")
    both(servers, key, 401)


def test_without_the_server_the_last_records_serve(hosts, mariadb):
    (one, _), servers = hosts
    one.grant("reader", "db", "*", "GET")
    key = one.add_key("app", "reader")
    both(servers, key, 200)
    mariadb.end()
    try:
        time.sleep(POLLS)
        assert [status_of(server, key) for server in servers] == [200, 200]
        status, _, err = run("key", "revoke", "app", "--env", one.env_file)
        assert status == 1
        assert "cannot connect to 127.0.0.1" in err
        assert run("check", "--env", one.env_file)[0] == 1
    finally:
        mariadb.start()
    assert [status_of(server, key) for server in servers] == [200, 200]
    one.weir("key", "revoke", "app")
    both(servers, key, 401)
    assert "system database: back" in one.read("weir.log")


def test_a_server_that_hangs_hangs_nobody(hosts, mariadb):
    """Commands and reloads give up, the cache goes on, and so do signals."""
    (one, _), servers = hosts
    one.grant("reader", "db", "*", "GET")
    key = one.add_key("app", "reader")
    both(servers, key, 200)
    mariadb.pause()
    try:
        status, _, err = run("key", "list", "--env", one.env_file,
                             timeout=HANG)
        assert status == 1
        assert "does not answer" in err
        servers[0].signal(signal.SIGHUP)
        assert wait_until(lambda: "the settings stay as they were"
                          in one.read("weir.log"), HANG)
        assert [status_of(server, key) for server in servers] == [200, 200]
        servers[0].signal(signal.SIGTERM)
        assert wait_until(lambda: not servers[0].alive, HANG)
    finally:
        mariadb.resume()
    one.weir("key", "revoke", "app")
    both(servers[1:], key, 401)
