"""Attacks in every parameter of the Data API, on every engine.

A call is answered with what it asked for, read literally, or with a 4xx: never
with a fault, a word of the database's, or anything that its role hides; and the
database is as it was, but for what was asked.
"""

import json
import sqlite3
import urllib.parse

import pytest

from support import hostile
from support.things import BY_BYTES

ENGINES = ("sqlite", "mysql")
SETTINGS = {"MAX_BODY": "1m"}
SECRET = "hunter2"
QUICK = 4  # seconds for a call: less than any SLEEP(5)

TABLES = """
CREATE TABLE goods (
    id {key}, name VARCHAR(6000) {by_bytes}, amount INTEGER,
    price DECIMAL(8,2), ratio DOUBLE, done BOOLEAN, born DATE, raw {blob},
    shown BOOLEAN, maker INTEGER,
    FOREIGN KEY (maker) REFERENCES makers (id));
CREATE TABLE parts (
    id {key}, good INTEGER, name VARCHAR(100),
    FOREIGN KEY (good) REFERENCES goods (id));
CREATE TABLE secrets (id {key}, word VARCHAR(20), good INTEGER,
    FOREIGN KEY (good) REFERENCES goods (id));
CREATE VIEW seen AS SELECT id, name, shown FROM goods;
INSERT INTO makers VALUES (1, 'm');
INSERT INTO goods (id, name, amount, price, ratio, done, born, shown, maker)
    VALUES (1, 'one', 10, 1.10, 0.5, 1, '2024-01-01', 1, 1),
    (2, 'two', 20, 2.20, NULL, 0, NULL, 1, NULL),
    (3, 'O''Brien', NULL, NULL, 1.5, NULL, '2024-02-29', 1, 1),
    (9, '{secret}', 90, 9.90, 9.5, 1, '2024-09-09', 0, 1);
INSERT INTO parts VALUES (1, 1, 'p'), (2, 1, 'q'), (3, 9, '{secret}');
INSERT INTO secrets VALUES (1, '{secret}', 1);
"""
MAKERS = "CREATE TABLE makers (id {key}, name VARCHAR(20));"
NAMES = ("makers", "goods", "parts", "secrets")
GRANTS = [("_table/goods/*", "all",
           [{"name": "shown", "operator": "=", "value": True}]),
          ("_table/parts/*", "GET",
           [{"name": "name", "operator": "!=", "value": SECRET}]),
          ("_table/makers/*", "GET", []),
          ("_table/seen/*", "GET",
           [{"name": "shown", "operator": "=", "value": 1}]),
          ("_schema/goods/*", "GET", []),
          ("_proc/*", "all", []), ("_func/*", "all", [])]
VISIBLE = {(1, "one"), (2, "two"), (3, "O'Brien"), (1, "p"), (2, "q"),
           (1, "m")}

# What a database would say of SQL that a client made up.
SAID = ("syntax", "near \"", "unrecognized token", "no such column",
        "no such table", "no such function", "nknown column", "SQLSTATE",
        "SELECT ", "FROM ")


def dump_sqlite(engine):
    with sqlite3.connect(engine.path) as db:
        lines = list(db.iterdump())
    db.close()
    return lines


def dump_mysql(engine):
    lines = [engine.server.sql(f"SHOW CREATE TABLE {name}", engine.database)
             for name in (*NAMES, "seen")]
    lines.append(engine.server.sql("SHOW TABLES", engine.database))
    for name in NAMES:
        lines.append(engine.server.sql(f"SELECT * FROM {name} ORDER BY id",
                                       engine.database))
    return [str(line).split("AUTO_INCREMENT=")[0] for line in lines]


class Shop:
    def __init__(self, server, engine, key):
        self.server = server
        self.engine = engine
        self.headers = {"X-DreamFactory-API-Key": key}
        self.client = server.connect(QUICK)

    def dump(self):
        if self.engine.type == "sqlite":
            return dump_sqlite(self.engine)
        return dump_mysql(self.engine)

    def send(self, method, uri, body=b"", **headers):
        """Whatever bytes; a connection that is closed is a failure."""
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        lines = {name.replace("_", "-"): value
                 for name, value in headers.items()}
        answer = self.client.call(uri, method, self.headers | lines, body)
        check_harmless(answer, method, uri, body)
        return answer

    def get(self, path, raw="", **options):
        query = urllib.parse.urlencode(options)
        return self.send(
            "GET", f"/api/v2/vault/{path}?{query}{'&' * bool(raw)}{raw}")


def check_harmless(answer, *sent):
    told = answer.body.decode("utf-8")
    assert answer.status in (200, 304, 501) or (
        400 <= answer.status < 500), (sent, answer)
    assert SECRET not in told, (sent, answer)
    assert "X-Injected" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    if answer.status >= 400:
        message = answer.error["message"]
        quoted = sent_texts(sent)
        for word in SAID:
            assert word not in message or word in quoted, (sent, answer)


