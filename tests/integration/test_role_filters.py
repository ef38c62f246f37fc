"""Row filters of roles (dreamfactory.md 3.3): what is outside of them does not
exist for the caller, in whatever way it is asked for, on every engine."""

import json
import sqlite3
import urllib.parse

import pytest

from support.answer import check_error
from support.process import wait_until

ENGINES = ("sqlite", "mysql")

TABLES = """
CREATE TABLE notes (
    id {key}, region VARCHAR(20), amount INTEGER, code VARCHAR(20) UNIQUE,
    ratio DOUBLE, price DECIMAL(8,2), paid BOOLEAN, born DATE);
CREATE TABLE keyless (region VARCHAR(20), v INTEGER);
CREATE TABLE plain (id {key}, v INTEGER);
CREATE VIEW summary AS SELECT id, region FROM notes;
"""

# A table without transactions, and one whose trigger sets the key.
MYSQL = """
CREATE TABLE loose (id {key}, region VARCHAR(20)) ENGINE = MyISAM;
INSERT INTO loose VALUES (1, 'north'), (2, 'south');
CREATE TABLE moved (id INTEGER PRIMARY KEY, region VARCHAR(20));
INSERT INTO moved VALUES (1, 'north');
CREATE TRIGGER move BEFORE INSERT ON moved FOR EACH ROW
    SET NEW.id = NEW.id + 100;
"""

NOTES = [
    {"id": 1, "region": "north", "amount": 10, "code": "a1", "ratio": 0.5,
     "price": 1.10, "paid": True, "born": "2020-02-29"},
    {"id": 2, "region": "south", "amount": 20, "code": "a2", "ratio": 1.5,
     "price": 2.20, "paid": False, "born": "2021-01-01"},
    {"id": 3, "region": "north", "amount": 30, "code": "b%", "ratio": None,
     "price": None, "paid": None, "born": None},
    {"id": 4, "region": None, "amount": None, "code": "O'B", "ratio": -2.5,
     "price": 4.40, "paid": True, "born": "1999-12-31"},
    {"id": 5, "region": "south", "amount": 50, "code": None, "ratio": 0.0,
     "price": 0.00, "paid": False, "born": "2020-03-01"},
]

KEYLESS = [{"region": "north", "v": 1}, {"region": "south", "v": 2}]


def on(name, operator, value=None):
    return {"name": name, "operator": operator, "value": value}


NORTH = [on("region", "=", "north")]
SOUTH = [on("region", "=", "south")]

# Filters, how they are joined, and the notes that they leave.
OPERATORS = [
    ([on("amount", "=", "20")], [2]),
    ([on("amount", "!=", 20)], [1, 3, 5]),
    ([on("AMOUNT", ">", 20), on("amount", "<=", "50")], [3, 5]),
    ([on("amount", ">=", 30), on("amount", "<", 50)], [3]),
    ([on("amount", "in", [10, "50", None])], [1, 4, 5]),
    ([on("amount", "in", "10, 50")], [1, 5]),
    ([on("amount", "not in", "(10,50)")], [2, 3]),
    ([on("amount", "not in", [10, None])], [2, 3, 5]),
    ([on("amount", "is null")], [4]),
    ([on("amount", "IS NOT NULL", "")], [1, 2, 3, 5]),
    ([on("amount", "=", None)], [4]),
    ([on("code", "starts with", "a")], [1, 2]),
    ([on("code", "ends with", "%")], [3]),
    ([on("code", "contains", "'")], [4]),
    ([on("code", "not contains", "a")], [3, 4]),
    ([on("code", "like", "a_")], [1, 2]),
    ([on("code", "not like", "a%")], [3, 4]),
    ([on("code", "=", "O'B")], [4]),
    ([on("code", "=", "'a1'")], [1]),
    ([on("code", "=", "x' or 'a'='a")], []),
    ([on("ratio", ">", "0.25")], [1, 2]),
    ([on("price", "=", "2.20")], [2]),
    ([on("price", "<", 2)], [1, 5]),
    ([on("paid", "=", True)], [1, 4]),
    ([on("paid", "!=", "true")], [2, 5]),
    ([on("born", ">=", "2020-03-01")], [2, 5]),
    ([on("region", "=", "north"), on("amount", ">", 10)], [3]),
    ("or", [on("region", "=", "north"), on("amount", ">", 20)], [1, 3, 5]),
    ("OR", [on("region", "is null"), on("id", "=", 1)], [1, 4]),
]


