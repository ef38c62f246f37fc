"""The commands that manage an installation, as an operator runs them."""

import json
import os
import sqlite3
import subprocess
import time

import pytest

from support import fcgi
from support.weir import PROGRAM, Failed, Installation, environment, run

KEY = "0123456789abcdef0123456789abcdef"
PATIENCE = 20


@pytest.fixture
def site(tmp_path, system):
    """An installation with one database, one role, and nothing else."""
    site = Installation(tmp_path, **system)
    site.add_database("db", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);"
                      "INSERT INTO t VALUES (1, 'one');")
    site.add_role("reader")
    return site


def refused(site, *words):
    """What a command says that fails; it prints nothing else."""
    status, out, err = run(*words, "--env", site.env_file)
    assert status == 1
    assert out == ""
    assert err.startswith("weir: ")
    assert err.count("\n") == 1
    return err


def table(text):
    """A list for people: its lines as lists of words."""
    return [line.split() for line in text.splitlines()]


# -- services ---------------------------------------------------------------

def test_a_service_is_listed_as_it_was_added(site):
    site.weir("service", "add", "Shop", "--type", "sqlite",
              "--set", "database=/srv/shop.sqlite", "--set", "read_only=true",
              "--label", "Caf\u00e9", "--cache-ttl", "60")
    shop = site.listed("service")[1]
    assert shop["name"] == "shop"
    assert shop["label"] == "Caf\u00e9"
    assert shop["type"] == "sqlite"
    assert shop["is_active"] is True
    assert shop["cache_enabled"] is True
    assert shop["cache_ttl"] == 60
    assert shop["config"]["database"] == "/srv/shop.sqlite"
    assert shop["config"]["read_only"] is True
    lines = [line for line in site.weir("service", "list").splitlines()
             if not line.startswith("api_docs")]
    assert lines[0].split() == ["NAME", "TYPE", "ACTIVE", "CACHE", "ORIGIN",
                                "LABEL"]
    assert lines[2].split() == ["shop", "sqlite", "yes", "60s", "database",
                                "Caf\u00e9"]
    assert lines[1].index("sqlite") == lines[2].index("sqlite")


def test_added_as_json_it_reads_as_in_the_list(site):
    added = json.loads(site.weir(
        "service", "add", "Two", "--type", "sqlite", "--json", "--config",
        '{"database": "/x \\"y\\"", "cache_enabled": true, "cache_ttl": 5}'))
    assert added == site.listed("service")[1]
    assert added["config"]["database"] == '/x "y"'
    assert added["cache_ttl"] == 5
    assert "cache_ttl" not in added["config"]


@pytest.mark.parametrize("words, why", [
    (["two", "--type", "oracle"], '"oracle" does not exist'),
    (["two", "--type", "sqlite", "--set", "database=:memory:"],
     '"database" must be an absolute path'),
    (["two", "--type", "sqlite", "--set", "database=shop.sqlite"],
     '"database" must be an absolute path'),
    (["two", "--type", "mysql", "--set", "database=shop",
      "--set", "username=u", "--set", "port=70000"],
     '"port" must be an integer from 1 to 65535'),
    (["two", "--type", "mysql", "--set", "database=shop",
      "--set", "username=u", "--set", "max_records=0"], '"max_records"'),
    (["two", "--type", "mariadb", "--set", "database=shop"], '"username"'),
    (["two", "--type", "sqlite"], '"database" is required'),
    (["two", "--type", "sqlite", "--set", "database=/x", "--set", "nix=1"],
     '"nix" is not known'),
    (["two", "--type", "sqlite", "--set", "database=/x", "--set",
      "read_only=perhaps"], "true or false"),
    (["two", "--type", "sqlite", "--set", "database"], "NAME=VALUE"),
    (["two", "--type", "sqlite", "--config", "{"], "line 1 column"),
    (["two", "--type", "sqlite", "--config", "[]"], "object"),
    (["two", "--type", "sqlite", "--config", '{"database": {}}'],
     '"database"'),
    (["two", "--type", "sqlite", "--set", "database=/x", "--cache-ttl", "-1"],
     "--cache-ttl"),
    (["system", "--type", "sqlite", "--set", "database=/x"], "reserved"),
    (["people", "--type", "user"], "one service of type user"),
    (["a b", "--type", "sqlite", "--set", "database=/x"], "letters"),
    (["DB", "--type", "sqlite", "--set", "database=/x"],
     "weir service remove db"),
])
def test_a_wrong_service_is_refused_with_the_cause(site, words, why):
    assert why in refused(site, "service", "add", *words)
    assert len(site.listed("service")) == 1


