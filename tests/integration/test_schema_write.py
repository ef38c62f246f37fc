"""Making tables: dreamfactory.md 7.6, on every engine alike; what is made can
be used at once. And who may change a schema."""

import urllib.parse

import pytest

from support.answer import check_error
from support.making import ROWS, TODO
from support.process import wait_until

ENGINES = ("sqlite", "mysql")
READ_ONLY = "making_only"


@pytest.mark.parametrize("body, answer", [
    ({"resource": [TODO]}, {"resource": [{"name": "todo"}]}),
    ([TODO], {"resource": [{"name": "todo"}]}),
    (TODO, {"name": "todo"}),
])
def test_a_table_is_made_and_used_at_once(making, body, answer):
    made = making.call("POST", "_schema", body)
    assert (made.status, made.json) == (200, answer)
    made = making.call("POST", "_table/todo",
                       {"resource": [{"name": "sweep"}]}, fields="*")
    assert made.rows == [{"id": 1, "name": "sweep", "complete": None}]
    fields = making.fields("todo")
    assert fields["id"]["type"] == "id"
    assert fields["name"]["length"] == 80
    assert fields["name"]["is_unique"] is True
    assert fields["name"]["allow_null"] is False
    assert fields["complete"]["type"] == "boolean"
    assert fields["complete"]["allow_null"] is True
    check_error(making.call("POST", "_table/todo", {"name": "sweep"}), 409)
    check_error(making.call("POST", "_table/todo", {"complete": True}), 400)


def test_a_table_is_made_by_its_path(making):
    made = making.call("POST", "_schema/todo", {"field": TODO["field"]})
    assert (made.status, made.json) == (200, {"name": "todo"})
    made = making.call("POST", "_schema/more", {**TODO, "name": "more"},
                       fields="*")
    assert made.json == making.get("_schema/more").json
    assert made.json["access"] == 31


def test_other_processes_follow_within_a_second_or_so(making):
    assert making.get("_table/todo", client=making.other).status == 404
    assert making.call("POST", "_schema", [TODO]).status == 200
    assert wait_until(lambda: making.get(
        "_table/todo", client=making.other).status == 200)


TYPES = {
    # ordered: described, on either engine
    ("integer",): {"type": "integer"},
    ("bigint",): {"type": "bigint"},
    ("smallint",): {"type": "smallint"},
    ("mediumint",): {"type": "mediumint"},
    ("tinyint",): {"type": "tinyint"},
    ("boolean",): {"type": "boolean"},
    ("decimal",): {"type": "decimal", "precision": 10, "scale": 0},
    ("decimal", "precision", 12, "scale", 3): {
        "type": "decimal", "precision": 12, "scale": 3},
    ("money",): {"type": "decimal", "precision": 19, "scale": 4},
    ("double",): {"type": "double"},
    ("float",): {"type": "float"},
    ("string",): {"type": "string", "length": 255},
    ("string", "length", 7): {"type": "string", "length": 7},
    ("string", "length", 5, "fixed_length", True): {
        "type": "string", "length": 5, "fixed_length": True},
    ("text",): {"type": "text", "length": None},
    ("mediumtext",): {"type": "mediumtext"},
    ("longtext",): {"type": "longtext"},
    ("binary",): {"type": "binary", "length": None},
    ("binary", "length", 9): {"type": "binary", "length": 9},
    ("date",): {"type": "date"},
    ("time",): {"type": "time"},
    ("datetime",): {"type": "datetime"},
    ("timestamp",): {"type": "timestamp"},
    ("timestamp_on_create",): {"type": "timestamp_on_create"},
    ("json",): {"type": "json"},
    ("uuid",): {"type": "string", "length": 36},
}


def test_every_type_is_made_and_described(making):
    fields = [{"name": "id", "type": "id"}]
    for i, order in enumerate(TYPES):
        more = dict(zip(order[1::2], order[2::2]))
        fields.append({"name": f"f{i}", "type": order[0], **more})
    made = making.call("POST", "_schema", {
        "resource": [{"name": "kinds", "field": fields}]})
    assert made.status == 200, made
    got = making.fields("kinds")
    for i, (order, want) in enumerate(TYPES.items()):
        field = got[f"f{i}"]
        assert {name: field[name] for name in want} == want, order
        assert field["allow_null"] is False  # as DreamFactory makes them
    # Sent back as it was described, nothing is to be done.
    whole = making.get("_schema/kinds").json
    for method in ("PUT", "PATCH"):
        assert making.call(method, "_schema/kinds", whole).status == 200
    assert making.get("_schema/kinds", refresh="true").json == whole


