"""Bad input is refused by a named limit; a batch that is to be atomic leaves
nothing behind, however and wherever it fails."""

import contextlib
import json
import sqlite3
import threading
import urllib.parse

import pytest

from support.answer import check_error
from support.process import wait_until

ENGINES = ("sqlite", "mysql")
SETTINGS = {"MAX_BODY": "1m", "WORKERS": "2"}
MAX_RECORDS = 4
SLOW_SECONDS = 2

TABLES = """
CREATE TABLE owners (id {key}, name VARCHAR(8) NOT NULL UNIQUE);
INSERT INTO owners VALUES (1, 'one'), (2, 'used');
CREATE TABLE parts (
    id {key}, name VARCHAR(8) NOT NULL UNIQUE,
    size INTEGER CHECK (size < 100), owner INTEGER,
    FOREIGN KEY (owner) REFERENCES owners (id));
CREATE TABLE plain (
    id {key}, name VARCHAR(8) NOT NULL UNIQUE,
    size INTEGER CHECK (size < 100), owner INTEGER,
    FOREIGN KEY (owner) REFERENCES owners (id));
CREATE TABLE used (
    part INTEGER, plain INTEGER, FOREIGN KEY (part) REFERENCES parts (id),
    FOREIGN KEY (plain) REFERENCES plain (id));
"""

TRIGGERS = {
    "sqlite": """
CREATE TRIGGER no_{event} BEFORE {event} ON parts WHEN new.name = 'refused'
    BEGIN SELECT raise(ABORT, 'refused'); END;
CREATE TRIGGER slow_{event} AFTER {event} ON parts WHEN new.name = 'slow'
    BEGIN SELECT id FROM slow_rows; END;
""",
    "mysql": """
DELIMITER //
CREATE TRIGGER no_{event} BEFORE {event} ON parts FOR EACH ROW
    IF new.name = 'refused' THEN SIGNAL SQLSTATE '45000'; END IF //
CREATE TRIGGER slow_{event} AFTER {event} ON parts FOR EACH ROW
    IF new.name = 'slow' THEN SET @n = (SELECT id FROM slow_rows); END IF //
DELIMITER ;
"""}


def rows_sql(table):
    rows = [f"({i}, 'name{i}', {i}, 1)" for i in range(1, 6)]
    return f"INSERT INTO {table} VALUES {', '.join(rows)};\n"


def sql(engine):
    steps = SLOW_SECONDS * engine.steps_in_a_second()
    return (TABLES.format(key=engine.key) + rows_sql("parts") +
            rows_sql("plain") + "INSERT INTO used VALUES (5, 5);\n" +
            engine.counting.format(name="slow_rows", steps=steps) +
            "".join(TRIGGERS[engine.type].format(event=event)
                    for event in ("INSERT", "UPDATE")))


@pytest.fixture(name="strict", scope="module")
def service_with_limits(site, engine):
    site.add_service("strict", engine.type, max_records=MAX_RECORDS,
                     **engine.create("strict", sql(engine)))
    site.grant("owner", "strict", "*", "all")


@pytest.fixture(name="running", scope="module")
def server_of_strict(strict, site):
    del strict
    server = site.serve("strict")
    yield server
    server.stop()


def request_of(method, path, body=None, **options):
    if not isinstance(body, (bytes, type(None))):
        body = json.dumps(body).encode()
    query = urllib.parse.urlencode(options)
    return f"/api/v2/strict/_table/{path}?{query}", method, body or b""


@pytest.fixture(name="ask")
def ask_as_owner(running, key):
    """On a connection of its own: a body too large ends it."""
    def ask(*words, **options):
        uri, method, body = request_of(*words, **options)
        with running.connect() as client:
            return client.call(uri, method, key, body)
    return ask


@pytest.fixture(name="kept")
def what_is_kept(engine):
    """The sum of all rows, as the database itself has them."""
    def kept(table="parts"):
        return tuple(map(str, engine.ask(
            f"SELECT count(*), sum(id), sum(size), max(id), max(name) "
            f"FROM {table}")))
    return kept


