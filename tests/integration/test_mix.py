"""No read is older than the last write that was acknowledged, on any store.

And none is of another role than the reader's. All the mixes together are 50 000
operations of 16 clients over two processes, or 1 000 000 of the full tests.
"""

import pytest

from support.mix import Mix
from support.store import STORES as ALL

STORES = ALL
ENGINES = ("sqlite", "mysql")
# A machine that is too busy for the usual 50 ms is another matter: a write then
# goes on without the store (CACHE_WRITE_ON_ERROR), which this test is not about.
SETTINGS = {"STORE_TIMEOUT": "5s"}
FULL = 20  # times as much


def operations(n):
    return pytest.mark.parametrize(
        "operations", [n, pytest.param(n * FULL, marks=pytest.mark.full)])


@operations(1_000)
def test_no_read_is_stale(site, pair, operations):
    with Mix(site, pair.servers, operations) as mix:
        pass
    mix.check()


@operations(4_000)
def test_no_read_is_stale_while_others_are_killed(site, pair, operations):
    with Mix(site, pair.servers, operations) as mix:
        assert mix.kill_victims(site) > 1
    mix.check()