# What no command takes: another program, or an import, may have left it.
UNUSABLE = ["{", "{}", "[1]", '[{"name":"region"}]', '""',
            '[{"name":"region","operator":"~","value":"north"}]',
            '[{"name":"nosuch","operator":"is null"}]',
            '[{"name":"region","operator":"=","value":"{user.name}"}]',
            '[{"name":"amount","operator":"=","value":"many"}]']


class Site:
    """Calls as any of the roles."""

    def __init__(self, client, site):
        self.client = client
        self.site = site

    def call(self, role, method, path, body=None, service="rows",
             headers=None, **options):
        query = "?" + urllib.parse.urlencode(options) if options else ""
        body = b"" if body is None else json.dumps(body).encode()
        return self.client.call(
            f"/api/v2/{service}/_table/{path}{query}", method,
            {"X-DreamFactory-API-Key": self.site.keys[role]}
            | (headers or {}), body)

    def get(self, role, path, **more):
        return self.call(role, "GET", path, **more)

    def ids(self, role, path="notes", **more):
        answer = self.get(role, path, fields="id", **more)
        assert answer.status == 200, answer
        return [row["id"] for row in answer.rows]

    def dump(self):
        """All rows, as the owner sees them past the cache."""
        return [self.get("owner", table, service="plain").rows
                for table in ("notes", "keyless")]

    def fill(self):
        for table, rows in (("notes", NOTES), ("keyless", KEYLESS)):
            assert self.call("owner", "DELETE", table,
                             force="true").status == 200
            assert self.call("owner", "POST", table, rows).status == 200


def grants(site):
    """Roles: name, verbs, component, filters."""
    yield "owner", "all", "*", None
    for name, filters in (("north", NORTH), ("north2", NORTH),
                          ("south", SOUTH)):
        yield name, "all", "*", filters
    yield "split", "GET", "_table/notes/*", NORTH
    yield "split", "POST,PUT,PATCH", "_table/notes*", SOUTH
    yield "split", "DELETE", "_table/note*", None
    yield "narrowed", "all", "*", None
    yield "narrowed", "GET", "_table/notes/*", NORTH
    yield "exact", "GET", "*", SOUTH
    yield "exact", "GET", "_table/notes", NORTH


SERVICES = {
    "rows": {"cache_enabled": True, "cache_ttl": 60},
    "plain": {},
    "upsert": {"allow_upsert": True},
    "small": {"max_records": 1},
}


@pytest.fixture(scope="module")
def rows_site(site, engine):
    more = MYSQL if engine.type == "mysql" else ""
    config = engine.create("rows", (TABLES + more).format(key=engine.key))
    for name, more in SERVICES.items():
        site.add_service(name, engine.type, **config | more)
    for role, verbs, component, filters in grants(site):
        if role not in site.keys:
            site.add_role(role)
        for name in SERVICES:
            site.grant(role, name, component, verbs, filters)
        if role not in site.keys:
            site.keys[role] = site.add_key(role, role)
    for i, case in enumerate(OPERATORS):
        op, filters, _ = case if len(case) == 3 else ("and", *case)
        site.add_role(f"op{i}")
        site.grant(f"op{i}", "plain", "*", "GET", filters, op)
        site.keys[f"op{i}"] = site.add_key(f"op{i}", f"op{i}")
    for i, filters in enumerate(UNUSABLE):
        site.add_role(f"bad{i}")
        site.grant(f"bad{i}", "rows", "*", "all", NORTH)
        site.keys[f"bad{i}"] = site.add_key(f"bad{i}", f"bad{i}")
        with sqlite3.connect(site.path("system.sqlite")) as db:
            db.execute("UPDATE role_service_access SET filters = ? WHERE "
                       "role_id = (SELECT id FROM role WHERE name = ?)",
                       (filters, f"bad{i}"))
        db.close()
    return site


@pytest.fixture(scope="module")
def rows_client(rows_site):
    server = rows_site.serve("rows")
    with server.connect() as client:
        yield client
    server.stop()


@pytest.fixture
def rows(rows_client, rows_site):
    rows = Site(rows_client, rows_site)
    rows.fill()
    return rows


@pytest.fixture
def unchanged(rows):
    before = rows.dump()
    yield
    assert rows.dump() == before


