"""Describing a schema: dreamfactory.md 7.6, on every engine alike."""

import json
import urllib.parse

import pytest

from support.answer import check_error

ENGINES = ("sqlite", "mysql")

TABLES = """
CREATE TABLE category (id {key}, name VARCHAR(80) NOT NULL UNIQUE);
CREATE TABLE todo (
    id {key},
    title VARCHAR(80) NOT NULL,
    code CHAR(4) DEFAULT 'it''s',
    notes TEXT,
    done BOOLEAN NOT NULL DEFAULT 0,
    `rank` INTEGER DEFAULT 5,
    big BIGINT,
    small SMALLINT,
    price DECIMAL(10,2) DEFAULT 1.50,
    ratio DOUBLE,
    weight FLOAT,
    day DATE,
    clock TIME,
    moment DATETIME,
    seen TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    raw VARBINARY(16),
    doc JSON,
    category_id INTEGER NOT NULL,
    twice INTEGER GENERATED ALWAYS AS (`rank` * 2) STORED,
    FOREIGN KEY (category_id) REFERENCES category (id)
        ON UPDATE CASCADE ON DELETE RESTRICT);
CREATE INDEX todo_day ON todo (day, clock);
CREATE UNIQUE INDEX todo_pair ON todo (title, code);
CREATE TABLE tag (id {key}, name VARCHAR(20));
CREATE TABLE todo_tag (
    todo_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
    PRIMARY KEY (tag_id, todo_id),
    FOREIGN KEY (todo_id) REFERENCES todo (id) ON DELETE CASCADE,
    FOREIGN KEY (tag_id) REFERENCES tag (id) ON DELETE CASCADE);
CREATE VIEW open_todo AS SELECT id, title FROM todo WHERE done = 0;
INSERT INTO category (id, name) VALUES (1, 'home');
INSERT INTO todo (id, title, category_id) VALUES (1, 'sweep', 1);
INSERT INTO todo (id, title, category_id) VALUES (2, 'wash', 1);
"""

TABLE_MEMBERS = [
    "alias", "name", "label", "description", "native", "plural", "is_view",
    "primary_key", "name_field", "field", "related", "constraints", "access"]
FIELD_MEMBERS = [
    "name", "label", "description", "alias", "native", "type", "db_type",
    "length", "precision", "scale", "default", "required", "allow_null",
    "fixed_length", "supports_multibyte", "auto_increment", "is_primary_key",
    "is_unique", "is_index", "is_foreign_key", "ref_table", "ref_field",
    "ref_on_update", "ref_on_delete", "picklist", "validation",
    "db_function", "is_virtual", "is_aggregate"]
RELATION_MEMBERS = [
    "name", "alias", "label", "description", "type", "field", "is_virtual",
    "ref_service_id", "ref_table", "ref_field", "ref_on_update",
    "ref_on_delete", "junction_service_id", "junction_table",
    "junction_field", "junction_ref_field", "always_fetch", "flatten",
    "flatten_drop_prefix"]

FIELDS = {
    "id": {"type": "id", "auto_increment": True, "is_primary_key": True,
           "required": False, "length": None},
    "title": {"type": "string", "length": 80, "required": True,
              "allow_null": False, "fixed_length": False, "is_index": True,
              "is_unique": False, "default": None},
    "code": {"type": "string", "length": 4, "fixed_length": True,
             "default": "it's", "allow_null": True, "required": False},
    "notes": {"type": "text", "length": None},
    "done": {"type": "boolean", "default": False, "allow_null": False,
             "required": False},
    "rank": {"type": "integer", "default": 5},
    "big": {"type": "bigint", "default": None},
    "small": {"type": "smallint"},
    "price": {"type": "decimal", "precision": 10, "scale": 2,
              "default": 1.5},
    "ratio": {"type": "double", "precision": None, "scale": None},
    "weight": {"type": "float"},
    "day": {"type": "date", "is_index": True, "is_unique": False},
    "clock": {"type": "time", "is_index": False},
    "moment": {"type": "datetime"},
    "seen": {"type": "timestamp_on_create", "required": False},
    "raw": {"type": "binary", "length": 16},
    "doc": {"type": "json"},
    "category_id": {
        "type": "reference", "is_foreign_key": True, "required": True,
        "ref_table": "category", "ref_field": "id",
        "ref_on_update": "CASCADE", "ref_on_delete": "RESTRICT"},
    "twice": {"type": "integer", "required": False},
}

ROLES = {
    "lists": [("_schema/todo/*", "GET"), ("_table/todo/*", "GET")],
    "exact": [("_schema/todo", "GET")],
    "records": [("_table/*", "GET")],
}


