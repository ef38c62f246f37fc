"""A flush costs the same however much is cached: it visits no entry."""

import re

import pytest

from support import accounts
from support.accounts import ADMINS, Person, login

STORES = ("redis",)  # which counts what it is asked for
SETTINGS = accounts.SETTINGS
TABLE = "/api/v2/shop/_table/orders/"
MANY = 400  # entries
FEW = 20  # commands: those of the connection and the session among them


@pytest.fixture(name="boss", scope="module")
def an_administrator(site, server):
    accounts.add(site, "boss@example.org", "admin")
    with server.connect() as client:
        answer = login(client, "boss@example.org", path=ADMINS[8:])
        yield Person(client, answer.json["session_token"])


@pytest.fixture(name="hits")
def reads_of_many_records(server, key):
    """Which of them are answered from the cache."""
    with server.connect() as client:
        yield lambda: [
            client.call(TABLE + str(id), headers=key).hit
            for id in range(1, MANY + 1)]


def commands(store):
    """How many the store has been asked for."""
    stats = store.server.cli("INFO", "commandstats")
    return sum(map(int, re.findall(r":calls=(\d+)", stats)))


@pytest.mark.parametrize("path", ["cache", "cache/shop", "cache/shop/orders",
                                  None])
def test_a_flush_visits_no_entry(site, store, boss, hits, path):
    hits()
    assert all(hits())
    before = commands(store)
    if path is None:
        site.weir("cache", "flush", "shop")
    else:
        assert boss.call("DELETE", "system/" + path).status == 200
    assert commands(store) - before < FEW
    assert int(store.server.cli("DBSIZE")) >= MANY  # all lie there still
    assert not any(hits())
