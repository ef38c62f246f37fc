"""Under systemd: what its manager is told, and the units that are shipped."""

import os
import re
import shutil
import signal
import subprocess
import uuid

import pytest

from support import fcgi
from support.manager import Manager
from support.weir import PROGRAM, ROOT

UNITS = os.path.join(ROOT, "deploy", "systemd")
SERVICES = ("weir.service", "weir@.service")
EXPOSURE_MAX = 2.0


@pytest.fixture(name="manager", params=["path", "abstract"])
def a_manager(request, tmp_path):
    manager = Manager(str(tmp_path / "notify") if request.param == "path"
                      else f"@weir-{uuid.uuid4()}")
    yield manager
    manager.close()


@pytest.fixture(name="start")
def start_and_stop(site, manager):
    servers = []

    def start(name, **settings):
        servers.append(site.serve(name, ready=False,
                                  NOTIFY_SOCKET=manager.name, **settings))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def test_it_is_ready_when_it_answers(manager, start):
    server = start("ready")
    assert manager.hear() == {
        "READY": "1", "STATUS": f"serving on unix:{server.address}"}
    assert fcgi.call(server.address, "/api/v2").status == 200


def test_a_reload_begins_and_ends(manager, start):
    server = start("reloading")
    manager.hear_of("READY")
    server.signal(signal.SIGHUP)
    begun = manager.hear()
    assert begun["RELOADING"] == "1"
    assert int(begun["MONOTONIC_USEC"]) > 0
    assert manager.hear()["READY"] == "1"


def test_it_says_that_it_stops(manager, start):
    server = start("stopping")
    manager.hear_of("READY")
    server.signal(signal.SIGTERM)
    assert manager.hear() == {"STOPPING": "1", "STATUS": "draining"}
    assert server.wait() == 0
    assert manager.hear(0.01) is None


def test_it_says_why_it_does_not_start(site, manager):
    server = site.serve("failing", ready=False, NOTIFY_SOCKET=manager.name,
                        LISTEN="unix:/nowhere/weir.sock")
    told = manager.hear()
    assert told["STOPPING"] == "1"
    assert "cannot bind /nowhere/weir.sock" in told["STATUS"]
    assert server.wait() == 1


def test_it_beats_for_the_watchdog(manager, start):
    """More often than it could if its event loops did not turn."""
    start("beating", WATCHDOG_USEC="400000")
    beats = [manager.hear_of("WATCHDOG")["WATCHDOG"] for _ in range(5)]
    assert beats == ["1"] * 5


def test_it_beats_while_it_drains(manager, start):
    """A connection that is kept open holds the drain up for a second."""
    server = start("draining", WATCHDOG_USEC="400000")
    manager.hear_of("READY")
    with server.connect() as client:
        assert client.call("/api/v2").status == 200
        server.signal(signal.SIGTERM)
        manager.hear_of("STOPPING")
        assert manager.hear_of("WATCHDOG")


def test_it_does_not_beat_when_nobody_watches(manager, start):
    """Nor for the watchdog of another process: 1 is never this one."""
    server = start("unwatched", WATCHDOG_USEC="20000", WATCHDOG_PID="1")
    manager.hear_of("READY")
    server.signal(signal.SIGHUP)
    assert "RELOADING" in manager.hear()
    assert "READY" in manager.hear()
    server.signal(signal.SIGTERM)
    assert "STOPPING" in manager.hear()


def test_without_a_manager_it_serves_all_the_same(site):
    server = site.serve("alone", WATCHDOG_USEC="20000")
    try:
        assert fcgi.call(server.address, "/api/v2").status == 200
    finally:
        server.stop()


def test_a_name_that_is_none_is_refused(site):
    server = site.serve("misnamed", ready=False, NOTIFY_SOCKET="run/notify")
    assert server.wait() == 1
    assert "NOTIFY_SOCKET: expected" in server.output


def analyze(*words):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *words], text=True, check=False,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60)


@pytest.mark.parametrize("name", SERVICES)
def test_the_service_is_confined(name):
    done = analyze("security", "--offline=true", os.path.join(UNITS, name))
    found = re.search(r"Overall exposure level for .*: ([0-9.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= EXPOSURE_MAX, done.stdout


def lines_of(name):
    """What a unit says, without its comments."""
    with open(os.path.join(UNITS, name), encoding="utf-8") as unit:
        return [line for line in unit.read().splitlines()
                if line and line[0] != "#"]


@pytest.mark.parametrize("kind, differs", [
    ("service", {"Description", "Requires", "After", "Environment",
                 "StateDirectory"}),
    ("socket", {"Description", "ListenStream"})])
def test_an_instance_differs_only_in_its_places(kind, differs):
    pairs = zip(lines_of(f"weir.{kind}"), lines_of(f"weir@.{kind}"),
                strict=True)
    assert {one.split("=")[0] for one, other in pairs
            if one != other} == differs


def test_systemd_understands_the_units(tmp_path):
    """With the program that is tested in place of the installed one."""
    for name in os.listdir(UNITS):
        with open(os.path.join(UNITS, name), encoding="utf-8") as unit:
            text = unit.read().replace("/usr/bin/weir", PROGRAM)
        assert name.endswith(".socket") or PROGRAM in text
        (tmp_path / name).write_text(text)
    names = [str(tmp_path / name) for name in sorted(os.listdir(UNITS))]
    done = analyze("verify", "--man=no", *names)
    ours = [line for line in done.stderr.splitlines() if "weir" in line]
    assert not ours, done.stderr