@pytest.mark.parametrize("link", [os.symlink, os.link, None])
def test_no_service_stands_on_the_system_database(site, link):
    path = site.settings["DB_DATABASE"]
    if not os.path.exists(path):
        pytest.skip("the system database is on a server")
    if link is not None:
        link(path, site.path("other.sqlite"))
        path = site.path("other.sqlite")
    said = refused(site, "service", "add", "self", "--type", "sqlite",
                   "--set", "database=" + path)
    assert "DB_DATABASE" in said
    assert "DB_DATABASE" in refused(site, "service", "set", "db",
                                    "database=" + path)
    site.weir("lookup", "add", "own", "--value", path)
    site.add_service("self", "sqlite", database="{own}")
    status, out, _ = run("check", "--env", site.env_file)
    assert status == 1
    assert "FAIL  service self (sqlite): database: this is weir's own" in out


def test_a_service_is_changed_member_by_member(site):
    site.weir("service", "add", "shop", "--type", "sqlite", "--set",
              "database=/srv/a", "--set", "max_records=7", "--label", "Shop")
    before = site.listed("service")[1]
    after = json.loads(site.weir(
        "service", "set", "SHOP", "database=/srv/b=c", "read_only=yes",
        "--cache-ttl", "60", "--json"))
    assert after == site.listed("service")[1]
    assert after["config"] == {**before["config"], "database": "/srv/b=c",
                               "read_only": True}
    assert (after["label"], after["cache_enabled"], after["cache_ttl"],
            after["is_active"]) == ("Shop", True, 60, True)
    site.weir("service", "set", "shop", "--unset", "max_records",
              "--cache", "no", "--active", "no", "--label", "")
    last = site.listed("service")[1]
    assert last["config"]["max_records"] != 7
    assert (last["label"], last["cache_enabled"], last["cache_ttl"],
            last["is_active"]) == ("", False, 60, False)


def test_a_secret_stays_unless_it_is_given_anew(site, mariadb):
    def verdict():
        _, out, _ = run("check", "--env", site.env_file)
        line, = [line for line in out.splitlines() if "service far" in line]
        return line.split()[0]

    mariadb.create_database("far")
    site.weir("service", "add", "far", "--type", "mysql", "--set",
              f"port={mariadb.port}", "--set", "host=127.0.0.1", "--set",
              "database=far", "--set", f"username={mariadb.user}", "--set",
              "password=wrong")
    assert verdict() == "FAIL"
    out = site.weir("service", "set", "far",
                    f"password={mariadb.password}", "--json")
    assert mariadb.password not in out
    assert verdict() == "ok"
    site.weir("service", "set", "far", "max_records=7")
    assert verdict() == "ok"
    mariadb.sql("DROP DATABASE far")


@pytest.mark.parametrize("words, why", [
    (["nix", "--active", "no"], "weir service list"),
    (["db", "nix=1"], '"nix" is not known'),
    (["db", "database"], "MEMBER=VALUE"),
    (["db", "=x"], "MEMBER=VALUE"),
    (["db", "database="], '"database" is required'),
    (["db", "--unset", "database"], '"database" is required'),
    (["db", "read_only=1", "read_only=0"], "given twice"),
    (["db", "--active", "perhaps"], "yes or no"),
    (["db", "--cache-ttl", "-1"], "--cache-ttl"),
    (["db", "--label", "x" * 81], "label"),
])
def test_a_wrong_change_of_a_service_is_refused(site, words, why):
    before = site.listed("service")
    assert why in refused(site, "service", "set", *words)
    assert site.listed("service") == before


