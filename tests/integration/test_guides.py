"""The guides of deploy/guides name what there is: settings, commands, their
options and members, messages, and pages to go on to."""

import os
import re

import pytest

from support import guide
from support.guide import Guide
from support.weir import ROOT, run

OTHERS = {
    # methods, words of SQL and placeholders, which are no settings
    "DELETE", "GET", "HEAD", "PATCH", "POST", "PUT", "EXPLAIN", "TRIGGER",
    "HOST"}
TROUBLE = "troubleshooting.md"


def said(*words):
    status, out, err = run(*words)
    assert status == 0, err
    return out


@pytest.fixture(scope="module", name="settings")
def fixture_settings():
    listed = said("options")
    names = re.findall(r"^([A-Z0-9_]+)=", listed, re.MULTILINE)
    others = re.findall(r"Also known as\s+([A-Z0-9_]+)", listed)
    variables = re.findall(r"\bEv ([A-Z0-9_]+)", guide.read(
        os.path.join(ROOT, "app", "weir.1")))
    return {*names, *others, *variables}


@pytest.fixture(scope="module", name="commands")
def fixture_commands():
    """Each command with its help."""
    words = re.findall(r"^  ([a-z]+(?: [a-z]+)?)  ", said("--help"),
                       re.MULTILINE)
    return {name: said("help", *name.split()) for name in words}


@pytest.fixture(scope="module", name="members")
def fixture_members():
    return set(re.findall(r'"name":"([a-z_]+)"',
                          said("service", "types", "--json")))


@pytest.fixture(scope="module", name="texts")
def fixture_texts():
    return list(guide.texts())


def command_of(call, commands):
    words = call.split()[1:]
    for n in (2, 1):
        if " ".join(words[:n]) in commands:
            return " ".join(words[:n])
    return None


@pytest.mark.parametrize("name", guide.names())
def test_settings_are_there(name, settings):
    unknown = set(Guide(name).settings()) - settings - OTHERS
    assert not unknown


@pytest.mark.parametrize("name", guide.names())
def test_commands_and_their_options_are_there(name, commands):
    for call in Guide(name).calls():
        command = command_of(call, commands)
        assert command is not None, call
        for option in re.findall(r"\s(--[a-z-]+)", call):
            assert re.search(rf"{option}\b", commands[command]), call


@pytest.mark.parametrize("name", guide.names())
def test_members_of_services_are_there(name, members):
    for call in Guide(name).calls():
        if re.match(r"weir service (add|set) ", call):
            plain = re.sub(r"'[^']*'", "", call)
            for member in re.findall(r"\s([a-z_]+)=", plain):
                assert member in members, call


@pytest.mark.parametrize("name", guide.names())
def test_links_lead_somewhere(name):
    page = Guide(name)
    for link in page.links():
        path, _, anchor = link.partition("#")
        there = os.path.normpath(os.path.join(guide.FOLDER, path))
        target = there if path else page.path
        assert os.path.isfile(target), link
        if anchor:
            assert anchor in guide.anchors(target), link


def test_each_guide_is_named_by_the_readme_and_shipped():
    readme = guide.read(os.path.join(ROOT, "README.md"))
    rules = guide.read(os.path.join(ROOT, "Makefile.am"))
    for name in guide.names():
        assert f"](deploy/guides/{name})" in readme
        assert f"deploy/guides/{name}" in rules


def rights(path):
    return re.search(r"^ACL SETUSER .*?^```", guide.read(path),
                     re.MULTILINE | re.DOTALL).group(0)


def test_a_user_of_redis_needs_the_same_rights_everywhere():
    assert rights(os.path.join(guide.FOLDER, "redis.md")) == rights(
        os.path.join(ROOT, "README.md"))


def test_messages_are_those_of_the_sources(texts):
    messages = list(Guide(TROUBLE).messages())
    assert len(messages) > 50
    missing = [message for message in messages
               if not any(message.strip(" .…") in text for text in texts)]
    assert not missing
