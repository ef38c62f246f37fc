"""A system database as large installations have it, and how long it is read."""

import os
import re
import sqlite3
import statistics

from proc import wait_until

ROLES, APPS, USERS = 1_000, 10_000, 10_000
RELOADS = 9

NOW = "2026-01-01 00:00:00"
READ = re.compile(r"system database: read in (\d+) ms: .* (\d+) keys")


def fill(path):
    """Roles of three rights each, apps of one key each (which nobody has), and
    users with a role in one app each, beside what is there."""
    with sqlite3.connect(path) as db:
        first_role = 1 + db.execute("SELECT max(id) FROM role").fetchone()[0]
        first_app = 1 + db.execute("SELECT max(id) FROM app").fetchone()[0]
        service, = db.execute("SELECT min(id) FROM service").fetchone()
        first_user, = db.execute(
            "SELECT coalesce(max(id), 0) + 1 FROM user").fetchone()
        db.executemany(
            "INSERT INTO role (id, name, created_date, last_modified_date) "
            "VALUES (?, ?, ?, ?)",
            ((first_role + i, f"crowd{i}", NOW, NOW) for i in range(ROLES)))
        db.executemany(
            "INSERT INTO role_service_access (role_id, service_id, component, "
            "verb_mask, created_date, last_modified_date) "
            "VALUES (?, ?, ?, 1, ?, ?)",
            ((first_role + i, service, f"_table/t{i}_{j}/*", NOW, NOW)
             for i in range(ROLES) for j in range(3)))
        db.executemany(
            "INSERT INTO app (id, name, role_id, created_date, "
            "last_modified_date) VALUES (?, ?, ?, ?, ?)",
            ((first_app + i, f"crowd{i}", first_role + i % ROLES, NOW, NOW)
             for i in range(APPS)))
        db.executemany(
            "INSERT INTO app_key (app_id, hash, hint, created) "
            "VALUES (?, ?, 'crowd', ?)",
            ((first_app + i, os.urandom(32), NOW) for i in range(APPS)))
        db.executemany(
            "INSERT INTO user (id, name, email, created_date, "
            "last_modified_date) VALUES (?, ?, ?, ?, ?)",
            ((first_user + i, f"User {i}", f"user{i}@example.com", NOW, NOW)
             for i in range(USERS)))
        db.executemany(
            "INSERT INTO user_to_app_to_role (user_id, app_id, role_id) "
            "VALUES (?, ?, ?)",
            ((first_user + i, first_app + i % APPS, first_role + i % ROLES)
             for i in range(USERS)))


def reads(log):
    """Milliseconds of each time that the process read it, with the crowd."""
    with open(log, encoding="utf-8") as file:
        return [int(ms) for ms, keys in READ.findall(file.read())
                if int(keys) >= APPS]


def reload_ms(database, log):
    """The median of some changes, as the process measured them."""
    for _ in range(RELOADS):
        before = len(reads(log))
        with sqlite3.connect(database) as db:
            db.execute("UPDATE registry_version SET number = number + 1")
        wait_until(lambda: len(reads(log)) > before, 10, "the change")
    return statistics.median(reads(log)[-RELOADS:])
