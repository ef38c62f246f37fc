"""No read is older than the last write that was acknowledged, on any store.

And none is of another role than the reader's. All the mixes together are 50 000
operations of 16 clients over two processes; of the full tests each is 1 000 000,
and tells how far it is.
"""

import pytest

from support.mix import Mix
from support.store import STORES as ALL

STORES = ALL
ENGINES = ("sqlite", "mysql")
# A machine that is too busy for the usual 50 ms is another matter: a write then
# goes on without the store (CACHE_WRITE_ON_ERROR), which this test is not about.
SETTINGS = {"STORE_TIMEOUT": "5s"}


@pytest.fixture
def tell(request, operations):
    """What is shown at once, of those that last."""
    terminal = request.config.pluginmanager.get_plugin("terminalreporter")
    return terminal.write_line if operations > 100_000 else print


def operations_of(few, full):
    return pytest.mark.parametrize(
        "operations", [few, pytest.param(full, marks=pytest.mark.full)])


@operations_of(1_000, 1_000_000)
def test_no_read_is_stale(site, pair, operations, tell):
    mix = Mix(site, pair.servers, operations)
    mix.tell = tell
    with mix:
        pass
    tell(mix.result())
    mix.check()


@operations_of(4_000, 80_000)
def test_no_read_is_stale_while_others_are_killed(site, pair, operations):
    with Mix(site, pair.servers, operations) as mix:
        assert mix.kill_victims(site) > 1
    mix.check()
