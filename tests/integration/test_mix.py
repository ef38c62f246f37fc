"""No read is older than the last write that was acknowledged, on any store."""

import pytest

from support.mix import Mix
from support.store import STORES as ALL

STORES = ALL
# A machine that is too busy for the usual 50 ms is another matter: a write then
# goes on without the store (CACHE_WRITE_ON_ERROR), which this test is not about.
SETTINGS = {"STORE_TIMEOUT": "5s"}
OPERATIONS = [5_000, pytest.param(100_000, marks=pytest.mark.full)]


@pytest.mark.parametrize("operations", OPERATIONS)
def test_no_read_is_stale(site, pair, operations):
    with Mix(site, pair.servers, operations) as mix:
        pass
    mix.check()


@pytest.mark.parametrize("operations", OPERATIONS)
def test_no_read_is_stale_while_others_are_killed(site, pair, operations):
    with Mix(site, pair.servers, operations) as mix:
        assert mix.kill_victims(site) > 2
    mix.check()
