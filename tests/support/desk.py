"""A database for tests of records: keys of every sort, triggers, cascades.

Its script runs on every engine of engine.py. Rows are put there through weir,
so that its cache knows of them.
"""

import json
import urllib.parse

from support.things import BY_BYTES

UPSERT = "desk_upsert"
SMALL = "desk_small"
SMALL_MAX = 3

TABLES = """
CREATE TABLE tasks (
    id {key},
    name VARCHAR(40) NOT NULL UNIQUE,
    done BOOLEAN,
    rank INTEGER,
    cost DECIMAL(10,2));
CREATE TABLE pairs (
    a INTEGER NOT NULL, b VARCHAR(20) {by_bytes} NOT NULL, v INTEGER,
    PRIMARY KEY (a, b));
CREATE TABLE codes (
    code VARCHAR(20) {by_bytes} NOT NULL PRIMARY KEY, v INTEGER);
CREATE TABLE words (
    word VARCHAR(20) {ignores_case} NOT NULL PRIMARY KEY, v INTEGER);
CREATE TABLE keyless (k INTEGER, v INTEGER);
CREATE TABLE parents (id {key}, v INTEGER);
CREATE TABLE children (
    id {key}, parent INTEGER,
    FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE);
CREATE TABLE strict_children (
    id {key}, task INTEGER, FOREIGN KEY (task) REFERENCES tasks (id));
CREATE TABLE logged (id {key}, v INTEGER);
CREATE TABLE log (id {key}, v INTEGER);
CREATE VIEW open_tasks AS SELECT id, name FROM tasks WHERE done = 0;
"""

IGNORES_CASE = {"sqlite": "COLLATE NOCASE",
                "mysql": "COLLATE utf8mb4_general_ci"}

TRIGGERS = {
    "sqlite": "CREATE TRIGGER note AFTER INSERT ON logged FOR EACH ROW "
              "BEGIN INSERT INTO log (v) VALUES (new.v); END;",
    "mysql": "CREATE TRIGGER note AFTER INSERT ON logged FOR EACH ROW "
             "INSERT INTO log (v) VALUES (new.v);",
}

ROWS = {
    "tasks": [
        {"id": 1, "name": "one", "done": False, "rank": 10, "cost": 1.5},
        {"id": 2, "name": "two", "done": False, "rank": 20, "cost": 2},
        {"id": 3, "name": "three", "done": True, "rank": 30, "cost": None},
        {"id": 4, "name": "four", "done": True, "rank": None, "cost": 4},
        {"id": 5, "name": "five", "done": None, "rank": 50, "cost": 5},
    ],
    "pairs": [
        {"a": 1, "b": "x", "v": 10}, {"a": 1, "b": "y", "v": 11},
        {"a": 2, "b": "x", "v": 12}, {"a": 3, "b": "p,q", "v": 13},
    ],
    "codes": [
        {"code": "a", "v": 1}, {"code": "b", "v": 2},
        {"code": "a,b", "v": 3}, {"code": "O'B", "v": 4},
    ],
    "words": [{"word": "abc", "v": 1}, {"word": "Def", "v": 2}],
    "keyless": [{"k": 1, "v": 10}, {"k": 2, "v": 20}, {"k": 2, "v": 21}],
    "parents": [{"id": 1, "v": 1}, {"id": 2, "v": 2}],
    "children": [{"id": 1, "parent": 1}, {"id": 2, "parent": 2}],
}


def sql(engine):
    return TABLES.format(
        key=engine.key, by_bytes=BY_BYTES[engine.type],
        ignores_case=IGNORES_CASE[engine.type]) + TRIGGERS[engine.type]


def options_of(given):
    return "?" + urllib.parse.urlencode(given) if given else ""


class Desk:
    """Calls on the tables, as the owner; `service` may be another."""

    def __init__(self, client, key):
        self.client = client
        self.key = key

    def call(self, method, path, body=None, headers=None, service="desk",
             **options):
        body = b"" if body is None else json.dumps(body).encode()
        uri = f"/api/v2/{service}/_table/{path}{options_of(options)}"
        return self.client.call(
            uri, method, self.key | (headers or {}), body)

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def ids(self, path, **more):
        """The ids of a list."""
        answer = self.get(path, fields="id", **more)
        assert answer.status == 200, answer
        return [row["id"] for row in answer.rows]

    def fill(self):
        """Puts the rows back as they were."""
        for table in ("strict_children", "children", "logged", "log", *ROWS):
            answer = self.call("DELETE", table, force="true")
            assert answer.status == 200, answer
        for table, rows in ROWS.items():
            answer = self.call("POST", table, {"resource": rows})
            assert answer.status == 200, answer