@pytest.mark.parametrize("i", range(len(OPERATORS)))
def test_each_operator_leaves_the_same_rows_on_every_engine(rows, i):
    assert rows.ids(f"op{i}", service="plain") == OPERATORS[i][-1]


def test_only_rows_inside_are_read(rows):
    assert rows.ids("north") == [1, 3]
    assert rows.ids("south") == [2, 5]
    assert rows.ids("north", filter="id > 0 or region = 'south'") == [1, 3]
    assert rows.ids("north", filter="not (region = 'north')") == []
    assert rows.ids("north", limit=1, offset=1) == [3]
    assert rows.ids("north", order="amount desc") == [3, 1]
    assert rows.get("north", "notes/1").json["region"] == "north"
    assert rows.call("north", "HEAD", "notes/2").status == 404
    assert rows.ids("north", path="summary") == [1, 3]
    answer = rows.call("north", "POST", "notes", {"filter": "id < 3"},
                       headers={"X-HTTP-Method-Override": "GET"})
    assert [row["id"] for row in answer.rows] == [1]


def test_only_rows_inside_are_counted_and_grouped(rows):
    assert rows.get("north", "notes", count_only="true").json == 2
    answer = rows.get("north", "notes", limit=1, include_count="true")
    assert answer.json["meta"] == {"count": 2, "next": 1}
    answer = rows.get("north", "notes", service="small")
    assert answer.json["meta"] == {"count": 2, "next": 1}
    answer = rows.get("north", "notes", group="region",
                      fields="region,COUNT(*),SUM(amount),MAX(code)")
    assert [row["COUNT_ALL"] for row in answer.rows] == [2]
    assert int(answer.rows[0]["SUM_amount"]) == 40
    assert answer.rows[0]["MAX_code"] == "b%"
    answer = rows.get("north", "notes", fields="COUNT(*)",
                      having="COUNT_ALL > 2")
    assert answer.rows == []


@pytest.mark.parametrize("method, path, body, options", [
    ("GET", "notes/ID", None, {}),
    ("GET", "notes", None, {"ids": "ID"}),
    ("GET", "notes", None, {"ids": "1,ID", "continue": "true"}),
    ("GET", "notes/ID", None, {"fields": "*"}),
    ("PATCH", "notes/ID", {"amount": 0}, {}),
    ("PUT", "notes", [{"id": "ID", "amount": 0}], {}),
    ("PATCH", "notes", [{"amount": 0}], {"ids": "ID"}),
    ("PATCH", "notes/ID", {"amount": 0}, {"fields": "*"}),
    ("DELETE", "notes/ID", None, {}),
    ("DELETE", "notes", None, {"ids": "ID"}),
    ("DELETE", "notes", [{"id": "ID"}], {}),
    ("DELETE", "notes/ID", None, {"fields": "*"}),
])
def test_a_hidden_row_is_told_from_no_missing_one(
        rows, unchanged, method, path, body, options):
    def sent(one):
        return json.loads(json.dumps(body).replace('"ID"', str(one)))

    found = []
    for one in (2, 9):
        answer = rows.call(
            "north", method, path.replace("ID", str(one)),
            None if body is None else sent(one),
            **{name: value.replace("ID", str(one))
               for name, value in options.items()})
        error = answer.error
        del error["request_id"]
        found.append((answer.status, json.dumps(error).replace("9", "2")))
    assert found[0] == found[1]
    assert found[0][0] in (400, 404)


def test_rows_inside_are_changed_and_deleted(rows):
    assert rows.call("north", "PATCH", "notes/1",
                     {"amount": 11}).json == {"id": 1}
    answer = rows.call("north", "PATCH", "notes", {"amount": 12},
                       filter="amount > 0", fields="id,amount")
    assert answer.rows == [{"id": 1, "amount": 12}, {"id": 3, "amount": 12}]
    answer = rows.call("north", "DELETE", "notes", filter="id > 1")
    assert answer.rows == [{"id": 3}]
    assert rows.call("north", "DELETE", "notes", force="true").json == {
        "success": True}
    assert rows.ids("owner") == [2, 4, 5]
    assert rows.get("owner", "notes/2").json["amount"] == 20


