"""A strict reader of Prometheus' text format 0.0.4.

Stricter than the format where that catches mistakes: every name has HELP and
TYPE, once, before its samples, which stand together; no series comes twice;
histograms are whole, and what they count grows with their bounds.
"""

import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
HELP = re.compile(rf"# HELP ({NAME}) (\S.*)")
TYPE = re.compile(rf"# TYPE ({NAME}) (counter|gauge|histogram)")
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)")
LABEL = re.compile(
    r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)')
NUMBER = re.compile(r"[+-]?Inf|NaN|[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}
PARTS = ("_bucket", "_sum", "_count")


class Malformed(Exception):
    pass


def need(good, what):
    if not good:
        raise Malformed(what)


def labels_of(text):
    """A frozenset of names with values; refuses what is left over."""
    labels, at = {}, 0
    while at < len(text):
        match = LABEL.match(text, at)
        need(match, f"labels: {text[at:]!r}")
        name, value, _ = match.groups()
        need(name not in labels, f"label {name} comes twice")
        labels[name] = re.sub(r'\\[\\"n]', lambda m: ESCAPES[m[0]], value)
        at = match.end()
    need(not text.endswith(","), f"a comma at the end of {text!r}")
    return frozenset(labels.items())


class Family:
    def __init__(self, name, help):
        self.name = name
        self.help = help
        self.type = None
        self.samples = {}  # by the sample's name and its labels

    def takes(self, name):
        if self.type == "histogram":
            return name in [self.name + part for part in PARTS]
        return name == self.name

    def check(self):
        need(self.type, f"{self.name} has no TYPE")
        if self.type == "counter":
            need(self.name.endswith("_total"), f"{self.name}: no _total")
            need(all(value >= 0 for value in self.samples.values()),
                 f"{self.name} is below 0")
        if self.type == "histogram":
            for labels in {series - {pair for pair in series
                                     if pair[0] == "le"}
                           for _, series in self.samples}:
                self.check_histogram(labels)

    def check_histogram(self, labels):
        buckets = sorted(
            (float(dict(series)["le"]), value)
            for (name, series), value in self.samples.items()
            if name == self.name + "_bucket"
            and {pair for pair in series if pair[0] != "le"} == labels)
        counts = [value for _, value in buckets]
        total = self.samples.get((self.name + "_count", labels))
        need(buckets and buckets[-1][0] == math.inf,
             f"{self.name} has no +Inf")
        need(counts == sorted(counts), f"{self.name} shrinks: {counts}")
        need(total == counts[-1], f"{self.name}: {total} is not its +Inf")
        need(self.samples.get((self.name + "_sum", labels), -1) >= 0,
             f"{self.name} has no _sum")


class Metrics:
    """What a page says: families by their names, samples by their labels."""

    def __init__(self, text):
        need(text.endswith("\n"), "the last line does not end")
        self.families = {}
        self.current = None
        for line in text[:-1].split("\n"):
            self.take(line)
        for family in self.families.values():
            family.check()

    def take(self, line):
        if line.startswith("# HELP "):
            match = HELP.fullmatch(line)
            need(match, line)
            need(match[1] not in self.families, f"{match[1]} comes twice")
            self.current = Family(match[1], match[2])
            self.families[match[1]] = self.current
        elif line.startswith("# TYPE "):
            match = TYPE.fullmatch(line)
            need(match and self.current and self.current.name == match[1]
                 and not self.current.type, line)
            self.current.type = match[2]
        else:
            self.take_sample(line)

    def take_sample(self, line):
        match = SAMPLE.fullmatch(line)
        need(match and NUMBER.fullmatch(match[3]), line)
        need(self.current and self.current.type
             and self.current.takes(match[1]), f"out of place: {line}")
        series = match[1], labels_of(match[2] or "")
        need(series not in self.current.samples, f"twice: {line}")
        self.current.samples[series] = float(match[3])

    def names(self):
        return {name for family in self.families.values()
                for name, _ in family.samples}

    def samples(self, name):
        """Values by labels, of one name of samples."""
        return {labels: value for family in self.families.values()
                for (own, labels), value in family.samples.items()
                if own == name}

    def value(self, name, /, **labels):
        return self.samples(name).get(frozenset(labels.items()), 0)
