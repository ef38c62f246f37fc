"""Wrong credentials from one address: counted, and 429 after too many.

The processes of a host count together, whatever the installation's stores. A
right credential passes all the time.
"""

import itertools
import json
import signal
import time
import uuid

import pytest

from support import accounts
from support.accounts import USERS, add, basic, claims_of, past, sign
from support.answer import check_error
from support.process import wait_until

STORES = ("local", "redis")
MANY = 5
SETTINGS = accounts.SETTINGS | {
    "AUTH_FAILURES": str(MANY), "AUTH_FAILURES_TIME": "1h",
    "TRUSTED_PROXIES": "127.0.0.1", "LOGIN_FAILURES": "1000"}
ROUNDS = 5  # of a test that a slow machine may spoil
ORDER = "/api/v2/shop/_table/orders/1"
ADDRESSES = map("198.51.100.{}".format, itertools.count(1))
GUARDED = "Too many credentials from this address were wrong."


@pytest.fixture(scope="module")
def servers(site):
    servers = [site.serve(name) for name in ("first", "second")]
    yield servers
    for server in servers:
        server.stop()


class At:
    """A client of both processes in turn, at some address of its own."""

    def __init__(self, clients, address=None):
        self.clients = itertools.cycle(clients)
        self.address = address or next(ADDRESSES)

    def call(self, headers=None, uri=ORDER, method="GET", body=b""):
        return next(self.clients).call(
            uri, method, {"Remote-Addr": self.address} | (headers or {}),
            body)

    def statuses(self, headers, n):
        return [self.call(headers).status for _ in range(n)]

    def fail(self, n=MANY):
        assert self.statuses(unknown(), n) == [401] * n


def unknown():
    return {accounts.KEY: uuid.uuid4().hex * 2}


@pytest.fixture(name="clients")
def clients_of_both(servers):
    with servers[0].connect() as first, servers[1].connect() as second:
        yield first, second


@pytest.fixture(name="client")
def client_of_both(clients):
    return At(clients)


@pytest.fixture(scope="module", name="email")
def a_user(site):
    add(site, "ann@x.org")
    return "ann@x.org"


@pytest.fixture(scope="module", name="token")
def a_token(servers, email):
    with servers[0].connect() as client:
        return log_in(At([client]), email).json["session_token"]


def log_in(client, email, password=accounts.WORD, headers=None):
    body = json.dumps({"email": email, "password": password}).encode()
    return client.call(headers, USERS, "POST", body)


def test_two_processes_count_together(client):
    client.fail()
    for _ in range(4):
        answer = client.call(unknown())
        check_error(answer, 429, GUARDED)
        assert 0 < int(answer.headers["Retry-After"]) <= 3600
        assert "WWW-Authenticate" not in answer.headers


def test_a_right_key_always_passes(client, key):
    client.fail()
    for _ in range(3):
        assert client.call(unknown()).status == 429
        assert client.call(key).status == 200


def test_a_right_password_and_a_right_token_always_pass(client, email, key):
    client.fail()
    assert client.call(unknown()).status == 429
    answer = log_in(client, email)
    assert answer.status == 200
    token = {accounts.TOKEN: answer.json["session_token"]}
    for headers in (token, basic(email)):
        assert client.call(key | headers).status == 200
    assert client.call(token, USERS).status == 200


