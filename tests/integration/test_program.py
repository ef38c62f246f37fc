"""The command line as a person meets it."""

import json
import subprocess

import pytest

from support.weir import PROGRAM, Server, environment, listen_unix, run


def test_without_a_command_it_says_how_it_is_used():
    status, out, err = run()
    assert status == 2
    assert out == ""
    assert err.startswith("usage: weir ")


def test_without_a_command_it_serves_on_a_listening_fd_0(site):
    address = site.path("passed.sock")
    with listen_unix(address) as listener:
        server = Server([PROGRAM, "--env", site.env_file],
                        site.path("passed.out"), address,
                        env=environment(), stdin=listener.fileno())
        server.wait_ready()
        server.stop()


def test_help_lists_every_command_and_succeeds():
    status, out, err = run("--help")
    assert status == 0
    assert err == ""
    assert "\n  options " in out
    assert "\n  help " in out


def test_version_is_one_line():
    status, out, _ = run("--version")
    assert status == 0
    assert out.startswith("weir ")
    assert out.count("\n") == 1


@pytest.mark.parametrize("words", [
    ["options", "--help"], ["--help", "options"], ["help", "options"]])
def test_a_command_says_how_it_is_used(words):
    status, out, _ = run(*words)
    assert status == 0
    assert out.startswith("usage: weir options [--json]")


@pytest.mark.parametrize("words, why", [
    (["nosuch"], "unknown command nosuch"),
    (["usr", "list"], 'unknown command usr list: is "user list" meant?'),
    (["key", "lst"], 'unknown command key lst: is "key list" meant?'),
    (["srve"], 'unknown command srve: is "serve" meant?'),
    (["options", "more"], 'unexpected operand "more"'),
    (["options", "--nosuch"], "unknown option --nosuch"),
    (["--nosuch", "options"], "unknown option --nosuch"),
    (["options", "--env"], "--env needs a value"),
    (["help", "nosuch"], "unknown command nosuch"),
])
def test_wrong_use_is_told_and_has_a_status_of_its_own(words, why):
    status, out, err = run(*words)
    assert status == 2
    assert out == ""
    assert why in err.splitlines()[0]


def commands_of(listed):
    """The two words in front of each row; a row may go on below."""
    return [line[2:27].split() for line in listed.splitlines()
            if line.startswith("  ") and line[2] != " "]


def test_a_noun_alone_lists_its_verbs():
    status, out, _ = run("key", "--help")
    assert status == 0
    assert commands_of(out) == [
        ["key", verb]
        for verb in ("add", "hash", "list", "rotate", "set", "revoke")]
    status, _, err = run("key")
    assert status == 2
    assert "key revoke" in err


def test_no_command_has_help_that_a_terminal_breaks():
    _, listed, _ = run("--help")
    for words in commands_of(listed[listed.index("Commands:"):]):
        _, out, _ = run(*words, "--help")
        assert out.startswith("usage: weir " + " ".join(words))
        assert all(len(text) < 80 for text in out.splitlines())
    assert all(len(text) < 80 for text in listed.splitlines())


def test_what_cannot_be_printed_is_a_failure():
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PROGRAM, "options"], stdout=full, check=False,
                              stderr=subprocess.PIPE, env=environment())
    assert done.returncode == 1
    assert b"standard output" in done.stderr


def test_options_as_json_have_all_that_the_table_has():
    status, out, _ = run("options", "--json")
    assert status == 0
    rows = {row["name"]: row for row in json.loads(out)}
    assert rows["CACHE_DRIVER"]["alias"] == "CACHE_STORE"
    assert rows["QUEUE"]["min"] == 1
    assert rows["LOG_LEVEL"]["choices"] == [
        "error", "warning", "info", "debug"]
    assert rows["APP_KEY"]["type"] == "secret"
    assert all(row["help"].endswith(".") for row in rows.values())


def test_the_sample_file_is_all_comments():
    status, out, _ = run("options", "--env-file")
    assert status == 0
    assert "\n#CACHE_DRIVER=local\n" in out
    assert all(line == "" or line[0] == "#" for line in out.splitlines())
