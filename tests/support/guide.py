"""A guide of deploy/guides, as far as a test can hold it to the program."""

import glob
import os
import re

from support.weir import ROOT

FOLDER = os.path.join(ROOT, "deploy", "guides")
FENCE = re.compile(r"^[ ]*```\w*\n(.*?)^[ ]*```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)(`{1,2})(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)]+)\)")
MESSAGE = re.compile(r"^\| (`{1,2})(.+?)\1 \|", re.MULTILINE)


def names():
    return sorted(os.path.basename(path)
                  for path in glob.glob(os.path.join(FOLDER, "*.md")))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def anchors(path):
    """What a link into a page may name: its headings, as GitHub has them."""
    for heading in re.findall(r"^#+ (.*)$", read(path), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


class Guide:
    def __init__(self, name):
        self.path = os.path.join(FOLDER, name)
        self.text = read(self.path)
        self.blocks = [block.replace("\\\n", " ")
                       for block in FENCE.findall(self.text)]
        self.prose = FENCE.sub("", self.text)
        self.spans = [" ".join(text.split())
                      for _, text in SPAN.findall(self.prose)]

    def settings(self):
        """Names in capitals: a span of code, or what is given a value."""
        for code in self.spans:
            found = re.fullmatch(r"([A-Z][A-Z0-9_]*)(=.*)?", code)
            if found:
                yield found.group(1)
        for block in self.blocks:
            yield from re.findall(
                r"^[ ]*([A-Z][A-Z0-9_]*)=", block, re.MULTILINE)

    def calls(self):
        """Lines that call the program, from the word `weir` on."""
        for code in self.spans:
            if code.startswith("weir "):
                yield code
        for block in self.blocks:
            for line in block.split("\n"):
                found = re.search(r"(?:^\s*|\$\()(weir [a-z].*)", line)
                if found:
                    yield found.group(1).split(" #")[0]

    def block(self, text):
        """The one block of code in which that stands."""
        found = [block for block in self.blocks if text in block]
        assert len(found) == 1, (text, found)
        return found[0]

    def links(self):
        return LINK.findall(self.prose)

    def messages(self):
        """The first cells of tables, when they are all code."""
        for table in re.split(r"^\| message \|.*\n", self.text,
                              flags=re.MULTILINE)[1:]:
            for _, text in MESSAGE.findall(table.split("\n\n")[0]):
                yield text.strip()


LITERAL = re.compile(r'(?:"(?:[^"\\\n]|\\.)*"(?:\s|\\\n|PRI\w+)*)+')
FORMAT = re.compile(r"%(?:[-+0 #]*(?:\d+|\*)?(?:\.(?:\d+|\*))?"
                    r"(?:hh|h|ll|l|z|j|t)?[a-zA-Z])")


def texts():
    """What the sources may say, with … for what they fill in."""
    for folder in ("app", "middleware", "drivers"):
        for path in glob.glob(os.path.join(ROOT, folder, "**", "*.c"),
                              recursive=True):
            for found in LITERAL.finditer(read(path)):
                code = re.sub(r"PRI\w+", '"d"', found.group(0))
                text = "".join(
                    re.findall(r'"((?:[^"\\\n]|\\.)*)"', code))
                text = FORMAT.sub("…", text.replace('\\"', '"'))
                yield text.replace("… …", "…")