def sent_texts(sent):
    """What an error may repeat."""
    texts = [part.decode("utf-8", "replace") if isinstance(part, bytes)
             else part for part in sent]
    return " ".join(texts + [urllib.parse.unquote_plus(texts[1])])


def check_rows(answer, sent):
    """Each row of a list, as far as it goes, is one that may be seen."""
    if answer.status != 200 or not isinstance(answer.json, dict):
        return
    for row in answer.json.get("resource", []):
        if isinstance(row, dict) and "id" in row:
            assert row["id"] in (1, 2, 3), (sent, answer)
            if "name" in row:
                assert (row["id"], row["name"]) in VISIBLE, (sent, answer)


@pytest.fixture(scope="module")
def vault(site, engine):
    blob = {"sqlite": "BLOB", "mysql": "BLOB"}[engine.type]
    sql = (MAKERS + TABLES).format(
        key=engine.key, blob=blob, secret=SECRET,
        by_bytes=BY_BYTES[engine.type])
    site.add_service("vault", engine.type, cache_enabled=True, cache_ttl=60,
                     **engine.create("vault", sql))
    site.add_role("guest")
    for component, verbs, filters in GRANTS:
        site.grant("guest", "vault", component, verbs, filters)
    key = site.add_key("guest", "guest")
    server = site.serve("vault")
    shop = Shop(server, engine, key)
    yield shop
    server.stop()


@pytest.fixture
def shop(vault):
    before = vault.dump()
    yield vault
    assert vault.dump() == before
    assert vault.server.alive


# Where a payload goes in a read; {} is the payload.
PLACES = {
    "fields": {"fields": "{}"},
    "fields behind": {"fields": "id,{}"},
    "select": {"select": "{}"},
    "filter": {"filter": "{}"},
    "filter's field": {"filter": "{} = 1"},
    "filter's quoted field": {"filter": "`{}` = 1"},
    "filter's operator": {"filter": "id {} 1"},
    "filter's value": {"filter": "name = {}"},
    "filter's number": {"filter": "amount = {}"},
    "filter's date": {"filter": "born > {}"},
    "filter's list": {"filter": "id in ({})"},
    "filter's element": {"filter": "name in (one,'{}')"},
    "filter's pattern": {"filter": "name like {}"},
    "filter's part": {"filter": "name contains '{}'"},
    "filter's logic": {"filter": "id = 1 {} id = 2"},
    "filter's relation": {"filter": "{}.name = x"},
    "filter's quoted relation": {"filter": "`{}`.name = x"},
    "filter's related field": {"filter": "parts.{} = 1"},
    "filter's related value": {"filter": "parts.name = '{}'"},
    "where": {"where": "{}"},
    "order": {"order": "{}"},
    "order's direction": {"order": "id {}"},
    "order behind": {"order": "name, {}"},
    "sort": {"sort": "{}"},
    "group": {"group": "{}"},
    "group's fields": {"group": "shown", "fields": "{}"},
    "group's function": {"group": "shown", "fields": "shown,MAX({})"},
    "having": {"group": "shown", "fields": "shown,COUNT(*)",
               "having": "{}"},
    "having's value": {"group": "shown", "fields": "shown,COUNT(*)",
                       "having": "COUNT_ALL = {}"},
    "ids": {"ids": "{}"},
    "ids behind": {"ids": "1,{}", "continue": "true"},
    "id_field": {"ids": "1", "id_field": "{}"},
    "ids of a text": {"ids": "{}", "id_field": "name"},
    "ids of two": {"ids": "({},1)", "id_field": "name,id"},
    "params": {"filter": "name = :p", "params": "{}"},
    "params' value": {"filter": "name = :p", "params[:p]": "{}"},
    "params' number": {"filter": "id = :p", "params[:p]": "{}"},
    "params' name": {"filter": "id = :{}", "params[:{}]": "1"},
    "related": {"related": "{}"},
    "related behind": {"related": "parts.{}"},
    "related's fields": {"related": "parts", "parts.fields": "{}"},
    "related's order": {"related": "parts", "parts.order": "{}"},
    "related's filter": {"related": "parts", "parts.filter": "{}"},
    "related's limit": {"related": "parts", "parts.limit": "{}"},
    "related's option": {"related": "parts", "parts.{}": "1"},
    "limit": {"limit": "{}"},
    "offset": {"offset": "{}"},
    "include_count": {"include_count": "{}"},
    "include_schema": {"include_schema": "{}"},
    "count_only": {"count_only": "{}"},
    "as_list": {"as_list": "{}"},
    "wrap": {"wrap": "{}"},
    "continue": {"ids": "1,5", "continue": "{}"},
    "rollback": {"rollback": "{}"},
    "force": {"force": "{}"},
    "refresh": {"refresh": "{}"},
    "file": {"file": "{}"},
    "accept": {"accept": "{}"},
    "id_type": {"id_type": "{}"},
    "an unknown one": {"{}": "1"},
}


