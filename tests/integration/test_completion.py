"""Completion in bash, asked as bash asks it."""

import os
import re
import subprocess

import pytest

from support.weir import PROGRAM, ROOT, environment, run

SCRIPT = os.path.join(ROOT, "deploy", "completion", "weir.bash")
ASK = r"""
source "$1"
COMP_WORDS=("${@:2}")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_weir
printf '%s\n' "${COMPREPLY[@]}"
"""


def offered(*words, folder=ROOT):
    """What bash is told for a line whose last word is at the cursor."""
    done = subprocess.run(
        ["bash", "--norc", "-u", "-c", ASK, "ask", SCRIPT, PROGRAM, *words],
        cwd=folder, env=environment(), timeout=60, capture_output=True,
        text=True, check=True)
    assert done.stderr == ""
    return sorted(done.stdout.split())


def commands():
    _, out, _ = run("--help")
    return re.findall(r"^  ([a-z]+(?: [a-z]+)?)  ", out, re.MULTILINE)


def test_it_is_registered_for_weir():
    said = subprocess.run(
        ["bash", "--norc", "-c", 'source "$1"; complete -p weir', "ask",
         SCRIPT], capture_output=True, text=True, check=True)
    assert said.stdout == "complete -F _weir weir\n"


def test_first_words_are_offered_once():
    first = {name.split()[0] for name in commands()}
    assert set(offered("")) == first | {"--env", "--help", "--version"}
    assert offered("op") == ["options"]


def test_second_words_are_those_of_the_first():
    assert offered("key", "r") == ["revoke", "rotate"]
    assert offered("import", "") == ["dreamfactory"]
    assert offered("nosuch", "") == []


@pytest.mark.parametrize("words", [
    ("help", "key", "r"), ("--env", "x.env", "key", "r"),
    ("--env", "=", "x.env", "key", "r")])
def test_what_stands_in_front_of_a_command_is_passed_over(words):
    assert offered(*words) == ["revoke", "rotate"]


@pytest.mark.parametrize("name", commands())
def test_all_options_of_a_command_are_offered(name):
    _, help_text, _ = run("help", *name.split())
    listed = re.findall(r"^  (--[a-z-]+)", help_text, re.MULTILINE)
    assert offered(*name.split(), "--") == sorted(listed)


def test_values_are_offered_where_they_are_known(tmp_path):
    (tmp_path / "a.key").touch()
    (tmp_path / "b").mkdir()
    assert offered("service", "set", "x", "--cache", "") == ["no", "yes"]
    assert offered("service", "add", "--type", "sq") == ["sqlite"]
    assert offered("service", "types", "cache_r") == ["cache_redis"]
    assert offered("limit", "add", "--type", "") == []
    assert offered("cache", "explain", "--key-file", "a",
                   folder=tmp_path) == ["a.key"]
    assert offered("cache", "explain", "--key-file", "=", "a",
                   folder=tmp_path) == ["a.key"]
    assert offered("import", "dreamfactory", "--sqlite-dir", "",
                   folder=tmp_path) == ["b"]
    assert offered("serve", "--env", "a", folder=tmp_path) == ["a.key"]


def test_a_switch_takes_no_value():
    assert "--role" in offered("key", "add", "--json", "--")


def test_without_the_program_nothing_is_offered():
    done = subprocess.run(
        ["bash", "--norc", "-c", ASK, "ask", SCRIPT, "/nonexistent/weir",
         ""], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.split() == ["--env", "--help", "--version"]