@pytest.fixture(scope="module")
def keys(site, engine):
    config = engine.create("describe", TABLES.format(key=engine.key))
    site.add_service("plan", engine.type, cache_enabled=True, cache_ttl=60,
                     **config)
    site.grant("owner", "plan", "*", "all")
    keys = {"owner": site.keys["owner"]}
    for role, rows in ROLES.items():
        site.add_role(role)
        keys[role] = site.add_key(role, role)
        for component, verbs in rows:
            site.grant(role, "plan", component, verbs)
    return keys


@pytest.fixture(scope="module")
def client(site, keys):
    server = site.serve("plan")
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
        return client.call(f"/api/v2/plan/{path}{query}", method, lines, body)
    return ask


def fields_of(table):
    return {field["name"]: field for field in table["field"]}


def relations_of(table):
    return {relation["name"]: relation for relation in table["related"]}


def test_a_table_has_every_member_in_order(ask):
    table = ask("_schema/todo").json
    assert list(table) == TABLE_MEMBERS
    assert table["name"] == "todo"
    assert table["label"] == "Todo"
    assert table["plural"] == "Todos"
    assert table["is_view"] is False
    assert table["primary_key"] == ["id"]
    assert table["access"] == 31
    assert table["native"] == []
    assert [field["name"] for field in table["field"]] == list(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_says_what_it_is(ask, name):
    field = fields_of(ask("_schema/todo").json)[name]
    assert list(field) == FIELD_MEMBERS
    said = {member: field[member] for member in FIELDS[name]}
    assert said == FIELDS[name]
    if "ref_table" not in FIELDS[name]:
        assert field["is_foreign_key"] is False
        assert field["ref_table"] is None


def test_a_default_to_be_worked_out_is_an_expression(ask):
    default = ask("_schema/todo/_field/seen").json["default"]
    assert default["expression"].upper().startswith("CURRENT_TIMESTAMP")


def test_labels_are_made_of_names(ask):
    fields = fields_of(ask("_schema/todo").json)
    assert fields["category_id"]["label"] == "Category Id"
    assert fields["id"]["label"] == "Id"


def test_relations_are_described(ask):
    relations = relations_of(ask("_schema/todo").json)
    belongs = relations["category_by_category_id"]
    assert list(belongs) == RELATION_MEMBERS
    assert belongs["type"] == "belongs_to"
    assert (belongs["field"], belongs["ref_table"], belongs["ref_field"]) == (
        "category_id", "category", "id")
    assert belongs["ref_on_update"] == "CASCADE"
    assert belongs["junction_table"] is None
    many = relations["tag_by_todo_tag"]
    assert many["type"] == "many_many"
    assert (many["field"], many["ref_table"], many["ref_field"]) == (
        "id", "tag", "id")
    assert (many["junction_table"], many["junction_field"],
            many["junction_ref_field"]) == ("todo_tag", "todo_id", "tag_id")
    assert many["junction_service_id"] == many["ref_service_id"] > 0
    back = relations_of(ask("_schema/category").json)
    assert back["todo_by_category_id"]["type"] == "has_many"
    assert back["todo_by_category_id"]["ref_field"] == "category_id"


def test_constraints_are_described(ask):
    constraints = ask("_schema/todo").json["constraints"]
    assert constraints["PRIMARY"] == {
        "constraint_name": "PRIMARY", "constraint_type": "PRIMARY KEY",
        "table_name": "todo", "column_name": ["id"]}
    assert constraints["todo_pair"]["column_name"] == ["title", "code"]
    assert constraints["todo_pair"]["constraint_type"] == "UNIQUE"
    assert "todo_day" not in constraints
    (key,) = [c for c in constraints.values()
              if c["constraint_type"] == "FOREIGN KEY"]
    assert key["column_name"] == ["category_id"]
    assert key["referenced_table_name"] == "category"
    assert key["referenced_column_name"] == ["id"]
    assert (key["update_rule"], key["delete_rule"]) == ("CASCADE", "RESTRICT")
    pair = ask("_schema/todo_tag").json
    assert pair["primary_key"] == ["tag_id", "todo_id"]
    assert pair["constraints"]["PRIMARY"]["column_name"] == [
        "tag_id", "todo_id"]


def test_a_view_is_described(ask):
    view = ask("_schema/open_todo").json
    assert view["is_view"] is True
    assert view["primary_key"] == []
    assert view["related"] == []
    assert view["constraints"] == {}
    assert fields_of(view)["title"]["length"] == 80


def test_tables_are_described_by_name(ask):
    full = ask("_schema/tag").json
    rows = ask("_schema", ids="tag,category").rows
    assert [row["name"] for row in rows] == ["tag", "category"]
    assert rows[0] == full
    assert ask("_schema", method="POST", body={"ids": ["tag"]},
               headers={"X-HTTP-Method": "GET"}).rows == [full]
    assert ask("_schema", ids="tag", wrap="false").json == [full]
    check_error(ask("_schema", ids="tag,none"), 404, '"none"')


@pytest.mark.parametrize("kind, member", [
    ("_field", "field"), ("_related", "related")])
def test_parts_are_described(ask, kind, member):
    parts = ask("_schema/todo").json[member]
    names = [part["name"] for part in parts]
    path = f"_schema/todo/{kind}"
    assert ask(path).rows == parts
    assert ask(path, as_list="true").rows == names
    assert ask(path, as_list="true", wrap="false").json == names
    assert ask(path, ids=",".join(names[1::-1])).rows == parts[1::-1]
    assert ask(f"{path}/{names[0]}").json == parts[0]
    assert ask(f"{path}/{names[0].upper()}").json == parts[0]
    check_error(ask(path, ids="none"), 404, "'none'")
    check_error(ask(f"{path}/none"), 404, "'none'")


def test_the_old_way_to_a_field_works(ask):
    assert ask("_schema/todo/title").json == (
        ask("_schema/todo/_field/title").json)
    check_error(ask("_schema/todo/none"), 404, "'none'")


@pytest.mark.parametrize("path, status", [
    ("_schema/none", 404), ("_schema/none/_field", 404),
    ("_schema/none/_field/id", 404), ("_schema/todo/title/more", 400),
    ("_schema/todo/_field/title/more", 400),
    ("_schema/todo/_none/title", 400), ("_schema/to%2Fdo", 404),
    ("_schema/todo%27%20OR%201=1", 404), ("_schema/todo/_field/a%22b", 404),
    ("_schema/%60todo%60", 404), ("_schema/todo;", 404),
    ("_schema/" + "x" * 500, 404),
])
def test_paths_that_lead_nowhere_are_refused(ask, path, status):
    check_error(ask(path), status)


def test_a_role_describes_what_it_may_see(ask):
    assert ask("_schema/todo", role="lists").json["access"] == 1
    assert ask("_schema/todo/_field", role="lists").status == 200
    assert ask("_schema/todo", role="exact").status == 200
    check_error(ask("_schema/todo/_field", role="exact"), 401)
    check_error(ask("_schema/tag", role="lists"), 401)
    check_error(ask("_schema/todo", role="records"), 401)
    assert [row["name"] for row in ask(
        "_schema", role="exact", ids="todo").rows] == ["todo"]
    check_error(ask("_schema", role="exact", ids="todo,tag"), 404, '"tag"')


def test_a_description_is_cached_and_answered_alike(ask):
    first = ask("_schema/tag")
    again = ask("_schema/tag")
    assert again.hit
    assert again.json == first.json
    assert ask("_schema/tag", role="owner",
               headers={"If-None-Match": again.headers["ETag"]}).status == 304
    assert not ask("_schema/tag", refresh="true").hit


def test_records_may_come_with_their_schema(ask):
    schema = ask("_schema/todo").json
    answer = ask("_table/todo", include_schema="true", fields="id")
    assert answer.json == {"resource": [{"id": 1}, {"id": 2}],
                           "meta": {"schema": schema}}
    answer = ask("_table/todo", include_schema="true", fields="id", limit="1",
                 include_count="true")
    assert answer.json["meta"] == {"count": 2, "next": 1, "schema": schema}
    answer = ask("_table/todo", include_schema="true", ids="2,1",
                 fields="id", include_count="true")
    assert answer.json == {"resource": [{"id": 2}, {"id": 1}],
                           "meta": {"count": 2, "schema": schema}}
    assert ask("_table/todo", include_schema="true", fields="id",
               wrap="false").json["meta"] == {"schema": schema}
    assert "meta" not in ask("_table/todo", include_schema="false").json
    assert ask("_table/todo", include_schema="true",
               count_only="true").json == 2


def test_the_schema_of_records_is_cached_with_them_and_no_others(ask):
    ask("_table/tag", include_schema="true")
    assert ask("_table/tag", include_schema="true").hit
    assert "meta" not in ask("_table/tag").json
    assert "meta" in ask("_table/tag", include_schema="true").json
    owner = ask("_table/todo", include_schema="true").json["meta"]
    other = ask("_table/todo", include_schema="true", role="records")
    assert owner["schema"]["access"] == 31
    assert other.json["meta"]["schema"]["access"] == 0


@pytest.mark.parametrize("path, method", [
    ("_table/todo/1", "GET"), ("_table/todo/1", "PATCH"),
    ("_table/todo/1", "DELETE"), ("_table/todo", "DELETE")])
def test_a_schema_comes_with_lists_only(ask, path, method):
    answer = ask(path, method=method, include_schema="true",
                 body={"title": "x"} if method == "PATCH" else None)
    check_error(answer, 400, "include_schema")
