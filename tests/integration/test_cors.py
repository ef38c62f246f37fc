"""CORS (dreamfactory.md 8.10): who of other origins may call, and read."""

import json
import time

import pytest

from support.answer import check_error
from support.process import wait_until
from support.weir import Failed, run

ORDER = "/api/v2/shop/_table/orders/1"
PAGE = "https://app.example"
OTHER = "https://other.example"
ALLOW = "Access-Control-Allow-"

RECORDS = [
    ("api/v2/shop/*", "--origin", f"{PAGE},https://*.apps.example",
     "--expose", "ETag,Age", "--methods", "GET,POST", "--max-age", "10m",
     "--headers", "X-API-Key, Content-Type", "--credentials"),
    ("api/v2/shop/_schema*", "--origin", "*", "--max-age", "0"),
    ("^/api/v2/(a|b)open$", "--origin", "https://*.example", "--credentials"),
]


@pytest.fixture(scope="module", autouse=True)
def records(site):
    for path, *words in RECORDS:
        site.weir("cors", "add", path, *words)


def cors(answer):
    """What the answer says about pages, without the prefix."""
    start = "access-control-"
    return {name[len(start):]: value for name, value
            in answer.headers.items() if name.startswith(start)}


def vary(answer):
    return [word.strip() for word
            in answer.headers.get("Vary", "").split(",")]


def preflight(web, path, origin=PAGE, method="GET", headers=None):
    lines = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        lines["Access-Control-Request-Headers"] = headers
    return web.call("OPTIONS", path, headers=lines)


def test_a_preflight_needs_no_key(web):
    answer = preflight(web, ORDER, headers="x-api-key")
    assert answer.status == 204, answer
    assert answer.body == b""
    assert "Content-Type" not in answer.headers
    assert cors(answer) == {
        "allow-origin": PAGE, "allow-credentials": "true",
        "allow-methods": "GET, POST",
        "allow-headers": "X-API-Key, Content-Type", "max-age": "600"}
    assert "Origin" in vary(answer)
    assert "X-Request-Id" in answer.headers


def test_a_preflight_of_another_origin_is_told_nothing(web):
    answer = preflight(web, ORDER, OTHER)
    assert answer.status == 204
    assert cors(answer) == {}
    assert "Origin" in vary(answer)


def test_a_preflight_for_another_method_is_refused(web):
    answer = preflight(web, ORDER, method="DELETE")
    check_error(answer, 405, "DELETE")
    assert answer.headers["Allow"] == "GET, POST"
    assert cors(answer)["allow-methods"] == "GET, POST"


