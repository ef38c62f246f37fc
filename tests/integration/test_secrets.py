"""Passwords of services: given unseen, stored encrypted."""

import fcntl
import glob
import os
import pty
import signal
import subprocess
import termios

import pytest

from support.process import wait_until
from support.weir import PROGRAM, Installation, environment, run

SECRET = "hush-4711"


@pytest.fixture
def site(tmp_path):
    return Installation(tmp_path)


def stored(site):
    """Every byte of the system database and its side files."""
    out = b""
    for path in glob.glob(site.path("system.sqlite*")):
        with open(path, "rb") as file:
            out += file.read()
    return out


def add(site, *words, given=""):
    return subprocess.run(
        [PROGRAM, "service", "add", "db", "--type", "mysql",
         "host=127.0.0.1", "port=1", "database=shop", "username=u", *words,
         "--env", site.env_file],
        input=given, env=environment(), capture_output=True, text=True,
        timeout=30, check=False)


def secret_file(site):
    with open(site.path("password"), "w", encoding="utf-8") as out:
        out.write(SECRET + "\n")
    os.chmod(site.path("password"), 0o600)
    return site.path("password")


@pytest.mark.parametrize("way", ["file", "input", "operand"])
def test_a_password_is_never_stored_or_shown_in_clear(site, way):
    words = {"file": ["--secret", "password=" + secret_file(site)],
             "input": ["--secret", "password=-"],
             "operand": ["password=" + SECRET]}[way]
    done = add(site, *words, given=SECRET + "\n")
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert b"sealed:" in stored(site)
    assert SECRET.encode() not in stored(site)
    assert SECRET not in site.weir("service", "list", "--json")
    site.weir("service", "set", "db", "--secret",
              "password=" + secret_file(site))
    assert SECRET.encode() not in stored(site)
    status, out, err = run("check", "--env", site.env_file)
    assert status == 1
    assert SECRET not in out + err


def test_a_secret_that_cannot_be_read_adds_nothing(site):
    done = add(site, "--secret", "password=" + site.path("nix"))
    assert done.returncode == 1
    assert "No such file" in done.stderr
    assert site.listed("service") == []


def at_terminal(site, typed):
    """Answers the question for a password: (status, what was on the screen).

    Afterwards the terminal shows what is typed again.
    """
    leader, terminal = pty.openpty()

    def enter():
        """A job in the background may have been told to ignore it."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    child = subprocess.Popen(
        [PROGRAM, "service", "add", "db", "--type", "mysql", "database=shop",
         "username=u", "--secret", "password=-", "--env", site.env_file],
        stdin=terminal, stdout=terminal, stderr=terminal,
        env=environment(), start_new_session=True,
        preexec_fn=enter)
    screen = b""
    while b"password: " not in screen:
        screen += os.read(leader, 100)
    assert wait_until(lambda: not shows(terminal))
    os.write(leader, typed)
    status = child.wait(30)
    assert wait_until(lambda: shows(terminal))
    screen += os.read(leader, 1000)
    os.close(leader)
    os.close(terminal)
    return status, screen.decode()


def shows(terminal):
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def test_what_is_typed_is_not_shown(site):
    status, screen = at_terminal(site, SECRET.encode() + b"\n")
    assert status == 0, screen
    assert SECRET not in screen
    assert site.listed("service")[0]["config"]["password"] == "**********"


def test_a_terminal_shows_again_after_an_interruption(site):
    status, _ = at_terminal(site, b"hu\x03")
    assert status == -signal.SIGINT
    assert site.listed("service") == []