def test_a_removed_service_takes_its_rows_and_limits_along(site):
    site.grant("reader", "db", "*", "GET")
    site.add_limit("slow", 5, "minute", service="db")
    site.weir("service", "remove", "DB")
    assert site.listed("service") == []
    assert site.listed("limit") == []
    assert site.listed("role")[0]["access"] == []
    assert "weir service list" in refused(site, "service", "remove", "db")


# -- roles ------------------------------------------------------------------

def test_a_grant_is_listed_and_can_be_changed(site):
    site.weir("role", "grant", "reader", "--service", "db")
    site.grant("reader", "db", "/_table/pay/", "get,post")
    site.grant("reader", "*", "", "all")
    out = site.weir("role", "grant", "reader", "--service", "db",
                    "--component", "_TABLE/pay", "--verbs", "none")
    assert "now has none" in out
    rows = [(row["service"], row["component"], row["verbs"])
            for row in site.listed("role")[0]["access"]]
    assert rows == [("db", "*", "GET"), ("db", "_table/pay", "none"),
                    (None, "", "GET,POST,PUT,PATCH,DELETE")]
    assert table(site.weir("role", "list")) == [
        ["ROLE", "ORIGIN", "ACTIVE", "SERVICE", "COMPONENT", "VERBS",
         "REQUESTORS", "FILTERS"],
        ["reader", "database", "yes", "db", "*", "GET", "api", "-"],
        ["reader", "database", "yes", "db", "_table/pay", "none", "api",
         "-"],
        ["reader", "database", "yes", "*", "/", "GET,POST,PUT,PATCH,DELETE",
         "api", "-"]]


FILTERS = [{"name": "region", "operator": "=", "value": "north"},
           {"name": "amount", "operator": "IS NULL"}]


def test_row_filters_are_kept_until_others_are_given(site):
    def grant(*words):
        site.weir("role", "grant", "reader", "--service", "db", *words)
        row, = site.listed("role")[0]["access"]
        return row["verbs"], row["filters"], row["filter_op"]

    assert grant() == ("GET", [], "and")
    assert grant("--filters", json.dumps(FILTERS), "--filter-op", "OR") == (
        "GET", FILTERS, "OR")
    assert grant("--verbs", "GET,PATCH") == ("GET,PATCH", FILTERS, "OR")
    assert table(site.weir("role", "list"))[-1][7:] == [
        "region", "=", '"north"', "or", "amount", "is", "null"]
    assert grant("--filters", json.dumps(FILTERS)) == ("GET", FILTERS, "and")
    assert grant("--filters", "[]") == ("GET", [], "and")
    assert table(site.weir("role", "list"))[-1][7:] == ["-"]
    site.grant("reader", "db", "_table/t", "GET", FILTERS)
    assert site.listed("role")[0]["access"][1]["filters"] == FILTERS


def test_a_role_without_rows_is_listed_too(site):
    added = json.loads(site.weir("role", "add", "idle", "--json"))
    assert added["access"] == []
    assert ["idle", "database", "yes", "-", "-", "-", "-", "-"] in table(
        site.weir("role", "list"))


def test_one_row_of_a_role_is_taken_away(site):
    site.grant("reader", "db", "_table/pay", "GET")
    site.grant("reader", "db", "*", "GET")
    site.weir("role", "grant", "reader", "--service", "db",
              "--requestors", "script")
    site.weir("role", "revoke", "reader", "--service", "db",
              "--component", "_table/pay/")
    site.weir("role", "revoke", "reader", "--service", "db")
    rows, = [role["access"] for role in site.listed("role")]
    assert [(row["component"], row["requestors"]) for row in rows] == [
        ("*", "script")]
    assert "weir role show reader" in refused(
        site, "role", "revoke", "reader", "--service", "db")


