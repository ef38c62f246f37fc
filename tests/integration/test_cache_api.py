"""The Cache API on each store: contract.md section 2, row by row."""

import json
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from support.answer import check_error
from support.cache import SERVICES, Cache, CacheSite
from support.process import wait_until
from support.store import STORES

MAX_VALUE = 1000000
# JSON as a client may write it, which comes back byte for byte.
TEXTS = ["1.10", "12345678901234567890", "1e5", "-0", '"ä"', '"\\u00e4\\/"',
         '""', "null", "true", "false", "[]", "{}", '{"b": 1,"a":{"z":[1, 2]}}',
         '[1.0,{"value":1,"ttl":2}]', '"\\ud83d\\ude00\\n\\u0000"']
# Keys in JSON, and in the path.
KEYS = {"user:123:profile": "user:123:profile", "a/b/c": "a/b/c",
        "a/b": "a%2Fb", "ä": "%C3%A4", "100%": "100%25", "two words":
        "two%20words", "a+b": "a+b", "a?b#c": "a%3Fb%23c", '"': "%22",
        "漢": "%E6%BC%A2", "a,b": "a,b", "k" * 1024: "k" * 1024}


@pytest.fixture(scope="module")
def site(store, tmp_path_factory):
    """What stores do, however long a busy disk takes."""
    site = CacheSite(tmp_path_factory.mktemp("cache"), store,
                     own={"timeout": 10000})
    site.site.add_role("reader")
    site.site.grant("reader", "own", "user/*", "GET")
    site.site.grant("reader", "own", "_proc/open", "GET")
    site.site.add_role("nobody")
    site.keys = {name: site.site.add_key(name, name)
                 for name in ("reader", "nobody")}
    yield site.start()
    site.stop()


@pytest.fixture(scope="module")
def calls(site):
    cache = Cache(site.port, site.key)
    yield cache
    cache.close()


@pytest.fixture
def cache(calls):
    """All services empty."""
    calls.flush(*SERVICES)
    return calls


def curl(site, *words):
    """Exactly what a reader of the documentation types."""
    done = subprocess.run(
        ["curl", "-sS", "-w", "\n%{http_code}", *words, "-H",
         f"X-DreamFactory-API-Key: {site.key}"],
        capture_output=True, text=True, timeout=60, check=True)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


@pytest.mark.parametrize("service", ["own", "shared"])
def test_the_example_calls(site, cache, service):
    """Contract section 1, verbatim."""
    url = f"http://127.0.0.1:{site.port}/api/v2/{service}"
    body = '{"key":"user:123:profile","value":{"name":"Ann"},"ttl":3600}'
    key = url + "/user:123:profile"
    assert curl(site, key)[0] == 404
    assert curl(site, "-X", "POST", url, "-H",
                "Content-Type: application/json", "-d", body) == (
                    201, {"key": "user:123:profile", "success": True})
    assert curl(site, key) == (
        200, {"key": "user:123:profile", "value": {"name": "Ann"}})
    assert curl(site, "-X", "DELETE", key) == (200, {"success": True})
    assert curl(site, "-X", "DELETE", key) == (200, {"success": False})
    assert curl(site, "-X", "POST", url, "-H",
                "Content-Type: application/json", "-d", body)[0] == 201
    assert curl(site, "-X", "DELETE", url) == (200, {"success": True})
    assert curl(site, key)[0] == 404


@pytest.mark.parametrize("text", TEXTS)
def test_json_comes_back_byte_for_byte(cache, text):
    cache.put("own/k?raw=true", text)
    assert cache.value("own/k") == text
    cache.call("POST", "own", '{"key":"l","value":%s}' % text)
    assert cache.value("own/l") == text


@pytest.mark.parametrize("key,path", KEYS.items(), ids=range(len(KEYS)))
def test_a_key_is_the_decoded_path(cache, key, path):
    answer = cache.put(f"own/{path}", 1)
    assert answer.json == {"key": key, "success": True}
    assert cache.get(f"own/{path}").json == {"key": key, "value": 1}
    assert cache.get(f"own/{path}/").json == {"key": key, "value": 1}
    cache.call("PUT", "own", {"key": key, "value": 2})
    assert cache.get(f"own/{path}").json["value"] == 2
    names = quote(key, safe="")
    assert cache.get(f"own?keys={names},x").rows == [
        {"key": key, "value": 2}]
    assert cache.call("DELETE", f"own/{path}").json == {"success": True}


