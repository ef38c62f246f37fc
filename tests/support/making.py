"""A database whose tables are made, changed and dropped through the API.

Its script runs on every engine of engine.py; two processes serve it.
"""

import itertools
import json
import urllib.parse

from support.process import wait_until

NUMBER = itertools.count(1)

TABLES = """
CREATE TABLE parents (id {key}, name VARCHAR(40) NOT NULL UNIQUE);
CREATE TABLE pairs (a INTEGER NOT NULL, b INTEGER NOT NULL,
    v INTEGER, PRIMARY KEY (a, b));
CREATE TABLE items (
    id {key},
    name VARCHAR(40) NOT NULL,
    note VARCHAR(40),
    n INTEGER DEFAULT 7,
    parent INTEGER,
    twice INTEGER GENERATED ALWAYS AS (n * 2) STORED,
    FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE);
CREATE INDEX items_n ON items (n);
CREATE INDEX items_two ON items (note, n);
CREATE TABLE log (what VARCHAR(40));
CREATE VIEW names AS SELECT name FROM items;
INSERT INTO parents (id, name) VALUES (1, 'one'), (2, 'two');
INSERT INTO items (id, name, note, n, parent) VALUES
    (1, 'a', 'x', 1, 1), (4, 'b', NULL, 2, 2), (9, 'c', 'z', NULL, NULL);
"""
TRIGGER = {
    "sqlite": "CREATE TRIGGER items_log AFTER INSERT ON items BEGIN "
              "INSERT INTO log VALUES (new.name); END;",
    "mysql": "CREATE TRIGGER items_log AFTER INSERT ON items FOR EACH ROW "
             "INSERT INTO log VALUES (new.name);"}
ROWS = [
    {"id": 1, "name": "a", "note": "x", "n": 1, "parent": 1, "twice": 2},
    {"id": 4, "name": "b", "note": None, "n": 2, "parent": 2, "twice": 4},
    {"id": 9, "name": "c", "note": "z", "n": None, "parent": None,
     "twice": None},
]

TODO = {"name": "todo", "field": [
    {"name": "id", "type": "id"},
    {"name": "name", "type": "string", "length": 80, "allow_null": False,
     "is_unique": True},
    {"name": "complete", "type": "boolean", "allow_null": True}]}


class Making:
    """A database for one test."""

    def __init__(self, name, engine, clients, keys):
        self.name = name
        self.engine = engine
        self.client, self.other = clients
        self.keys = keys

    def call(self, method, path, body=None, role="owner", client=None,
             service=None, headers=None, **options):
        query = "?" + urllib.parse.urlencode(options) if options else ""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        lines = {"X-DreamFactory-API-Key": self.keys[role]}
        return (client or self.client).call(
            f"/api/v2/{service or self.name}/{path}{query}", method,
            lines | (headers or {}), body or b"")

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def fields(self, table):
        answer = self.get("_schema/" + table)
        assert answer.status == 200, answer
        return {field["name"]: field for field in answer.json["field"]}

    def rows(self, table, **more):
        answer = self.get("_table/" + table, **more)
        assert answer.status == 200, answer
        return answer.rows

    def tables(self):
        return self.get("_schema", as_list="true").rows


ROLES = {
    "maker": [("_schema/*", "GET,POST"), ("_table/*", "all")],
    "changer": [("_schema/items/*", "GET,PATCH"), ("_schema", "GET,PATCH")],
    "dropper": [("_schema/*", "all"), ("_schema/parents", "GET")],
    "reader": [("_schema/*", "GET")],
}


def make(site, engine, clients, keys):
    name = f"making{next(NUMBER)}"
    config = engine.create(
        name, TABLES.format(key=engine.key) + TRIGGER[engine.type])
    site.add_service(name, engine.type, cache_enabled=True, cache_ttl=60,
                     **config)
    site.grant("owner", name, "*", "all")
    for role, rows in ROLES.items():
        for component, verbs in rows:
            site.grant(role, name, component, verbs)
    making = Making(name, engine, clients, keys)
    for client in clients:
        wait_until(lambda: making.get(  # the last grant of all
            "_schema/items", client=client, role="reader").status == 200)
    return making
