"""The response cache: what it keeps, whom it serves, when it forgets."""

import itertools
import json
import os
import threading
import time

import pytest

from support.process import wait_until
from support.weir import Failed

ENGINES = ("sqlite", "mysql")
TABLE = "/api/v2/shop/_table/orders"
FRESH_ID = itertools.count(100)


@pytest.fixture(name="path")
def a_path_nobody_asked_before(web):
    """A record of its own for each test, so that the first GET misses."""
    del web
    return f"{TABLE}/{next(FRESH_ID)}"


@pytest.fixture(autouse=True)
def use_the_owner_by_default(web, owner):
    web.first.key = web.other.key = owner
    yield
    web.first.key = web.other.key = None


def test_the_second_get_is_a_hit(web, path):
    miss, hit = web.get(path), web.get(path)
    assert (miss.hit, hit.hit) == (False, True)
    assert miss.headers["Cache-Status"].startswith("weir; fwd=")
    assert hit.headers["Cache-Status"].startswith("weir; hit")
    assert miss.body == hit.body
    assert miss.headers["ETag"] == hit.headers["ETag"]


def test_a_hit_tells_its_age(web, path):
    assert "Age" not in web.get(path).headers
    time.sleep(1.1)
    assert 1 <= int(web.get(path).headers["Age"]) <= 10


def test_the_other_process_hits_too(web, path):
    first = web.get(path)
    hit = web.other.get(path)
    assert hit.hit
    assert hit.body == first.body


def test_clients_are_told_to_revalidate(web, path):
    for answer in (web.get(path), web.get(path)):
        assert answer.headers["Cache-Control"] == "private, no-cache"
        vary = answer.headers["Vary"].lower()
        assert "x-dreamfactory-api-key" in vary
        assert "accept" in vary


def test_a_known_etag_is_304(web, path):
    etag = web.get(path).headers["ETag"]
    for known in (etag, f'"other", {etag}', "W/" + etag, "*"):
        answer = web.get(path, headers={"If-None-Match": known})
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["ETag"] == etag


def test_another_etag_is_200(web, path):
    answer = web.get(path, headers={"If-None-Match": '"other"'})
    assert answer.status == 200


def test_an_etag_changes_with_the_content(web, path):
    etag = web.get(path).headers["ETag"]
    web.patch(path, {"item": "changed"})
    answer = web.get(path, headers={"If-None-Match": etag})
    assert answer.status == 200
    assert answer.headers["ETag"] != etag


@pytest.mark.parametrize("how", ["header", "parameter"])
def test_no_cache_replaces_the_entry(web, path, how):
    def refresh():
        if how == "parameter":
            return web.get(path + "?refresh=true")
        return web.get(path, headers={"Cache-Control": "no-cache"})

    web.get(path)
    time.sleep(1.1)
    assert not refresh().hit
    hit = web.get(path)
    assert hit.hit
    assert int(hit.headers["Age"]) == 0


def write(web, how, id):
    """Makes, changes or deletes the order of that id."""
    path = f"{TABLE}/{id}"
    if how == "POST":
        web.delete(path)
        web.get(path)
        return web.post(TABLE, [{"id": id, "item": "made"}])
    if how == "PATCH":
        return web.patch(path, {"item": "changed"})
    return web.delete(path)


@pytest.mark.parametrize("how, seen", [
    ("PATCH", "changed"), ("DELETE", None), ("POST", "made")])
def test_a_write_is_seen_at_once_by_both(web, path, how, seen):
    for caller in (web.first, web.other):
        caller.get(path)
        caller.get(TABLE)
    assert write(web, how, int(path.rsplit("/", 1)[1])).status == 200
    for caller in (web.first, web.other):
        answer = caller.get(path)
        assert (answer.json["item"] if answer.status == 200 else None) == seen


def test_a_write_drops_lists_of_the_table(web, path):
    query = f"{TABLE}?order=id&limit=3"
    assert [web.get(query).hit for _ in range(2)] == [False, True]
    web.patch(path, {"item": "changed"})
    assert not web.other.get(query).hit