@pytest.mark.parametrize("path", ["own/" + "k" * 1025, "own/a%0Ab",
                                  "own/a%7F", "own//", "own/%FF", "own/a/../b",
                                  "own?keys=a,,b", "own?keys="])
def test_a_bad_key_is_400(cache, path):
    check_error(cache.get(path), 400)
    check_error(cache.call("DELETE", path), 400)


def test_a_bare_value(cache):
    cache.put("own/s", '"a\\nä"')
    cache.put("own/n", "1.10")
    for path, headers in (("own/s?raw=true", {}),
                          ("own/s", {"Accept": "text/plain"})):
        answer = cache.get(path, **headers)
        assert answer.body == "a\nä".encode()
        assert answer.headers["Content-Type"].startswith("text/plain")
    answer = cache.get("own/n?raw=true")
    assert answer.body == b"1.10"
    assert answer.headers["Content-Type"] == "application/json"
    axios = "application/json, text/plain, */*"
    assert cache.get("own/n", Accept=axios).json == {
        "key": "n", "value": 1.10}


def test_a_missing_key(cache):
    check_error(cache.get("own/k"), 404, "No value found for key 'k'.")
    assert cache.get("own/k?default=5").json == {"key": "k", "value": "5"}
    assert cache.get("own/k?check_exist=true").json == {
        "key": "k", "exists": False}
    cache.put("own/k", 1)
    assert cache.get("own/k?default=5").json["value"] == 1
    assert cache.get("own/k?check_exist=true").json == {
        "key": "k", "exists": True}


@pytest.mark.parametrize("word", ["clear", "pull"])
def test_a_value_goes_as_it_is_read(cache, word):
    for path in ("own/k", "own?keys=k"):
        cache.put("own/k", 1)
        tag = cache.get(path).headers["ETag"]
        assert cache.get(path, If_None_Match=tag).status == 304
        answer = cache.get(f"{path}{'&' if '?' in path else '?'}{word}=true",
                           If_None_Match=tag)
        assert answer.status == 200
        assert b'"value":1' in answer.body
        assert answer.headers["Cache-Control"] == "no-store"
    cache.put("own/k", 1)
    assert cache.call("HEAD", f"own/k?{word}=true").status == 200
    assert cache.get(f"own/k?{word}=true").json["value"] == 1
    assert cache.get(f"own/k?{word}=true").status == 404


def test_several_keys(cache):
    cache.call("POST", "own", {"a": 1, "b,c": 2, "d/e": 3})
    assert cache.get("own?keys=a,none,b%2Cc,d%2Fe").json == {"resource": [
        {"key": "a", "value": 1}, {"key": "b,c", "value": 2},
        {"key": "d/e", "value": 3}]}
    assert cache.call("DELETE", "own?keys=a,none").json == {"resource": [
        {"key": "a", "success": True}, {"key": "none", "success": False}]}
    many = ",".join(f"k{i}" for i in range(1001))
    check_error(cache.get("own?keys=" + many), 400, "1000")


def test_a_thousand_keys_at_once(cache):
    pairs = [{"key": f"k{i}", "value": i} for i in range(1000)]
    answer = cache.call("POST", "own", {"resource": pairs})
    assert answer.status == 201
    assert answer.rows == [{"key": f"k{i}", "success": True}
                           for i in range(1000)]
    names = ",".join(f"k{i}" for i in range(1000))
    assert cache.get("own?keys=" + names).rows == pairs
    pairs.append({"key": "one", "value": "more"})
    check_error(cache.call("POST", "own", {"resource": pairs}), 400, "1000")
    assert cache.get("own/one").status == 404


