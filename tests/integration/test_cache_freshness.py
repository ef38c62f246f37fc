"""How long cached answers count, and what both sides say of that."""

import itertools
import json
import re
import time

import pytest

from support import fcgi
from support.process import wait_until

ENGINES = ("sqlite", "mysql")
SETTINGS = {"CACHE_MAX_VALUE": "8k"}
SERVICES = {
    "brief": {"cache_ttl": 1, "stale_while_revalidate": 600},
    "steady": {"cache_ttl": 100, "client_ttl": 7,
               "cache_ttl_by_table": "Notes=0, texts=1000 , orders=10"},
    "dear": {"cache_ttl": 8},  # too short to be jittered
    "shown": {"cache_ttl": 100, "client_ttl": 7, "cache_scope": "public"},
}
FRESH = itertools.count(100)


@pytest.fixture(name="get", scope="module")
def callers(site, engine, key):
    """GETs of tables of both services, in one process."""
    for name, config in SERVICES.items():
        site.add_service(name, engine.type, cache_enabled=True,
                         **engine.again() | config)
        site.grant("owner", name, "*", "all")
    server = site.serve("fresh")
    with server.connect() as client:
        def get(path, method="GET", body=b"", **lines):
            more = {name.replace("_", "-"): value
                    for name, value in lines.items()}
            service, table = path.split("/", 1)
            return client.call(f"/api/v2/{service}/_table/{table}", method,
                               key | more, body)
        yield get
    server.stop()


def status_of(answer):
    return answer.headers["Cache-Status"]


def left_of(answer):
    """The ttl that Cache-Status names."""
    return int(re.search(r"; ttl=(-?\d+)", status_of(answer))[1])


@pytest.fixture
def path():
    """A record that nobody has asked for."""
    return f"steady/orders/{next(FRESH)}"


def test_what_is_too_old_is_served_and_read_anew_behind(get, engine):
    id = next(FRESH)
    path = f"brief/orders/{id}"
    first = get(path)
    assert status_of(first) == "weir; fwd=miss; stored"
    engine.run(f"UPDATE orders SET version = 77 WHERE id = {id};")
    time.sleep(1.2)
    old = get(path)
    assert old.hit and old.body == first.body
    assert left_of(old) <= 0 and int(old.headers["Age"]) >= 1
    assert old.headers["Cache-Control"] == "private, no-cache"

    def renewed():
        answer = get(path)
        assert answer.hit
        return answer.json["version"] == 77
    assert wait_until(renewed, 10)


@pytest.fixture(scope="module", name="braked")
def reads_that_are_slow_once_they_are_braked(site, engine):
    """Views: each with the row of orders that slows it down."""
    del site  # whose database it is
    second = engine.steps_in_a_second()
    for name, steps, row in (("lengthy", second, 48),
                             ("endless", second * 60, 49)):
        engine.run(engine.counting.format(name=name, steps=steps))
        engine.run(f"UPDATE orders SET version = 0 WHERE id = {row};")
        engine.run(
            f"CREATE VIEW {name}_brake AS SELECT o.id, o.version FROM orders "
            f"o WHERE o.id = {row} AND CASE WHEN o.version = 0 THEN 1 "
            f"ELSE (SELECT id FROM {name}) END > 0;")
    return {"lengthy": 48, "endless": 49}


def renewing(server, engine, key, name, row):
    """A connection to whom an old answer was given, while it is read anew."""
    path = f"/api/v2/brief/_table/{name}_brake"
    client = server.connect()
    assert client.call(path, headers=key).status == 200
    engine.run(f"UPDATE orders SET version = 1 WHERE id = {row};")
    time.sleep(1.2)
    old = client.call(path, headers=key)
    assert old.hit and old.rows[0]["version"] == 0
    time.sleep(0.1)
    return client, path


def test_a_stop_waits_for_no_renewal(site, get, engine, key, braked):
    """And what it was to replace is still there."""
    server = site.serve("ends", STATEMENT_TIMEOUT="30s")
    client, path = renewing(server, engine, key, "endless", braked["endless"])
    client.close()
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 6
    server = site.serve("ends")
    with server.connect() as client:
        answer = client.call(path, headers=key)
        assert answer.hit and answer.rows[0]["version"] == 0
    server.stop()


def test_a_stop_waits_for_a_renewal_that_others_wait_for(
        site, get, engine, key, braked):
    if engine.type != "sqlite":
        return
    server = site.serve("ends", STATEMENT_TIMEOUT="30s")
    client, path = renewing(server, engine, key, "lengthy", braked["lengthy"])
    client.send(fcgi.request(path, headers=key | {
        "Cache-Control": "min-fresh=1"}))
    time.sleep(0.1)
    server.stop()
    with client:
        answer = client.read_answer()
    assert answer.status == 200 and answer.rows[0]["version"] == 1
    assert "collapsed" in status_of(answer)


@pytest.mark.usefixtures("get", "braked")
def test_what_is_dear_is_read_anew_before_its_end(site, engine, key):
    """By one hit in many, and the likelier the nearer that is: none misses."""
    engine.run("CREATE VIEW dear_read AS SELECT o.id, o.version FROM orders o "
               "WHERE o.id = 47 AND (SELECT id FROM lengthy) > 0;")
    server = site.serve("dear", STATEMENT_TIMEOUT="30s")
    client = server.connect()

    def ask(table):
        answer = client.call(f"/api/v2/dear/_table/{table}", headers=key)
        return answer, answer.rows[0]["version"]

    def renewed():
        """A tenth of all is asked of what costs nothing."""
        for table in ["dear_read"] * 9 + ["orders?ids=47"]:
            answer, version = ask(table)
            assert answer.hit and left_of(answer) > 0
            if version == 5:
                return table
        return None

    for table in ("dear_read", "orders?ids=47"):
        assert ask(table)[1] == 0
    engine.run("UPDATE orders SET version = 5 WHERE id = 47;")
    with client:
        assert wait_until(renewed, 20, pause=0) == "dear_read"
    server.stop()


