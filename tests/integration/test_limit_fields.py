"""What answers say of limits can be read by those who know the rules.

RateLimit-Policy and RateLimit are structured fields: read here by a parser of
our own, and with --full by the npm package structured-headers.
"""

import json
import os
import re
import shutil
import subprocess
import time

import pytest

from support import structured
from support.process import wait_until
from support.structured import Malformed, parse_list

PATH = "/api/v2/shop/_table/orders/1"
PACKAGE = "structured-headers@2.1.0"
NAMES = ["plain", "two words", 'a "quoted" one', "back\\slash", 'ends in \\"',
         "x;y=1, z", "=?1:*%", "größe", "日本", "x" * 64]
LIMITS = [(3, "minute", 60), (16000000, "30-day", 2592000), (7, "10s", 10)]


@pytest.fixture(scope="module", name="client")
def client_of_a_server(site):
    server = site.serve()
    with server.connect() as client:
        yield client
    server.stop()


@pytest.fixture(name="lines", scope="module")
def lines_of_many_answers(site, client):
    """For each app its limits, by name, and the headers of its answers."""
    apps = [[(name, LIMITS[0])] for name in NAMES]
    apps.append([(f"one of {rate}", (rate, period, seconds))
                 for rate, period, seconds in LIMITS])
    keys = []
    for n, limits in enumerate(apps):
        keys.append(site.add_key(f"app{n}", "reader"))
        for name, (rate, period, _) in limits:
            site.add_limit(name, rate, period, app=f"app{n}")
    last = site.add_key("last", "reader")  # who knows it knows all of these
    assert wait_until(lambda: client.call(
        PATH, headers={"X-API-Key": last}).status == 200)
    return [(limits, [client.call(PATH, headers={"X-API-Key": key})
                      for _ in range(LIMITS[0][0] + 1)])
            for limits, key in zip(apps, keys)]


def as_sent(name):
    """What a string has no room for is written as in a URL."""
    return re.sub(rb"[^ -~]", lambda byte: b"%%%02x" % byte[0][0],
                  name.encode()).decode()


def check(limits, answers, policies, states):
    """These parsed lists say what the limits are, and the other headers."""
    for count, (answer, policy, state) in enumerate(
            zip(answers, policies, states), 1):
        assert sorted(policy) == sorted(
            (as_sent(name), {"q": rate, "w": seconds})
            for name, (rate, _, seconds) in limits)
        ((name, told),) = state
        nearest, (rate, _, seconds) = limits[0]
        assert name == as_sent(nearest)
        assert told["r"] == max(0, rate - count)
        assert 1 <= told["t"] <= seconds
        assert answer.status == (200 if count <= rate else 429)
        assert answer.headers["X-RateLimit-Limit"] == str(rate)
        assert answer.headers["X-RateLimit-Remaining"] == str(told["r"])
        ends = int(answer.headers["X-RateLimit-Reset"])
        assert abs(ends - time.time() - told["t"]) < 60
        if answer.status == 429:
            assert answer.headers["Retry-After"] == str(told["t"])


def test_our_own_parser_reads_them(lines):
    for limits, answers in lines:
        check(limits, answers,
              [parse_list(answer.headers["RateLimit-Policy"])
               for answer in answers],
              [parse_list(answer.headers["RateLimit"]) for answer in answers])


@pytest.mark.full
def test_the_package_structured_headers_reads_them(lines, tmp_path):
    for limits, answers in lines:
        found = parsed_by_the_package(tmp_path, [
            answer.headers[name] for answer in answers
            for name in ("RateLimit-Policy", "RateLimit")])
        found = [[(value, parameters) for value, parameters in items]
                 for items in found]
        check(limits, answers, found[0::2], found[1::2])


def parsed_by_the_package(folder, values):
    """Installed once a folder; no server to install it from is a failure."""
    if not (folder / "node_modules").exists():
        assert shutil.which("npm"), "npm is not installed"
        done = subprocess.run(
            ["npm", "install", "--no-save", "--no-audit", "--no-fund",
             "--ignore-scripts", "--cache", folder / "cache", "--prefix",
             folder, PACKAGE], cwd=folder,
            capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, (
            f"npm could not install {PACKAGE}: {done.stderr[-2000:]}")
        shutil.copy(os.path.join(os.path.dirname(structured.__file__),
                                 "structured.mjs"), folder)
    return json.loads(subprocess.run(
        ["node", folder / "structured.mjs"], input=json.dumps(values),
        capture_output=True, text=True, timeout=60, check=True).stdout)


@pytest.mark.parametrize("text, items", [
    ("", []), (' "a" ', [("a", {})]), ('"a";q=1', [("a", {"q": 1})]),
    ('"a"; q=1;w="x\\"\\\\" \t,\tb;c', [
        ("a", {"q": 1, "w": 'x"\\'}), ("b", {"c": True})]),
    ('"a;b, c";q=-5;q=7', [("a;b, c", {"q": 7})]),
    ("?0;x=1.5", [(False, {"x": structured.Decimal("1.5")})]),
])
def test_the_parser_reads_what_is_good(text, items):
    assert parse_list(text) == items


@pytest.mark.parametrize("text", [
    '"a', '"a" "b"', '"a",', ',"a"', '"a";Q=1', '"a";', '"a";q=',
    '"a" ;q=1', '"größe"', '"a\\b"', '"a"b"', '"a";q=1234567890123456',
    '"a";q=1.2345', '"a";q=1.', '"a"\n', "'a'", '"a";q =1', '"a\t"'])
def test_the_parser_refuses_what_is_not(text):
    with pytest.raises(Malformed):
        parse_list(text)
