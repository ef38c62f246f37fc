"""Explained calls: what the cache would do, told without doing it."""

import json

import pytest

from support import accounts
from support.accounts import ADMINS, Person, enter, login
from support.answer import check_error
from support.weir import run

ENGINES = ("sqlite", "mysql")
SETTINGS = accounts.SETTINGS | {"AUTH_FAILURES": "3"}
EXPLAIN = {"X-Weir-Explain": "1"}

TABLES = """
CREATE TABLE authors (id {key}, name VARCHAR(20));
CREATE TABLE books (
    id {key}, title VARCHAR(20), author INTEGER,
    FOREIGN KEY (author) REFERENCES authors (id));
CREATE TABLE notes (id {key}, owner INTEGER, text VARCHAR(20));
CREATE TABLE brief (id {key});
INSERT INTO authors VALUES (1, 'Ann'), (2, 'Bob');
INSERT INTO books VALUES (1, 'one', 1), (2, 'two', 2);
INSERT INTO notes VALUES (1, 1, 'mine');
"""
BOOKS = "lib/_table/books"
MEMBERS = {
    "verdict", "reason", "refusal", "method", "service", "resource", "app",
    "role", "user", "scope", "key", "tags", "times", "stored",
    "limits_exempt", "limits", "sql"}


class Library:
    """An administrator, two keys, and the command, on one service."""

    def __init__(self, site, client, config):
        self.site = site
        self.config = config
        answer = login(client, "boss@example.org", path=ADMINS[8:])
        self.boss = Person(client, answer.json["session_token"])
        self.owner = Person(client, key=site.keys["owner"])
        self.mine = enter(client, "ann@example.org", site.keys["mine"])

    def explain(self, path, method="GET", body=None, **headers):
        """What the administrator is told."""
        lines = {name.replace("_", "-"): value
                 for name, value in headers.items()}
        answer = self.boss.call(method, path, body, EXPLAIN | lines)
        assert answer.status == 200, answer
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Cache-Status" not in answer.headers
        assert "ETag" not in answer.headers
        assert set(answer.json) == MEMBERS
        return answer.json

    def command(self, path, *words, method="GET"):
        """What the command says, with the owner's key if with none."""
        if not words:
            words = ("--key", self.owner.key)
        return json.loads(self.site.weir(
            "cache", "explain", method, "/api/v2/" + path, *words, "--json"))

    def flush(self):
        self.site.weir("cache", "flush", "lib")


@pytest.fixture(name="lib", scope="module")
def a_service_and_who_calls_it(site, engine):
    config = engine.create("lib", TABLES.format(key=engine.key))
    site.add_service("lib", engine.type, cache_enabled=True, cache_ttl=300,
                     cache_ttl_by_table="brief=0", **config)
    site.add_service("bare", engine.type, **config)
    for service in ("lib", "bare"):
        site.grant("owner", service, "*", "all")
    site.add_role("mine")
    site.grant("mine", "lib", "_table/notes/*", "GET", [
        {"name": "owner", "operator": "=", "value": "{user.id}"}])
    site.keys["mine"] = site.add_key("mine", "mine")
    accounts.add(site, "boss@example.org", "admin")
    accounts.add(site, "ann@example.org")
    accounts.grant(site, "ann@example.org", "mine", "mine")
    server = site.serve("lib")
    with server.connect() as client:
        yield Library(site, client, config)
    server.stop()


def test_a_miss_stays_a_miss_until_somebody_reads(lib):
    """Nothing is stored for an explanation, not even the tags' versions."""
    lib.flush()
    for told in (lib.explain(BOOKS), lib.command(BOOKS),
                 lib.explain(BOOKS)):
        assert told["verdict"] == "miss"
        assert "'books'" in told["reason"]
        assert told["stored"] is None
        assert [tag["stands"] for tag in told["tags"]] == [False, False]
    assert "fwd=miss" in lib.boss.get(BOOKS).headers["Cache-Status"]
    told = lib.explain(BOOKS)
    assert told["verdict"] == "hit"
    assert [tag["stands"] for tag in told["tags"]] == [True, True]
    told = lib.explain(BOOKS + "/1")
    assert told["verdict"] == "miss"
    assert "under its key" in told["reason"]


def test_a_hit_tells_what_is_stored(lib):
    answer = lib.owner.get(BOOKS + "/1")
    for told in (lib.command(BOOKS + "/1"),
                 lib.command("lib/_table/BOOKS/01?limit=3")):
        assert told["verdict"] == "hit"
        stored = told["stored"]
        assert stored["status"] == 200
        assert stored["etag"] == answer.headers["ETag"]
        assert stored["bytes"] == len(answer.body)
        assert not stored["outdated"]
        assert 0 <= stored["age"] < 300
        assert 0 < stored["ttl"] <= 300 - stored["age"]
        assert told["times"]["ttl"] == 300
    assert lib.owner.get(BOOKS + "/1").hit