def test_keys_are_listed(cache, store):
    cache.call("POST", "own", {f"u/{i}": i for i in range(25)})
    cache.call("POST", "own", {f"v:{i}": i for i in range(5)})
    if store.driver == "memcached":
        check_error(cache.get("own"), 501, "memcached")
        return
    wanted = {f"u/{i}" for i in range(25)} | {f"v:{i}" for i in range(5)}
    for limit in (1, 7, 1000):
        assert set(cache.listed("own", limit=limit)) == wanted
    assert set(cache.listed("own", limit=7, prefix="v%3A")) == {
        f"v:{i}" for i in range(5)}
    assert cache.listed("other") == []
    last = cache.get("own?limit=1000").json
    assert len(last["resource"]) == 30 and last["meta"] == {}
    for bad in ("limit=0", "limit=1001", "limit=x", "cursor=!"):
        check_error(cache.get("own?" + bad), 400)


def test_post_forms(cache):
    one = cache.call("POST", "own", {"key": "a", "value": 1, "ttl": 60})
    assert (one.status, one.json) == (201, {"key": "a", "success": True})
    some = cache.call("POST", "own", {"resource": [
        {"key": "b", "value": [1], "ttl": 60}, {"key": "c", "value": None}]})
    assert (some.status, some.json) == (201, {"resource": [
        {"key": "b", "success": True}, {"key": "c", "success": True}]})
    members = cache.call("POST", "own", {"d": 1, "e": {"key": 2}})
    assert (members.status, members.json) == (201, {"success": True})
    path = cache.call("POST", "own/f", {"value": 1, "ttl": 60})
    assert (path.status, path.json) == (201, {"key": "f", "success": True})
    plain = cache.call("POST", "own/g", "plain ä", Content_Type="text/plain")
    assert (plain.status, plain.json) == (201, {"key": "g", "success": True})
    mapped = cache.call("POST", "own?map=true", {"key": "h", "value": 1})
    assert (mapped.status, mapped.json) == (201, {"success": True})
    got = {row["key"]: row["value"] for row in cache.get(
        "own?keys=a,b,c,d,e,f,g,h,key,value").rows}
    assert got == {"a": 1, "b": [1], "c": None, "d": 1, "e": {"key": 2},
                   "f": 1, "g": "plain ä", "key": "h", "value": 1}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_put_and_patch_replace(cache, method):
    for value in (1, 2):
        one = cache.call(method, "own", {"key": "a", "value": value})
        assert (one.status, one.json) == (200, {"key": "a", "success": True})
        path = cache.call(method, "own/b", {"value": {"v": value}})
        assert (path.status, path.json) == (200, {"key": "b",
                                                  "success": True})
        members = cache.call(method, "own", {"c": value})
        assert (members.status, members.json) == (200, {"success": True})
        assert cache.get("own?keys=a,b,c").rows == [
            {"key": "a", "value": value}, {"key": "b", "value": {"v": value}},
            {"key": "c", "value": value}]


def test_post_replaces_unless_told_to_create(cache):
    for value in (1, 2):
        assert cache.call("POST", "own/k", str(value)).status == 201
        assert cache.get("own/k").json["value"] == value
    exists = "Key 'k' already exists in cache. Use PUT to update existing key."
    check_error(cache.call("POST", "own/k?create=true", "3"), 400, exists)
    check_error(cache.call("POST", "own?create=true",
                           {"key": "k", "value": 3}), 400, exists)
    check_error(
        cache.call("POST", "own?create=true", {"a": 1, "k": 2, "b": 3}), 400,
        "Nothing was stored in cache. One or more key(s) already exists (k)")
    assert cache.get("own?keys=a,b,k").rows == [{"key": "k", "value": 2}]
    assert cache.call("POST", "own?create=true", {"a": 1}).status == 201


def test_a_service_that_answers_bare(cache):
    assert cache.call("POST", "bare", {"key": 1, "value": "v"}).json == {
        "success": True}
    assert cache.get("bare/value").body == b"v"
    assert cache.get("bare/key").body == b"1"
    assert cache.call("POST", "bare/o", {"value": 1}).status == 201
    assert cache.get("bare/o").json == {"value": 1}
    check_error(cache.call("POST", "bare/o", "2"), 400, "already exists")
    check_error(cache.call("POST", "bare", {"o": 1, "p": 2}), 400, "(o)")
    cache.put("bare/o", 3)
    assert cache.get("bare/o").body == b"3"
    assert cache.get("bare/p").status == 404


