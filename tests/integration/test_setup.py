"""`weir setup` makes what an installation stands on."""

import json
import os
import sqlite3
import stat
import subprocess

from support import fcgi
from support.weir import PROGRAM, Installation, environment, run


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def bare(tmp_path, text):
    """An env file and what it must hold."""
    path = tmp_path / "weir.env"
    path.write_text(f"DB_DATABASE={tmp_path}/new/system.db\n{text}",
                    encoding="utf-8")
    return path


def test_setup_writes_a_key_and_makes_the_database(tmp_path):
    path = bare(tmp_path, "# no end of line")
    status, out, _ = run("setup", "--env", str(path))
    assert status == 0
    assert "APP_KEY written" in out
    assert "folder made" in out
    assert "system database made" in out
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[1] == "# no end of line"
    assert lines[2].startswith("APP_KEY=base64:")
    assert lines[2] not in out
    assert mode(path) & 0o007 == 0
    assert mode(tmp_path / "new" / "system.db") == 0o600


def test_setup_again_changes_nothing(tmp_path):
    path = bare(tmp_path, "")
    run("setup", "--env", str(path))
    before = path.read_text(encoding="utf-8")
    status, out, _ = run("setup", "--env", str(path))
    assert status == 0
    assert "up to date" in out
    assert "APP_KEY" not in out
    assert path.read_text(encoding="utf-8") == before


def test_setup_makes_the_file_that_was_named(tmp_path):
    path = tmp_path / "weir.env"
    status, out, _ = run("setup", "--env", str(path), env=environment(
        DB_DATABASE=str(tmp_path / "system.db")))
    assert status == 0
    assert "a new file" in out
    assert mode(path) == 0o600
    assert path.read_text(encoding="utf-8").startswith("APP_KEY=base64:")


def test_setup_without_any_file_makes_one_here(tmp_path):
    done = subprocess.run(
        [PROGRAM, "setup"], cwd=tmp_path, capture_output=True, check=True,
        env=environment(DB_DATABASE=str(tmp_path / "system.db")), text=True)
    assert "./.env: APP_KEY written" in done.stdout
    assert mode(tmp_path / ".env") == 0o600


def test_setup_keeps_what_the_group_may_do(tmp_path):
    path = bare(tmp_path, "")
    path.chmod(0o644)
    run("setup", "--env", str(path))
    assert mode(path) == 0o640


def test_setup_leaves_a_key_of_the_environment_alone(tmp_path):
    path = bare(tmp_path, "")
    status, out, _ = run("setup", "--env", str(path), env=environment(
        APP_KEY="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="))
    assert status == 0
    assert "APP_KEY" not in out + path.read_text(encoding="utf-8")


def test_setup_says_what_is_wrong_with_the_file(tmp_path):
    path = bare(tmp_path, "APP_KEY=short\n")
    status, out, err = run("setup", "--env", str(path))
    assert status == 1
    assert out == ""
    assert "APP_KEY" in err
    assert "short" not in err


def test_setup_says_why_a_database_cannot_be_made(tmp_path):
    path = tmp_path / "weir.env"
    path.write_text(f"DB_DATABASE={tmp_path}/a/b/c.db\n", encoding="utf-8")
    status, _, err = run("setup", "--env", str(path))
    assert status == 1
    assert f"{tmp_path}/a/b/c.db" in err


def test_without_setup_commands_say_what_to_do(tmp_path):
    path = bare(tmp_path, "")
    status, _, err = run("service", "list", "--env", str(path))
    assert status == 1
    assert "system.db" in err
    sqlite3.connect(tmp_path / "empty.db").close()
    path.write_text(f"DB_DATABASE={tmp_path}/empty.db\n", encoding="utf-8")
    (tmp_path / "empty.db").touch()
    status, _, err = run("service", "list", "--env", str(path))
    assert status == 1
    assert "weir setup" in err


def test_of_several_setups_at_once_one_writes_the_key(tmp_path):
    path = bare(tmp_path, "")
    running = [subprocess.Popen(
        [PROGRAM, "setup", "--env", str(path)], env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(4)]
    said = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * 4, said
    assert path.read_text(encoding="utf-8").count("APP_KEY=") == 1
    assert "".join(said).count("APP_KEY written") == 1


NEW_KEY = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
OTHER_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


def keys_of(path):
    """The lines of the file that set a key."""
    return [line for line in path.read_text(encoding="utf-8").splitlines()
            if line.startswith("APP_")]


def without_key(path):
    """Loses the file's APP_KEY, which is returned."""
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(
        line for line in lines if not line.startswith("APP_")) + "\n",
        encoding="utf-8")
    return [line for line in lines if line.startswith("APP_KEY=")][0]


