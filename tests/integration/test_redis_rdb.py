"""Redis comes back with an old dump: what was deleted since is there again.

Two processes share it. No read is stale, since what is there belongs to
another life of the server.
"""

import time

import pytest

from support.mix import Mix, WRITES
from support.process import wait_until

STORES = ("redis",)
SETTINGS = {"STORE_TIMEOUT": "50ms", "CACHE_WRITE_ON_ERROR": "refuse"}
TIMES = [3, pytest.param(30, marks=pytest.mark.full)]
PAUSE = 1  # seconds in which the store comes back into use
TABLE = "/api/v2/shop/_table/orders"


@pytest.fixture
def get(pair, key):
    def get(path, process=0):
        with pair.servers[process].connect() as client:
            return client.call(path, "GET", key)
    return get


@pytest.fixture(autouse=True)
def well(store, get):
    def hits():
        return all(get(f"{TABLE}?limit=1", n).hit for n in (0, 1))
    assert wait_until(hits, 10)


def fall_back(store):
    """Dies, and comes back with what there was at the last SAVE."""
    store.server.kill()
    store.server.start()


def test_an_entry_of_an_old_dump_is_not_served(store, get):
    path = f"{TABLE}/3"
    assert wait_until(lambda: get(path).hit)
    assert store.server.cli("SAVE") == "OK"
    entries = store.server.cli("--scan", "--pattern", "*:e:*")
    assert entries
    fall_back(store)
    assert store.server.cli("--scan", "--pattern", "*:e:*")
    for process in (0, 1):
        answers = [get(path, process)]
        while "bypass" in answers[-1].headers["cache-status"]:
            answers.append(get(path, process))
        assert not answers[-1].hit or process == 1
    assert wait_until(lambda: get(path).hit, 10)


@pytest.mark.parametrize("times", TIMES)
def test_no_read_is_stale(site, pair, store, times):
    def lose_the_last_moments():
        mix.writes = 0  # what is saved is good when it is saved,
        time.sleep(0.2)
        assert store.server.cli("SAVE") == "OK"
        mix.writes = WRITES
        time.sleep(0.3)
        mix.writes = 0  # and no write puts an end to it when it is back
        fall_back(store)
        time.sleep(PAUSE)
        mix.writes = WRITES

    with Mix(site, pair.servers, refuses=True) as mix:
        mix.disturb(lose_the_last_moments, times, PAUSE)
    mix.check()
