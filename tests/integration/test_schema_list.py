"""What a database service offers: dreamfactory.md 7.1, on every engine alike,
and what a role sees of it."""

import json
import urllib.parse

import pytest

from support.answer import check_error

ENGINES = ("sqlite", "mysql")

TABLES = """
CREATE TABLE order_items (id {key}, name VARCHAR(40));
CREATE TABLE category (id {key}, name VARCHAR(40));
CREATE TABLE box (id {key});
CREATE TABLE `odd, "name"` (id {key});
CREATE VIEW names AS SELECT name FROM category;
"""

ALL = ["GET", "POST", "PUT", "PATCH", "DELETE"]
ROLES = {
    # role: rows of (component, verbs)
    "owner": [("*", "all")],
    "one": [("_table/category/*", "GET")],
    "writer": [("", "GET"), ("_table/*", "GET,POST"), ("_schema/category/*", "GET"),
               ("_table/box", "")],
    "denied": [("_schema", ""), ("_table/*", "GET"), ("_schema/box", "GET")],
    "poster": [("_table/category/*", "POST")],
}


@pytest.fixture(scope="module")
def keys(site, engine):
    config = engine.create("list", TABLES.format(key=engine.key))
    site.add_service("list", engine.type, cache_enabled=True, cache_ttl=60,
                     **config)
    keys = {"owner": site.keys["owner"]}
    for role, rows in ROLES.items():
        if role not in keys:
            site.add_role(role)
            keys[role] = site.add_key(role, role)
        for component, verbs in rows:
            site.grant(role, "list", component, verbs or "none")
    return keys


@pytest.fixture(scope="module")
def client(site, keys):
    server = site.serve("list")
    with server.connect() as client:
        yield client
    server.stop()


@pytest.fixture
def ask(client, keys):
    def ask(path="", role="owner", method="GET", body=None, headers=None,
            **options):
        query = "?" + urllib.parse.urlencode(options) if options else ""
        body = b"" if body is None else json.dumps(body).encode()
        lines = {"X-DreamFactory-API-Key": keys[role]} | (headers or {})
        return client.call(f"/api/v2/list{path}{query}", method, lines, body)
    return ask


def names(answer):
    assert answer.status == 200, answer
    return [row["name"] for row in answer.rows]


TABLE_NAMES = ["box", "category", "names", 'odd, "name"', "order_items"]


def test_the_root_lists_resources(ask):
    assert {"_schema", "_table"} <= set(names(ask()))
    assert all(list(row) == ["name"] for row in ask().rows)
    full = {row["name"]: row for row in ask(fields="*").rows}
    assert list(full["_schema"]) == ["name", "class", "label"]
    assert full["_table"]["label"] == "Tables"
    some = ask(fields="label,name").rows
    assert list(some[0]) == ["name", "label"]
    assert "_table" in ask(as_list="true").rows
    assert "_table" in ask(as_list="true", wrap="false").json


def test_the_root_lists_what_a_role_may_name(ask):
    rows = ask(as_access_list="true").rows
    assert rows[:2] == ["", "*"]
    for name in ("_schema/", "_schema/*", "_table/", "_table/category/",
                 "_table/category/*", "_schema/category/*"):
        assert name in rows
    rows = ask(as_access_list="true", role="writer").rows
    assert "_schema/category/*" in rows
    assert "_schema/box/*" not in rows
    assert "_table/box/" not in rows


@pytest.mark.parametrize("resource", ["/_table", "/_schema"])
def test_tables_are_listed(ask, resource):
    assert names(ask(resource)) == TABLE_NAMES
    assert ask(resource + "/").json == ask(resource).json
    assert ask(resource, as_list="true").rows == TABLE_NAMES
    assert ask(resource, as_list="true", wrap="false").json == TABLE_NAMES
    assert ask(resource, as_access_list="true").rows[:2] == [
        f"{resource[1:]}/box/", f"{resource[1:]}/box/*"]


@pytest.mark.parametrize("resource", ["/_table", "/_schema"])
def test_tables_are_listed_with_all_their_members(ask, resource):
    rows = {row["name"]: row for row in ask(resource, fields="*").rows}
    assert rows["order_items"] == {
        "name": "order_items", "label": "Order Items",
        "plural": "Order Items", "is_view": False, "access": ALL}
    assert list(rows["box"]) == [
        "name", "label", "plural", "is_view", "access"]
    assert rows["category"]["plural"] == "Categories"
    assert rows["box"]["plural"] == "Boxes"
    assert rows["names"]["is_view"] is True


def test_members_are_chosen(ask):
    assert ask("/_table", fields="is_view,name").rows[0] == {
        "name": "box", "is_view": False}
    assert ask("/_table", include_access="true").rows[0] == {
        "name": "box", "access": ALL}
    check_error(ask("/_table", fields="name,nothing"), 400, "'nothing'")
    check_error(ask("/_table", fields="class"), 400, "'class'")
    check_error(ask("", fields="access"), 400, "'access'")