@pytest.mark.parametrize("body", ["", "{}", "[]", '"x"', "1", "null", "{",
                                  '{"key":"k"}', '{"value":1}',
                                  '{"key":1,"value":1}',
                                  '{"key":"","value":1}',
                                  '{"key":"a\\u0001","value":1}',
                                  '{"key":"k","value":1,"x":1}',
                                  '{"key":"k","value":1,"key":2}',
                                  '{"resource":[]}', '{"resource":{}}',
                                  '{"resource":[{"key":"k"}]}',
                                  '{"key":"k","value":1,"ttl":-2}',
                                  '{"key":"k","value":1,"ttl":1.5}',
                                  '{"key":"k","value":1,"ttl":"1"}',
                                  '{"key":"k","value":1,"ttl":315360001}'])
def test_a_bad_body_is_400(cache, body):
    check_error(cache.call("POST", "own", body), 400)
    check_error(cache.call("PUT", "own", body), 400)
    assert cache.get("own/k").status == 404


def test_a_batch_is_all_or_nothing(cache):
    """An error names the element, and nothing is stored."""
    good = {"key": "a", "value": 1}
    for bad, status, words in (
            ({"key": "b", "value": 1, "ttl": -5}, 400, "resource[1] (key 'b')"),
            ({"key": "b"}, 400, "resource[1]"),
            ({"key": "a", "value": 2}, 400, "resource[1] (key 'a')"),
            ({"key": "b", "value": "x" * MAX_VALUE}, 413,
             "resource[1] (key 'b')")):
        answer = cache.call("POST", "own", {"resource": [good, bad]})
        check_error(answer, status, words)
        assert cache.get("own/a").status == 404


def test_another_content_type_is_415(cache):
    check_error(cache.call("POST", "own", "<a/>",
                           Content_Type="application/xml"), 415)
    check_error(cache.call("POST", "own", "text",
                           Content_Type="text/plain"), 415)
    check_error(cache.call("PUT", "own/k", b"\xff",
                           Content_Type="text/plain"), 400)


def test_a_large_value(cache):
    text = json.dumps("x" * (MAX_VALUE - 2))
    cache.put("own/big", text)
    assert cache.value("own/big") == text
    assert cache.get("own/big?raw=true").body == text[1:-1].encode()
    check_error(cache.call("PUT", "own/big", json.dumps("y" * MAX_VALUE)),
                413, "CACHE_MAX_VALUE")
    assert cache.value("own/big") == text


def test_values_expire(cache):
    brief = {"own/query?ttl=2": 1, "own/body": {"value": 1, "ttl": 2},
             "small/default": 1, "small/minus": {"value": 1, "ttl": -1}}
    for path, body in brief.items():
        cache.put(path, body)
        assert cache.get(path).status == 200, path
    for path in brief:
        assert wait_until(lambda p=path: cache.get(p).status == 404, 10), path
    cache.put("small/longer?ttl=60", 1)
    cache.put("small/never?forever=true", 1)
    cache.put("small/ever", {"value": 1, "ttl": 0})
    cache.put("own/month?ttl=2678400", 1)
    cache.put("own/years?ttl=315360000", 1)
    for path in ("small/longer", "small/never", "small/ever", "own/month",
                 "own/years"):
        assert cache.get(path).status == 200, path
    for ttl in ("", "x", "-2", "1.5", "315360001"):
        check_error(cache.call("PUT", f"own/k?ttl={ttl}", "1"), 400, "ttl")


def test_each_service_has_its_own_keys(cache):
    for value, service in enumerate(SERVICES):
        cache.put(f"{service}/k?ttl=60", value)
    for value, service in enumerate(SERVICES):
        assert cache.get(f"{service}/k?raw=true").body == str(value).encode()
    cache.flush("own")
    assert cache.get("own/k").status == 404
    for service in SERVICES[1:]:
        assert cache.get(f"{service}/k").status == 200
    cache.put("own/k", 9)
    assert cache.get("own/k").json["value"] == 9


def test_a_flush_is_not_done_by_mistake(cache):
    cache.put("own/k", 1)
    for path in ("own?key=k", "own?ids=k", "own?prefix=k", "own?keys=",
                 "own//", "own?KEYS=k", "own?keys[]=k", "own?clear=true"):
        check_error(cache.call("DELETE", path), 400)
    check_error(cache.call("DELETE", "own", {"keys": ["x"]}), 400)
    assert cache.get("own/k").status == 200