@pytest.mark.parametrize("place", PLACES)
def test_no_parameter_of_a_read_is_more_than_it_says(shop, place):
    for text in hostile.HARMLESS + hostile.TEXTS:
        options = {name.replace("{}", text): value.replace("{}", text)
                   for name, value in PLACES[place].items()}
        answer = shop.get("_table/goods", **options)
        check_rows(answer, options)
    for raw in hostile.BYTES:
        query = "&".join(
            name.replace("{}", raw.decode()) + "=" +
            urllib.parse.quote(value, safe="{}").replace("{}", raw.decode())
            for name, value in PLACES[place].items())
        check_rows(shop.get("_table/goods", raw=query), query)


PATHS = ["{}", "_table/{}", "_table/goods/{}", "_table/goods{}",
         "_table/{}/1", "_schema/{}", "_schema/goods/{}",
         "_schema/goods/_field/{}", "_schema/goods/_related/{}",
         "_proc/{}", "_func/{}", "_table/seen/{}", "_table/secrets/{}",
         "_table/goods/1/{}"]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_anywhere_else(shop, path):
    for text in hostile.HARMLESS + hostile.TEXTS:
        sent = urllib.parse.quote(text, safe="")
        bare = urllib.parse.quote(text, safe="/;=,()&+'")
        for name in {sent, bare}:
            check_rows(shop.get(path.format(name)), text)
    for raw in hostile.BYTES:
        shop.get(path.format(raw.decode()))


@pytest.mark.parametrize("header", [
    "Accept", "Content_Type", "X_HTTP_Method", "X_HTTP_Method_Override",
    "X_Method_Override", "X_DreamFactory_Session_Token", "Authorization",
    "Cache_Control", "If_None_Match", "X_Request_Id", "X_Wrap"])
def test_no_header_line_does_harm(shop, header):
    """As far as a web server would pass them on."""
    for text in hostile.TEXTS:
        if len(text) > 2000 or any(c < " " for c in text):
            continue
        answer = shop.send("GET", "/api/v2/vault/_table/goods?fields=id,name",
                           **{header: text})
        check_rows(answer, text)


BODIES = [
    {"filter": "{}"}, {"filter": "name = :p", "params": {":p": "{}"}},
    {"filter": "id = 1", "params": {"{}": 1}}, {"ids": "{}"},
    {"ids": ["{}", 1]}, {"ids": [["{}"]]}, {"ids": {"{}": 1}},
    {"resource": [{"id": "{}"}]}, {"resource": "{}"}, {"fields": ["{}"]},
    {"fields": "{}"}, {"order": "{}"}, {"limit": "{}"}, {"related": "{}"},
    {"group": ["{}"], "fields": ["{}"]}, {"{}": "{}"}, ["{}"], [{"{}": 1}],
    "{}", {"filter": {"{}": "{}"}}, {"filter": ["{}"]},
    {"params": "{}", "filter": "id = :p"}, {"params": ["{}"]},
]


def filled(shape, text):
    if isinstance(shape, dict):
        return {name.replace("{}", text): filled(value, text)
                for name, value in shape.items()}
    if isinstance(shape, list):
        return [filled(value, text) for value in shape]
    return shape.replace("{}", text) if isinstance(shape, str) else shape


@pytest.mark.parametrize("number", range(len(BODIES)))
def test_no_body_of_a_read_is_more_than_it_says(shop, number):
    for text in hostile.HARMLESS + hostile.TEXTS:
        body = json.dumps(filled(BODIES[number], text)).encode()
        check_rows(shop.send("POST", "/api/v2/vault/_table/goods?method=GET",
                             body), body)


