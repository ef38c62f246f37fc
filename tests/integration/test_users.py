"""`weir user`, `weir admin` and the first administrator of `weir setup`."""

import json
import os
import pty
import select
import sqlite3
import subprocess
import termios

import pytest

from support.process import wait_until
from support.weir import PROGRAM, Installation, environment, run

WORD = "correct horse battery"
CHEAP = {"ARGON_MEMORY": "8192", "ARGON_TIME": "1"}


@pytest.fixture
def site(tmp_path, system):
    """An installation with two roles, and nothing else."""
    site = Installation(tmp_path, **CHEAP, **system)
    site.add_role("reader")
    site.add_role("writer")
    return site


def weir(site, *words, given=""):
    return subprocess.run(
        [PROGRAM, *words, "--env", site.env_file], input=given,
        env=environment(), capture_output=True, text=True, timeout=60,
        check=False)


def refused(site, *words):
    done = weir(site, *words)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("weir: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def add(site, email, *words, noun="user"):
    return json.loads(site.weir(noun, "add", email, "--json", *words))


# -- the first administrator -------------------------------------------------

def test_setup_makes_the_administrator_it_is_told(tmp_path, system):
    site = Installation(tmp_path, **CHEAP, **system)
    done = weir(site, "setup", "--admin-email", "Boss@Example.com")
    line, = [line for line in done.stdout.splitlines() if "boss@" in line]
    password = line.split()[-1]
    assert done.returncode == 0
    assert len(password) == 24
    admin, = site.listed("admin")
    assert admin["email"] == "boss@example.com"
    assert admin["is_active"] and admin["has_password"]
    again = weir(site, "setup", "--admin-email", "boss@example.com")
    assert again.returncode == 0
    assert "there already" in again.stdout
    assert password not in again.stdout
    assert site.listed("admin") == [admin]
    assert site.listed("user") == []


def test_setup_takes_a_password_and_shows_it_to_nobody(tmp_path):
    site = Installation(tmp_path, **CHEAP)
    done = weir(site, "setup", "--admin-email", "a@x.org",
                "--admin-password", "-", given=WORD + "\n")
    assert done.returncode == 0
    assert WORD not in done.stdout + done.stderr
    with open(site.path("password"), "w", encoding="utf-8") as out:
        out.write(WORD + "\nsecond line\n")
    done = weir(site, "setup", "--admin-email", "b@x.org",
                "--admin-password", site.path("password"))
    assert done.returncode == 0
    assert [admin["has_password"] for admin in site.listed("admin")] == [
        True, True]
    with sqlite3.connect(site.path("system.sqlite")) as db:
        hashes = [row[0] for row in db.execute("SELECT password FROM user")]
    assert len(set(hashes)) == 2
    for text in hashes:
        assert text.startswith("$argon2id$v=19$m=8192,t=1,p=1$")


@pytest.mark.parametrize("words, why", [
    (["--admin-email", "boss"], "jane@example.com"),
    (["--admin-email", "a@x.org", "--admin-password", "/nix"], "No such"),
    (["--admin-email", "u@x.org"], "no administrator"),
])
def test_setup_says_why_it_makes_no_administrator(tmp_path, words, why):
    site = Installation(tmp_path, **CHEAP)
    add(site, "u@x.org")
    done = weir(site, "setup", *words)
    assert done.returncode == 1
    assert why in done.stderr
    assert site.listed("admin") == []


def test_setup_without_anybody_says_what_makes_one(tmp_path):
    site = Installation(tmp_path)
    assert "weir admin add" in weir(site, "setup").stdout
    done = weir(site, "setup", "--admin-password", "-")
    assert done.returncode == 2
    assert "--admin-email" in done.stderr


def read_some(leader):
    """What came on the screen; nothing once nobody is there any more."""
    ready, _, _ = select.select([leader], [], [], 60)
    assert ready, "nothing comes any more"
    try:
        return os.read(leader, 1000)
    except OSError:
        return b""


def echoes(terminal):
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def talk(argv, *lines):
    """Answers questions at a terminal: (status, what was on the screen).

    What is typed before a question is through would be thrown away, so an
    answer to a hidden one waits until it is.
    """
    leader, terminal = pty.openpty()
    child = subprocess.Popen(argv, stdin=terminal, stdout=terminal,
                             stderr=terminal, env=environment(),
                             start_new_session=True)
    screen = b""
    for question, answer, hidden in lines:
        while question.encode() not in screen:
            screen += read_some(leader)
        screen = screen.replace(question.encode(), b"...", 1)
        assert wait_until(lambda h=hidden: echoes(terminal) != h)
        os.write(leader, answer.encode() + b"\n")
    status = child.wait(60)
    os.close(terminal)
    while chunk := read_some(leader):
        screen += chunk
    os.close(leader)
    return status, screen.decode()


def test_setup_at_a_terminal_asks_for_the_first_one(tmp_path):
    site = Installation(tmp_path, **CHEAP)
    argv = [PROGRAM, "setup", "--env", site.env_file]
    status, screen = talk(argv, ("first administrator", "", False))
    assert status == 0
    assert "weir admin add" in screen
    status, screen = talk(argv, ("first administrator", "a@x.org", False),
                          ("password: ", WORD, True), ("again: ", WORD + "x", True))
    assert status == 1
    assert "differ" in screen
    assert site.listed("admin") == []
    status, screen = talk(argv, ("first administrator", "a@x.org", False),
                          ("password: ", WORD, True), ("again: ", WORD, True))
    assert status == 0, screen
    assert WORD not in screen
    assert [admin["email"] for admin in site.listed("admin")] == ["a@x.org"]


# -- users and administrators ------------------------------------------------

def test_a_user_is_listed_as_it_was_added(site):
    added = add(site, "Jo@X.org", "--first-name", "Jo", "--last-name",
                "Caf\u00e9", "--username", "Joe", "--phone", "1",
                "--default-app", "admin")
    password = added.pop("password")
    assert len(password) == 24
    assert added == {
        "id": added["id"], "email": "jo@x.org", "username": "joe",
        "name": "Jo Caf\u00e9", "first_name": "Jo", "last_name": "Caf\u00e9",
        "phone": "1", "is_active": True, "has_password": True,
        "last_login_date": None, "created_date": added["created_date"],
        "roles": []}
    assert site.listed("user") == [added]
    assert json.loads(site.weir("user", "show", "JOE", "--json")) == added
    assert password not in site.weir("user", "show", "jo@x.org")
    assert site.weir("user", "list").splitlines()[1].split() == [
        "jo@x.org", "joe", "yes", "-", "Jo", "Caf\u00e9", "-"]
    assert site.listed("admin") == []


def test_a_made_password_is_printed_alone(site):
    status, out, err = run("user", "add", "a@x.org", "--env", site.env_file)
    assert status == 0
    assert len(out.strip()) == 24
    assert out.strip() not in err
    status, new, err = run("user", "set", "a@x.org", "--new-password",
                           "--env", site.env_file)
    assert status == 0
    assert len(new.strip()) == 24
    assert new != out
    assert "a@x.org" in err


def test_a_user_may_have_no_password(site):
    assert not add(site, "a@x.org", "--no-password")["has_password"]
    done = weir(site, "user", "set", "a@x.org", "--password", "-",
                given=WORD + "\n")
    assert done.stdout == 'user "a@x.org" changed\n'
    assert site.listed("user")[0]["has_password"]
    site.weir("user", "set", "a@x.org", "--no-password")
    assert not site.listed("user")[0]["has_password"]


def test_a_user_is_changed_and_removed(site):
    before = add(site, "a@x.org", "--phone", "1", "--username", "ann",
                 "--no-password")
    after = json.loads(site.weir(
        "user", "set", "ann", "--email", "B@x.org", "--username", "",
        "--name", "Ben", "--active", "no", "--json"))
    assert after == {**before, "email": "b@x.org", "username": None,
                     "name": "Ben", "is_active": False}
    assert site.listed("user") == [after]
    assert site.weir("user", "remove", "b@x.org") == (
        'user "b@x.org" removed\n')
    assert site.listed("user") == []


def test_a_user_has_roles_in_apps(site):
    site.add_key("shop", "reader")
    add(site, "a@x.org")
    site.weir("user", "grant", "a@x.org", "--app", "shop", "--role", "reader")
    site.weir("user", "grant", "a@x.org", "--app", "admin", "--role",
              "reader")
    site.weir("user", "grant", "a@x.org", "--app", "shop", "--role", "writer")
    roles = [{"app": "shop", "role": "writer"},
             {"app": "admin", "role": "reader"}]
    assert site.listed("user")[0]["roles"] == roles
    assert "shop:writer admin:reader" in site.weir("user", "list")
    changed = json.loads(site.weir("user", "set", "a@x.org", "--name", "A",
                                   "--json"))
    assert changed["roles"] == roles
    assert "weir user revoke" in refused(site, "role", "remove", "writer")
    site.weir("user", "revoke", "a@x.org", "--app", "shop")
    site.weir("role", "remove", "writer")
    assert "no role" in refused(site, "user", "revoke", "a@x.org", "--app",
                                "shop")
    site.weir("app", "remove", "admin")
    assert site.listed("user")[0]["roles"] == []


def test_an_app_that_goes_is_nobodys_default(site):
    add(site, "a@x.org", "--default-app", "admin")
    site.weir("app", "remove", "admin")
    assert site.listed("user")[0]["email"] == "a@x.org"


def test_users_and_administrators_are_apart(site):
    add(site, "a@x.org", noun="admin")
    add(site, "u@x.org")
    assert "weir admin set" in refused(site, "user", "set", "a@x.org",
                                       "--name", "x")
    assert "weir user remove" in refused(site, "admin", "remove", "u@x.org")
    assert "already" in refused(site, "user", "add", "A@x.org")
    site.weir("admin", "remove", "a@x.org")
    assert site.listed("admin") == []
    assert len(site.listed("user")) == 1


@pytest.mark.parametrize("words, why", [
    (["add", "nobody"], "jane@example.com"),
    (["add", "b@x.org", "--username", "ANN"], '"ann"'),
    (["add", "b@x.org", "--phone", "1" * 33], "phone"),
    (["add", "b@x.org", "--default-app", "nix"], "weir app list"),
    (["set", "a@x.org", "--active", "perhaps"], "yes or no"),
    (["set", "nix@x.org", "--name", "x"], "weir user list"),
    (["set", "nix", "--name", "x"], "username"),
    (["set", "a@x.org", "--email", "b"], "jane@example.com"),
    (["grant", "a@x.org", "--app", "nix", "--role", "reader"],
     "weir app list"),
    (["grant", "a@x.org", "--app", "admin", "--role", "nix"],
     "weir role list"),
    (["grant", "nix", "--app", "admin", "--role", "reader"], "nix"),
    (["remove", "nix"], "nix"),
    (["show", "nix"], "nix"),
])
def test_what_is_wrong_is_refused_with_the_cause(site, words, why):
    add(site, "a@x.org", "--username", "ann", "--no-password")
    before = site.listed("user")
    assert why in refused(site, "user", *words)
    assert site.listed("user") == before


def test_a_short_password_is_refused_without_showing_it(site):
    done = weir(site, "user", "add", "a@x.org", "--password", "-",
                given="hushup\n")
    assert done.returncode == 1
    assert "8 to 1024" in done.stderr
    assert "hushup" not in done.stdout + done.stderr
    assert site.listed("user") == []


def test_one_way_to_a_password_is_enough(site):
    done = weir(site, "user", "add", "a@x.org", "--password", "-",
                "--no-password", given=WORD + "\n")
    assert done.returncode == 2
    assert site.listed("user") == []
