"""The limits' store is paused or killed under load: LIMIT_ON_ERROR rules.

The store's trouble is never a 429, costs a call one STORE_TIMEOUT at most, is
told once in the log, and is over by itself.
"""

import collections
import threading
import time

import pytest

from support.pair import Pair, Web
from support.process import wait_until

STORES = ("redis",)
SETTINGS = {"STORE_TIMEOUT": "250ms", "CACHE_DRIVER": "local",
            "LIMIT_CACHE_DRIVER": "redis"}
PATH = "/api/v2/shop/_table/orders/1"
POLICIES = {"local": (200, "local"), "allow": (200, "skipped"),
            "deny": (503, "denied")}
CALLERS = 8
WIDE = 10000000  # a limit that no load of a test uses up
NARROW = 10
LASTS = 2  # seconds of trouble
SLOW = 0.25 + 0.75  # STORE_TIMEOUT, and what a busy machine may add
STALL = 3  # seconds that it may stand still, once or twice in a test
BACK = 10  # seconds, at most
LOST, FOUND = "limit store does not answer", "limit store counts again"


class Load:
    """Callers in threads of their own, over both processes."""

    def __init__(self, web, key):
        self.answers = []  # (when it came, seconds, status)
        self.ends = False
        self.threads = [
            threading.Thread(target=self.run, args=(web, key, n % 2))
            for n in range(CALLERS)]

    def run(self, web, key, process):
        with web.caller(key, process) as caller:
            while not self.ends:
                began = time.monotonic()
                answer = caller.get(PATH)
                now = time.monotonic()
                self.answers.append((now, now - began, answer.status))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.ends = True
        for thread in self.threads:
            thread.join()

    def statuses(self, since=0):
        """Of what was sent since then and has been answered."""
        return collections.Counter(
            status for came, seconds, status in list(self.answers)
            if came - seconds >= since)

    def slowest(self, others=0):
        """Seconds of the slowest call, but for so many others."""
        return sorted(seconds for _, seconds, _ in self.answers)[-1 - others]


@pytest.fixture(name="web", scope="module", params=POLICIES)
def callers_under_each_policy(request, site, store):
    """Two processes of that policy, behind nginx."""
    del store
    pair = Pair(site, LIMIT_ON_ERROR=request.param)
    web = Web(pair.kept, request.param)
    yield web
    web.close()
    pair.stop()


@pytest.fixture(name="wide", scope="module")
def key_of_a_wide_limit(site, web):
    return limited(site, web, "wide", WIDE)


def limited(site, web, name, rate):
    """A key with a limit of its own, which both processes know."""
    name = f"{name}-{web.mode}"
    key = site.add_key(name, "reader")
    site.add_limit(name, rate, "hour", app=name)
    assert wait_until(lambda: all(
        "X-RateLimit-Limit" in caller.get(PATH, key=key).headers
        for caller in (web.first, web.other)))
    return key


def lines(site, text):
    return [line for line in site.read("weir.log").splitlines()
            if text in line]


def shared(web, key):
    """Do both processes count in the store, and in the same counter?"""
    def left(caller):
        return int(caller.get(PATH, key=key).headers.get(
            "X-RateLimit-Remaining", -1))

    found = [left(caller) for caller in 2 * (web.first, web.other)]
    return -1 not in found and found == list(
        range(found[0], found[0] - 4, -1))


@pytest.fixture(autouse=True)
def well(store, web, wide):
    assert wait_until(lambda: shared(web, wide), BACK)
    yield
    if store.server.process.alive:
        store.server.resume()
    else:
        store.server.restart()


def pause(server):
    server.pause()
    return server.resume


def kill(server):
    server.kill()
    return server.restart


@pytest.mark.parametrize("harm", [pause, kill])
@pytest.mark.parametrize("times", [
    1, pytest.param(8, marks=pytest.mark.full)])
def test_a_policy_rules_under_load(site, store, web, wide, harm, times):
    for _ in range(times):
        check_trouble(site, store, web, wide, harm)


def check_trouble(site, store, web, wide, harm):
    """Two seconds of it."""
    status, verdict = POLICIES[web.mode]
    lost, found = (len(lines(site, text)) for text in (LOST, FOUND))
    before = len(site.access_lines())
    with Load(web, wide) as load:
        assert wait_until(lambda: load.statuses()[200] > 100)
        mend = harm(store.server)
        began = time.monotonic()
        time.sleep(LASTS)
        assert wait_until(lambda: load.statuses(began))
        during = load.statuses(began)
        mend()
        back = time.monotonic()
        assert wait_until(
            lambda: len(lines(site, FOUND)) == found + 2, BACK)
    took = time.monotonic() - back
    assert set(during) == {status}, during
    assert set(load.statuses()) <= {200, status}
    assert load.slowest(2 * CALLERS) < SLOW  # two stalls slow down so many
    assert load.slowest() < SLOW + STALL
    assert wait_until(lambda: shared(web, wide), BACK)
    # one line of each process for each, and a verdict of each call
    assert len(lines(site, LOST)) == lost + 2
    assert len(lines(site, FOUND)) == found + 2
    told = collections.Counter(
        line["limit"] for line in site.access_lines()[before:])
    assert set(told) == {"pass", verdict}
    assert told[verdict] >= sum(during.values())
    ruled = sum(numbers(line, web.mode)
                for line in lines(site, FOUND)[found:])
    assert ruled == told[verdict]
    print(f"{web.mode} {harm.__name__}: {told[verdict]} calls ruled in "
          f"{LASTS} s, slowest {load.slowest() * 1000:.0f} ms, told back "
          f"after {took:.1f} s")


def numbers(line, policy):
    """How many calls a line says that the policy ruled; no other did."""
    words = line.split(" ms ", 1)[1].split()
    found = {"local": int(words[0]), "allow": int(words[7]),
             "deny": int(words[9])}
    assert sum(found.values()) == found[policy], line
    return found[policy]


def test_a_narrow_limit_is_ruled_too(site, store, web):
    """LIMIT_ON_ERROR=local is a limit still: of each process."""
    key = limited(site, web, "narrow", NARROW)
    store.server.pause()
    try:
        for caller in (web.first, web.other):
            answers = [caller.get(PATH, key=key) for _ in range(2 * NARROW)]
            assert [answer.status for answer in answers] == {
                "local": [200] * NARROW + [429] * NARROW,
                "allow": [200] * 2 * NARROW,
                "deny": [503] * 2 * NARROW}[web.mode]
            assert ("X-RateLimit-Limit" in answers[-1].headers) == (
                web.mode == "local")
            if web.mode == "local":
                assert int(answers[-1].headers["Retry-After"]) > 3000
    finally:
        store.server.resume()


def test_what_has_no_limit_is_not_touched(store, web, owner):
    store.server.pause()
    try:
        for caller in (web.first, web.other):
            answers = [caller.get(PATH, key=owner) for _ in range(20)]
            assert {answer.status for answer in answers} == {200}
    finally:
        store.server.resume()
