"""A file that others write past weir: with `watch` it is seen, else not."""

import sqlite3
import subprocess
import sys
import time

import pytest

from support.process import wait_until

STORES = ("local", "redis")
SCRIPT = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);"
# The documented two seconds, and more for a busy machine; less than any time to
# live.
SEEN_WITHIN = 10
WRITE = ("import sqlite3, sys; d = sqlite3.connect(sys.argv[1]);"
         "d.execute(sys.argv[2]); d.commit()")


class Watched:
    """Two services on a file each, one of which is watched."""

    def __init__(self, site, folder, key):
        self.key = {"X-DreamFactory-API-Key": key}
        self.paths = {}
        for name, watch in (("watched", True), ("unwatched", False)):
            self.paths[name] = str(folder / f"{name}.sqlite")
            with sqlite3.connect(self.paths[name]) as database:
                database.executescript(
                    SCRIPT + "INSERT INTO t VALUES (1, 'begin');")
            database.close()
            site.add_service(name, "sqlite", database=self.paths[name],
                             watch=watch, cache_enabled=True, cache_ttl=300)
            site.grant("owner", name, "*", "all")
        self.servers = [site.serve(name) for name in ("first", "second")]
        self.clients = [server.connect() for server in self.servers]

    def stop(self):
        for client in self.clients:
            client.close()
        for server in self.servers:
            server.stop()

    def ask(self, name, process=0, method="GET", body=b""):
        path = f"/api/v2/{name}/_table/t/1"
        answer = self.clients[process].call(path, method, self.key, body)
        assert answer.status == 200, answer
        return answer

    def value(self, name, process=0):
        return self.ask(name, process).json["a"]

    def write(self, name, value):
        """By another process, as a program beside weir would."""
        subprocess.run([sys.executable, "-c", WRITE, self.paths[name],
                        f"UPDATE t SET a = '{value}'"], check=True)

    def settle(self, name):
        """Cached by both, and no look still to come that would drop it."""
        def is_kept():
            time.sleep(1.5)
            return all([self.ask(name, process).hit for process in (0, 1)])
        assert wait_until(is_kept)


@pytest.fixture(name="files", scope="module")
def watched_files(site, owner, tmp_path_factory):
    files = Watched(site, tmp_path_factory.mktemp("watched"), owner)
    yield files
    files.stop()


def test_what_others_commit_is_seen(files):
    files.settle("watched")
    for value in ("one", "two"):
        files.write("watched", value)
        began = time.monotonic()
        for process in (0, 1):
            assert wait_until(
                lambda p=process, v=value: files.value("watched", p) == v)
        assert time.monotonic() - began < SEEN_WITHIN
        files.settle("watched")
    assert files.ask("watched").hit


def test_a_rest_is_cached(files):
    """While nobody writes, looks drop nothing."""
    files.settle("watched")
    for _ in range(3):
        time.sleep(1.1)
        assert files.ask("watched").hit


def test_without_it_they_stay_until_their_time_is_over(files):
    files.settle("watched")
    files.settle("unwatched")
    files.write("unwatched", "unseen")
    files.write("watched", "seen")
    assert wait_until(lambda: files.value("watched") == "seen")
    time.sleep(2)
    answer = files.ask("unwatched")
    assert (answer.hit, answer.json["a"]) == (True, "begin")


def test_nothing_old_comes_back_with_the_store(files, site, store):
    """Both could not drop it: neither serves it until it is dropped."""
    if store.server is None:
        pytest.skip("this store does not go away")
    files.settle("watched")
    store.server.pause()
    try:
        files.write("watched", "meanwhile")
        assert wait_until(lambda: site.read("weir.log").count(
            "service watched: others wrote") == 2)
    finally:
        store.server.resume()
    for process in (0, 1, 0, 1):
        assert files.value("watched", process) == "meanwhile"
    files.settle("watched")
    assert files.value("watched") == "meanwhile"


def test_a_write_through_weir_counts_as_well(files):
    files.ask("watched", method="PATCH", body=b'{"a":"own"}')
    assert files.value("watched", 1) == "own"
    assert wait_until(lambda: not files.ask("watched").hit)
    assert files.value("watched") == "own"
    files.settle("watched")
