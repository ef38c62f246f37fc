"""Rate limits: exact, shared by processes, told in every answer."""

import collections
import contextlib
import threading
import time

import pytest

PATH = "/api/v2/shop/_table/orders/1"
SEEN_SECONDS = 1.1  # a change is seen everywhere within a second

# An app each: its rate, its period, and what more the limit names.
LIMITS = {
    "three": (3, "minute", {}),
    "telling": (2, "minute", {}),
    "hits": (5, "minute", {}),
    "exact": (120, "hour", {}),
    "tight": (1, "minute", {}),
    "unauthorised": (2, "minute", {}),
    "one": (1, "minute", {}),
    "another": (1, "minute", {}),
    "shop-only": (1, "minute", {"service": "shop"}),
    "brief": (2, "2s", {}),
    "kill": (3, "hour", {}),
}


@pytest.fixture(scope="module", autouse=True)
def limits(site):
    """Each mode of the web server has apps and limits of its own."""
    site.add_database("other", "CREATE TABLE t (id INTEGER PRIMARY KEY);")
    site.grant("reader", "other", "*", "GET")
    for mode in ("kept", "fresh"):
        for name, (rate, period, scope) in LIMITS.items():
            app = f"{name}-{mode}"
            site.keys[app] = site.add_key(app, "reader")
            site.add_limit(app, rate, period, app=app, **scope)


@pytest.fixture(name="limit")
def key_of_a_limited_app(site, web):
    return lambda name: site.keys[f"{name}-{web.mode}"]


@contextlib.contextmanager
def limit_for_all(site, name, *args, **scope):
    """A limit that others must not meet: it is seen, and then is gone."""
    site.add_limit(name, *args, **scope)
    time.sleep(SEEN_SECONDS)
    try:
        yield
    finally:
        site.weir("limit", "remove", name)
        time.sleep(SEEN_SECONDS)


def count(answers):
    return collections.Counter(answer.status for answer in answers)


def test_one_call_too_many_is_429(web, limit):
    key = limit("three")
    answers = [web.get(PATH, key=key) for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    refused = answers[3]
    assert refused.error["message"] == "API limit(s) exceeded. "
    assert refused.error["code"] == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_every_answer_tells_what_is_left(web, limit):
    key = limit("telling")
    answers = [web.get(PATH, key=key) for _ in range(3)]
    for answer, left in zip(answers, (1, 0, 0)):
        assert answer.headers["X-RateLimit-Limit"] == "2"
        assert answer.headers["X-RateLimit-Remaining"] == str(left)
        ends = int(answer.headers["X-RateLimit-Reset"]) - time.time()
        assert -1 <= ends <= 61
        assert "q=2" in answer.headers["RateLimit-Policy"]
        assert "w=60" in answer.headers["RateLimit-Policy"]
        assert f"r={left}" in answer.headers["RateLimit"]


def test_answers_without_a_limit_tell_nothing(web, owner):
    assert "X-RateLimit-Limit" not in web.get(PATH, key=owner).headers


def test_hits_are_counted(web, limit):
    key = limit("hits")
    assert count(web.get(PATH, key=key) for _ in range(8)) == {
        200: 5, 429: 3}


def hammer(web, key, process, calls, answers):
    with web.caller(key, process) as caller:
        answers += [caller.get(PATH) for _ in range(calls)]


def test_exactly_n_pass_over_two_processes(web, limit):
    key = limit("exact")
    rate = LIMITS["exact"][0]
    answers = []
    clients = [threading.Thread(
        target=hammer, args=[web, key, i % 2, 3 * rate // 8, answers])
               for i in range(8)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert count(answers) == {200: rate, 429: 2 * rate}


def test_a_refused_call_advances_no_other_counter(web, site, limit):
    key = limit("tight")
    with limit_for_all(site, "wide", 5, "hour", service="shop"):
        assert count(web.get(PATH, key=key) for _ in range(6)) == {
            200: 1, 429: 5}
        calls = [web.get(PATH, key=site.keys["owner"]) for _ in range(6)]
        assert count(calls) == {200: 4, 429: 2}


def test_calls_without_rights_are_not_counted(web, limit):
    key = limit("unauthorised")
    secrets = "/api/v2/shop/_table/secrets"
    assert count(web.get(secrets, key=key) for _ in range(5)) == {401: 5}
    assert count(web.get(PATH, key=key) for _ in range(3)) == {
        200: 2, 429: 1}


def test_unknown_keys_are_not_counted(web, site):
    with limit_for_all(site, "instance", 2, "minute"):
        assert count(web.get(PATH, key="z" * 40) for _ in range(5)) == {
            401: 5}
        calls = [web.get(PATH, key=site.keys["owner"]) for _ in range(3)]
        assert count(calls) == {200: 2, 429: 1}


def test_one_app_does_not_use_up_anothers_limit(web, limit):
    one, other = limit("one"), limit("another")
    assert web.get(PATH, key=one).status == 200
    assert web.get(PATH, key=one).status == 429
    assert web.get(PATH, key=other).status == 200


def test_a_limit_of_a_service_leaves_others_alone(web, limit):
    key = limit("shop-only")
    assert count(web.get(PATH, key=key) for _ in range(2)) == {200: 1, 429: 1}
    path = "/api/v2/other/_table/t"
    assert count(web.get(path, key=key) for _ in range(3)) == {200: 3}


def test_a_window_ends(web, limit):
    """The window is from the first call, and is over when it says so."""
    key = limit("brief")
    assert count(web.get(PATH, key=key) for _ in range(3)) == {200: 2, 429: 1}
    wait = int(web.get(PATH, key=key).headers["Retry-After"])
    assert 1 <= wait <= 3
    time.sleep(wait)
    assert web.get(PATH, key=key).status == 200


def test_counters_survive_a_kill(web, limit, site):
    key = limit("kill")
    assert [web.get(PATH, key=key).status for _ in range(2)] == [200, 200]
    third = site.serve("third-" + web.mode)
    third.connect().call(PATH, headers={"X-API-Key": key})
    third.kill()
    assert web.other.get(PATH, key=key).status == 429
