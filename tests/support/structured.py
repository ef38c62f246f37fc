"""Structured fields (RFC 9651): lists of items with parameters, read strictly.

A string is a str, a token a Token, a number an int or a Decimal, a boolean a
bool; of all other types there is none in what weir sends.
"""

import re
from decimal import Decimal

KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
NUMBER = re.compile(r"-?(?:[0-9]{1,12}\.[0-9]{1,3}(?![0-9.])"
                    r"|[0-9]{1,15}(?![0-9.]))")
TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*")
BOOLEAN = re.compile(r"\?([01])")
COMMA = re.compile(r"[ \t]*,[ \t]*(?!$)")
SEMICOLON = re.compile(r"; *")


class Malformed(Exception):
    """This is no list of items."""


class Token(str):
    """A word without quotes."""


class Reader:
    def __init__(self, text):
        self.text = text.strip(" ")
        self.at = 0

    def take(self, pattern):
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def need(self, pattern):
        found = self.take(pattern)
        if not found:
            raise Malformed(f"at {self.at} of {self.text!r}")
        return found

    def bare(self):
        if found := self.take(STRING):
            return re.sub(r"\\(.)", r"\1", found[1])
        if found := self.take(NUMBER):
            return Decimal(found[0]) if "." in found[0] else int(found[0])
        if found := self.take(BOOLEAN):
            return found[1] == "1"
        return Token(self.need(TOKEN)[0])

    def item(self):
        value, parameters = self.bare(), {}
        while self.take(SEMICOLON):
            key = self.need(KEY)[0]
            parameters[key] = True
            if self.text.startswith("=", self.at):
                self.at += 1
                parameters[key] = self.bare()
        return value, parameters


def parse_list(text):
    """A list of (value, parameters), or Malformed."""
    reader = Reader(text)
    if not reader.text:
        return []
    items = [reader.item()]
    while reader.at < len(reader.text):
        reader.need(COMMA)
        items.append(reader.item())
    return items