def test_a_role_is_shown_with_its_apps(site):
    site.grant("reader", "db", "*", "GET")
    site.add_key("one", "reader")
    site.add_key("two", "reader")
    lines = table(site.weir("role", "show", "reader"))
    assert ["apps", "one,", "two"] in lines
    assert lines[-1] == ["reader", "database", "yes", "db", "*", "GET",
                         "api", "-"]
    shown = json.loads(site.weir("role", "show", "reader", "--json"))
    assert shown.pop("apps") == ["one", "two"]
    assert [shown] == site.listed("role")


def test_a_role_is_changed_and_removed(site):
    site.weir("role", "set", "reader", "--description", "who reads")
    site.weir("role", "set", "reader", "--active", "no", "--name", "guest")
    role, = site.listed("role")
    assert (role["name"], role["description"], role["is_active"]) == (
        "guest", "who reads", False)
    site.add_key("app", "guest")
    site.add_limit("few", 5, "minute", role="guest")
    assert "weir app set APP" in refused(site, "role", "remove", "guest")
    site.weir("app", "set", "app", "--no-role")
    site.weir("role", "remove", "guest")
    assert site.listed("role") == site.listed("limit") == []
    assert site.listed("key")[2]["role"] is None


@pytest.mark.parametrize("words, why", [
    (["add", "reader"], "weir role grant"),
    (["set", "nix", "--active", "no"], "weir role list"),
    (["set", "reader", "--active", "perhaps"], "yes or no"),
    (["set", "reader", "--name", ""], "role name"),
    (["show", "nix"], "weir role list"),
    (["remove", "nix"], "weir role list"),
    (["revoke", "nix", "--service", "db"], "weir role list"),
    (["grant", "reader", "--service", "db", "--requestors", "me"], '"me"'),
    (["add", " "], "role name"),
    (["grant", "nobody", "--service", "db"], "weir role list"),
    (["grant", "reader", "--service", "nix"], "weir service list"),
    (["grant", "reader", "--service", "db", "--verbs", "FETCH"], '"FETCH"'),
    (["grant", "reader", "--service", "db", "--component", "a*b"],
     "at the end only"),
    (["grant", "reader", "--service", "*", "--component", "_table/*"],
     "all services"),
    (["grant", "reader", "--service", "db", "--filters", "x"], "no JSON"),
    (["grant", "reader", "--service", "db", "--filters", "{}"], "JSON array"),
    (["grant", "reader", "--service", "db", "--filters",
      '[{"name":"a","operator":"is","value":1}]'], '"is"'),
    (["grant", "reader", "--service", "db", "--filters",
      '[{"name":"a","operator":"is null"}]', "--filter-op", "xor"], '"xor"'),
    (["grant", "reader", "--service", "*", "--filters",
      '[{"name":"a","operator":"is null"}]'], "one service"),
    (["grant", "reader", "--service", "db", "--filter-op", "or"],
     "--filters"),
])
def test_a_wrong_role_is_refused_with_the_cause(site, words, why):
    assert why in refused(site, "role", *words)


# -- keys -------------------------------------------------------------------

def test_a_key_is_printed_once_and_kept_as_a_hash(site):
    status, out, err = run("key", "add", "app", "--role", "reader",
                           "--env", site.env_file)
    key = out.strip()
    assert status == 0
    assert len(key) == 64
    assert key not in err
    for name in os.listdir(site.folder):
        if name.startswith("system"):
            with open(site.path(name), "rb") as file:
                assert key.encode() not in file.read()
    assert key not in site.weir("key", "list")
    assert key not in site.weir("key", "list", "--json")
    listed = site.listed("key")[2]
    assert listed["app"] == "app"
    assert listed["hint"] == key[:6]
    assert listed["role"] == "reader"
    assert listed["state"] == "active"
    assert listed["expires"] is None