def test_a_body_too_large_names_its_setting(ask, kept):
    before = kept()
    body = b'[{"name":"a","size":1},{"name":"' + b"x" * (1 << 20) + b'"}]'
    check_error(ask("POST", "parts", body), 413,
                "larger than MAX_BODY (1048576 bytes)")
    assert kept() == before


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_too_many_records_name_their_limit(ask, kept, method):
    before = kept()
    records = [{"id": i, "size": 9} for i in range(1, MAX_RECORDS + 2)]
    check_error(ask(method, "parts", records), 400,
                "The request has 5 records; at most 4 are allowed "
                "(max_records).")
    if method != "POST":
        body = None if method == "DELETE" else {"size": 9}
        check_error(ask(method, "parts", body, ids="1,2,3,4,5"), 400,
                    "names more than 4 records (max_records)")
        body = {"ids": [1, 2, 3, 4, 5]} | ({"resource": [{"size": 9}]}
                                           if body else {})
        check_error(ask(method, "parts", body), 400,
                    "names more than 4 records (max_records)")
    assert kept() == before


def test_a_path_takes_one_record(ask, kept):
    before = kept()
    answer = ask("PATCH", "parts/1", [{"size": 9}, {"size": 9}])
    check_error(answer, 400, "One record is needed for all that the path")
    assert kept() == before


@pytest.mark.parametrize("levels, status", [(29, 200), (32, 400),
                                            (100_000, 400)])
def test_json_too_deep_names_its_limit(ask, levels, status):
    """The array, the record and the member's value: 32 levels."""
    body = b'[{"id":1,"size":1,"unknown":' + b"[" * levels + b"]" * levels + \
        b"}]"
    answer = ask("PATCH", "parts", body)
    assert answer.status == status, answer
    if status == 400:
        check_error(answer, 400, "nested deeper than 32 levels", "line 1")


BAD = {
    "name": "far too long", "size": "many", "big": {"size": 1 << 70},
    "null": {"name": None}, "expression": {"size": {"expression": "1"}},
    "list": {"name": []}, "taken": {"name": "name5"}, "check": {"size": 100},
    "no owner": {"owner": 99}, "trigger": {"name": "refused"},
    "required": None,
}


def bad_of(kind, good):
    """The record with what is wrong in it."""
    bad = BAD[kind]
    if bad is None:
        return {"size": 1}
    return good | (bad if isinstance(bad, dict) else {kind: bad})


def check_nothing_done(answer, place):
    assert answer.status == 400, answer
    assert answer.error["code"] == 1000
    assert answer.error["context"]["error"] == [place]
    assert answer.error["message"].endswith(" All changes rolled back.")
    result = answer.error["context"]["resource"][place]
    assert result["status_code"] in (400, 404, 409)
    assert result["message"]
    return result["message"]


@pytest.mark.parametrize("table", ["parts", "plain"])
@pytest.mark.parametrize("kind", BAD)
def test_a_new_record_that_fails_leaves_no_other(ask, kept, table, kind):
    if table == "plain" and kind == "trigger":
        return
    before = kept(table)
    for place in range(MAX_RECORDS):
        records = [{"name": f"new{i}", "size": i} for i in range(MAX_RECORDS)]
        records[place] = bad_of(kind, records[place])
        answer = ask("POST", table, {"resource": records, "rollback": True})
        message = check_nothing_done(answer, place)
        if kind in ("name", "size", "big", "null", "expression", "list"):
            field = "size" if kind in ("size", "big", "expression") else "name"
            assert f"Field '{field}'" in message
        assert kept(table) == before


LONG = "Field 'name' must have at most 8 characters."


@pytest.mark.parametrize("method, path, options", [
    ("POST", "parts", {}), ("PATCH", "parts/1", {}),
    ("PATCH", "parts", {"ids": "1,2"}), ("PUT", "parts", {"ids": "1"}),
    ("PATCH", "parts", {"filter": "id < 3"})])
@pytest.mark.parametrize("wrap", [
    lambda record: record, lambda record: [record],
    lambda record: {"resource": [record]}])
