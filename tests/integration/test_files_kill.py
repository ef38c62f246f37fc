"""What is left of uploads whose weir is killed amid them."""

import concurrent.futures
import hashlib
import os
import threading

import pytest

from support import fcgi
from support.process import wait_until
from support.weir import Installation

UPLOADS = 100
BYTES = 300_000  # longer than what arrives at once
KILLS = 3
ROUNDS = range(KILLS)


@pytest.fixture(name="site")
def a_site(tmp_path):
    site = Installation(tmp_path, WORKERS="16")
    os.mkdir(site.path("root"))
    site.add_service("files", "local_file", root=site.path("root"),
                     cache_enabled=True)
    site.add_role("owner")
    site.grant("owner", "files", "*", "all")
    site.key = site.add_key("owner", "owner")
    return site


def content(number, kill):
    return hashlib.sha256(b"%d %d" % (number, kill)).digest() * (BYTES // 32)


class Uploads:
    """Many at a time, each of a file of its own."""

    def __init__(self, site, server, kill):
        self.site, self.server, self.kill = site, server, kill
        self.done = []
        self.lock = threading.Lock()

    def one(self, number):
        body = content(number, self.kill)
        try:
            answer = fcgi.call(
                self.server.address, f"/api/v2/files/d/{number}",
                method="PUT", body=body,
                headers={"X-API-Key": self.site.key})
        except (OSError, fcgi.Closed):
            return
        if answer.status in (200, 201):
            with self.lock:
                self.done.append(number)

    def run_and_kill(self, after):
        """As soon as so many are acknowledged."""
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            for number in range(UPLOADS):
                pool.submit(self.one, number)
            assert wait_until(lambda: len(self.done) >= after, 20)
            self.server.kill()


def whole(site, number):
    """By which of the uploads the file was written last; None: by none."""
    path = site.path(f"root/d/{number}")
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        found = file.read()
    return [kill for kill in ROUNDS if content(number, kill) == found][0]


def test_a_kill_leaves_no_part_of_a_file(site):
    os.mkdir(site.path("root/d"))
    acknowledged = {}
    for kill in ROUNDS:
        uploads = Uploads(site, site.serve(f"weir{kill}"), kill)
        uploads.run_and_kill(after=10 + 20 * kill)
        acknowledged |= dict.fromkeys(uploads.done, kill)
        for number in range(UPLOADS):
            stands = whole(site, number)
            assert stands is not None or number not in acknowledged
            if number in acknowledged:
                assert stands >= acknowledged[number]
    server = site.serve("last")
    names = os.listdir(site.path("root/d"))
    listed = fcgi.call(server.address, "/api/v2/files/d/?as_list=true",
                       headers={"X-API-Key": site.key}).rows
    server.stop()
    assert sorted(names) == sorted(name[2:] for name in listed)
    assert all(name.isdigit() for name in names)
