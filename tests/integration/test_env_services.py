"""Services, roles and keys that the environment file declares."""

import os
import signal
import sqlite3
import subprocess

import pytest

from support import fcgi
from support.process import wait_until
from support.weir import PROGRAM, Failed, Installation, environment, run

SQL = ("PRAGMA journal_mode = WAL;"
       "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);"
       "INSERT INTO t VALUES (1, 'one');")


def make_database(path):
    with sqlite3.connect(path) as db:
        db.executescript(SQL)
    db.close()
    return path


def hashed(env_file, app):
    """A new key, and the value that declares it."""
    status, out, err = run("key", "hash", app, "--env", env_file)
    assert status == 0, err
    key, line = out.splitlines()
    name, value = line.split("=")
    assert name == f"KEY_{app.upper()}_HASH"
    assert key not in line
    return key, value


@pytest.fixture
def site(tmp_path):
    """An installation that is all in its file, with one key."""
    site = Installation(tmp_path)
    site.key, value = hashed(site.env_file, "web")
    site.configure(
        SERVICE_SHOP_TYPE="sqlite",
        SERVICE_SHOP_DATABASE=make_database(site.path("shop.sqlite")),
        SERVICE_SHOP_LABEL='"The shop"',
        SERVICE_SHOP_CACHE_ENABLED="true",
        SERVICE_SHOP_CACHE_TTL="60",
        ROLE_READER_ACCESS='"shop:_table/*:GET"',
        KEY_WEB_HASH=value,
        KEY_WEB_ROLE="reader")
    return site


def line_of(site, name):
    lines = site.read("weir.env").splitlines()
    at = [line.split("=")[0] for line in lines].index(name)
    return f"{site.env_file}:{at + 1}"


def refused(site, *words, **env):
    """What a command says that fails."""
    status, out, err = run(*words, "--env", site.env_file,
                           env=environment(**env))
    assert status == 1, out
    return out + err


def get(server, uri, key):
    return fcgi.call(server.address, uri,
                     headers={"X-DreamFactory-API-Key": key})


def status_of(server, uri, key):
    return get(server, uri, key).status


# -- one file -----------------------------------------------------------------

def test_one_file_is_a_whole_installation(site):
    site.weir("check")
    server = site.serve()
    try:
        first = get(server, "/api/v2/shop/_table/t", site.key)
        assert first.status == 200
        assert first.rows == [{"id": 1, "a": "one"}]
        assert not first.hit
        second = get(server, "/api/v2/shop/_table/t", site.key)
        assert second.body == first.body
        assert second.hit
        assert fcgi.call(
            server.address, "/api/v2/shop/_table/t", method="DELETE",
            headers={"X-DreamFactory-API-Key": site.key}).status == 401
        assert status_of(server, "/api/v2/shop/_schema/t", site.key) == 401
    finally:
        server.stop()


def test_a_declared_role_may_be_about_some_rows(site):
    """Which a reload changes, and commands show."""
    with sqlite3.connect(site.path("shop.sqlite")) as db:
        db.execute("INSERT INTO t VALUES (2, 'two'), (3, 'three')")
    db.close()
    site.configure(ROLE_READER_FILTERS='\'{"shop:_table/*":[{"name":"id",'
                   '"operator":"in","value":[1,3]}]}\'')
    server = site.serve()

    def ids():
        answer = get(server, "/api/v2/shop/_table/t", site.key)
        return [row["id"] for row in answer.rows]
    try:
        assert ids() == [1, 3]
        assert status_of(server, "/api/v2/shop/_table/t/2", site.key) == 404
        assert "id in [1,3]" in site.weir("role", "show", "reader")
        site.configure(ROLE_READER_FILTERS=None)
        server.signal(signal.SIGHUP)
        assert wait_until(lambda: ids() == [1, 2, 3])
    finally:
        server.stop()


