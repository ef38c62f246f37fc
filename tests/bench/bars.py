"""The bars of the design: how one row must stand to another in the same run.
A ratio is the median of the ratios of the rounds. The ceiling beside it moves
no bar: it tells a machine that is too slow for the bar from a slow weir."""

import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    label: str
    row: str
    against: str
    bar: float
    stretch: float
    cost: bool = False  # CPU of a request, which is to be small

    def ratio(self, mine, other):
        """Of two rounds; the larger the better."""
        if self.cost:
            return other["program_us"] / max(mine["program_us"], 0.01)
        return mine["rate"] / max(other["rate"], 1)


# The least that can answer through libfcgi's front: no program behind this
# nginx has more, on a machine where it stays below a bar.
CEILING_ROW = "hello_epoll"
CEILING_BASES = ("hello", "nginx_cache")


def uncached(engine, prefix):
    """weir's rows of an engine against the minimal responder's."""
    kinds = (("rows", "25 rows"), ("row", "by key"),
             ("related", "25 rows, related"), ("thousand", "1000 rows"),
             ("insert", "insert"), ("batch", "100 inserts"))
    return [Bar(f"uncached {engine}, {what}, against minimal C",
                prefix + kind, f"{prefix}{kind}_c", 0.80, 0.90)
            for kind, what in kinds]


BARS = (
    Bar("cached hit, local store (x)", "hit", "hello", 1.40, 1.60),
    Bar("cached file of 1 KB, local store (x)", "file_files", "hello",
        1.40, 1.60),
    Bar("CPU of a hit beside 10 000 apps", "hit_crowd", "hit", 0.90, 0.97,
        cost=True),
    Bar("256 clients against 32", "hit256", "hit", 0.70, 0.85),
    Bar("local hit against nginx fastcgi_cache", "hit", "nginx_cache",
        0.90, 1.15),
    Bar("hits beside a 1 s query in every worker", "hit_busy", "hit",
        0.90, 1.00),
    Bar("cached hit, Redis (x)", "hit_redis", "hello", 0.95, 1.15),
    Bar("cached hit, memcached (x)", "hit_memcached", "hello", 0.75, 0.90),
    Bar("cached hit, file (x)", "hit_file", "hello", 0.70, 0.90),
    Bar("cached hit, SQLite (x)", "hit_database", "hello", 0.80, 1.00),
    Bar("cache API GET, Redis (x)", "get_redis", "hello", 0.90, 1.10),
    Bar("cache API GET, local (x)", "get_local", "hello", 1.30, 1.50),
    *uncached("SQLite", ""),
    *uncached("MariaDB", "maria_"),
)

MEMORY_LABEL = "resident memory after the mix, MiB"
MEMORY_BAR_MIB = 64
MEMORY_STRETCH_MIB = 32

RELOAD_LABEL = "a change beside 10 000 apps is read in, ms"
RELOAD_BAR_MS = 200
RELOAD_STRETCH_MS = 100


def median_ratio(ratio, mine, other):
    """(median, lowest, highest) of the rounds."""
    ratios = [ratio(one, two) for one, two in zip(mine.rounds, other.rounds)]
    return statistics.median(ratios), min(ratios), max(ratios)


def ceiling(bar, by_name):
    """What the bare epoll responder has in place of weir's row, or None where
    the row is not measured against a plain answer."""
    if bar.against not in CEILING_BASES or CEILING_ROW not in by_name:
        return None
    return median_ratio(bar.ratio, by_name[CEILING_ROW],
                        by_name[bar.against])[0]


def verdict(met_bar, met_stretch):
    if met_stretch:
        return "met, and the stretch"
    return "met" if met_bar else "NOT met"


def judge(rows):
    """One dict for each bar whose two rows were measured."""
    by_name = {row.name: row for row in rows}
    found = []
    for bar in BARS:
        if bar.row not in by_name or bar.against not in by_name:
            continue
        value, low, high = median_ratio(bar.ratio, by_name[bar.row],
                                        by_name[bar.against])
        found.append({
            "label": bar.label, "value": value, "low": low, "high": high,
            "bar": bar.bar, "stretch": bar.stretch,
            "ceiling": ceiling(bar, by_name),
            "verdict": verdict(value >= bar.bar, value >= bar.stretch)})
    return found


def judge_below(label, value, bar, stretch):
    """A figure that is to stay below its bar."""
    return {"label": label, "value": value, "low": value, "high": value,
            "bar": bar, "stretch": stretch, "ceiling": None,
            "verdict": verdict(value < bar, value < stretch)}


def judge_memory(mib):
    return judge_below(MEMORY_LABEL, mib, MEMORY_BAR_MIB, MEMORY_STRETCH_MIB)


def judge_reload(ms):
    return judge_below(RELOAD_LABEL, ms, RELOAD_BAR_MS, RELOAD_STRETCH_MS)