@pytest.mark.parametrize("field, shown, value", [
    ({"type": "string", "default": "it's \\ \"odd\" é"},
     "it's \\ \"odd\" é", "it's \\ \"odd\" é"),
    ({"type": "string", "default": ""}, "", ""),
    ({"type": "integer", "default": -5}, -5, -5),
    ({"type": "integer", "default": "12"}, 12, 12),
    ({"type": "boolean", "default": True}, True, True),
    ({"type": "boolean", "default": False}, False, False),
    ({"type": "decimal", "precision": 6, "scale": 2, "default": 1.25},
     1.25, 1.25),
    ({"type": "double", "default": 0.1}, 0.1, 0.1),
    ({"type": "date", "default": "2024-02-29"}, "2024-02-29", "2024-02-29"),
    ({"type": "string", "default": None, "allow_null": True}, None, None),
    ({"type": "string", "default": "NULL"}, "NULL", "NULL"),
    ({"type": "string", "default": "CURRENT_TIMESTAMP"},
     "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"),
    ({"type": "string", "default": "'); DROP TABLE items; --"},
     "'); DROP TABLE items; --", "'); DROP TABLE items; --"),
])
def test_defaults_are_what_they_mean(making, field, shown, value):
    made = making.call("POST", "_schema", [{"name": "t", "field": [
        {"name": "id", "type": "id"}, {"name": "d", **field},
        {"name": "x", "type": "integer", "allow_null": True}]}])
    assert made.status == 200, made
    assert making.fields("t")["d"]["default"] == shown
    assert making.call("POST", "_table/t", [{"x": 1}], fields="d").rows == [
        {"d": value}]
    assert "items" in making.tables()


def test_the_time_may_be_a_default(making):
    made = making.call("POST", "_schema", [{"name": "t", "field": [
        {"name": "id", "type": "id"},
        {"name": "a", "type": "timestamp_on_create"},
        {"name": "b", "type": "datetime",
         "default": {"expression": "CURRENT_TIMESTAMP"}},
        {"name": "c", "type": "timestamp", "default": "now()"},
        {"name": "x", "type": "integer", "allow_null": True}]}])
    assert made.status == 200, made
    (row,) = making.call("POST", "_table/t", [{"x": 1}], fields="*").rows
    assert row["a"][:2] == row["b"][:2] == row["c"][:2] == "20"


def test_what_follows_changes_is_for_servers(making, engine):
    made = making.call("POST", "_schema", [{"name": "t", "field": [
        {"name": "id", "type": "id"},
        {"name": "at", "type": "timestamp_on_update"}]}])
    if engine.type == "sqlite":
        check_error(made, 501, "'at'", "SQLite")
        assert "t" not in making.tables()
        return
    assert made.status == 200
    assert making.fields("t")["at"]["type"] == "timestamp_on_update"
    whole = making.get("_schema/t").json
    assert making.call("PUT", "_schema/t", whole).status == 200
    assert making.get("_schema/t", refresh="true").json == whole


def test_keys_of_several_fields(making):
    made = making.call("POST", "_schema", [{
        "name": "t", "primary_key": ["b", "a"], "field": [
            {"name": "a", "type": "integer"},
            {"name": "b", "type": "string", "length": 20},
            {"name": "v", "type": "integer", "allow_null": True}]}])
    assert made.status == 200, made
    table = making.get("_schema/t").json
    assert table["primary_key"] == ["b", "a"]
    made = making.call("POST", "_schema", [{"name": "u", "field": [
        {"name": "a", "type": "integer", "is_primary_key": True},
        {"name": "b", "type": "integer", "is_primary_key": True}]}])
    assert making.get("_schema/u").json["primary_key"] == ["a", "b"]
    made = making.call("POST", "_schema", [{"name": "v", "field": [
        {"name": "a", "type": "integer", "auto_increment": True,
         "is_primary_key": True}]}])
    assert making.fields("v")["a"]["type"] == "id"
    made = making.call("POST", "_schema", [{"name": "w", "field": [
        {"name": "a", "type": "integer"}]}])
    assert making.get("_schema/w").json["primary_key"] == []