@pytest.mark.parametrize("how", [
    {"ids": "category,box"},
    {"ids": "category,box,category"},
    {"ids": " category , BOX"},
    {"method": "POST", "headers": {"X-HTTP-Method": "GET"},
     "body": {"ids": ["category", "box"]}},
    {"method": "POST", "headers": {"X-HTTP-Method": "GET"},
     "body": {"ids": "category,box"}},
    {"method": "POST", "headers": {"X-HTTP-Method": "GET"},
     "body": {"resource": [{"name": "category"}, {"name": "box"}]}},
    {"method": "POST", "headers": {"X-HTTP-Method": "GET"},
     "body": ["category", "box"]},
])
def test_tables_are_listed_by_name(ask, how):
    assert names(ask("/_table", **how)) == ["category", "box"]


def test_a_name_with_a_comma_needs_a_list(ask):
    answer = ask("/_table", method="POST", body=['odd, "name"', "box"],
                 headers={"X-HTTP-Method": "GET"})
    assert names(answer) == ['odd, "name"', "box"]


@pytest.mark.parametrize("ids, word", [
    ("category,none", '"none"'), ("category/1", '"category/1"'),
    ("a%00b", ""), (",", "empty"), ("box,,category", "empty"),
    (",".join(f"n{i}" for i in range(1001)), "1000 names"),
])
def test_names_that_are_none_are_refused(ask, ids, word):
    answer = ask("/_table?ids=" + ids)
    assert answer.status in (400, 404)
    check_error(answer, answer.status, word)


@pytest.mark.parametrize("body", [
    {"ids": 5}, {"ids": [5]}, {"ids": [None]}, {"ids": {"name": "box"}},
    {"resource": [{"label": "x"}]}, {"resource": "a"}, [[]], 7, "\"box\"",
    {"ids": ["box", ""]},
])
def test_bodies_that_name_nothing_are_refused(ask, body):
    answer = ask("/_table", method="POST", body=body,
                 headers={"X-HTTP-Method": "GET"})
    assert answer.status in (400, 404), answer
    check_error(answer, answer.status)


def test_a_role_sees_what_it_may_touch(ask):
    check_error(ask("/_table", role="one"), 401)
    assert names(ask("/_table", role="writer")) == [
        "category", "names", 'odd, "name"', "order_items"]
    rows = ask("/_table", role="writer", fields="name,access").rows
    assert rows[0] == {"name": "category", "access": ["GET", "POST"]}
    check_error(ask("/_table", role="writer", ids="box"), 404, '"box"')


def test_the_schema_lists_what_a_role_may_see(ask):
    """Whoever may read anything may ask; what he may not see is left out."""
    assert names(ask("/_schema", role="one")) == []
    assert names(ask("/_schema", role="writer")) == ["category"]
    assert ask("/_schema", role="writer", fields="name,access").rows == [
        {"name": "category", "access": ["GET"]}]
    check_error(ask("/_schema", role="writer", ids="box"), 404, '"box"')
    check_error(ask("/_schema", role="denied"), 401)
    check_error(ask("/_schema", role="poster"), 401)
    check_error(ask("/_schema", role="one", method="POST",
                    body={"resource": [{"name": "x"}]}), 401)


def test_only_the_schema_of_the_service_has_tables(ask, engine):
    own = "main" if engine.type == "sqlite" else engine.database
    for path in ("/_table", "/_schema"):
        assert names(ask(path)) == TABLE_NAMES
        assert names(ask(path, schema="other")) == []
        assert ask(path, schema="other", as_list="true").rows == []
        for schema in (own, own.upper(), ""):
            assert names(ask(path, schema=schema)) == TABLE_NAMES
        assert names(ask(path, schema="other", ids="box")) == ["box"]
    assert ask("/_table/box", schema="other").rows == []


def test_head_asks_as_get_does(ask):
    answer = ask("/_schema", role="writer", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")


def test_lists_are_only_read(ask):
    for path in ("", "/_table"):
        answer = ask(path, method="DELETE")
        check_error(answer, 405)
        assert "GET" in answer.headers["Allow"]


def test_refresh_shows_a_table_at_once(ask, engine):
    engine.run("CREATE TABLE fresh (id INTEGER)")
    assert "fresh" in names(ask("/_table", refresh="true"))
    assert "fresh" in names(ask("/_schema"))
    assert ask("/_table/fresh").rows == []
    engine.run("DROP TABLE fresh")
    assert "fresh" not in names(ask("/_schema", refresh="true"))
    assert names(ask("/_table")) == TABLE_NAMES