@pytest.mark.parametrize("method, path, body, options", [
    ("PATCH", "notes/1", {"region": "south"}, {}),
    ("PATCH", "notes/1", {"region": None}, {}),
    ("PUT", "notes", [{"id": 1, "amount": 0}, {"id": 3, "region": "x"}], {}),
    ("PUT", "notes", [{"id": 3, "region": "x"}], {"continue": "true"}),
    ("PATCH", "notes", [{"region": "x"}], {"ids": "1,3"}),
    ("PATCH", "notes", [{"region": "x"}], {"filter": "id = 1"}),
    ("PATCH", "notes", [{"region": "x", "id": 8}], {"filter": "id = 1"}),
    ("POST", "notes", [{"region": "south"}], {}),
    ("POST", "notes", [{"amount": 1}], {}),
    ("POST", "notes", [{"region": "north"}, {"region": "south"}], {}),
    ("POST", "notes", [{"region": "north"}, {"region": "south"}],
     {"continue": "true"}),
    ("POST", "notes", [{"region": "south"}] * 3, {"fields": "*"}),
    ("POST", "keyless", [{"region": "north"}], {}),
    ("PATCH", "keyless", [{"v": 3}], {"filter": "v = 1"}),
    ("PATCH", "keyless", [{"v": 2, "region": "x"}],
     {"ids": "1", "id_field": "v"}),
])
def test_no_row_is_made_or_given_away_to_the_outside(
        rows, unchanged, method, path, body, options):
    check_error(rows.call("north", method, path, body, **options), 403)


def test_a_batch_of_rows_inside_is_made(rows):
    made = rows.call("north", "POST", "notes",
                     [{"region": "north", "amount": n} for n in range(20)])
    assert made.status == 200, made
    assert len(rows.ids("north")) == 22
    assert rows.ids("south") == [2, 5]


def test_an_upsert_overwrites_no_hidden_row(rows, unchanged):
    """That a key is taken is all that is told: the database says so."""
    for method, path, body in (
            ("PUT", "notes/2", {"region": "north"}),
            ("PUT", "notes", [{"id": 2, "region": "north"}]),
            ("POST", "notes", {"id": 2, "region": "north"}),
            ("POST", "notes", {"code": "a2", "region": "north"}),
            ("PATCH", "notes/1", {"id": 2}),
            ("PATCH", "notes/1", {"code": "a2"})):
        answer = rows.call("north", method, path, body, service="upsert")
        assert answer.status in (400, 409), answer
        for told in ("south", "20", "2.2"):
            assert told not in answer.error["message"], answer
    check_error(rows.call("north", "PUT", "notes/9", {"region": "south"},
                          service="upsert"), 403)


def test_an_upsert_makes_rows_inside(rows):
    answer = rows.call("north", "PUT", "notes/9", {"region": "north"},
                       service="upsert")
    assert answer.json == {"id": 9}
    assert rows.ids("north") == [1, 3, 9]


def test_more_than_can_be_looked_at_again_is_not_changed(rows, unchanged):
    check_error(rows.call("north", "PATCH", "notes", {"region": "south"},
                          service="small", filter="id > 0"), 400)


def test_each_method_has_its_filters(rows):
    assert rows.ids("split") == [1, 3]
    assert rows.call("split", "PATCH", "notes/1", {"amount": 0}).status == 404
    assert rows.call("split", "PATCH", "notes/2",
                     {"amount": 21}).json == {"id": 2}
    assert rows.call("split", "POST", "notes",
                     [{"region": "south"}]).status == 200
    assert rows.call("split", "POST", "notes",
                     [{"region": "north"}]).status == 403


def test_what_may_not_be_read_is_not_shown_by_writes(rows):
    """Filters of GET hold for what a write shows, or compares."""
    for options in ({"fields": "*"}, {"fields": "id,amount"}):
        for method in ("PATCH", "DELETE"):
            answer = rows.call("split", method, "notes/2",
                               {"amount": 0}, **options)
            check_error(answer, 404)
    assert rows.call("split", "DELETE", "notes",
                     filter="amount > 0").rows == [{"id": 1}, {"id": 3}]
    answer = rows.call("split", "PATCH", "notes", {"amount": 0},
                       filter="price > 2")
    assert (answer.status, answer.rows) == (200, [])
    check_error(rows.call("split", "DELETE", "notes", ids="a2",
                          id_field="code"), 400)
    assert rows.call("split", "DELETE", "notes/2").json == {"id": 2}