def test_indexes_are_made(making):
    making.call("POST", "_schema", [{"name": "t", "field": [
        {"name": "id", "type": "bigid"},
        {"name": "a", "type": "integer", "is_index": True},
        {"name": "b", "type": "integer", "is_unique": True},
        {"name": "c", "type": "integer"}]}])
    fields = making.fields("t")
    assert [fields[name]["is_index"] for name in "abc"] == [
        True, True, False]
    assert [fields[name]["is_unique"] for name in "abc"] == [
        False, True, False]


def test_tables_may_refer_to_each_other_whatever_their_order(making):
    made = making.call("POST", "_schema", {"resource": [
        {"name": "child", "field": [
            {"name": "id", "type": "id"},
            {"name": "mother", "type": "reference", "ref_table": "mum",
             "ref_field": "id", "ref_on_delete": "CASCADE",
             "ref_on_update": "cascade", "allow_null": True},
            {"name": "parent", "type": "reference",
             "ref_table": "parents"}]},
        {"name": "mum", "field": [
            {"name": "id", "type": "id"},
            {"name": "name", "type": "string", "allow_null": True}]}]})
    assert made.status == 200, made
    assert [row["name"] for row in made.rows] == ["child", "mum"]
    fields = making.fields("child")
    assert fields["mother"]["type"] == "reference"
    assert (fields["mother"]["ref_table"], fields["mother"]["ref_field"],
            fields["mother"]["ref_on_delete"],
            fields["mother"]["ref_on_update"]) == (
        "mum", "id", "CASCADE", "CASCADE")
    assert fields["parent"]["ref_field"] == "id"
    related = [r["name"] for r in making.get("_schema/mum").json["related"]]
    assert "child_by_mother" in related
    making.call("POST", "_table/mum", [{"id": 1}])
    check_error(making.call("POST", "_table/child", {
        "mother": 7, "parent": 1}), 400)
    assert making.call("POST", "_table/child", {
        "mother": 1, "parent": 1}).status == 200
    assert making.call("DELETE", "_table/mum/1").status == 200
    assert making.rows("child") == []


def test_a_table_may_refer_to_itself(making):
    made = making.call("POST", "_schema", [{"name": "tree", "field": [
        {"name": "id", "type": "bigid"},
        {"name": "up", "type": "reference", "ref_table": "tree",
         "ref_field": "id", "allow_null": True}]}])
    assert made.status == 200, made
    assert making.call("POST", "_table/tree", [
        {"id": 1}, {"id": 2, "up": 1}]).status == 200
    check_error(making.call("POST", "_table/tree", {"up": 77}), 400)


def test_what_exists_is_refused_on_request(making):
    body = {"resource": [TODO, {"name": "items", "field": [
        {"name": "x", "type": "integer", "allow_null": True}]}]}
    check_error(making.call("POST", "_schema", body, check_exist="true"),
                409, "'items'")
    assert "todo" not in making.tables()
    # Without, it is merged into what there is.
    assert making.call("POST", "_schema", body).status == 200
    assert making.fields("items")["x"]["type"] == "integer"
    assert making.rows("items", fields="id,name") == [
        {"id": row["id"], "name": row["name"]} for row in ROWS]


def test_what_fails_leaves_nothing(making):
    """Of several tables, the last of which the rows of another forbid."""
    body = {"resource": [
        TODO,
        {"name": "other", "field": [
            {"name": "id", "type": "id"},
            {"name": "todo", "type": "reference", "ref_table": "todo"}]},
        {"name": "items", "field": [
            {"name": "note", "allow_null": False}]}]}
    failed = making.call("POST", "_schema", body)
    check_error(failed, 400, "items")
    if making.engine.type == "sqlite":
        assert failed.error["context"] == {"done": [], "failed": "items"}
        assert "todo" not in making.tables()
    else:  # what stands is told
        assert failed.error["context"] == {
            "done": ["todo", "other"], "failed": "items"}
        assert {"todo", "other"} <= set(making.tables())
    assert making.rows("items") == ROWS