def test_a_write_spares_other_tables(web, path):
    notes = "/api/v2/shop/_table/notes"
    web.get(notes)
    web.patch(path, {"item": "changed"})
    assert web.get(notes).hit


def test_a_view_sees_every_write(web, path):
    totals = "/api/v2/shop/_table/totals"
    web.get(totals)
    web.patch(path, {"item": "seen by the view"})
    assert b"seen by the view" in web.get(totals).body


def test_a_refused_write_drops_nothing(web, path, reader):
    web.get(path)
    assert web.patch(path, {"item": "x"}, key=reader).status == 401
    assert web.get(path).hit


def test_roles_with_other_rights_never_share(web, path, reader):
    assert not web.get(path).hit
    assert not web.get(path, key=reader).hit
    assert web.get(path, key=reader).hit


def test_who_may_not_read_gets_no_hit(web, reader):
    secrets = "/api/v2/shop/_table/secrets"
    assert [web.get(secrets).status for _ in range(2)] == [200, 200]
    assert web.get(secrets, key=reader).status == 401


def test_keys_of_one_role_share(web, site, path):
    key = site.add_key("second owner", "owner")
    web.get(path)
    assert wait_until(lambda: web.get(path, key=key).status == 200, 2)
    assert web.get(path, key=key).hit
    site.weir("key", "revoke", "second owner")


@pytest.mark.parametrize("one, same", [
    ("limit=3&offset=2", "offset=2&limit=3"),
    ("limit=4&offset=2", "top=4&skip=2"),
    ("fields=id,item&limit=5", "select=id,item&limit=5"),
    ("order=id&limit=6", "sort=id&limit=6"),
    ("limit=7", "limit=7&_=12345"),
    ("limit=8", "&limit=8"),
    ("limit=9", "limit=%39"),
    ("limit=11", "fields=*&limit=11"),
])
def test_equal_requests_share_an_entry(web, one, same):
    web.patch(TABLE + "/1", {"version": 0})
    assert not web.get(f"{TABLE}?{one}").hit
    assert web.get(f"{TABLE}?{same}").hit


@pytest.mark.parametrize("one, other", [
    ("limit=3", "limit=4"),
    ("fields=id,item", "fields=item,id"),
    ("order=id", "order=id%20desc"),
    ("limit=3&offset=1", "limit=3&offset=2"),
    ("limit=5", "limit=5&include_count=true"),
])
def test_different_requests_never_share(web, one, other):
    web.patch(TABLE + "/1", {"version": 0})
    first = web.get(f"{TABLE}?{one}")
    second = web.get(f"{TABLE}?{other}")
    assert not second.hit
    assert first.body != second.body


def test_a_slash_at_the_end_shares(web, path):
    web.get(path)
    assert web.get(path + "/").hit


def test_head_shares_with_get(web, path):
    web.get(path)
    assert web.call("HEAD", path).hit


def test_a_key_in_the_url_neither_splits_nor_is_stored(web, site, owner,
                                                       path):
    web.get(path)
    assert web.first.call("GET", f"{path}?api_key={owner}").hit
    cache = site.path("cache")
    for where, _, names in os.walk(cache):
        for name in names:
            with open(os.path.join(where, name), "rb") as content:
                assert owner.encode() not in content.read()


@pytest.mark.parametrize("path, status", [
    ("/api/v2/shop/_table/nothing/{id}", 404),
    (TABLE + "/{id}?fields=nothing", 400),
    (TABLE + "?ids={id}", 400)])
def test_an_error_is_not_kept(web, path, status):
    path = path.format(id=10 ** 6 + next(FRESH_ID))
    for _ in range(2):
        answer = web.get(path)
        assert (answer.status, answer.hit) == (status, False)