def test_the_last_row_of_a_class_and_an_exact_one_decide(rows):
    assert rows.ids("narrowed") == [1, 3]
    assert rows.call("narrowed", "PATCH", "notes/2",
                     {"amount": 1}).status == 200
    assert rows.ids("exact") == [1, 3]
    assert rows.get("exact", "notes/2").status == 200
    assert rows.get("exact", "notes/1").status == 404


def test_a_table_without_the_column_is_closed(rows, rows_site):
    """As is what has no rows at all."""
    for method, path, body in (("GET", "plain", None),
                               ("GET", "plain/1", None),
                               ("POST", "plain", [{"v": 1}]),
                               ("DELETE", "plain?force=true", None)):
        check_error(rows.call("north", method, path, body), 403,
                    "The row filters of the role cannot be applied to "
                    "'plain'.")
    assert 'role north: its row filters cannot be applied to plain: the ' \
        'table has no field "region"' in rows_site.read("weir.log")


def refused_with(filters):
    """A user might have what a key alone has not."""
    if "{user." in filters:
        return 401, "Unauthorized. User is not authenticated."
    return 403, "The row filters of the role cannot be applied"


@pytest.mark.parametrize("i", range(len(UNUSABLE)))
def test_filters_that_are_not_understood_open_nothing(rows, unchanged, i):
    for method, path, body in (("GET", "notes", None),
                               ("GET", "notes/1", None),
                               ("GET", "notes?count_only=true", None),
                               ("POST", "notes", [{"region": "north"}]),
                               ("PATCH", "notes/1", {"amount": 1}),
                               ("DELETE", "notes/1", None),
                               ("DELETE", "notes?force=true", None)):
        check_error(rows.call(f"bad{i}", method, path, body),
                    *refused_with(UNUSABLE[i]))


def test_where_nothing_can_be_undone_nothing_is_made(rows, engine):
    """MySQL's tables without transactions; and a trigger may set the key."""
    if engine.type == "sqlite":
        return
    kept = rows.get("north", "loose")
    assert [row["id"] for row in kept.rows] == [1]
    for method, path, body in (("POST", "loose", {"region": "south"}),
                               ("POST", "loose", {"region": "north"}),
                               ("PATCH", "loose/1", {"region": "south"}),
                               ("PATCH", "loose?filter=id=1",
                                {"region": "south"})):
        check_error(rows.call("north", method, path, body), 403,
                    "cannot be undone")
    assert len(rows.get("owner", "loose").rows) == 2
    assert rows.get("owner", "loose/1").json["region"] == "north"
    check_error(rows.call("north", "POST", "moved",
                          {"id": 1, "region": "south"}), 403)
    assert [row["id"] for row in rows.get("owner", "moved").rows] == [1]
    answer = rows.call("north", "POST", "moved",
                       {"id": 1, "region": "north"})
    assert answer.json == {"id": 101}


def test_other_filters_count_within_a_second(rows, rows_site):
    assert rows.ids("north2") == [1, 3]
    rows_site.grant("north2", "rows", "*", "all", SOUTH)
    assert wait_until(lambda: rows.ids("north2") == [2, 5])
    rows_site.grant("north2", "rows", "*", "all", [])
    assert wait_until(lambda: rows.ids("north2") == [1, 2, 3, 4, 5])
    rows_site.grant("north2", "rows", "*", "all", NORTH)
    assert wait_until(lambda: rows.ids("north2") == [1, 3])


def test_answers_are_cached_for_roles_of_equal_filters_only(rows):
    uri = {"path": "notes", "order": "id desc", "fields": "id"}
    assert not rows.get("north", **uri).hit
    assert rows.get("north", **uri).hit
    assert rows.get("north2", **uri).hit
    south = rows.get("south", **uri)
    assert not south.hit
    assert [row["id"] for row in south.rows] == [5, 2]
    assert rows.get("south", **uri).hit
    owner = rows.get("owner", **uri)
    assert not owner.hit
    assert len(owner.rows) == 5
    assert [row["id"] for row in rows.get("north", **uri).rows] == [3, 1]


def test_a_write_outdates_what_filters_left(rows):
    assert rows.ids("north", filter="amount > 0") == [1, 3]
    assert rows.ids("south", filter="amount > 0") == [2, 5]
    assert rows.call("owner", "PATCH", "notes/3",
                     {"region": "south"}).status == 200
    assert rows.ids("north", filter="amount > 0") == [1]
    assert rows.ids("south", filter="amount > 0") == [2, 3, 5]
