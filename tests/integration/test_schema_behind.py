"""A schema that is changed past weir: no call fails for it, and none is
answered by a catalogue that no longer holds."""

import itertools
import json

import pytest

from support.answer import check_error
from support.process import wait_until

ENGINES = ("sqlite", "mysql")

TABLES = """
CREATE TABLE items (id {key}, name VARCHAR(40), old INTEGER);
CREATE TABLE gone (id {key}, name VARCHAR(40));
INSERT INTO items VALUES (1, 'one', 10), (2, 'two', 20);
"""
NUMBER = itertools.count(1)


class Store:
    """A database of its own for one test, and two processes on it."""

    def __init__(self, site, client, other, name):
        self.engine = site.engine
        self.client = client
        self.other = other
        self.name = name
        self.key = {"X-DreamFactory-API-Key": site.keys["owner"]}

    def call(self, method, path, body=None, client=None):
        body = b"" if body is None else json.dumps(body).encode()
        return (client or self.client).call(
            f"/api/v2/{self.name}/_table/{path}", method, self.key, body)

    def get(self, path, client=None):
        return self.call("GET", path, client=client)


@pytest.fixture(scope="module")
def clients(site):
    servers = [site.serve("one"), site.serve("two")]
    with servers[0].connect() as one, servers[1].connect() as two:
        yield one, two
    for server in servers:
        server.stop()


@pytest.fixture
def behind(site, engine, clients):
    name = f"behind{next(NUMBER)}"
    site.add_service(
        name, engine.type, cache_enabled=True, cache_ttl=60,
        **engine.create(name, TABLES.format(key=engine.key)))
    site.grant("owner", name, "*", "all")
    behind = Store(site, *clients, name)
    for client in clients:
        wait_until(lambda: behind.get("items", client).status == 200)
    yield behind
    site.weir("service", "remove", name)


def test_a_read_whose_column_has_gone_is_made_again(behind, engine):
    assert list(behind.get("items/1").json) == ["id", "name", "old"]
    for turn in range(3):
        engine.run(f"ALTER TABLE items RENAME COLUMN {['old', 'c0', 'c1'][turn]}"
                   f" TO c{turn}")
        answer = behind.get("items?order=id%20desc&limit=1")
        assert answer.rows == [{"id": 2, "name": "two", f"c{turn}": 20}]
        assert list(behind.get("items/1").json) == ["id", "name", f"c{turn}"]


def test_a_field_that_has_gone_is_named(behind, engine):
    engine.run("ALTER TABLE items DROP COLUMN old")
    check_error(behind.get("items?fields=id,old"), 400, "old")
    check_error(behind.get("items?filter=old%3D10"), 400, "old")


def test_a_table_that_has_gone_is_named(behind, engine):
    engine.run("DROP TABLE gone")
    check_error(behind.get("gone"), 404, 'Table "gone" does not exist')
    engine.run("DROP TABLE items")
    check_error(behind.call("POST", "items", {"resource": [{"name": "x"}]}),
                404, 'Table "items" does not exist')


def test_a_write_is_asked_for_again(behind, engine):
    engine.run("ALTER TABLE items RENAME COLUMN name TO title")
    answer = behind.call("POST", "items", {"id": 9, "name": "nine"})
    if answer.status == 503:  # the schema had not been looked at yet
        assert int(answer.headers["Retry-After"]) >= 1
        assert engine.ask("SELECT count(*) FROM items")[0] in (2, "2")
        answer = behind.call("POST", "items", {"id": 9, "title": "nine"})
    assert answer.status == 200
    answer = behind.call("PATCH", "items/1", {"title": "uno"})
    assert answer.status == 200
    assert behind.get("items/1").json["title"] == "uno"


def test_other_processes_follow(behind, engine):
    assert "old" in behind.get("items/1", behind.other).json
    engine.run("ALTER TABLE items ADD COLUMN new INTEGER")
    assert wait_until(
        lambda: "new" in behind.get("items/1", behind.other).json)
    assert wait_until(lambda: "new" in behind.get("items/1").json)


def test_what_a_changed_schema_gave_is_not_found_under_the_old(behind, engine):
    """Back to what it was: what was read meanwhile, planned by the old
    catalogue and read by the new, is of neither's entries."""
    assert "old" in behind.get("items/1").json
    engine.run("ALTER TABLE items RENAME COLUMN old TO other")
    assert behind.get("items/2").json["other"] == 20
    engine.run("ALTER TABLE items RENAME COLUMN other TO old")
    for _ in range(3):
        assert behind.get("items/2").json["old"] == 20


def test_a_trigger_that_leads_nowhere_is_no_change(behind, engine):
    """The catalogue is right: it is not read anew each time."""
    engine.run({
        "sqlite": "CREATE TRIGGER lost AFTER INSERT ON items "
                  "BEGIN INSERT INTO nowhere VALUES (1); END;",
        "mysql": "CREATE TRIGGER lost AFTER INSERT ON items FOR EACH ROW "
                 "INSERT INTO nowhere VALUES (1);"}[engine.type])
    wait_until(lambda: behind.call(
        "POST", "items", {"id": 9, "name": "x"}).status == 500)
    answer = behind.call("POST", "items", {"id": 9, "name": "x"})
    check_error(answer, 500, "Failed to create records of 'items'.",
                "nowhere")
    assert behind.get("items?count_only=true").json == 2