def test_one_record_names_its_field(ask, kept, method, path, options, wrap):
    """In a batch of one it has a place; where one is for all it has none."""
    before = kept()
    answer = ask(method, path, wrap({"name": "far too long"}), **options)
    assert answer.status == 400
    if method == "POST":
        assert answer.error["context"]["error"] == [0]
        assert answer.error["context"]["resource"][0]["message"] == LONG
    else:
        assert answer.error["message"] == LONG
    assert kept() == before


@pytest.mark.parametrize("table", ["parts", "plain"])
def test_two_new_records_of_one_name_leave_none(ask, kept, table):
    before = kept(table)
    for place in range(1, MAX_RECORDS):
        records = [{"name": f"new{i}"} for i in range(MAX_RECORDS)]
        records[place]["name"] = "new0"
        answer = ask("POST", table, records, rollback="true")
        check_nothing_done(answer, place)
        assert kept(table) == before


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("kind", [*BAD, "missing"])
def test_a_change_that_fails_undoes_the_others(ask, kept, method, kind):
    if kind == "required":
        return
    before = kept()
    for place in range(MAX_RECORDS):
        records = [{"id": i + 1, "size": 50 + i} for i in range(MAX_RECORDS)]
        records[place] = records[place] | {"id": 99} if kind == "missing" \
            else bad_of(kind, records[place])
        answer = ask(method, "parts", records, rollback="true")
        check_nothing_done(answer, place)
        assert kept() == before


@pytest.mark.parametrize("bad", [5, 99])
def test_a_delete_that_fails_undoes_the_others(ask, kept, bad):
    """5 is referred to, 99 is not there."""
    before = kept()
    for place in range(MAX_RECORDS):
        ids = [1, 2, 3, 4]
        ids[place] = bad
        answer = ask("DELETE", "parts", ids=",".join(map(str, ids)),
                     rollback="true")
        check_nothing_done(answer, place)
        assert kept() == before


# In a trigger its user is who made the trigger.
WRITERS = ("FROM information_schema.processlist WHERE id <> CONNECTION_ID() "
           "AND (info LIKE '%slow_rows%' OR info LIKE 'INSERT INTO%')")


def writer(engine):
    """Who writes, as the server numbers it."""
    return engine.ask(f"SELECT min(id) {WRITERS}")[0]


def busy(engine):
    """Is a batch in the middle of what it writes?"""
    if engine.type == "mysql":
        return writer(engine) is not None
    with contextlib.closing(sqlite3.connect(engine.path, timeout=0)) as db:
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False


BATCH = [{"name": "new1"}, {"name": "new2"}, {"name": "slow"}]


@contextlib.contextmanager
def batch_begun(server, engine, key):
    """A batch that has written, and writes; what was answered, or not."""
    answers = []

    def call():
        with contextlib.suppress(Exception), server.connect() as client:
            uri, method, body = request_of("POST", "parts", BATCH,
                                           rollback="true")
            answers.append(client.call(uri, method, key, body))

    caller = threading.Thread(target=call)
    caller.start()
    try:
        assert wait_until(lambda: busy(engine), 10), answers
        yield answers
    finally:
        caller.join()


def test_a_batch_of_a_process_that_dies_leaves_nothing(
        strict, site, engine, key, kept):
    del strict
    before = kept()
    server = site.serve("victim")
    with batch_begun(server, engine, key) as answers:
        server.kill()
    assert wait_until(lambda: not busy(engine))
    assert answers == []
    assert kept() == before


def test_a_batch_whose_connection_is_lost_leaves_nothing(
        strict, site, engine, key, kept):
    """SQLite's is the process's own; a lost file is not its to lose."""
    del strict
    if engine.type == "sqlite":
        return
    before = kept()
    server = site.serve("cut")
    with batch_begun(server, engine, key) as answers:
        id = wait_until(lambda: writer(engine))
        engine.run(f"KILL {id};")
    check_error(answers[0], 503)
    assert kept() == before
    server.stop()