WRONG = {
    "key": lambda client, email, token: client.call(unknown()),
    "query": lambda client, email, token: client.call(
        uri=ORDER + "?api_key=" + "z" * 64),
    "token": lambda client, email, token: client.call({accounts.TOKEN: "a.b.c"}),
    "forged": lambda client, email, token: client.call(
        {accounts.TOKEN: sign(claims_of(token), "x" * 40)}),
    "basic": lambda client, email, token: client.call(basic(email, "wrong")),
    "malformed": lambda client, email, token: client.call(
        {"Authorization": "Basic !!!"}),
    "login": lambda client, email, token: log_in(client, email, "wrong"),
    "renewal": lambda client, email, token: client.call(
        {accounts.TOKEN: "a.b.c"}, USERS, "PUT"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_each_kind_of_failure_counts(client, email, token, kind):
    statuses = [WRONG[kind](client, email, token).status for _ in range(MANY + 2)]
    assert statuses == [401] * MANY + [429] * 2
    assert client.call(unknown()).status == 429


# Where a wrong key comes along, and what few of them are answered: elsewhere,
# too, a right one would show.
BESIDE = {
    "token": (401, lambda client, email, token: client.call(
        unknown() | {accounts.TOKEN: token})),
    "basic": (401, lambda client, email, token: client.call(
        unknown() | basic(email))),
    "root": (200, lambda client, email, token: client.call(
        unknown(), "/api/v2")),
    "root and token": (200, lambda client, email, token: client.call(
        unknown() | {accounts.TOKEN: token}, "/api/v2")),
    "open": (200, lambda client, email, token: client.call(
        unknown(), "/api/v2/system/environment")),
    "session": (200, lambda client, email, token: client.call(
        unknown() | {accounts.TOKEN: token}, USERS)),
    "login": (200, lambda client, email, token: log_in(
        client, email, headers=unknown())),
    "wrong login": (401, lambda client, email, token: log_in(
        client, email, "wrong", unknown())),
    "wrong token": (401, lambda client, email, token: client.call(
        unknown() | {accounts.TOKEN: "a.b.c"})),
    "wrong renewal": (401, lambda client, email, token: client.call(
        unknown() | {accounts.TOKEN: "a.b.c"}, USERS, "PUT")),
}


@pytest.mark.parametrize("kind", BESIDE)
def test_a_wrong_key_counts_once_wherever_it_is(
        client, email, token, key, kind):
    few, call = BESIDE[kind]
    statuses = [call(client, email, token).status for _ in range(MANY + 2)]
    assert statuses == [few] * MANY + [429] * 2
    assert client.call(unknown()).status == 429
    assert client.call(key | {accounts.TOKEN: token}).status == 200
    assert client.call(key, "/api/v2").status == 200


def test_a_wrong_key_counts_with_a_token_that_has_ended(client, email, key):
    ended = {accounts.TOKEN: log_in(client, email).json["session_token"]}
    assert client.call(ended, USERS, "DELETE").status == 200
    assert client.statuses(unknown() | ended, MANY + 1) == [401] * MANY + [429]
    assert client.statuses(key | ended, 2) == [401] * 2


def test_who_needs_no_key_guesses_none(site, client):
    """An administrator, whose clients may send the key of another weir."""
    add(site, "root@x.org", "admin")
    body = json.dumps({"email": "root@x.org", "password": accounts.WORD})
    token = client.call(uri=accounts.ADMINS, method="POST",
                        body=body.encode()).json["session_token"]
    for uri in (ORDER, "/api/v2", accounts.ADMINS):
        assert {client.call(unknown() | {accounts.TOKEN: token}, uri).status
                for _ in range(MANY + 1)} == {200}
    client.fail()


def test_the_kinds_count_together(client, email, token):
    wrong = list(itertools.islice(itertools.cycle(WRONG.values()), MANY))
    for fail in wrong:
        assert fail(client, email, token).status == 401
    for fail in WRONG.values():
        assert fail(client, email, token).status == 429


def test_what_is_no_guess_does_not_count(client, token, reader):
    """No credentials at all; no right to this; a token that has expired."""
    expired = {accounts.TOKEN: past(token)}
    for headers, uri in (
            ({}, ORDER), (accounts.lines(key=reader), "/api/v2/shop/_table/x"),
            (expired, ORDER)):
        assert {client.call(headers, uri).status
                for _ in range(MANY + 3)} == {401}
    client.fail()
    assert client.call(expired).status == 401


def test_addresses_count_one_by_one(client, clients):
    client.fail()
    assert client.call(unknown()).status == 429
    At(clients).fail()


def test_an_ipv6_network_is_one_address(clients):
    for n in range(MANY):
        At(clients, f"2001:db8:1:2::{n}").fail(1)
    assert At(clients, "2001:db8:1:2:3::").call(unknown()).status == 429
    At(clients, "2001:db8:1:3::").fail(1)


def test_a_trusted_proxy_is_not_its_clients(clients, key):
    """Each behind it counts for itself, and what one makes up does not."""
    proxy = At(clients, "127.0.0.1")

    def via(client, n):
        return [proxy.call(unknown() | {"X-Forwarded-For": (
            f"203.0.113.{i}, {client}")}).status for i in range(n)]

    first, other = next(ADDRESSES), next(ADDRESSES)
    assert via(first, MANY + 2) == [401] * MANY + [429] * 2
    assert via(other, MANY) == [401] * MANY
    assert proxy.call(unknown()).status == 401
    assert proxy.call(key | {"X-Forwarded-For": first}).status == 200


def test_who_is_not_trusted_counts_for_himself(client):
    statuses = [client.call(unknown() | {
        "X-Forwarded-For": f"203.0.113.{n}"}).status for n in range(MANY + 2)]
    assert statuses == [401] * MANY + [429] * 2


def test_a_restart_forgives_nothing(site, client):
    client.fail()
    server = site.serve("third")
    with server.connect() as third:
        assert At([third], client.address).call(unknown()).status == 429
    server.stop()


def told(site, address):
    return [line for line in site.read("weir.log").splitlines()
            if address + " has failed to prove" in line]


def test_the_log_tells_once_and_the_access_log_each_time(site, client):
    client.fail()
    assert not told(site, client.address)
    assert client.statuses(unknown(), 20) == [429] * 20
    assert len(told(site, client.address)) == 1
    assert wait_until(lambda: verdicts(site, client.address) == (
        ["none"] * MANY + ["guard"] * 20), 5)


def verdicts(site, address):
    return sorted((line["limit"] for line in site.access_lines()
                   if line["client"] == address), reverse=True)


def test_no_key_is_in_the_store(site, client):
    wrong = unknown()
    assert client.call(wrong).status == 401
    for name in ("weir.log", "access.log"):
        assert wrong[accounts.KEY] not in site.read(name)


def reload(site, servers, **settings):
    """From now on: seen by what an address of its own is told."""
    site.configure(**settings)
    for server in servers:
        server.signal(signal.SIGHUP)


def test_a_window_ends(site, servers, clients):
    reload(site, servers, AUTH_FAILURES_TIME="2s")
    try:
        assert wait_until(lambda: all(
            waits(At([client])) <= 2 for client in clients), 10)
        assert any(next_window(At(clients)) == MANY for _ in range(ROUNDS))
    finally:
        reload(site, servers, AUTH_FAILURES_TIME="1h")
        assert wait_until(lambda: all(
            waits(At([client])) > 2 for client in clients), 10)


def next_window(client):
    """How many may fail when one that is used up has ended.

    More than MANY, if the machine was too slow for one window.
    """
    time.sleep(waits(client))
    tries, _ = until_refused(client)
    assert tries >= MANY
    return tries


def until_refused(client):
    """How many fail before they are too many, and the answer then."""
    for tries in range(20 * MANY):
        answer = client.call(unknown())
        if answer.status == 429:
            return tries, answer
        assert answer.status == 401
    raise AssertionError("however many fail, none is refused")


def waits(client):
    _, answer = until_refused(client)
    return int(answer.headers["Retry-After"])


def test_it_can_be_switched_off(site, servers, clients):
    reload(site, servers, AUTH_FAILURES="0")
    try:
        assert wait_until(lambda: all(
            At([client]).statuses(unknown(), MANY + 1)[-1] == 401
            for client in clients), 10)
        client = At(clients)
        assert client.statuses(unknown(), 4 * MANY) == [401] * 4 * MANY
    finally:
        reload(site, servers, **SETTINGS)