def test_one_file_is_a_whole_installation_on_a_server(site, mariadb):
    """And its password is nowhere but in the file."""
    mariadb.create_database("crm", "CREATE TABLE t (id INT PRIMARY KEY,"
                            " a TEXT); INSERT INTO t VALUES (1, 'one')")
    site.configure(
        SERVICE_CRM_TYPE="mysql", SERVICE_CRM_HOST="127.0.0.1",
        SERVICE_CRM_PORT=str(mariadb.port), SERVICE_CRM_DATABASE="crm",
        SERVICE_CRM_USERNAME=mariadb.user,
        SERVICE_CRM_PASSWORD=f'"{mariadb.password}"',
        SERVICE_CRM_CACHE_ENABLED="yes",
        ROLE_READER_ACCESS='"shop:_table/*:GET; crm:_table/t/*:GET,PATCH"',
        LOG_LEVEL="debug")
    said = site.weir("check")
    assert "ok    service crm (mysql)" in said
    server = site.serve()
    try:
        uri = "/api/v2/crm/_table/t/1"
        assert [get(server, uri, site.key).hit for _ in range(2)] == [
            False, True]
        assert get(server, uri, site.key).json == {"id": 1, "a": "one"}
        assert fcgi.call(
            server.address, uri, method="PATCH", body=b'{"a":"two"}',
            headers={"X-DreamFactory-API-Key": site.key,
                     "Content-Type": "application/json"}).status == 200
        assert get(server, uri, site.key).json == {"id": 1, "a": "two"}
        site.weir("cache", "flush", "crm")
        site.configure(SERVICE_CRM_PASSWORD="wrong")
        server.signal(signal.SIGHUP)
        assert wait_until(
            lambda: status_of(server, uri, site.key) == 503)
        site.configure(**{name: None for name in site.settings
                          if name.startswith("SERVICE_CRM_")},
                       ROLE_READER_ACCESS='"shop:_table/*:GET"')
        server.signal(signal.SIGHUP)
        assert wait_until(
            lambda: status_of(server, uri, site.key) == 401)
        assert "crm" not in site.weir("service", "list")
    finally:
        server.stop()
    for name in os.listdir(site.folder):
        if name != "weir.env" and os.path.isfile(site.path(name)):
            assert mariadb.password not in site.read(name), name
    assert mariadb.password not in said + server.output


def test_what_is_declared_is_listed_with_its_origin(site):
    site.weir("role", "add", "owner")
    shop, = site.listed("service")
    assert shop["origin"] == "env"
    assert shop["name"] == "shop"
    assert shop["label"] == "The shop"
    assert shop["cache_enabled"] is True
    assert shop["cache_ttl"] == 60
    assert shop["id"] < 0
    origins = {role["name"]: role["origin"] for role in site.listed("role")}
    assert origins == {"owner": "database", "reader": "env"}
    keys = {key["app"]: key for key in site.listed("key")}
    assert keys["web"]["origin"] == "env"
    assert keys["web"]["role"] == "reader"
    assert keys["admin"]["origin"] == "database"
    apps = {app["name"]: app for app in site.listed("app")}
    assert apps["web"]["origin"] == "env"
    assert apps["web"]["keys"] == 1
    lines = [line.split() for line in
             site.weir("service", "list").splitlines()]
    of_shop, = [line for line in lines if "shop" in line[:2]]
    assert of_shop[lines[0].index("ORIGIN")] == "env"
    assert "_table/*" in site.weir("role", "show", "reader")


def test_a_key_of_ones_own_is_hashed_from_standard_input(site):
    key = "0123456789abcdef0123456789abcdef"
    done = subprocess.run(
        [PROGRAM, "key", "hash", "own", "--key", "-", "--env", site.env_file],
        input=key + "\n", env=environment(), capture_output=True, text=True,
        timeout=30, check=True)
    assert key not in done.stdout
    name, value = done.stdout.strip().split("=")
    site.configure(**{name: value, "KEY_OWN_ROLE": "reader"})
    server = site.serve()
    try:
        assert status_of(server, "/api/v2/shop/_table/t", key) == 200
        assert status_of(server, "/api/v2/shop/_table/t", site.key) == 200
    finally:
        server.stop()


