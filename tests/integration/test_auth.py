"""Who may call: keys, roles, and where a key must never turn up."""

import os

import pytest

from support.process import wait_until

LIST = "/api/v2/shop/_table/orders?limit=1"
NO_KEY = ("No session token (JWT) or API Key detected in request. "
          "Please send in X-DreamFactory-Session-Token and/or "
          "X-DreamFactory-API-Key request header. You can also use URL "
          "query parameters session_token and/or api_key.")
UNKNOWN_KEY = ("No session token (JWT) provided. Please provide a valid JWT "
               "using X-DreamFactory-Session-Token request header or "
               "'session_token' url query parameter.")
NOT_ALLOWED = "Unauthorized. User is not authenticated."


def check_refusal(answer, message):
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"]
    assert answer.error["code"] == answer.error["status_code"] == 401
    assert answer.error["message"] == message
    assert answer.error["request_id"] == answer.headers["X-Request-Id"]


def test_no_key_is_401(web):
    check_refusal(web.get(LIST), NO_KEY)


def test_an_unknown_key_is_401(web):
    check_refusal(web.get(LIST, key="x" * 64), UNKNOWN_KEY)


@pytest.mark.parametrize("key", ["", "short", "é" * 40, "x" * 4000])
def test_a_strange_key_is_401(web, key):
    lines = {"X-DreamFactory-API-Key": key.encode()}
    assert web.get(LIST, headers=lines).status == 401


def test_a_key_goes_in_the_header(web, owner):
    lines = {"X-DreamFactory-API-Key": owner}
    assert web.get(LIST, headers=lines).status == 200


def test_a_key_goes_in_the_short_header(web, owner):
    assert web.get(LIST, headers={"X-API-Key": owner}).status == 200


def test_a_key_goes_in_the_query(web, owner):
    assert web.get(f"{LIST}&api_key={owner}").status == 200


def test_the_query_wins_over_the_header(web, owner):
    answer = web.get(f"{LIST}&api_key=wrong", key=owner)
    check_refusal(answer, UNKNOWN_KEY)


def test_a_role_allows_what_it_grants(web, reader):
    assert web.get(LIST, key=reader).status == 200
    assert web.get("/api/v2/shop/_table/orders/1", key=reader).status == 200


@pytest.mark.parametrize("method, path", [
    ("GET", "/api/v2/shop/_table/secrets"),
    ("GET", "/api/v2/shop/_table/secrets/1"),
    ("PATCH", "/api/v2/shop/_table/orders/1"),
    ("DELETE", "/api/v2/shop/_table/orders/1"),
    ("POST", "/api/v2/shop/_table/orders"),
    ("GET", "/api/v2/nosuchservice/_table/orders"),
])
def test_a_role_refuses_the_rest(web, reader, method, path):
    body = {} if method in ("PATCH", "POST") else None
    answer = web.call(method, path, body=body, key=reader)
    check_refusal(answer, NOT_ALLOWED)


@pytest.fixture(name="powerless", scope="module")
def make_key_without_grants(site):
    site.add_role("powerless")
    return site.add_key("powerless", "powerless")


@pytest.fixture(name="almighty", scope="module")
def make_key_for_everything(site):
    site.add_role("almighty")
    site.grant("almighty", "*", "*", "all")
    return site.add_key("almighty", "almighty")


def test_a_role_without_grants_opens_nothing(web, powerless):
    assert wait_until(lambda: web.get(
        LIST, key=powerless).error["message"] == NOT_ALLOWED)
    check_refusal(web.get(LIST, key=powerless), NOT_ALLOWED)


def test_an_unknown_service_is_404_for_who_may_ask(web, almighty):
    path = "/api/v2/NoSuchService/x"
    assert wait_until(lambda: web.get(path, key=almighty).status == 404)
    answer = web.get(path, key=almighty)
    assert answer.error["message"] == (
        "Could not find a service for nosuchservice")


def service_names(answer):
    assert answer.status == 200
    return [service["name"] for service in answer.json["services"]]


@pytest.fixture(scope="module", autouse=True)
def have_a_service_that_nobody_may_reach(site):
    site.add_database("other", "CREATE TABLE t (id INTEGER PRIMARY KEY);")


def test_the_root_lists_what_a_role_reaches(web, reader):
    assert service_names(web.get("/api/v2")) == []
    assert service_names(web.get("/api/v2", key=reader)) == ["shop"]
    assert web.get("/api/v2").json["service_types"]
    shop, = web.get("/api/v2", key=reader).json["services"]
    assert shop["label"] == "shop"
    assert shop["spec_url"] == "/api/v2/shop/_spec"


def test_a_revoked_key_is_refused_within_a_second(web, site):
    key = site.add_key("leaving", "reader")
    callers = [web.first, web.other]
    assert wait_until(lambda: all(
        caller.get(LIST, key=key).status == 200 for caller in callers), 2)
    site.weir("key", "revoke", "leaving")
    assert wait_until(lambda: all(
        caller.get(LIST, key=key).status == 401 for caller in callers), 2)


def test_a_new_key_works_within_a_second(web, site):
    key = site.add_key("coming", "reader")
    for caller in (web.first, web.other):
        assert wait_until(lambda c=caller: c.get(LIST, key=key).status == 200,
                          2)
    site.weir("key", "revoke", "coming")


def files_of(folder):
    for where, _, names in os.walk(folder):
        yield from (os.path.join(where, name) for name in names)


def test_keys_stand_nowhere_in_clear(web, site, owner):
    for path in (f"{LIST}&api_key={owner}",
                 f"/api/v2/shop/_table/orders?bad&api_key={owner}",
                 f"/api/v2/shop/_table/nosuch?api_key={owner}"):
        assert owner not in web.get(path).body.decode()
    for name in files_of(site.folder):
        if "nginx" in name or name.endswith(".sock"):
            continue
        with open(name, "rb") as content:
            assert owner.encode() not in content.read(), name


def test_a_key_list_shows_beginnings_only(site, owner):
    listed = site.weir("key", "list", "--json")
    assert owner not in listed
    assert owner[:6] in listed