def test_the_public_apps_are_there_without_a_role(site):
    assert [(key["app"], key["hint"], key["role"])
            for key in site.listed("key")] == [
        ("admin", "6498a8", None), ("api_docs", "36fda2", None),
        ("file_manager", "b5cb82", None)]


def test_a_key_can_be_brought_along(site):
    added = json.loads(site.weir("key", "add", "old", "--role", "reader",
                                 "--key", KEY, "--expires", "2", "--json"))
    assert added["api_key"] == KEY
    assert added["hint"] == KEY[:6]
    assert added["expires"] > time.strftime("%Y-%m-%d", time.gmtime())
    assert KEY not in refused(site, "key", "add", "new", "--role", "reader",
                              "--key", KEY)


def test_a_key_can_come_from_standard_input(site):
    done = subprocess.run(
        [PROGRAM, "key", "add", "old", "--role", "reader", "--key", "-",
         "--env", site.env_file], input=KEY + "\n", capture_output=True,
        env=environment(), text=True, check=True)
    assert done.stdout == KEY + "\n"


def key_states(site, app):
    """The keys of an app: {hint: (state, whether it ends)}."""
    return {key["hint"]: (key["state"], key["expires"] is not None)
            for key in site.listed("key") if key["app"] == app}


def test_a_rotated_key_goes_on_for_its_grace(site):
    old = site.add_key("app", "reader")
    rotated = json.loads(site.weir("key", "rotate", "app", "--json"))
    new = rotated["api_key"]
    assert rotated["app"] == "app"
    assert rotated["earlier_keys"] == 1
    tomorrow = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86400))
    assert rotated["earlier_keys_end"][:10] >= tomorrow
    assert key_states(site, "app") == {
        old[:6]: ("active", True), new[:6]: ("active", False)}
    assert {key["role"] for key in site.listed("key")
            if key["app"] == "app"} == {"reader"}


def test_a_rotation_without_grace_ends_the_old_key_at_once(site):
    old = site.add_key("app", "reader")
    status, out, err = run("key", "rotate", old[:6] + "\u2026", "--grace",
                           "0", "--env", site.env_file)
    new = out.strip()
    assert status == 0
    assert len(new) == 64
    assert new not in err
    assert "1 earlier key ends" in err
    assert key_states(site, "app") == {
        old[:6]: ("expired", True), new[:6]: ("active", False)}


def test_a_key_is_given_another_end(site):
    key = site.add_key("app", "reader")
    assert "1 key" in site.weir("key", "set", "app", "--expires", "3")
    assert key_states(site, "app") == {key[:6]: ("active", True)}
    site.weir("key", "set", key[:6], "--expires", "never")
    assert key_states(site, "app") == {key[:6]: ("active", False)}


def test_an_app_is_changed_and_removed(site):
    site.add_role("writer")
    site.add_key("app", "reader")
    site.weir("app", "set", "app", "--role", "writer", "--description",
              "the shop", "--active", "no", "--name", "shop")
    app, = [app for app in site.listed("app") if app["name"] == "shop"]
    assert (app["role"], app["description"], app["is_active"], app["keys"]
            ) == ("writer", "the shop", False, 1)
    assert table(site.weir("app", "list"))[-1] == [
        "shop", "writer", "1", "no", "database", "the", "shop"]
    site.weir("app", "remove", "shop")
    assert len(site.listed("app")) == len(site.listed("key")) == 3
    assert "weir app list" in refused(site, "app", "remove", "shop")
    assert "weir role list" in refused(
        site, "app", "set", "admin", "--role", "nix")