WRITES = [
    ("POST", "_table/goods", {"{}": 1}),
    ("POST", "_table/goods", {"resource": [{"{}": "x"}]}),
    ("POST", "_table/goods?ids={}", [{"name": "x"}]),
    ("POST", "_table/goods/{}", {"name": "x"}),
    ("POST", "_table/{}", {"name": "x"}),
    ("PATCH", "_table/{}", {"name": "x"}),
    ("PATCH", "_table/goods/{}x", {"amount": 0}),
    ("PATCH", "_table/goods?rollback=1&ids={}x", [{"amount": 0}]),
    ("PATCH", "_table/goods?filter={} and id = 77", [{"amount": 0}]),
    ("PATCH", "_table/goods?filter=name = '{}'", [{"amount": 0}]),
    ("PATCH", "_table/goods?filter=parts.name = '{}'", [{"amount": 0}]),
    ("PATCH", "_table/goods?ids=1&id_field={}", [{"{}": 0}]),
    ("PATCH", "_table/goods/1", {"{}": 0}),
    ("PATCH", "_table/goods/1", {"maker": "{}x"}),
    ("PATCH", "_table/goods/1?fields={}", {"{}": 0}),
    ("PUT", "_table/goods", [{"id": "{}x", "amount": 0}]),
    ("DELETE", "_table/{}", None),
    ("DELETE", "_table/goods/{}x", None),
    ("DELETE", "_table/goods?rollback=1&ids={}x", None),
    ("DELETE", "_table/goods?ids=77&id_field={}", None),
    ("DELETE", "_table/goods?filter={} and id = 77", None),
    ("DELETE", "_table/goods?filter=name = '{}'", None),
    ("DELETE", "_table/goods", [{"id": "{}x"}]),
    ("DELETE", "_table/goods", {"resource": "{}"}),
    ("DELETE", "_table/goods", {"ids": ["{}x"]}),
    ("DELETE", "_table/goods", {"filter": "name = '{}'"}),
    ("DELETE", "_table/goods?forc={}", None),
]


@pytest.mark.parametrize("method, target, shape", WRITES)
def test_no_write_reaches_a_row_that_is_not_named(
        shop, method, target, shape):
    """None of these names one: nothing is written."""
    for text in hostile.TEXTS:
        path, _, query = target.partition("?")
        uri = "/api/v2/vault/" + path.replace(
            "{}", urllib.parse.quote(text, safe=""))
        if query:
            uri += "?" + urllib.parse.quote(query, safe="{}=&").replace(
                "{}", urllib.parse.quote(text, safe=""))
        body = b"" if shape is None else json.dumps(
            filled(shape, text)).encode()
        shop.send(method, uri, body)


COLUMNS = {"amount": 10, "price": 1.1, "ratio": 0.5, "done": True,
           "born": "2024-01-01", "raw": None, "name": "one"}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_value_is_kept_as_it_is_or_refused(shop, column):
    """Whatever it says; then the row is put back."""
    uri = "/api/v2/vault/_table/goods/1"
    for text in hostile.TEXTS:
        answer = shop.send("PATCH", uri, {column: text})
        if answer.status == 200 and column in ("name", "raw"):
            kept = shop.send("GET", uri).json[column]
            assert kept == text or column == "raw", (text, kept)
    for shape in ({"expression": "SLEEP(5)"}, [1], [], {}, {"$gt": ""}):
        assert shop.send("PATCH", uri, {column: shape}).status == 400
    assert shop.send("PATCH", uri,
                     {column: COLUMNS[column]}).status == 200


def test_a_text_is_found_again_by_every_way_that_names_it(shop):
    """Stored, looked for in each way, and deleted: one row each time."""
    table = "/api/v2/vault/_table/goods"
    for text in hostile.TEXTS:
        if not text.strip() or "," in text:
            continue  # no name of an id in a list
        made = shop.send("POST", table, {"name": text, "shown": True})
        assert made.status == 200, (text, made)
        id = made.json["id"]
        ways = [{"filter": "name = :p", "params[:p]": text},
                {"filter": "name = '" + text.replace("'", "''") + "'"},
                {"filter": "name in (:p, zzz)", "params[:p]": text},
                {"filter": "name = :p and id = " + str(id),
                 "params": json.dumps({"p": text})}]
        if text == text.strip():  # else it is cut
            ways.append({"ids": text, "id_field": "name"})
        if len(text) < 1000:
            ways.append({"filter": "name contains :p and id = " + str(id),
                         "params[:p]": text})
        for way in ways:
            found = shop.get("_table/goods", fields="id", **way)
            assert found.status == 200, (way, found)
            assert found.rows == [{"id": id}], (way, found)
        gone = shop.send("DELETE", table, {
            "filter": "name = :p", "params": {":p": text}})
        assert gone.rows == [{"id": id}], (text, gone)


@pytest.mark.parametrize("body", [
    b"{", b"[", b"\"", b"{\"a\":", b"[1,]", b"{\"a\":1,}", b"nul", b"'a'",
    b"\xff\xfe", b"\xef\xbb\xbf{}", b"{\"\\ud800\":1}", b"[\"\\u0000\"]",
    b"{\"name\":\"\\u0000\"}", b"[" * 5000, b"{\"a\":" * 5000,
    b"[{\"name\":\"x\"}" + b",1" * 500 + b"]", b"1e999", b"-", b"\x00",
    b"<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY y SYSTEM "
    b"\"file:///etc/passwd\">]><x>&y;</x>", b"a=1&b=2", b"name,amount\nx,y",
])
def test_a_body_that_is_none_is_refused(shop, body):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path in ("_table/goods", "_table/goods/77"):
            answer = shop.send(method, f"/api/v2/vault/{path}", body)
            assert answer.status >= 400, (method, path, answer)
