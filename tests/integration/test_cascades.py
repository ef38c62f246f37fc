"""Writes that reach other tables through foreign keys, and what was cached."""

import pytest

from support.process import wait_until

ENGINES = ("sqlite", "mysql")
SCRIPT = """
CREATE TABLE parent (id {key}, code INTEGER UNIQUE);
CREATE TABLE child (id {key}, parent INTEGER, FOREIGN KEY (parent)
    REFERENCES parent (id) ON DELETE CASCADE);
CREATE TABLE grandchild (id {key}, child INTEGER, FOREIGN KEY (child)
    REFERENCES child (id) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE orphan (id {key}, child INTEGER, FOREIGN KEY (child)
    REFERENCES child (id) ON DELETE SET NULL);
CREATE TABLE renamed (id {key}, parent INTEGER, FOREIGN KEY (parent)
    REFERENCES parent (code) ON UPDATE CASCADE);
CREATE TABLE stranger (id {key}, parent INTEGER, FOREIGN KEY (parent)
    REFERENCES parent (id));
CREATE TABLE elsewhere (id {key});
CREATE VIEW shown AS SELECT id, child FROM grandchild;
INSERT INTO parent VALUES (1, 21), (2, 22), (3, 23);
INSERT INTO child VALUES (11, 1), (12, 2);
INSERT INTO grandchild VALUES (111, 11), (112, 12);
INSERT INTO orphan VALUES (211, 11), (212, 12);
INSERT INTO renamed VALUES (311, 23);
INSERT INTO stranger VALUES (411, 2);
INSERT INTO elsewhere VALUES (511);
"""
REACHED = ("parent", "child", "grandchild", "orphan", "renamed", "shown")
OTHERS = ("stranger", "elsewhere")


class Family:
    def __init__(self, writer, reader, key):
        self.writer, self.reader = writer, reader
        self.key = {"X-DreamFactory-API-Key": key}

    def write(self, method, path, body=b""):
        answer = self.writer.call("/api/v2/family/_table/" + path, method,
                                  self.key, body)
        assert answer.status == 200, answer

    def ask(self, table):
        answer = self.reader.call(f"/api/v2/family/_table/{table}?order=id",
                                  "GET", self.key)
        assert answer.status == 200, answer
        return answer

    def rows(self, table):
        return [tuple(row.values()) for row in self.ask(table).rows]

    def cache_all(self):
        for table in REACHED + OTHERS:
            wait_until(lambda t=table: self.ask(t).hit)

    def kept(self):
        return {table for table in REACHED + OTHERS if self.ask(table).hit}


@pytest.fixture(name="family")
def a_family(site, engine, owner):
    """Written through one process, read through another."""
    config = engine.create("family", SCRIPT.format(key=engine.key))
    site.add_service("family", engine.type, cache_enabled=True, cache_ttl=60,
                     **config)
    site.grant("owner", "family", "*", "all")
    servers = [site.serve("writer"), site.serve("reader")]
    with servers[0].connect() as writer, servers[1].connect() as reader:
        yield Family(writer, reader, owner)
    for server in servers:
        server.stop()
    site.weir("service", "remove", "family")


def test_a_write_outdates_what_it_reaches_and_no_more(family):
    family.cache_all()
    family.write("DELETE", "parent/1")
    assert family.kept() == set(OTHERS)
    assert family.rows("child") == [(12, 2)]
    assert family.rows("grandchild") == [(112, 12)]
    assert family.rows("shown") == [(112, 12)]
    assert family.rows("orphan") == [(211, None), (212, 12)]
    family.cache_all()
    family.write("PATCH", "parent/3", b'{"code":24}')
    assert family.kept() == set(OTHERS)
    assert family.rows("renamed") == [(311, 24)]
    family.cache_all()
    family.write("DELETE", "child/12")
    assert family.kept() == {"parent", "renamed", *OTHERS}
    assert family.rows("grandchild") == []
    assert family.rows("orphan") == [(211, None), (212, None)]
    family.cache_all()
    family.write("POST", "grandchild", b'[{"id":113}]')
    assert family.kept() == {"parent", "child", "orphan", "renamed", *OTHERS}