@pytest.mark.parametrize("words, why", [
    (["rotate", "nix"], "weir key list"),
    (["rotate", "admin", "--grace", "soon"], "30m"),
    (["rotate", "admin", "--grace", "400d"], "365d"),
    (["set", "admin", "--expires", "0"], "--expires"),
    (["set", "nix", "--expires", "1"], "weir key list"),
    (["add", "app"], "--role"),
    (["add", "app", "--role", "nix"], "weir role list"),
    (["add", "admin", "--role", "reader"], "another role"),
    (["add", "app", "--role", "reader", "--key", "short"], "32"),
    (["add", "app", "--role", "reader", "--expires", "0"], "--expires"),
    (["revoke", "nix"], "weir key list"),
])
def test_a_wrong_key_is_refused_with_the_cause(site, words, why):
    err = refused(site, "key", *words)
    assert why in err
    assert "short" not in err


def test_keys_are_revoked_by_app_and_by_hint(site):
    first = site.add_key("app", "reader")
    second = json.loads(site.weir("key", "add", "app", "--json"))["api_key"]

    def states():
        return {key["hint"]: key["state"] for key in site.listed("key")
                if key["app"] == "app"}

    site.weir("key", "revoke", first[:6] + "\u2026")
    assert states() == {first[:6]: "revoked", second[:6]: "active"}
    assert "1 key" in site.weir("key", "revoke", "app")
    assert set(states().values()) == {"revoked"}
    refused(site, "key", "revoke", "app")


# -- limits -----------------------------------------------------------------

def test_limits_of_every_type_are_listed(site):
    site.add_key("app", "reader")
    site.add_limit("all", 100, "hour")
    site.add_limit("one", 5, "10s", service="db", app="app")
    site.weir("limit", "add", "each", "--rate", "7", "--period", "minute",
              "--type", "app", "--verb", "get")
    assert table(site.weir("limit", "list")) == [
        ["NAME", "TYPE", "RATE", "PERIOD", "APP", "USER", "ROLE", "SERVICE",
         "ENDPOINT", "VERB", "ACTIVE"],
        ["all", "instance", "100", "hour", *"------", "yes"],
        ["each", "instance.app", "7", "minute", *"-----", "GET", "yes"],
        ["one", "instance.app.service", "5", "10s", "app", "-", "-", "db",
         "-", "-", "yes"]]
    one = site.listed("limit")[2]
    assert (one["rate"], one["period"], one["verb"]) == (5, "10s", None)
    site.weir("limit", "remove", "one")
    assert [limit["name"] for limit in site.listed("limit")] == [
        "all", "each"]


def test_a_limit_is_shown_changed_and_switched_off(site):
    site.add_limit("slow", 5, "minute", service="db")
    site.weir("limit", "set", "slow", "--rate", "9", "--verb", "GET")
    site.weir("limit", "set", "slow", "--period", "hour", "--active", "no")
    limit = json.loads(site.weir("limit", "show", "slow", "--json"))
    assert [limit] == site.listed("limit")
    assert (limit["rate"], limit["period"], limit["verb"], limit["service"],
            limit["is_active"]) == (9, "hour", "GET", "db", False)
    assert ["active", "no"] in table(site.weir("limit", "show", "slow"))
    set_to = json.loads(site.weir(
        "limit", "set", "slow", "--type", "role", "--role", "reader",
        "--verb", "all", "--active", "yes", "--name", "few", "--json"))
    assert [set_to] == site.listed("limit")
    assert (set_to["name"], set_to["type"], set_to["role"],
            set_to["service"], set_to["verb"]) == (
        "few", "instance.role", "reader", None, None)
    assert "needs --role" in refused(
        site, "limit", "set", "few", "--role", "")