def test_a_write_is_stronger_than_any_age(get):
    path = f"brief/orders/{next(FRESH)}"
    get(path)
    time.sleep(1.2)
    assert get(path, "PATCH", b'{"version": 5}').status == 200
    answer = get(path)
    assert not answer.hit and answer.json["version"] == 5


def test_each_table_has_its_time(get, path):
    assert status_of(get("steady/notes/1")) == "weir; fwd=bypass"
    for asked, least, most in ((path, 8, 10), ("steady/kinds/1", 80, 100),
                               ("steady/words?limit=1", 80, 100),
                               (f"{path}?fields=id", 8, 10)):
        get(asked)
        assert least <= left_of(get(asked)) <= most
    assert left_of(get(path, Cache_Control="max-age=1000")) <= 10


@pytest.mark.parametrize("wish, said", [
    ("no-cache", "weir; fwd=request; stored"),
    ("max-age=0, no-cache", "weir; fwd=request; stored"),
    ("min-fresh=1000", "weir; fwd=request; stored"),
    ("no-store", "weir; fwd=request; detail=no-store"),
    ("max-age=1000", "weir; hit"),
    ("min-fresh=1", "weir; hit"),
    ("only-if-cached", "weir; hit"),
    ("x, =, max-age=-1, min-fresh", "weir; hit"),
])
def test_wishes_are_heeded(get, path, wish, said):
    get(path)
    answer = get(path, Cache_Control=wish)
    assert answer.status == 200
    assert status_of(answer).startswith(said)
    assert ("Age" in answer.headers) == answer.hit


def test_only_if_cached_asks_nobody(get, path):
    answer = get(path, Cache_Control="only-if-cached")
    assert answer.status == 504
    assert status_of(answer) == "weir; detail=only-if-cached"
    assert not get(path).hit


def test_no_store_leaves_nothing(get, path):
    get(path, Cache_Control="no-store")
    assert status_of(get(path)) == "weir; fwd=miss; stored"


def test_a_max_age_is_counted(get, path):
    get(path)
    time.sleep(1.1)
    assert get(path, Cache_Control="max-age=100").hit
    answer = get(path, Cache_Control="max-age=0")
    assert status_of(answer) == "weir; fwd=request; stored"
    assert "Age" not in answer.headers


def test_what_is_too_large_is_said(get):
    for _ in range(2):
        answer = get("steady/texts")
        assert status_of(answer) == "weir; fwd=miss; detail=too-large"


def test_clients_are_told_how_long_to_keep_it(get, path):
    for _ in range(2):
        answer = get(path)
        assert answer.headers["Cache-Control"] == "private, max-age=7"
        assert "Accept" in answer.headers["Vary"]


def scope_of(site, path):
    """What an explanation says of it."""
    service, table = path.split("/", 1)
    return json.loads(site.weir(
        "cache", "explain", "GET", f"/api/v2/{service}/_table/{table}",
        "--key", site.keys["owner"], "--json"))["scope"]


def test_shared_caches_may_keep_what_is_public(site, get):
    """Until any role has row filters for it."""
    path = f"shown/orders/{next(FRESH)}"
    assert scope_of(site, path)["kind"] == "public"
    for _ in range(2):
        answer = get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=7"
        assert answer.headers["Vary"] == "Accept, Wrap"
    tag = answer.headers["ETag"]
    same = get(path, If_None_Match=tag)
    assert same.status == 304
    assert same.headers["Cache-Control"] == "public, max-age=7"
    for other in ("shown/orders/9999", "shown/none", "shown/orders?limit=x"):
        assert get(other).headers["Cache-Control"] == "no-store"
    for catalogue in ("shown/", "steady/orders/1"):
        said = get(catalogue).headers["Cache-Control"]
        assert said.startswith("private")
    site.add_role("few")
    site.grant("few", "shown", "_table/orders/*", "GET",
               [{"name": "id", "operator": "=", "value": 1}])

    def private():
        answer = get(path)
        return (answer.headers["Cache-Control"] == "private, max-age=7" and
                "Authorization" in answer.headers["Vary"])
    assert wait_until(private, 10)
    scope = scope_of(site, path)
    assert scope["kind"] == "role" and "no effect" in scope["note"]


def test_a_304_comes_from_the_entry(get, path):
    tag = get(path).headers["ETag"]
    for method in ("GET", "HEAD"):
        answer = get(path, method, If_None_Match=tag)
        assert (answer.status, answer.hit, answer.body) == (304, True, b"")
        assert answer.headers["ETag"] == tag and "Age" in answer.headers


def test_a_head_is_answered_of_a_gets_entry(get, path):
    whole = get(path)
    head = get(path, "HEAD")
    assert head.hit and head.body == b""
    for name in ("ETag", "Content-Length", "Content-Type"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize("member, value, word", [
    ("cache_ttl_by_table", "orders", "TABLE=SECONDS"),
    ("cache_ttl_by_table", "orders=-1", "TABLE=SECONDS"),
    ("cache_ttl_by_table", "=5", "TABLE=SECONDS"),
    ("stale_if_error", "-1", "0 to"),
    ("cache_scope", "all", "public"),
    ("client_ttl", "x", "integer")])
def test_a_wrong_config_is_refused(site, member, value, word):
    with pytest.raises(Exception, match=f"{member}.*{word}"):
        site.weir("service", "set", "steady", f"{member}={value}")
