"""Every change that a command makes is told: to the audit, and to the log."""

import getpass
import json

import pytest

from support.weir import Installation, environment, run

SECRET = "hush-hush-hush"


@pytest.fixture
def site(tmp_path, system):
    return Installation(tmp_path, ARGON_MEMORY="8192", ARGON_TIME="1",
                        **system)


def audit(site, *words):
    return json.loads(site.weir("audit", "list", "--json", *words))


def test_a_change_says_who_and_what(site):
    site.add_role("reader")
    site.weir("role", "set", "reader", "--description", "readers")
    site.weir("role", "remove", "reader")
    gone, changed, made = audit(site)
    assert [row["action"] for row in (made, changed, gone)] == [
        "create", "update", "delete"]
    assert {row["resource"] for row in (made, changed, gone)} == {"role"}
    assert len({row["record_id"] for row in (made, changed, gone)}) == 1
    for row in (made, changed, gone):
        assert row["actor"].endswith(getpass.getuser())
        assert row["source"] == "command"
        assert len(row["at"]) == 19
    assert made["before"] is None
    assert made["after"] == {"name": "reader", "is_active": True}
    assert changed["before"] == {"description": None}
    assert changed["after"] == {"description": "readers"}
    assert gone["after"] is None
    assert gone["before"]["name"] == "reader"


def test_whoever_came_through_sudo_is_named(site):
    run("role", "add", "a", "--env", site.env_file,
        env=environment(SUDO_USER="jane"))
    assert audit(site)[0]["actor"] == f"jane as {getpass.getuser()}"


def test_the_list_is_cut_and_chosen(site):
    for name in "abc":
        site.add_role(name)
    site.weir("user", "add", "a@x.org")
    assert [row["resource"] for row in audit(site, "--limit", "2")] == [
        "user", "role"]
    assert len(audit(site, "--resource", "role")) == 3
    lines = site.weir("audit", "list").splitlines()
    assert len(lines) == 5
    assert lines[0].split()[:5] == ["AT", "ACTOR", "SOURCE", "ACTION",
                                    "RESOURCE"]
    assert site.weir("audit", "prune", "--older-than", "1d") == (
        "0 entries removed\n")
    assert len(audit(site)) == 4


def test_the_log_of_the_server_has_a_line_of_it(site):
    server = site.serve()
    server.stop()
    site.add_role("reader")
    line = [line for line in site.read("weir.log").splitlines()
            if "audit:" in line][-1]
    assert " info " in line
    assert "audit: create role" in line
    assert '"reader"' in line
    assert getpass.getuser() in line


def test_a_command_makes_no_log_of_its_own(site):
    status, out, err = run("role", "add", "a", "--env", site.env_file)
    assert (status, err) == (0, "")
    assert "added" in out
    assert site.read("weir.log") == ""


def test_no_secret_is_in_it(site):
    with open(site.path("password"), "w", encoding="utf-8") as out:
        out.write(SECRET + "\n")
    server = site.serve()
    server.stop()
    site.weir("service", "add", "db", "--type", "mysql", "host=127.0.0.1",
              "database=x", "username=u", "--secret",
              "password=" + site.path("password"))
    site.add_role("r")
    key = site.add_key("app", "r")
    site.weir("user", "add", "a@x.org", "--password", site.path("password"))
    told = site.weir("audit", "list", "--json") + site.weir("audit", "list")
    told += site.read("weir.log")
    assert "audit: create service" in told
    assert "audit: create user" in told
    for secret in (SECRET, key, "sealed:", "$argon2id$"):
        assert secret not in told