def test_a_write_outdates_what_is_stored(lib):
    lib.owner.get(BOOKS + "/2")
    assert lib.command(BOOKS + "/2")["verdict"] == "hit"
    lib.owner.call("PATCH", BOOKS + "/2", {"title": "deux"})
    told = lib.command(BOOKS + "/2")
    assert told["verdict"] == "miss"
    assert "'books'" in told["reason"]
    assert told["stored"]["outdated"]
    lib.owner.get(BOOKS)
    told = lib.command(BOOKS + "/2")
    assert told["verdict"] == "stale"
    assert "'books'" in told["reason"]
    assert told["stored"]["outdated"]


def test_the_key_tells_its_parts(lib):
    told = lib.command("lib/_table/books?order=title&limit=1&fields=id")
    key = told["key"]
    assert key["service"] == "lib"
    assert key["format"] == "json"
    assert "_table/books&fields=id&limit=1&order=title" in key["request"]
    assert len(key["rights"]) == 32
    assert key["name"].startswith("e:") and len(key["name"]) == 34
    assert (key["lookups"], key["config_lookups"]) == ({}, [])
    same = lib.command("lib/_table/books?fields=ID&top=1&sort=title%20asc")
    assert same["key"] == key
    csv = lib.command(
        "lib/_table/books?order=title&limit=1&fields=id&accept=text/csv")
    assert csv["key"]["format"] == "csv"
    assert csv["key"]["request"] == key["request"]
    assert csv["key"]["name"] != key["name"]


def test_who_shares_an_answer(lib):
    told = lib.command(BOOKS)
    assert told["scope"]["kind"] == "role"
    assert (told["app"], told["role"], told["user"]) == (
        "owner", "owner", None)
    told = lib.command("lib/_table/notes", "--key", lib.mine.key,
                       "--token", lib.mine.token)
    assert told["scope"]["kind"] == "user"
    assert "{user.id}" in told["scope"]["reason"]
    assert told["user"] == "ann@example.org"
    assert int(told["key"]["lookups"]["user.id"]) > 0
    assert lib.explain("system/environment")["scope"]["kind"] == "public"


def test_a_session_sees_what_it_has_stored(lib):
    words = ("--key", lib.mine.key, "--token", lib.mine.token)
    assert lib.mine.get("lib/_table/notes").status == 200
    assert lib.command("lib/_table/notes", *words)["verdict"] == "hit"
    assert lib.command("lib/_table/notes")["verdict"] != "hit"


def test_what_the_service_would_refuse(lib):
    told = lib.command("lib/_table/notes", "--key", lib.mine.key)
    assert "row filters" in told["refusal"]
    assert told["sql"] == []
    told = lib.command("lib/_table/books?fields=nothing")
    assert told["verdict"] == "uncacheable"
    assert "nothing" in told["refusal"]


@pytest.mark.parametrize("field, word", [
    ("no-cache", "no-cache"), ("no-store", "no-store"),
    ("min-fresh=9999", "newer")])
def test_the_client_may_want_no_cached_answer(lib, field, word):
    lib.boss.get(BOOKS)
    told = lib.explain(BOOKS, Cache_Control=field)
    assert told["verdict"] == "bypass"
    assert word in told["reason"]
    assert told["stored"] is not None
    assert lib.explain(BOOKS)["verdict"] == "hit"


def test_refresh_is_told_and_not_done(lib):
    etag = lib.boss.get(BOOKS).headers["ETag"]
    told = lib.command(BOOKS + "?refresh=true")
    assert (told["verdict"], told["key"]) == (
        "bypass", lib.command(BOOKS)["key"])
    assert lib.boss.get(BOOKS).headers["ETag"] == etag


def test_only_if_cached_is_504(lib):
    lib.flush()
    told = lib.explain(BOOKS, Cache_Control="only-if-cached")
    assert told["verdict"] == "miss"
    assert "504" in told["reason"]


@pytest.mark.parametrize("method, body", [
    ("POST", {"title": "new"}), ("PATCH", {"title": "new"}),
    ("PUT", {"title": "new"}), ("DELETE", None)])
def test_a_write_is_told_and_not_done(lib, engine, method, body):
    path = BOOKS + ("" if method == "POST" else "/1")
    before = engine.ask("SELECT count(*), max(title) FROM books")
    told = lib.explain(path, method, body)
    assert told["verdict"] == "uncacheable"
    assert method in told["reason"]
    assert (told["key"], told["tags"], told["sql"]) == (None, [], [])
    assert lib.command(path, method=method)["verdict"] == "uncacheable"
    assert engine.ask("SELECT count(*), max(title) FROM books") == before


