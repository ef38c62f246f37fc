"""The manual says what the program says: of each command and its options."""

import os
import re
import shutil
import subprocess

import pytest

from support import guide
from support.weir import ROOT, run

PAGES = ("weir.1", "weir.env.5", "weir-api.7")
EVERYWHERE = {"--env", "--help"}


def page(name):
    return guide.read(os.path.join(ROOT, "app", name))


def commands():
    _, out, _ = run("--help")
    return re.findall(r"^  ([a-z]+(?: [a-z]+)?)  ", out, re.MULTILINE)


def entries():
    """Of each command, what its part of COMMANDS has."""
    text = page("weir.1")
    text = text[text.index('.\\" begin: weir help'):]
    text = text[:text.index('.\\" end')]
    parts = re.split(r"^\.It Cm ", text, flags=re.M)[1:]
    return {re.match(r"[a-z]+(?: [a-z]+)?", part)[0]: part for part in parts}


def plain(text):
    """Words as they stand in either."""
    return " ".join(re.sub(r"\\(?:&|e)|^\.[A-Z][a-z] ", "", text, flags=re.M)
                    .split())


def helped(text):
    """Of each option of a help text, its value and what is said of it."""
    found = {}
    for line in text.splitlines():
        if match := re.match(r"  (--[a-z-]+)(?: ([A-Z]\S*))?(?:  +(.*))?$",
                             line):
            last = match[1]
            found[last] = [match[2] or "", match[3] or ""]
        elif line.startswith(" " * 20) and found:
            found[last][1] += " " + line.strip()
    return {name: (value, plain(words))
            for name, (value, words) in found.items()}


def written(part):
    """The same of a part of the manual."""
    return {"-" + name: (value or "", plain(words)) for name, value, words in
            re.findall(r"^\.It Fl (-[a-z-]+)(?: Ar (\S+))?\n((?:[^.].*\n?)*)",
                       part, re.M)}


def test_each_command_is_in_the_manual():
    assert list(entries()) == commands()
    assert sum(len(written(part)) for part in entries().values()) > 100


@pytest.mark.parametrize("name", commands())
def test_its_help_is_what_the_manual_says(name):
    status, out, _ = run(*name.split(), "--help")
    assert status == 0
    part = entries()[name]
    options = {option: told for option, told in helped(out).items()
               if option not in EVERYWHERE}
    assert options == written(part)
    said = plain(out.split("\n\n")[1])
    assert plain(part.split("\n")[1]) == said


def test_what_all_commands_take_is_described():
    text = page("weir.1")
    for option in EVERYWHERE | {"--version"}:
        assert re.search(rf"\bFl -{option[2:]}\b", text), option


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_all_of_its_words(name):
    """As a reader sees it: nothing that the formatter could not do."""
    if not shutil.which("mandoc"):
        pytest.skip("mandoc is not installed")
    done = subprocess.run(
        ["mandoc", "-Tascii", "-Wwarning",
         os.path.join(ROOT, "app", name)], text=True, check=False,
        capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    shown = re.sub(r".\x08", "", done.stdout)
    for word in re.findall(r"^\.Sh (.*)", page(name), re.M):
        assert word in shown
    for option in re.findall(r"^\.It Fl (-[a-z-]+)", page(name), re.M):
        assert "-" + option in shown