def test_a_limit_of_a_user_counts_as_it_is_told(site):
    site.weir("user", "add", "ann@x.org", "--username", "ann",
              "--no-password")
    site.weir("limit", "add", "slow", "--rate", "9", "--period", "minute",
              "--user", "ann", "--service", "db", "--endpoint", "/_table/a*",
              "--algorithm", "gcra", "--burst", "3", "--lockout", "--dry-run",
              "--description", "why")
    limit, = site.listed("limit")
    assert {"type": "instance.user.service.endpoint", "user": "ann@x.org",
            "endpoint": "_table/a*", "algorithm": "gcra", "burst": 3,
            "lockout": True, "dry_run": True,
            "description": "why"}.items() <= limit.items()
    shown = table(site.weir("limit", "show", "slow"))
    assert ["algorithm", "gcra"] in shown and ["burst", "3"] in shown
    site.weir("limit", "set", "slow", "--type", "each_user", "--algorithm",
              "fixed", "--lockout", "no", "--dry-run", "no",
              "--description", "")
    limit, = site.listed("limit")
    assert {"type": "instance.each_user", "user": None, "service": None,
            "endpoint": None, "algorithm": "fixed", "lockout": False,
            "dry_run": False, "description": None}.items() <= limit.items()
    assert "burst" not in limit
    site.weir("limit", "set", "slow", "--type", "user", "--user", "ann@x.org")
    site.weir("user", "remove", "ann")
    assert site.listed("limit") == []


def test_a_second_limit_is_told_what_to_do(site):
    for name, period in (("any", "minute"), ("other", "hour")):
        site.weir("limit", "add", name, "--rate", "7", "--period", period)
    for words, why in (
            (["add", "any", "--rate", "7", "--period", "day"],
             'A limit is named "any" already.'),
            (["add", "more", "--rate", "7", "--period", "minute"],
             "A limit already exists with those parameters."),
            (["set", "other", "--period", "minute"],
             "A limit already exists with those parameters.")):
        told = refused(site, "limit", *words)
        assert why in told
        assert "`weir limit list` shows" in told and "limit set" in told
    for name in ("any", "other"):
        site.weir("limit", "remove", name)


def test_a_limit_on_all_verbs_is_one_without_a_verb(site):
    site.weir("limit", "add", "any", "--rate", "7", "--period", "minute",
              "--verb", "all")
    limit, = [one for one in site.listed("limit") if one["name"] == "any"]
    assert limit["verb"] is None
    site.weir("limit", "remove", "any")


@pytest.mark.parametrize("words, why", [
    (["add", "a", "--rate", "0", "--period", "day"], "--rate"),
    (["add", "a", "--rate", "16000001", "--period", "day"], "--rate"),
    (["add", "a", "--rate", "1", "--period", "week"], '"week"'),
    (["add", "a", "--rate", "1", "--period", "3"],
     '"3": minute, hour, day, 7-day, 30-day or seconds as in 10s'),
    (["add", "a", "--rate", "1", "--period", "0"], '"0"'),
    (["add", "a", "--rate", "1", "--period", "day", "--type", "team"],
     '"team"'),
    (["add", "a", "--rate", "1", "--period", "day", "--type", "user"],
     "needs --user"),
    (["add", "a", "--rate", "1", "--period", "day", "--user", "nix@x.org"],
     "nix@x.org"),
    (["add", "a", "--rate", "1", "--period", "day", "--endpoint", "_table"],
     "needs --service"),
    (["add", "a", "--rate", "1", "--period", "day", "--algorithm", "leaky"],
     '"leaky"'),
    (["add", "a", "--rate", "1", "--period", "day", "--burst", "1"], "gcra"),
    (["add", "a", "--rate", "100001", "--period", "10s", "--algorithm",
      "gcra"], "at most 100000 are expected"),
    (["add", "a", "--rate", "1", "--period", "day", "--type", "role",
      "--role", "reader", "--service", "db"], "takes no service"),
    (["add", "a", "--rate", "1", "--period", "day", "--verb", "GET,POST"],
     "one verb"),
    (["add", "a", "--rate", "1", "--period", "day", "--verb", "none"],
     '"none"'),
    (["add", "a", "--rate", "1", "--period", "day", "--app", "nix"],
     "weir app list"),
    (["remove", "nix"], "weir limit list"),
    (["set", "nix", "--rate", "1"], "weir limit list"),
    (["show", "nix"], "weir limit list"),
])
def test_a_wrong_limit_is_refused_with_the_cause(site, words, why):
    assert why in refused(site, "limit", *words)