def test_any_header_is_what_was_asked_for(web):
    answer = preflight(web, "/api/v2/shop/_schema", OTHER, "PATCH",
                       "authorization,x-a")
    assert answer.status == 204
    assert cors(answer) == {
        "allow-origin": "*", "max-age": "0",
        "allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        "allow-headers": "authorization,x-a"}
    assert vary(answer) == ["Access-Control-Request-Headers"]


def test_without_a_record_a_preflight_is_a_call_like_others(web):
    answer = preflight(web, "/api/v2/none")
    check_error(answer, 401)
    assert cors(answer) == {}
    assert "Origin" not in vary(answer)


def test_options_without_an_origin_needs_a_key(web, owner):
    check_error(web.call("OPTIONS", ORDER), 401)
    assert web.call("OPTIONS", ORDER, key=owner).status == 200


def test_the_page_may_read_the_answer(web, owner):
    answer = web.get(ORDER, headers={"Origin": PAGE}, key=owner)
    assert answer.status == 200
    assert cors(answer) == {
        "allow-origin": PAGE, "allow-credentials": "true",
        "expose-headers": "ETag,Age"}
    assert "Origin" in vary(answer)


def test_a_cached_answer_is_for_each_page_its_own(web, owner):
    """None has what another was told, and all share one entry."""
    web.get(ORDER, headers={"Origin": PAGE}, key=owner)
    for origin, allowed in ((PAGE, True), (OTHER, False), (None, False),
                            ("https://x.apps.example", True), (PAGE, True)):
        lines = {"Origin": origin} if origin else {}
        answer = web.get(ORDER, headers=lines, key=owner)
        assert answer.hit
        assert cors(answer).get("allow-origin") == (
            origin if allowed else None)
        assert "Origin" in vary(answer)


def test_so_is_not_modified(web, owner):
    etag = web.get(ORDER, key=owner).headers["ETag"]
    answer = web.get(ORDER, key=owner, headers={
        "Origin": PAGE, "If-None-Match": etag})
    assert answer.status == 304
    assert cors(answer)["allow-origin"] == PAGE


@pytest.mark.parametrize("path,status", [
    (ORDER, 401), (ORDER + "?a=%zz", 400), ("/api/v2/shop/../x", 400)])
def test_the_page_may_read_refusals(web, path, status):
    answer = web.get(path, headers={"Origin": PAGE})
    check_error(answer, status)
    assert cors(answer)["allow-origin"] == PAGE


def test_a_longer_path_and_a_pattern_count(web, owner):
    answer = web.get("/api/v2/shop/_schema", key=owner,
                     headers={"Origin": OTHER})
    assert cors(answer) == {"allow-origin": "*"}
    assert "Origin" not in vary(answer)
    answer = web.get("/api/v2/AOPEN", headers={"Origin": OTHER})
    assert cors(answer) == {"allow-origin": OTHER,
                            "allow-credentials": "true"}


@pytest.mark.parametrize("path", [
    "/api/v2/SHOP/_table/orders/1", "/api/shop/_table/orders/1",
    "/api/v2/shop//_table/orders/1", "/api/v2.0/Shop/_Table/orders/1/",
    "/api/v2/shop/%5Ftable/orders/1", "/api/v2/Shop", "/api/shop/"])
def test_another_spelling_has_no_other_record(site, web, owner, path):
    """One for every path is not for those that have a longer one."""
    site.weir("cors", "add", "*", "--origin", "*")
    try:
        wait_until(lambda: cors(web.get("/api/v2/x", headers={
            "Origin": OTHER})), timeout=5)
        assert web.get(path, key=owner).status in (200, 404)
        assert cors(preflight(web, path, OTHER)) == {}
        assert cors(preflight(web, path))["allow-credentials"] == "true"
    finally:
        site.weir("cors", "remove", "*")
        wait_until(lambda: not cors(web.get("/api/v2/x", headers={
            "Origin": OTHER})), timeout=5)


def test_nothing_is_smuggled_through_an_origin(web):
    path = "/api/v2/bopen"
    assert cors(preflight(web, path, "https://x\ty.example")) == {}
    answer = preflight(web, path, "https://y.example", "GET", "a\tb")
    assert cors(answer)["allow-origin"] == "https://y.example"
    assert cors(answer)["allow-headers"] == "ab"


def test_changes_are_seen_within_a_second(site, web, owner):
    def allowed():
        time.sleep(1.1)
        return [cors(caller.get(ORDER, headers={"Origin": OTHER}, key=owner))
                for caller in (web.first, web.other)]

    path = f"api/v2/shop/_table/orders/1{'' if web.mode == 'kept' else '*'}"
    site.weir("cors", "add", path, "--origin", OTHER)
    assert allowed() == [{"allow-origin": OTHER}] * 2
    site.weir("cors", "set", path, "--active", "no")
    assert allowed() == [{}] * 2
    site.weir("cors", "set", path, "--active", "yes", "--path", path + "?",
              "--origin", "*")
    site.weir("cors", "remove", path + "?")
    assert allowed() == [{}] * 2


def test_records_are_listed_and_shown(site):
    listed = site.listed("cors")
    assert [row["path"] for row in listed] == sorted(
        path for path, *_ in RECORDS)
    shown = json.loads(site.weir("cors", "show", RECORDS[0][0], "--json"))
    assert shown in listed
    assert shown == {
        "id": shown["id"], "path": "api/v2/shop/*", "description": None,
        "origin": f"{PAGE},https://*.apps.example",
        "header": "X-API-Key, Content-Type", "exposed_header": "ETag,Age",
        "max_age": 600, "method": ["GET", "POST"],
        "supports_credentials": True, "enabled": True}
    text = site.weir("cors", "list")
    assert text.splitlines()[0].split() == [
        "PATH", "ORIGINS", "METHODS", "HEADERS", "EXPOSED", "MAX-AGE",
        "CREDENTIALS", "ACTIVE"]
    assert "credentials  yes" in site.weir("cors", "show", RECORDS[0][0])


def test_changes_are_in_the_audit(site):
    path = "/api/v2/audited"
    site.weir("cors", "add", path, "--origin", PAGE)
    site.weir("cors", "set", path, "--headers", "", "--credentials", "yes")
    site.weir("cors", "remove", path)
    told = json.loads(site.weir("audit", "list", "--json"))
    told = [row for row in told if row["resource"] == "cors"][:3]
    assert [row["action"] for row in told] == ["delete", "update", "create"]
    assert told[1]["after"] == {"header": None, "supports_credentials": 1}


@pytest.mark.parametrize("words,why", [
    (["x", "--origin", "app.example"], "without a path"),
    (["x", "--origin", "*", "--methods", "FETCH"], 'method "FETCH"'),
    (["x", "--origin", "*", "--max-age", "soon"], "--max-age"),
    (["^(", "--origin", "*"], "regular expression"),
    (["x", "--origin", "*", "--credentials"], "name the origins"),
    (["api/v2/shop/*", "--origin", "*"], "already"),
])
def test_what_makes_no_sense_is_refused(site, words, why):
    status, out, err = run("cors", "add", *words, "--env", site.env_file)
    assert (status, out) == (1, "")
    assert why in err
    with pytest.raises(Failed, match="cors list"):
        site.weir("cors", "show", "x")
