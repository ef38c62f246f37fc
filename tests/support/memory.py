"""How much memory a server takes, as the kernel says."""

import contextlib
import re

GROWTH = 16 * 1024  # KiB that something may take which holds little


def memory(server, name):
    """KiB."""
    with open(f"/proc/{server.id}/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines
                    if line.startswith(name + ":"))


def is_sanitized(server):
    """Then most of its memory is not its own."""
    with open(f"/proc/{server.id}/maps", encoding="utf-8") as maps:
        return re.search("lib[at]san", maps.read()) is not None


@contextlib.contextmanager
def staying_below(server, most):
    """Meanwhile it never takes so many KiB, with all programs and libraries."""
    with open(f"/proc/{server.id}/clear_refs", "w", encoding="ascii") as out:
        out.write("5")  # forgets the peak
    yield
    peak = memory(server, "VmHWM")
    assert peak < most or is_sanitized(server), peak


@contextlib.contextmanager
def holding_little(server, growth=GROWTH):
    """Meanwhile its memory never grows by more than that."""
    with staying_below(server, memory(server, "VmRSS") + growth):
        yield