# -- beside a server --------------------------------------------------------

def status_of(server, key):
    return fcgi.call(server.address, "/api/v2/db/_table/t",
                     headers={"X-DreamFactory-API-Key": key}).status


def wait_for_status(server, key, wanted):
    """How long it took until the table is answered for so."""
    begun = time.monotonic()
    while status_of(server, key) != wanted:
        assert time.monotonic() - begun < PATIENCE
        time.sleep(0.02)
    return time.monotonic() - begun


def test_a_running_server_notices_every_change(site):
    server = site.serve()
    try:
        key = site.add_key("app", "reader")
        assert status_of(server, key) == 401
        site.grant("reader", "db", "*", "GET")
        wait_for_status(server, key, 200)
        site.add_limit("none", 1, "day", app="app")
        wait_for_status(server, key, 429)
        site.weir("limit", "remove", "none")
        wait_for_status(server, key, 200)
        site.weir("service", "set", "db", "--active", "no")
        wait_for_status(server, key, 403)
        site.weir("service", "set", "db", "--active", "yes")
        wait_for_status(server, key, 200)
        site.weir("role", "set", "reader", "--active", "no")
        wait_for_status(server, key, 403)
        site.weir("role", "set", "reader", "--active", "yes")
        wait_for_status(server, key, 200)
        old, key = key, site.weir("key", "rotate", "app", "--grace",
                                  "0").strip()
        wait_for_status(server, key, 200)
        assert status_of(server, old) == 401
        site.weir("key", "revoke", "app")
        wait_for_status(server, key, 401)
    finally:
        server.stop()


def test_a_flush_drops_what_a_running_server_cached(site):
    site.weir("service", "remove", "db")
    site.weir("service", "add", "db", "--type", "sqlite", "--set",
              f"database={site.path('db.sqlite')}", "--cache-ttl", "300")
    site.grant("reader", "db", "*", "GET")
    key = site.add_key("app", "reader")
    server = site.serve()

    def value():
        return fcgi.call(server.address, "/api/v2/db/_table/t", headers={
            "X-DreamFactory-API-Key": key}).rows[0]["a"]

    try:
        assert value() == "one"
        with sqlite3.connect(site.path("db.sqlite")) as database:
            database.execute("UPDATE t SET a = 'two'")
        database.close()
        assert value() == "one"
        assert site.weir("cache", "flush", "DB") == "db: flushed\n"
        assert value() == "two"
        assert site.weir("cache", "flush") == "db: flushed\n"
        assert "nothing was cached" in site.weir("cache", "flush", "db")
        told = json.loads(site.weir(
            "audit", "list", "--resource", "cache", "--json"))
        assert [row["before"]["service"] for row in told[:2]] == ["db", "*"]
        assert [row["action"] for row in told] == ["delete"] * 3
    finally:
        server.stop()


def test_a_flush_names_the_service_that_it_cannot_reach(site):
    with pytest.raises(Failed, match="weir service list"):
        site.weir("cache", "flush", "nix")
    os.unlink(site.path("db.sqlite"))
    with pytest.raises(Failed, match="db: not flushed"):
        site.weir("cache", "flush")


@pytest.mark.parametrize("name", ["system", "User"])
def test_the_services_of_the_platform_stay(site, name):
    assert "--active no" in refused(site, "service", "remove", name)
    lines = site.weir("service", "list").splitlines()
    assert any(line.split()[:2] == [name.lower()] * 2 for line in lines)
    site.weir("service", "set", name, "--active", "no")