@pytest.mark.parametrize("path, word", [
    ("", "list of services"),
    ("bare/_table/books", "cache_enabled"),
    ("lib/_table/brief", "cache_ttl_by_table"),
    ("lib/_proc/nothing", "resource"),
    ("system/role", "type system"),
])
def test_what_is_not_cached(lib, path, word):
    told = lib.explain(path)
    assert told["verdict"] == "uncacheable"
    assert word in told["reason"]
    assert told["key"] is None


def test_a_value_of_a_cache_service_stays(lib):
    """A read that takes it away is told of, too, and not done."""
    lib.site.add_service("keys", "cache_local")
    server = lib.site.serve("keys")
    try:
        with server.connect() as client:
            boss = Person(client, lib.boss.token)
            assert boss.call("POST", "keys/a", 1).status in (200, 201)
            path = "keys/a?clear=true"
            told = boss.get(path, headers=EXPLAIN).json
            assert told["verdict"] == "uncacheable"
            assert "cache_local" in told["reason"]
            assert boss.get(path).json["value"] == 1
            assert boss.get(path).status == 404
    finally:
        server.stop()


def test_a_read_sent_as_post(lib):
    told = lib.explain(BOOKS + "?method=GET", "POST", {"ids": [1]})
    assert told["verdict"] == "uncacheable"
    assert "POST" in told["reason"]


def test_related_tables_are_tags(lib):
    told = lib.explain("lib/_table/authors?related=*")
    assert sorted(tag["of"] for tag in told["tags"]) == [
        "*", "authors", "books"]
    assert all(tag["name"].endswith(":" + tag["of"]) for tag in told["tags"])
    assert len(told["sql"]) >= 2
    assert "books" in told["sql"][1]
    told = lib.explain("lib/_table/authors?filter=" +
                       "books_by_author.title%20%3D%20'x'")
    assert told["refusal"] is None
    assert "books" in [tag["of"] for tag in told["tags"]]


def test_the_sql_has_no_values(lib):
    told = lib.explain("lib/_table/books?filter=title%3D'hush77'&limit=3")
    (sql,) = told["sql"]
    assert sql.startswith("SELECT ") and sql.count("?") == 2
    assert "hush77" not in sql and "ORDER BY" in sql
    one = lib.explain(BOOKS + "/7")["sql"]
    assert len(one) == 1 and "WHERE" in one[0] and "7" not in one[0]
    ids = lib.explain(BOOKS + "?ids=1,2,3")["sql"]
    assert len(ids) == 1 and ids[0].count("?") == 4
    count = lib.explain(BOOKS + "?count_only=true")["sql"]
    assert len(count) == 1 and "count(*)" in count[0]
    both = lib.explain(BOOKS + "?limit=1&include_count=true")["sql"]
    assert len(both) == 2 and "count(*)" in both[1]
    told = lib.command("lib/_table/notes", "--key", lib.mine.key,
                       "--token", lib.mine.token)
    assert "owner" in told["sql"][0]


@pytest.fixture(name="counted")
def a_key_of_its_own_with_limits(lib):
    """A server that starts with them, and an app that nothing else calls."""
    key = lib.site.add_key("counted", "owner")
    lib.site.add_limit("all of it", 100000, "day")
    lib.site.add_limit("two reads", 2, "day", service="lib", app="counted",
                       verb="GET")
    lib.site.add_limit("elsewhere", 1, "day", service="bare", app="counted")
    server = lib.site.serve("counted")
    with server.connect() as client:
        yield Person(client, key=key)
    server.stop()
    for name in ("all of it", "two reads", "elsewhere"):
        lib.site.weir("limit", "remove", name)
    lib.site.weir("app", "remove", "counted")


def test_limits_are_told_and_not_counted(lib, counted):
    for _ in range(4):
        told = lib.command(BOOKS, "--key", counted.key)
        limits = {limit["name"]: limit for limit in told["limits"]}
        assert set(limits) == {"all of it", "two reads"}
    assert not told["limits_exempt"]
    limit = limits["two reads"]
    assert (limit["type"], limit["rate"], limit["period"],
            limit["verb"]) == ("instance.app.service", 2, "day", "GET")
    assert limit["counts"] == "calls of app counted, service lib"
    assert limit["refuses"]
    assert limits["all of it"]["counts"] == "all calls"
    assert (limit["attempts"], limit["remaining"]) == (0, 2)
    assert counted.get(BOOKS).headers["X-RateLimit-Remaining"] == "1"
    told = lib.command(BOOKS, "--key", counted.key)["limits"]
    assert [(limit["attempts"], limit["remaining"]) for limit in told
            if limit["name"] == "two reads"] == [(1, 1)]
    assert counted.get(BOOKS).headers["X-RateLimit-Remaining"] == "0"
    check_error(counted.get(BOOKS, headers=EXPLAIN), 429)
    assert lib.command(BOOKS, "--key", counted.key)["verdict"] == "hit"


