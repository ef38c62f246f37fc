"""Log-ins that fail too often: barred by account and by address.

The processes of a host count together, whatever the installation's stores.
"""

import itertools
import json

import pytest

from support import accounts
from support.accounts import USERS, WORD, add, login
from support.answer import check_error
from support.process import wait_until
from support.store import STORES

SETTINGS = accounts.SETTINGS | {
    "LOGIN_FAILURES": "3", "LOGIN_FAILURES_HOST": "12",
    "LOGIN_FAILURES_TIME": "1h"}
NUMBER = itertools.count(1)
WRONG = "Invalid credentials supplied."
ORDERS = "shop/_table/orders?limit=1"

assert STORES  # each test of this file runs on each


@pytest.fixture(scope="module")
def servers(site):
    servers = [site.serve(name) for name in ("first", "second")]
    yield servers
    for server in servers:
        server.stop()


class At:
    """A client at some address of its own."""

    def __init__(self, client):
        self.client = client
        self.address = f"192.0.2.{next(NUMBER)}"

    def call(self, uri, method="GET", headers=None, body=b""):
        return self.client.call(
            uri, method, {"Remote-Addr": self.address} | (headers or {}),
            body)


@pytest.fixture
def client(servers):
    with servers[0].connect() as client:
        yield At(client)


@pytest.fixture
def other(servers):
    with servers[1].connect() as client:
        yield At(client)


@pytest.fixture
def email(site):
    email = f"user{next(NUMBER)}@x.org"
    add(site, email)
    return email


def test_an_account_is_barred_after_some_failures(client, other, email):
    for process in (client, other, client):
        check_error(login(process, email, "wrong"), 401, WRONG)
    for process in (client, other):
        answer = login(process, email)  # with the right one
        check_error(answer, 429, "Too many log-ins have failed.")
        assert 0 < int(answer.headers["Retry-After"]) <= 3600
        assert login(process, email.upper()).status == 429
    answer = client.call("/api/v2/" + ORDERS,
                         headers=accounts.basic(email))
    check_error(answer, 429)


def test_who_gets_in_is_forgiven(client, email):
    for _ in range(3):
        for _ in range(2):
            assert login(client, email, "wrong").status == 401
        assert login(client, email).status == 200


def from_address(client, address, email, password=WORD):
    body = json.dumps({"email": email, "password": password}).encode()
    return client.call(USERS, "POST", {"Remote-Addr": address}, body).status


def test_accounts_are_barred_one_by_one(client, site, email):
    for _ in range(3):
        login(client, email, "wrong")
    add(site, "another." + email)
    assert login(client, "another." + email).status == 200
    assert login(client, email).status == 429


def test_an_address_is_barred_after_more(client, other, email):
    for n in range(12):
        assert from_address(
            client, f"2001:db8:1:2::{n}", f"nobody{n}@x.org") == 401
    for process in (client, other):
        assert from_address(process, "2001:db8:1:2:3::4", email) == 429
    assert from_address(client, "2001:db8:1:3::1", email) == 200
    assert from_address(client, "192.0.2.7", email) == 200


def test_addresses_that_are_mapped_are_barred_one_by_one(client, email):
    for n in range(12):
        assert from_address(
            client, "::ffff:198.51.100.1", f"nobody{n}@x.org") == 401
    for address in ("::ffff:198.51.100.1", "198.51.100.1",
                    "::FFFF:c633:6401"):
        assert from_address(client, address, email) == 429
    for address in ("::ffff:198.51.100.2", "198.51.100.2", "::1"):
        assert from_address(client, address, email) == 200


def test_a_restart_forgives_nothing(site, client, email):
    for _ in range(3):
        login(client, email, "wrong")
    server = site.serve("third")
    with server.connect() as third:
        assert login(At(third), email).status == 429
    server.stop()


def test_registrations_count_for_their_address_alone(
        site, client, other, email):
    site.weir("service", "set", "user", "allow_open_registration=true")

    def register(process, email):
        return process.call("/api/v2/user/register", "POST", body=json.dumps(
            {"email": email, "password": WORD}).encode())

    other.address = client.address
    for process in (client, other):
        assert wait_until(lambda p=process: register(p, "").status == 400)
    for n in range(6):  # each costs as much as a log-in
        assert register(client, f"new{n}.{email}").status == 200
        assert register(other, email).status == 409
    for process in (client, other):
        answer = register(process, "more." + email)
        check_error(answer, 429, "Too many attempts.")
        assert 0 < int(answer.headers["Retry-After"]) <= 3600
    client.address = f"192.0.2.{next(NUMBER)}"
    assert register(client, "more." + email).status == 200
    assert login(client, email).status == 200  # whoever used its name
    site.weir("service", "set", "user", "allow_open_registration=false")