@pytest.mark.parametrize("words", [["a-b"], [""],
                                   ["app", "--key", "too short"]])
def test_what_cannot_be_in_the_file_is_not_hashed(site, words):
    refused(site, "key", "hash", *words)


def test_a_declared_key_expires(site):
    site.configure(KEY_WEB_EXPIRES="2001-01-01")
    server = site.serve()
    try:
        assert status_of(server, "/api/v2/shop/_table/t", site.key) == 401
    finally:
        server.stop()


# -- beside the system database -------------------------------------------------

def test_both_kinds_serve_side_by_side(site):
    make_database(site.path("other.sqlite"))
    site.weir("service", "add", "other", "--type", "sqlite",
              "database=" + site.path("other.sqlite"))
    site.configure(ROLE_BOTH_ACCESS='"shop:*:GET; other:_table/t:GET"',
                   KEY_WEB_ROLE="both")
    site.add_role("all")
    site.grant("all", "*", "*", "GET")
    key = site.add_key("stored", "all")
    server = site.serve()
    try:
        for service in ("shop", "other"):
            uri = f"/api/v2/{service}/_table/t"
            assert status_of(server, uri, site.key) == 200
            assert status_of(server, uri, key) == 200
        assert status_of(server, "/api/v2/other/_schema/t", site.key) == 401
    finally:
        server.stop()


@pytest.mark.parametrize("words", [
    ["service", "add", "Shop", "--type", "sqlite", "--set", "database=/x"],
    ["service", "set", "shop", "--label", "x"],
    ["service", "remove", "shop"],
    ["role", "add", "reader"],
    ["role", "set", "reader", "--active", "no"],
    ["role", "remove", "reader"],
    ["role", "grant", "reader", "--service", "*"],
    ["key", "add", "web"],
    ["key", "revoke", "web"],
    ["key", "rotate", "web"],
    ["app", "remove", "web"],
])
def test_what_is_declared_is_changed_in_the_file_only(site, words):
    before = site.listed("service"), site.listed("role"), site.listed("key")
    name = {"service": "SERVICE_SHOP_TYPE", "role": "ROLE_READER_ACCESS",
            "key": "KEY_WEB_HASH", "app": "KEY_WEB_HASH"}[words[0]]
    assert line_of(site, name) in refused(site, *words)
    assert before == (site.listed("service"), site.listed("role"),
                      site.listed("key"))


@pytest.mark.parametrize("words", [
    ["role", "grant", "stored", "--service", "shop"],
    ["key", "add", "other", "--role", "reader"],
    ["limit", "add", "few", "--rate", "1", "--period", "day",
     "--service", "shop"],
])
def test_records_of_the_database_cannot_name_what_is_declared(site, words):
    site.add_role("stored")
    assert "is declared at" in refused(site, *words)


@pytest.mark.parametrize("declaring, words, noun", [
    ("SERVICE_SHOP_TYPE", ["service", "remove", "shop"], "service"),
    ("ROLE_READER_ACCESS", ["role", "remove", "reader"], "role"),
    ("KEY_WEB_HASH", ["app", "remove", "web"], "app"),
])
def test_a_name_that_both_have_stops_the_start(
        site, tmp_path, declaring, words, noun):
    """And can be cleared away, as a command tells the two apart."""
    declared = site.read("weir.env")
    plain = "".join(
        line for line in declared.splitlines(keepends=True)
        if not line.startswith(("SERVICE_", "ROLE_", "KEY_")))
    with open(site.env_file, "w", encoding="utf-8") as out:
        out.write(plain)
    site.weir("service", "add", "shop", "--type", "sqlite",
              "--set", "database=/x")
    site.add_role("reader")
    site.add_key("web", "reader")
    with open(site.env_file, "w", encoding="utf-8") as out:
        out.write(declared)
    said = refused(site, "serve", LISTEN="unix:" + str(tmp_path / "s"))
    assert line_of(site, declaring) in site.read("weir.log") + said
    assert "system database" in said
    assert f"{noun} " in refused(site, "check")
    site.weir("key", "revoke", "web")
    site.weir("app", "remove", "web")
    site.weir("role", "remove", "reader")
    site.weir("service", "remove", "shop")
    site.weir("check")
    assert words