def test_that_a_record_is_missing_is_kept(web):
    path = f"{TABLE}/{10 ** 6 + next(FRESH_ID)}"
    first, second = web.get(path), web.other.get(path)
    assert (first.status, first.hit) == (404, False)
    assert (second.status, second.hit) == (404, True)
    assert second.headers["Cache-Control"] == "no-store"
    assert "ETag" not in second.headers
    assert first.error["message"].endswith("not found.")
    assert first.error["message"] == second.error["message"]
    assert first.error["request_id"] != second.error["request_id"]
    assert web.get(path, headers={"Accept": "application/problem+json"}
                   ).json["status"] == 404


def test_a_record_made_later_is_found(web):
    id = 10 ** 6 + next(FRESH_ID)
    for _ in range(2):
        assert web.other.get(f"{TABLE}/{id}").status == 404
    assert web.post(TABLE, [{"id": id, "item": "late"}]).status == 200
    assert web.other.get(f"{TABLE}/{id}").status == 200


def test_a_flush_forgets_everything(web, site, path):
    web.get(path)
    assert web.get(path).hit
    site.weir("cache", "flush")
    assert not web.get(path).hit


def test_a_flush_of_a_service_forgets_it(web, site, path):
    web.get(path)
    site.weir("cache", "flush", "shop")
    assert not web.other.get(path).hit


def test_a_flush_of_a_table_forgets_it(web, site):
    others = "/api/v2/shop/_table/notes?limit=1"
    mine = f"{TABLE}?limit=1&offset={next(FRESH_ID)}"
    for path in (mine, others, mine, others):
        answer = web.get(path)
    assert answer.hit
    assert site.weir("cache", "flush", "shop", "orders") == "shop: flushed\n"
    assert not web.other.get(mine).hit
    assert web.other.get(others).hit
    told = json.loads(site.weir(
        "audit", "list", "--resource", "cache", "--limit", "1", "--json"))
    assert told[0]["before"] == {"service": "shop", "table": "orders"}


def test_a_flush_of_a_view_forgets_it(web, site):
    path = f"/api/v2/shop/_table/totals?limit={next(FRESH_ID)}"
    web.get(path)
    assert web.get(path).hit
    site.weir("cache", "flush", "shop", "totals")
    assert not web.get(path).hit


def test_a_flush_of_no_table_says_so(site):
    with pytest.raises(Failed, match='it has no table "nothing"'):
        site.weir("cache", "flush", "shop", "nothing")


def call_together(callers, path):
    """All at once; the answers, and how long the last one took."""
    answers = []
    start = threading.Barrier(len(callers) + 1)

    def call(caller):
        start.wait()
        answers.append(caller.get(path))

    threads = [threading.Thread(target=call, args=[caller])
               for caller in callers]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    return answers, time.monotonic() - began


def test_concurrent_misses_are_one_query(web, owner):
    """Fifty queries of a second would take four workers 12 s or more."""
    path = f"/api/v2/shop/_table/slow?offset={next(FRESH_ID)}"
    callers = [web.caller(owner) for _ in range(50)]
    answers, took = call_together(callers, path)
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert took < 9
    for caller in callers:
        caller.close()


def test_misses_in_both_processes_are_one_query(web, owner):
    path = f"/api/v2/shop/_table/slow?offset={next(FRESH_ID)}"
    callers = [web.caller(owner, process=i % 2) for i in range(20)]
    answers, took = call_together(callers, path)
    assert {answer.status for answer in answers} == {200}
    assert took < 9
    for caller in callers:
        caller.close()


def test_a_write_during_a_query_is_not_hidden_by_it(web, owner):
    """Who asks after a write never joins a query begun before it."""
    path = "/api/v2/shop/_table/slow_orders?order=id&limit=2"
    early = web.caller(owner)
    slow = threading.Thread(target=early.get, args=[path])
    slow.start()
    time.sleep(0.3)
    version = next(FRESH_ID)
    web.patch(TABLE + "/2", {"version": version})
    assert web.other.get(path).rows[1]["version"] == version
    assert web.get(path).rows[1]["version"] == version
    slow.join()
    assert web.get(path).rows[1]["version"] == version
    early.close()
