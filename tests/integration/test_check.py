"""`weir check` says of everything that weir stands on how it is."""

import json
import uuid

import pytest

from support.receiver import Receiver
from support.weir import run


@pytest.fixture
def env_file(tmp_path):
    """Writes settings into an environment file and returns its path."""
    def write(*lines):
        path = tmp_path / "weir.env"
        path.write_text("\n".join([
            f"DB_DATABASE={tmp_path}/system.sqlite",
            f"CACHE_PATH={tmp_path}/cache",
            *lines]) + "\n", encoding="utf-8")
        path.chmod(0o600)
        return str(path)

    return write


def check(path):
    """The exit status and the lines."""
    status, out, _ = run("check", "--env", path)
    return status, out.splitlines()


def test_every_wrong_setting_is_told_and_nothing_is_tried(env_file, tmp_path):
    path = env_file("QUEUE=none", "APP_KEY=hunter2", "LISTEN=nowhere")
    status, lines = check(path)
    assert status == 1
    assert lines == [
        f'FAIL  settings {path}:4: APP_KEY: value "***": expected base64 of '
        "32 bytes, as `weir setup` writes it",
        f'FAIL  settings {path}:5: LISTEN: value "nowhere": expected '
        "unix:/path or host:port",
        f'FAIL  settings {path}:3: QUEUE: value "none": expected a number '
        "from 1 to 65536",
    ]
    assert not (tmp_path / "cache").exists()


def test_every_default_of_the_sample_file_is_right(env_file):
    _, out, _ = run("options", "--env-file")
    lines = [line[1:] for line in out.splitlines()
             if line.startswith("#") and not line.startswith("# ")]
    assert len(lines) > 20
    _, said = check(env_file(*lines, "QUEUE=none"))
    assert len(said) == 1
    assert "QUEUE" in said[0]


def test_a_name_that_nobody_knows_is_a_warning(env_file):
    path = env_file("CACHE_DRIVR=local")
    _, lines = check(path)
    assert (f"warn  settings {path}:3: CACHE_DRIVR: unknown name, did you "
            "mean CACHE_DRIVER?") in lines


def test_the_store_is_tried(env_file):
    _, lines = check(env_file())
    assert any(line.startswith("ok    cache store local: ")
               for line in lines)


def test_a_store_that_cannot_be_made_fails(env_file):
    status, lines = check(env_file("CACHE_PATH=/proc/none/cache"))
    assert status == 1
    assert any(line.startswith("FAIL  cache store local: ")
               for line in lines)


def test_a_store_that_is_none_fails(env_file):
    status, lines = check(env_file("LIMIT_CACHE_DRIVER=abacus"))
    assert status == 1
    assert any('LIMIT_CACHE_DRIVER: value "abacus": expected one of '
               "local|redis|memcached|file|database" in line
               for line in lines)


def verdict(lines, what):
    """The first word of the line about it."""
    return [line.split()[0] for line in lines if what in line]


def test_without_a_setup_the_system_database_fails(env_file):
    status, lines = check(env_file())
    assert status == 1
    assert verdict(lines, "system database") == ["FAIL"]


def test_a_whole_installation_is_well(site):
    status, lines = check(site.env_file)
    assert status == 0
    assert {line.split()[0] for line in lines} == {"ok"}
    assert verdict(lines, "system database") == ["ok"]
    assert verdict(lines, "service shop (sqlite)") == ["ok"]


def test_a_log_that_nobody_takes_is_a_warning(site):
    receiver = Receiver(f"/tmp/weir-{uuid.uuid4().hex}")
    try:
        site.configure(LOG_FILE=f"syslog:{receiver.path}",
                       ACCESS_LOG="journal:/tmp/nobody")
        status, lines = check(site.env_file)
    finally:
        receiver.stop()
        site.configure(LOG_FILE=site.path("weir.log"),
                       ACCESS_LOG=site.path("access.log"))
    assert status == 0
    assert f"ok    log {receiver.path}" in lines
    (line,) = [line for line in lines if line.split()[0] == "warn"]
    assert "access log /tmp/nobody: nobody takes lines there" in line


def test_a_service_without_its_database_fails_alone(site, tmp_path):
    gone = tmp_path / "gone.sqlite"
    site.weir("service", "add", "lost", "--type", "sqlite",
              "--config", json.dumps({"database": str(gone)}))
    status, lines = check(site.env_file)
    site.weir("service", "remove", "lost")
    assert status == 1
    assert verdict(lines, "service lost (sqlite)") == ["FAIL"]
    assert verdict(lines, "service shop (sqlite)") == ["ok"]