def test_an_administrator_is_exempt(lib, counted):
    boss = Person(counted.client, lib.boss.token, counted.key)
    told = boss.get(BOOKS, headers=EXPLAIN).json
    assert told["limits_exempt"]
    assert [limit["name"] for limit in told["limits"]] == [
        "all of it", "two reads"]
    assert [limit["remaining"] for limit in told["limits"]][1:] == [2]
    assert counted.get(BOOKS).headers["X-RateLimit-Remaining"] == "1"


def test_others_are_answered_as_always(lib):
    for caller, path in ((lib.owner, BOOKS),
                         (lib.mine, "lib/_table/notes")):
        answer = caller.get(path, headers=EXPLAIN)
        assert answer.status == 200
        assert "resource" in answer.json and "verdict" not in answer.json
        assert answer.body == caller.get(path).body
    answer = lib.owner.call("POST", BOOKS, {"title": "told"}, EXPLAIN)
    assert "id" in answer.json
    lib.owner.call("DELETE", f"{BOOKS}/{answer.json['id']}")


@pytest.mark.parametrize("value", ["0", "false", ""])
def test_the_header_may_say_no(lib, value):
    answer = lib.boss.get(BOOKS, headers={"X-Weir-Explain": value})
    assert "resource" in answer.json


def test_errors_before_the_cache_are_what_they_are(lib):
    check_error(lib.boss.get("nothing/x", headers=EXPLAIN), 404)
    check_error(lib.boss.get(BOOKS + "?file=x.png", headers=EXPLAIN), 400)
    stranger = Person(lib.boss.client)
    check_error(stranger.get(BOOKS, headers=EXPLAIN), 401)
    wrong = ["--key", "wrong"]
    for words in (wrong, wrong, wrong, wrong, ["--key", lib.mine.key], []):
        code, out, err = run("cache", "explain", "GET", "/api/v2/" + BOOKS,
                             *words, "--env", lib.site.env_file)
        assert (code, out) == (1, "")
        assert "answered 401" in err  # and no guess that counts


def test_no_secret_is_shown(lib):
    secrets = [lib.config[name] for name in ("password", "database")
               if name in lib.config and lib.config[name] != "lib"]
    texts = [json.dumps(lib.explain(BOOKS)), json.dumps(lib.command(BOOKS)),
             lib.site.weir("cache", "explain", "GET", "/api/v2/" + BOOKS,
                           "--key", lib.owner.key)]
    assert secrets
    for text in texts:
        for secret in secrets + [lib.owner.key, lib.boss.token]:
            assert secret not in text


def test_a_key_in_the_url_is_not_shown(lib):
    path = f"{BOOKS}?api_key={lib.owner.key}"
    told = lib.command(path, "--key", "")
    assert told["app"] == "owner"
    assert lib.owner.key not in json.dumps(told)


def test_lookups_of_a_config_are_named_only(lib, site, engine):
    member = "password" if "password" in lib.config else "database"
    hidden = lib.config[member]
    private = ["--private"] if member == "password" else []
    site.weir("lookup", "add", "where", "--value", hidden, *private)
    site.add_service("looked", engine.type, cache_enabled=True,
                     **lib.config | {member: "{where}"})
    site.add_role("looker")
    site.grant("looker", "looked", "*", "GET")
    told = lib.command("looked/_table/books", "--key",
                       site.add_key("looker", "looker"))
    assert told["key"]["config_lookups"] == ["where"]
    assert hidden not in json.dumps(told)


def test_lines_for_people(lib):
    lib.owner.get(BOOKS)
    out = lib.site.weir("cache", "explain", "get",
                        "https://example.org/api/v2/" + BOOKS,
                        "--key", lib.owner.key)
    lines = [line.split(None, 1) for line in out.splitlines()]
    assert lines[0] == ["verdict", "hit"]
    names = {line[0] for line in lines}
    assert {"verdict", "reason", "scope", "key", "tags", "stored", "limits",
            "sql"} <= names
    assert "SELECT" in out and "books" in out


def test_the_store_may_be_away(lib):
    """Nobody listens where it should be."""
    server = lib.site.serve(
        "away", CACHE_DRIVER="memcached", MEMCACHED_HOST="127.0.0.1:1",
        LIMIT_CACHE_DRIVER="local", SESSION_DRIVER="local")
    try:
        with server.connect() as client:
            boss = Person(client, lib.boss.token)
            told = boss.get(BOOKS, headers=EXPLAIN).json
    finally:
        server.stop()
    assert told["verdict"] == "bypass"
    assert "store" in told["reason"]
    assert [tag["stands"] for tag in told["tags"]] == [None, None]
