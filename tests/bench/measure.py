"""What is measured: one row is one target under one load, measured once in
every round, so that a drift of the machine meets all rows alike."""

import statistics
from dataclasses import dataclass, field

from proc import cpu_us


@dataclass
class Row:
    """A target (its process id) under a load. `beside` is a load that runs at
    the same time and is not measured."""

    name: str
    label: str
    pid: int
    load: object
    beside: object = None
    rounds: list = field(default_factory=list)

    def median(self, what):
        return statistics.median(r[what] for r in self.rounds)

    def spread(self, what):
        """Half the distance of highest and lowest round, in percent."""
        values = [r[what] for r in self.rounds]
        middle = self.median(what)
        return 50 * (max(values) - min(values)) / middle if middle else 0

    def total(self, what):
        return sum(r[what] for r in self.rounds)


def measure(row, nginx_pid, seconds):
    """One round of one row."""
    beside = row.beside.start(seconds + 2) if row.beside else None
    if beside:
        row.load.run(1)
    before = cpu_us(nginx_pid), cpu_us(row.pid)
    result = row.load.run(seconds)
    after = cpu_us(nginx_pid), cpu_us(row.pid)
    requests = max(result["requests"], 1)
    result["rate"] = result["requests"] / result["seconds"]
    result["nginx_us"] = (after[0] - before[0]) / requests
    result["program_us"] = (after[1] - before[1]) / requests
    if beside:
        result["beside"] = row.beside.finish(beside, seconds)
    return result


def measure_all(rows, nginx_pid, rounds, seconds, say):
    """Warms every target, then measures all rows in turns."""
    for row in rows:
        row.load.run(1)
    for n in range(rounds):
        for row in rows:
            result = measure(row, nginx_pid, seconds)
            row.rounds.append(result)
            say(f"round {n + 1}/{rounds}  {row.label:<38}"
                f"{result['rate']:>9.0f} req/s")