# -- what is wrong ---------------------------------------------------------------

@pytest.mark.parametrize("name, value, why", [
    ("SERVICE_SHOP_MAX_RECORDS", "0", "must be an integer from 1"),
    ("SERVICE_SHOP_DATABSE", "/x", "is not known"),
    ("SERVICE_SHPO_DATABASE", "/x", "belongs to nothing"),
    ("SERVICE_SHOP_READ_ONLY", "perhaps", "must be true or false"),
    ("SERVICE_CRM_TYPE", "oracle", "sqlite"),
    ("SERVICE_CRM_TYPE", "user", "one service of type user"),
    ("SERVICE_CRM_TYPE", "sqlite", "SERVICE_CRM_DATABASE"),
    ("SERVICE_shop_TYPE", "sqlite", "given already"),
    ("ROLE_READER_ACCESS", "shop:GET", "SERVICE:COMPONENT:VERBS"),
    ("ROLE_READER_ACCESS", "crm:*:GET", 'service "crm" does not exist'),
    ("ROLE_READER_FILTERS", "[]", "must be a JSON object"),
    ("ROLE_READER_FILTERS", '\'{"shop:t":[{"name":"a","operator":"is null"}]'
     "}'", "no row of ACCESS"),
    ("KEY_WEB_HASH", "1234", "hexadecimal"),
    ("KEY_WEB_ROLE", "writer", 'role "writer" does not exist'),
])
def test_a_wrong_line_stops_the_start(site, tmp_path, name, value, why):
    site.configure(**{name: value})
    known = {"KEY_WEB_ROLE": "KEY_WEB_HASH"}.get(name, name)
    for words in (["check"], ["serve"]):
        said = refused(site, *words, LISTEN="unix:" + str(tmp_path / "s"))
        assert line_of(site, known) in said
        assert why in said


def test_check_names_every_line_that_is_wrong(site):
    site.configure(SERVICE_SHOP_MAX_RECORDS="0", KEY_WEB_HASH="1234",
                   SERVICE_SHPO_DATABASE="/x")
    said = refused(site, "check", KEY_VAULT_URL="x")
    for name in ("SERVICE_SHOP_MAX_RECORDS", "KEY_WEB_HASH",
                 "SERVICE_SHPO_DATABASE"):
        assert f"FAIL  settings {line_of(site, name)}: {name} " in said
    assert "warn  settings environment: KEY_VAULT_URL" in said


def test_a_name_that_fits_two_services_stops_the_start(site):
    site.configure(SERVICE_SHOP_CACHE_TYPE="sqlite",
                   SERVICE_SHOP_CACHE_DATABASE="/x")
    site.weir("service", "list")
    site.configure(SERVICE_SHOP_CACHE_CACHE_TTL="5", SERVICE_S_TYPE="sqlite",
                   SERVICE_S_DATABASE="/x")
    shop, cache, _ = site.listed("service")
    assert (shop["cache_ttl"], cache["cache_ttl"]) == (60, 5)


def test_declared_names_are_no_slips_of_settings(site):
    assert "warning" not in run("service", "list", "--env", site.env_file)[2]
    assert "warn" not in site.weir("check")