def try_it(path, *words):
    """Runs a command with places that it may need besides the database."""
    folder = path.parent
    return run(*words, "--env", str(path), env=environment(
        LISTEN=f"unix:{folder}/weir.sock", CACHE_PATH=f"{folder}/cache"))


def add_line(path, line):
    with open(path, "a", encoding="utf-8") as out:
        out.write(line + "\n")


def answers(site, *keys):
    """What these keys get of a server that is started for them."""
    server = site.serve()
    try:
        return [fcgi.call(server.address, "/api/v2",
                          headers={"X-DreamFactory-API-Key": key}).status
                for key in keys]
    finally:
        server.stop()


def test_setup_writes_no_key_beside_a_database_of_another(tmp_path):
    path = bare(tmp_path, "")
    run("setup", "--env", str(path))
    without_key(path)
    status, _, err = run("setup", "--env", str(path))
    assert status == 1
    assert "copy it from where it was made" in err
    assert keys_of(path) == []
    other = tmp_path / "other.env"
    status, _, err = run("setup", "--env", str(other), env=environment(
        DB_DATABASE=f"{tmp_path}/new/system.db"))
    assert status == 1
    assert not other.exists()


def test_another_key_than_the_databases_is_refused(tmp_path):
    path = bare(tmp_path, "")
    run("setup", "--env", str(path))
    old = without_key(path)
    add_line(path, f"APP_KEY={OTHER_KEY}")
    for words in (["setup"], ["check"], ["key", "list"], ["serve"]):
        status, out, err = try_it(path, *words)
        assert status == 1
        assert "belongs to another APP_KEY" in out + err
        assert OTHER_KEY not in out + err
    add_line(path, old.replace("APP_KEY", "APP_PREVIOUS_KEYS"))
    assert try_it(path, "check")[0] == 0
    status, out, _ = run("setup", "--env", str(path))
    assert status == 0
    assert "belongs to this APP_KEY now" in out


def test_a_rotated_key_takes_the_databases_over(tmp_path):
    path = bare(tmp_path, "")
    run("setup", "--env", str(path))
    old = without_key(path)
    add_line(path, f"APP_KEY={OTHER_KEY}")
    add_line(path, old.replace("APP_KEY", "APP_PREVIOUS_KEYS"))
    run("setup", "--env", str(path))
    without_key(path)
    add_line(path, f"APP_KEY={OTHER_KEY}")
    assert try_it(path, "key", "list")[0] == 0
    without_key(path)
    add_line(path, old)
    assert try_it(path, "key", "list")[0] == 1


def test_after_setup_a_rotated_key_decrypts_alone(system, tmp_path):
    """API keys of before need the earlier one until they are rotated."""
    site = Installation(tmp_path, APP_KEY=OTHER_KEY, **system)
    for name in ("one", "two"):
        site.weir("service", "add", name, "--type", "mysql", "host=127.0.0.1",
                  "port=1", "database=x", "username=u", "password=hush")
    site.add_role("reader")
    site.grant("reader", "*", "*", "GET")
    early = site.add_key("early", "reader")
    site.configure(APP_KEY=NEW_KEY, APP_PREVIOUS_KEYS=OTHER_KEY)
    assert "secrets of 2 records encrypted" in site.weir("setup")
    assert "encrypted" not in site.weir("setup")
    late = site.add_key("late", "reader")
    assert answers(site, early, late) == [200, 200]
    early = json.loads(site.weir(
        "key", "rotate", "early", "--grace", "0", "--json"))["api_key"]
    site.configure(APP_PREVIOUS_KEYS=None)
    assert answers(site, early, late) == [200, 200]
    said = run("check", "--env", site.env_file)[1]
    assert said.count("cannot connect to 127.0.0.1") == 2
    assert "decrypted" not in said


def test_setup_names_what_an_earlier_key_has_left(tmp_path):
    site = Installation(tmp_path, APP_KEY=OTHER_KEY)
    site.weir("service", "add", "one", "--type", "mysql", "host=127.0.0.1",
              "port=1", "database=x", "username=u", "password=hush")
    site.configure(APP_KEY=NEW_KEY)
    status, out, err = run("setup", "--accept-key", "--env", site.env_file)
    assert status == 0
    assert "belongs to this APP_KEY now" in out
    assert "the password of service one cannot be decrypted" in err


def test_a_lost_key_can_be_given_up(tmp_path):
    path = bare(tmp_path, "")
    run("setup", "--env", str(path))
    old = without_key(path)
    status, out, _ = run("setup", "--accept-key", "--env", str(path))
    assert status == 0
    assert "APP_KEY written" in out
    assert keys_of(path) != [old]
    assert try_it(path, "check")[0] == 0
