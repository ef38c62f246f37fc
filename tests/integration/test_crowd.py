"""A system database with many apps: nothing takes as long as their square."""

import os
import sqlite3

import pytest

from support import fcgi
from support.process import wait_until
from support.weir import Installation

APPS = 10_000
NOW = "2026-01-01 00:00:00"


@pytest.fixture(name="crowded", scope="module")
def crowded_installation(tmp_path_factory):
    crowded = Installation(tmp_path_factory.mktemp("crowd"))
    crowded.add_role("reader")
    with sqlite3.connect(crowded.path("system.sqlite")) as db:
        role, = db.execute("SELECT id FROM role").fetchone()
        db.executemany(
            "INSERT INTO app (id, name, role_id, created_date, "
            "last_modified_date) VALUES (?, ?, ?, ?, ?)",
            ((1000 + i, f"crowd{i}", role, NOW, NOW) for i in range(APPS)))
        db.executemany(
            "INSERT INTO app_key (app_id, hash, hint, created, revoked) "
            "VALUES (?, ?, 'crowd', ?, ?)",
            ((1000 + i, os.urandom(32), NOW, int(j == 2))
             for i in range(APPS) for j in range(3)))
    return crowded


def test_they_are_read_at_the_start_and_with_each_change(crowded):
    server = crowded.serve("crowd")
    try:
        key = crowded.add_key("one", "reader")
        assert wait_until(lambda: fcgi.call(
            server.address, "/api/v2",
            headers={"X-DreamFactory-API-Key": key}).status == 200, 20)
    finally:
        server.stop()


def test_their_keys_are_counted(crowded):
    listed = {app["name"]: app for app in crowded.listed("app")}
    assert len(listed) >= APPS
    assert listed["crowd9999"]["keys"] == 2