def test_head_and_options(cache):
    cache.put("own/k", '"value"')
    head, get = cache.call("HEAD", "own/k"), cache.get("own/k")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
    assert cache.call("HEAD", "own/none").status == 404
    for path in ("own", "own/k"):
        answer = cache.call("OPTIONS", path)
        assert answer.status == 200
        assert answer.headers["Allow"] == (
            "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
    answer = cache.call("PURGE", "own/k")
    check_error(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_a_verb_may_be_sent_as_post(cache):
    verb = {"X_HTTP_Method": "PUT"}
    assert cache.call("POST", "own/k", "1", **verb).status == 200
    verb = {"X_HTTP_Method": "GET"}
    assert cache.call("POST", "own/k", "{}", **verb).json["value"] == 1


def test_statistics(cache, store):
    for name in ("own", "shared"):
        cache.put(f"{name}/k", 1)
        said = cache.get(f"{name}?stats=true").json
        assert said.pop("store") == store.driver
        assert set(said) <= {"hits", "misses", "items", "bytes",
                             "bytes_limit", "evictions"}
        assert all(isinstance(number, int) and number >= 0
                   for number in said.values())
    assert said["items"] >= 1


def test_who_may_call(site, cache):
    cache.put("own/user/1", 1)
    cache.put("own/admin", 1)
    cache.caller.key, key = None, cache.caller.key
    try:
        check_error(cache.get("own/user/1"), 401)
        check_error(cache.get("own/user/1", key="x" * 64), 401)
        for name, path, status in (
                ("reader", "own/user/1", 200), ("reader", "own/admin", 401),
                ("reader", "own", 401), ("reader", "own?keys=user/1", 401),
                ("reader", "own/user/1?clear=true", 401),
                ("reader", "other/user/1", 401), ("nobody", "own", 401)):
            answer = cache.get(path, key=site.keys[name])
            assert answer.status == status, (name, path, answer)
        answer = cache.call("PUT", "own/user/1", "2", key=site.keys["reader"])
        check_error(answer, 401)
    finally:
        cache.caller.key = key
    assert cache.get("own/user/1").json["value"] == 1


def test_a_key_like_a_call_is_a_key_of_its_own(site, cache):
    """Only databases have calls, which a role knows by their names."""
    for key in ("_proc/open", "_proc/open(1)"):
        cache.put("own/" + key, {"value": 1})
    reader = site.keys["reader"]
    assert cache.get("own/_proc/open", key=reader).status == 200
    check_error(cache.get("own/_proc/open(1)", key=reader), 401)


def test_one_of_many_creates(site, cache):
    """And one of many gets what is pulled."""
    def run(path, method, body):
        one = Cache(site.port, site.key)
        try:
            return one.call(method, path, body).status
        finally:
            one.close()

    for method, path, body, good in (
            ("POST", "own/race?create=true", "1", 201),
            ("GET", "own/race?clear=true", None, 200)):
        with ThreadPoolExecutor(16) as pool:
            statuses = list(pool.map(
                lambda _, a=(path, method, body): run(*a), range(16)))
        assert statuses.count(good) == 1, statuses


def test_values_outlive_a_restart_of_weir(site, cache):
    cache.put("own/k?ttl=600", 1)
    site.server.stop()
    site.server = site.site.serve("cache")
    assert wait_until(lambda: cache.get("own/k").status == 200)


def test_a_reload_loses_nothing(site, cache):
    cache.put("own/k", 1)
    for _ in range(5):
        site.server.signal(signal.SIGHUP)
        for _ in range(100):
            assert cache.get("own/k").status == 200
            assert cache.call("PUT", "shared/k", "1").status == 200


def test_the_list_of_services_names_them(cache, store):
    body = cache.get("?group=Cache").json
    assert {row["name"] for row in body["services"]} == set(SERVICES)
    kinds = {row["name"]: row["group"] for row in body["service_types"]}
    assert kinds["cache_" + store.driver] == "Cache"


def test_answers_are_not_kept_by_others(cache):
    cache.put("own/k", 1)
    assert "no-cache" in cache.get("own/k").headers["Cache-Control"]
    assert cache.get("own/none").headers["Cache-Control"] == "no-store"