def test_the_environment_wins_over_the_file(site):
    other = site.path("other.sqlite")
    make_database(other)
    with sqlite3.connect(other) as db:
        db.execute("UPDATE t SET a = 'two'")
    db.close()
    server = site.serve(SERVICE_SHOP_DATABASE=other, KEY_VAULT_URL="x")
    try:
        answer = get(server, "/api/v2/shop/_table/t/1", site.key)
        assert answer.json["a"] == "two"
        assert "KEY_VAULT_URL belongs to nothing" in site.read("weir.log")
    finally:
        server.stop()


# -- reload ----------------------------------------------------------------------

def test_a_reload_takes_over_what_the_file_says_now(site):
    server = site.serve()
    try:
        assert status_of(server, "/api/v2/crm/_table/t", site.key) == 401
        site.configure(
            SERVICE_CRM_TYPE="sqlite",
            SERVICE_CRM_DATABASE=make_database(site.path("crm.sqlite")),
            ROLE_READER_ACCESS='"crm:*:GET"')
        server.signal(signal.SIGHUP)
        wait_until(lambda: status_of(
            server, "/api/v2/crm/_table/t", site.key) == 200)
        assert status_of(server, "/api/v2/shop/_table/t", site.key) == 401
    finally:
        server.stop()


def test_a_reload_ends_and_replaces_declared_keys(site):
    uri = "/api/v2/shop/_table/t"
    old = site.settings["KEY_WEB_HASH"]
    key, new = hashed(site.env_file, "web")
    server = site.serve()

    def reload(**settings):
        site.configure(**settings)
        server.signal(signal.SIGHUP)

    def both_get(*wanted):
        return wait_until(lambda: (status_of(server, uri, site.key),
                                   status_of(server, uri, key)) == wanted)
    try:
        assert both_get(200, 401)
        reload(KEY_WEB_HASH=f"{old},{new}")
        assert both_get(200, 200)
        reload(KEY_WEB_HASH=new)
        assert both_get(401, 200)
        reload(KEY_WEB_EXPIRES="2001-01-01")
        assert both_get(401, 401)
        reload(KEY_WEB_EXPIRES="2099-01-01", KEY_WEB_ACTIVE="no")
        assert both_get(401, 403)
        reload(KEY_WEB_ACTIVE=None)
        assert both_get(401, 200)
    finally:
        server.stop()


def test_a_bad_file_leaves_everything_as_it_was(site):
    server = site.serve()
    try:
        site.configure(SERVICE_SHOP_MAX_RECORDS="0", CACHE_TLT="1",
                       KEY_WEB_ROLE="nobody")
        server.signal(signal.SIGHUP)
        wait_until(lambda: "settings stay" in site.read("weir.log"))
        log = site.read("weir.log")
        assert line_of(site, "SERVICE_SHOP_MAX_RECORDS") in log
        assert "CACHE_TLT: unknown name" in log
        assert status_of(server, "/api/v2/shop/_table/t", site.key) == 200
    finally:
        server.stop()


def test_a_record_added_meanwhile_does_not_replace_what_is_declared(site):
    """As another host may do, whose file does not declare it."""
    server = site.serve()
    try:
        with open(site.path("plain.env"), "w", encoding="utf-8") as out:
            out.writelines(
                line for line in
                site.read("weir.env").splitlines(keepends=True)
                if not line.startswith(("SERVICE_", "ROLE_", "KEY_")))
        os.chmod(site.path("plain.env"), 0o600)
        status, _, err = run(
            "service", "add", "shop", "--type", "sqlite", "database=/nix",
            "--env", site.path("plain.env"))
        assert status == 0, err
        wait_until(lambda: "in the system database as well" in
                   site.read("weir.log"))
        assert status_of(server, "/api/v2/shop/_table/t", site.key) == 200
    finally:
        server.stop()


def test_a_failed_command_says_where(site):
    with pytest.raises(Failed, match="is declared at"):
        site.weir("service", "remove", "shop")