def field(**more):
    return {"resource": [{"name": "t", "field": [
        {"name": "id", "type": "id"}, {"name": "f", **more}]}]}


def table(name="t", *fields):
    return {"resource": [{"name": name, "field": list(fields) or [
        {"name": "id", "type": "id"}]}]}


BAD = {
    # what is sent: status, words
    "no body": (None, 400, ""),
    "empty": ({}, 400, ""),
    "no tables": ({"resource": []}, 400, ""),
    "a number": (7, 400, ""),
    "a string": ("todo", 400, ""),
    "no objects": ({"resource": [1]}, 400, ""),
    "no name": ({"resource": [{"field": [{"name": "id", "type": "id"}]}]},
                400, "name"),
    "an empty name": (table(""), 400, ""),
    "a name that is a number": ({"resource": [{"name": 5}]}, 400, "name"),
    "no fields": ({"resource": [{"name": "t"}]}, 400, "field"),
    "empty fields": ({"resource": [{"name": "t", "field": []}]}, 400, ""),
    "fields that are none": ({"resource": [{"name": "t", "field": "id"}]},
                             400, "field"),
    "a field that is none": ({"resource": [{"name": "t", "field": [3]}]},
                             400, ""),
    "a field without a name": (table("t", {"type": "id"}), 400, "name"),
    "a field without a type": (table("t", {"name": "f"}), 400, "'f'"),
    "a field twice": (table("t", {"name": "f", "type": "integer"},
                            {"name": "F", "type": "text"}), 400, "twice"),
    "a table twice": ({"resource": [TODO, {**TODO, "name": "TODO"}]},
                      400, "twice"),
    "no such type": (field(type="strnig"), 400, "strnig"),
    "a type of SQL": (field(type="VARCHAR(80)); DROP TABLE items"), 400, ""),
    "a type that is a number": (field(type=5), 400, "'type'"),
    "a type of others": (field(type="datetimetz"), 501, "datetimetz"),
    "a negative length": (field(type="string", length=-1), 400, "length"),
    "no length": (field(type="string", length=0), 400, "length"),
    "a length beyond": (field(type="string", length=16384), 400, "16383"),
    "a length that is none": (field(type="string", length="x"),
                              400, "length"),
    "a length with a fraction": (field(type="string", length=1.5),
                                 400, "length"),
    "a length of SQL": (field(type="string", length="1) --"), 400, "length"),
    "digits beyond": (field(type="decimal", precision=66), 400, "precision"),
    "more scale than digits": (
        field(type="decimal", precision=3, scale=4), 400, "scale"),
    "a flag that is none": (field(type="string", allow_null="maybe"),
                            400, "allow_null"),
    "a default that does not fit": (
        field(type="string", length=3, default="long"), 400, "'f'"),
    "a default of another type": (field(type="integer", default="x"),
                                  400, "'f'"),
    "a default out of range": (field(type="tinyint", default=300),
                               400, "'f'"),
    "a default that is no date": (field(type="date", default="2024-02-30"),
                                  400, "'f'"),
    "a default of SQL": (
        field(type="integer", default={"expression": "(SELECT 1)"}),
        501, "CURRENT_TIMESTAMP"),
    "a default of a key": (
        table("t", {"name": "id", "type": "id", "default": 5}), 400, "'id'"),
    "a default with a NUL": (field(type="string", default="a\0b"), 400, ""),
    "a list for a default": (field(type="string", default=["x"]), 400, ""),
    "two that count": (table("t", {"name": "a", "type": "id"},
                             {"name": "b", "type": "id"}), 400, "key"),
    "one that counts among keys": (
        table("t", {"name": "a", "type": "id"},
              {"name": "b", "type": "integer", "is_primary_key": True}),
        400, "key"),
    "a text that counts": (field(type="text", auto_increment=True),
                           400, "'f'"),
    "a key that may be NULL": (
        table("t", {"name": "a", "type": "integer", "is_primary_key": True,
                    "allow_null": True}), 400, "'a'"),
    "a key of an endless text": (
        table("t", {"name": "a", "type": "text", "is_primary_key": True}),
        400, "'a'"),
    "an index of an endless text": (field(type="text", is_index=True),
                                    400, "'f'"),
    "a key of no field": (
        {"resource": [{**TODO, "primary_key": ["id", "none"]}]}, 400, "key"),
    "a key that is a number": (
        {"resource": [{**TODO, "primary_key": 5}]}, 400, "primary_key"),
    "a reference to nowhere": (
        field(type="reference", ref_table="none"), 400, "none"),
    "a reference to nothing": (field(type="reference"), 400, "ref_table"),
    "a reference to no field": (
        field(type="reference", ref_table="parents", ref_field="none"),
        400, "none"),
    "a reference to what is not unique": (
        field(type="integer", ref_table="items", ref_field="n"),
        400, "unique"),
    "a reference to a view": (
        field(type="reference", ref_table="names", ref_field="name"),
        400, "names"),
    "a reference to a part of a key": (
        field(type="reference", ref_table="pairs", ref_field="a"),
        400, "unique"),
    "an action that is none": (
        field(type="reference", ref_table="parents",
              ref_on_delete="EXPLODE"), 400, "ref_on_delete"),
    "NULL where none may be": (
        field(type="reference", ref_table="parents", allow_null=False,
              ref_on_delete="SET NULL"), 400, "NULL"),
    "an alias": (field(type="string", alias="x"), 501, "alias"),
    "a validation": (field(type="string", validation={"x": 1}),
                     501, "validation"),
    "a function": (field(type="string", db_function=[{"use": ["SELECT"]}]),
                   501, "db_function"),
    "a virtual field": (field(type="string", is_virtual=True),
                        501, "is_virtual"),
    "a picklist": (field(type="string", picklist=["a", "b"]),
                   501, "picklist"),
    "a table's alias": ({"resource": [{**TODO, "alias": "x"}]}, 501, "alias"),
    "a view": ({"resource": [{**TODO, "is_view": True}]}, 501, "view"),
    "a relation": ({"resource": [{**TODO, "related": [{"name": "x"}]}]},
                   501, "relations"),
    "too many tables": ({"resource": [
        {**TODO, "name": f"t{i}"} for i in range(101)]}, 400, "100"),
    "too many fields": (table("t", *({"name": f"f{i}", "type": "integer"}
                                     for i in range(501))), 400, "500"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_makes_no_sense_is_refused(steady, case):
    body, status, word = BAD[case]
    before = steady.tables()
    check_error(steady.call("POST", "_schema", body), status, word)
    assert steady.tables() == before
    assert steady.rows("items") == ROWS


NAMES = ["a b", "a;b", "a`b", 'a"b', "a'b", "a.b", "a,b", "a/b", "a\\b",
         "a(b)", "1a", "-a", "*", "a\nb", "a\0b", "a\u00a0b", "a\u200bb",
         "a\U0001f600", "x" * 65, "a--b; DROP TABLE items"]


@pytest.mark.parametrize("name", NAMES[:-1] + ["sqlite_x", "SQLite_y"])
def test_names_that_are_none_are_refused_for_tables(steady, name):
    before = steady.tables()
    check_error(steady.call("POST", "_schema", table(name)), 400)
    assert steady.tables() == before


@pytest.mark.parametrize("name", NAMES + ["_field", "_related"])
def test_names_that_are_none_are_refused_for_fields(steady, name):
    check_error(steady.call("POST", "_schema", table(
        "t", {"name": name, "type": "integer"})), 400)
    assert "t" not in steady.tables()


@pytest.mark.parametrize("name", [
    "order", "select", "_x", "a-b", "Größe", "漢字", "x" * 64])
def test_names_of_many_sorts_are_taken(making, name):
    made = making.call("POST", "_schema", table(name, {
        "name": "id", "type": "id"}, {
        "name": name, "type": "integer", "is_unique": True}, {
        "name": "other", "type": "reference", "ref_table": "parents",
        "is_index": True}))
    assert made.status == 200, made
    path = "_table/" + urllib.parse.quote(name)
    assert making.call("POST", path, [{name: 5, "other": 1}],
                       fields="*").rows == [{"id": 1, name: 5, "other": 1}]
    assert making.call("DELETE", "_schema/" + urllib.parse.quote(
        name)).json == {"success": True}


def test_a_view_is_left(steady):
    for method, path, body in (
            ("DELETE", "_schema/names", None),
            ("PATCH", "_schema/names", {"field": [
                {"name": "x", "type": "integer"}]}),
            ("DELETE", "_schema/names/_field/name", None)):
        check_error(steady.call(method, path, body), 501, "view")


def test_relations_are_made_of_fields(steady):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        check_error(steady.call(
            method, "_schema/items/_related/parents_by_parent",
            {"name": "x"}), 501, "ref_table")


def test_roles_are_kept_to(making):
    check_error(making.call("POST", "_schema", [TODO], role="reader"), 401)
    check_error(making.call("DELETE", "_schema/log", role="maker"), 401)
    check_error(making.call("PATCH", "_schema/items", {}, role="maker"), 401)
    # A POST that would change a table is no right to make one.
    check_error(making.call("POST", "_schema", {"resource": [
        {"name": "items", "field": [{"name": "q", "type": "integer"}]}]},
        role="maker"), 401)
    assert making.call("POST", "_schema", [TODO],
                       role="maker").status == 200
    # A right to change one table is none to change or make others.
    patch = {"field": [{"name": "q", "type": "integer"}]}
    for name, status in (("parents", 401), ("fresh", 401), ("items", 200)):
        answer = making.call("PATCH", "_schema", {"resource": [
            {"name": name, **patch}]}, role="changer")
        assert answer.status == status, (name, answer)
    # Nor is a row that allows all, where another denies.
    check_error(making.call("DELETE", "_schema", ids="log,parents",
                            role="dropper"), 401)
    assert {"log", "parents"} <= set(making.tables())
    assert making.call("DELETE", "_schema", ids="log",
                       role="dropper").status == 200


def test_row_filters_deny_what_has_no_rows(making, site):
    site.weir("role", "add", "narrow" + making.name)
    key = site.add_key("narrow" + making.name, "narrow" + making.name)
    site.weir("role", "grant", "narrow" + making.name, "--service",
              making.name, "--component", "*", "--verbs", "all", "--filters",
              '[{"name":"id","operator":"=","value":"1"}]')
    making.keys = making.keys | {"narrow": key}
    wait_until(lambda: making.get("_schema/items", role="narrow").status ==
               200)
    for method, path, body in (
            ("DELETE", "_schema/log", None),
            ("DELETE", "_schema", {"ids": ["log"]}),
            ("POST", "_schema", [TODO]),
            ("PATCH", "_schema/log", {"field": [
                {"name": "x", "type": "integer"}]})):
        check_error(making.call(method, path, body, role="narrow"), 403)
    assert "log" in making.tables()


def test_a_read_only_service_has_a_fixed_schema(making, site, engine):
    name = READ_ONLY + making.name
    config = {"database": engine.path} if engine.type == "sqlite" else (
        engine.config(engine.database))
    site.add_service(name, engine.type, read_only=True, **config)
    site.grant("owner", name, "*", "all")
    wait_until(lambda: making.get("_schema", service=name).status == 200)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = making.call(method, "_schema/log", {}, service=name)
        check_error(answer, 405, "read-only")
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    site.weir("service", "remove", name)


def test_a_write_changes_what_is_cached(making):
    """Every answer of the database depends on its schema."""
    for path in ("_table/items?fields=id", "_schema/items", "_table",
                 "_table/parents"):
        making.get(path)
        assert making.get(path).hit, path
    making.call("POST", "_schema/items/_field/a", {"type": "integer"})
    for path in ("_table/items?fields=id", "_schema/items", "_table",
                 "_table/parents"):
        assert not making.get(path).hit, path


def test_options_are_answered(steady):
    answer = steady.call("OPTIONS", "_schema/items")
    assert answer.status == 200
    assert "DELETE" in answer.headers["Allow"]


@pytest.mark.parametrize("body", [
    b"{", b"[", b"\xff", b'{"resource":[{"name":"t","field":[',
    b'{"name":"t","name":"u"}', b"null", b"true"])
def test_bodies_that_are_no_json_are_refused(steady, body):
    for method in ("POST", "PUT", "PATCH"):
        check_error(steady.call(method, "_schema", body), 400)
    assert "t" not in steady.tables()
