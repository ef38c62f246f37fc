"""What services say of themselves, at /api_docs and SERVICE/_spec, is true.

Each document is checked as it is read by rules of our own, those of
support/openapi.py, and with --full by @redocly/cli. The demo's operations are
all called, and each answer is one that the document tells of.
"""

import concurrent.futures
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess

import pytest

from support import accounts
from support.accounts import lines
from support.answer import check_error
from support.memory import holding_little
from support.openapi import Document, sample
from support.process import wait_until
from support.weir import ROOT, Installation

SETTINGS = accounts.SETTINGS
BOSS = "boss@x.org"
ISO = "/usr/share/iso-codes/json"
PACKAGE = "@redocly/cli@2.77.0"
SPECS = ("db", "cache", "files", "user", "system", "api_docs")
FIRST = ("post", "get", "put", "patch", "delete")


@pytest.fixture(scope="module", name="demo")
def the_demo(tmp_path_factory):
    """The demo's database, but with fewer orders, a cache, and who calls."""
    demo = Installation(tmp_path_factory.mktemp("demo"), **SETTINGS)
    with open(os.path.join(ROOT, "deploy/demo-data.sql"),
              encoding="utf-8") as script:
        sql = script.read().replace("id < 100000", "id < 1000")
    subprocess.run(["sqlite3", demo.path("demo.sqlite")], input=sql.encode(),
                   cwd=ISO, check=True, stdout=subprocess.DEVNULL, timeout=60)
    demo.add_service("db", "sqlite", database=demo.path("demo.sqlite"),
                     cache_enabled=True, cache_ttl=60)
    demo.add_service("cache", "cache_local")
    os.makedirs(demo.path("files/folder"))
    demo.add_service("files", "local_file", root=demo.path("files"),
                     cache_enabled=True, cache_ttl=60)
    for role in ("demo", "few", "none"):
        demo.add_role(role)
    demo.grant("demo", "db", "*", "all")
    demo.grant("few", "db", "_table/orders/*", "GET")
    demo.grant("few", "db", "_table/country", "GET,POST")
    demo.grant("few", "db", "_table/currency/eur", "PATCH")
    demo.grant("few", "db", "_schema/language", "GET")
    demo.grant("few", "cache", "user/*", "GET,PUT")
    demo.grant("few", "cache", "one", "DELETE")
    demo.grant("few", "files", "docs/*", "GET,PUT")
    demo.grant("few", "system", "role", "GET")
    for role in ("demo", "few"):
        demo.grant(role, "api_docs", "*", "GET")
    demo.keys = {role: demo.add_key(role, role)
                 for role in ("demo", "few", "none")}
    demo.add_limit("all", 1000000, "minute", app="few")
    demo.weir("cors", "add", "api/v2/db/*", "--origin", "https://a.example")
    demo.weir("lookup", "add", "city", "--value", "Rome")
    accounts.add(demo, "joe@x.org")
    accounts.add(demo, BOSS, "admin")
    return demo


@pytest.fixture(scope="module", name="client")
def client_of_a_server(demo):
    server = demo.serve()
    with server.connect() as client:
        yield client
    server.stop()


@pytest.fixture(scope="module", name="boss")
def an_administrator(client):
    return accounts.enter(client, BOSS, path="system/admin/session")


@pytest.fixture(name="kept", scope="module")
def documents_kept(tmp_path_factory):
    """A folder with every document that was read."""
    return tmp_path_factory.mktemp("documents")


@pytest.fixture(name="read", scope="module")
def reader_of_documents(demo, client, boss, kept):
    """read(who, path): a document that has been checked; None: refused."""
    def read(who, path):
        headers = (lines(token=boss.token) if who == "boss"
                   else lines(key=demo.keys[who]))
        answer = client.call("/api/v2/" + path, headers=headers)
        if answer.status in (401, 403):
            return None
        assert answer.status == 200, answer
        kept.joinpath(f"{len(list(kept.iterdir()))}.json").write_bytes(
            answer.body)
        return Document(answer.body)
    return read


def call(client, op, headers, values=None, body=None):
    if body is not None:
        headers = headers | {"Content-Type": "application/json"}
    return client.call(op.uri(values), op.method.upper(), headers=headers,
                       body=b"" if body is None
                       else json.dumps(body).encode())


class Driver:
    """Calls operations with what there is: it reads before it writes."""

    def __init__(self, client, document, headers):
        self.client = client
        self.document = document
        self.headers = headers
        self.known = {}  # paths with an identifier: a record
        self.seen = {}   # operations: the status

    def record(self, path):
        """A record of the list that the path stands below."""
        above = path.rsplit("/", 1)[0]
        if above not in self.known:
            answer = self.client.call(
                self.document.prefix + above + "?limit=1",
                headers=self.headers)
            rows = answer.status == 200 and answer.json.get("resource")
            self.known[above] = rows[0] if rows else {}
        return self.known[above]

    def values(self, op):
        """What there is to be read; what is to be removed is not there."""
        values = {"service": "db", "table": "orders", "name": "sqlite",
                  "field": "code", "relation": "country_by_country_code"}
        if op.path.endswith("}/"):
            values["path"] = "folder"
        if op.path.startswith(("/db/_schema", "/_schema")) or \
                op.path == "/api_docs/{service}":
            del values["table"], values["service"]
        if "_related/" in op.path:
            values["table"] = "orders"
        if op.method == "delete":
            return values | {"id": 99999999, "table": "nosuch"}
        record = self.record(op.path) if op.path.endswith("{id}") else {}
        for name in ("id", "code"):
            if name in record:
                values["id"] = record[name]
        return values

    def body(self, op):
        if op.body_schema is None or op.method == "delete":
            return None
        if op.method in ("put", "patch") and op.path.endswith("{id}"):
            return self.record(op.path)
        if op.method in ("put", "patch") and "/_schema" not in op.path:
            record = self.record(op.path + "/{id}")
            if record and "key" not in record:
                return {"resource": [record]}
        return sample(self.document, op.body_schema)

    def drive(self, op):
        values = self.values(op)
        answer = call(self.client, op, self.headers, values, self.body(op))
        op.check(answer)
        self.seen[op.id] = answer.status
        return answer

    def drive_all(self, operations):
        for op in sorted(operations, key=lambda op: FIRST.index(op.method)):
            self.drive(op)


# -- what they hold -----------------------------------------------------------

def test_every_service_has_one(read, client, boss):
    whole = read("boss", "api_docs")
    ids = set()
    for name in SPECS:
        one = read("boss", f"{name}/_spec")
        same = read("boss", f"api_docs/{name}")
        assert one.root == same.root
        assert one.prefix == f"/api/v2/{name}"
        ids |= one.ids
    assert ids == whole.ids
    names = client.call("/api/v2/api_docs?as_list=true",
                        headers=lines(token=boss.token)).rows
    assert sorted(names) == sorted(SPECS)


def test_the_older_version_says_the_same(read):
    for path in ("api_docs", *(f"{name}/_spec" for name in SPECS)):
        new, old = read("boss", path), read("boss", path + "?openapi=3.0")
        assert old.old and not new.old
        assert old.ids == new.ids


def test_what_is_listed_tells_where_its_document_is(demo, client):
    for role in ("demo", "few"):
        headers = lines(key=demo.keys[role])
        services = client.call("/api/v2", headers=headers).json["services"]
        assert "db" in [service["name"] for service in services]
        for service in services:
            answer = client.call(service["spec_url"], headers=headers)
            assert answer.status == 200, answer


def test_tables_are_those_of_the_catalogue(read):
    document = read("demo", "db/_spec")
    orders = document.root["components"]["schemas"]["db.orders"]["properties"]
    assert orders["amount"]["type"] == "number"
    assert orders["paid"]["type"] == "boolean"
    assert orders["note"]["type"] == ["string", "null"]
    assert orders["country_code"]["description"] == (
        "CHAR(2), refers to country.code")
    assert "country_by_country_code" in orders
    new = document.root["components"]["schemas"]["db.orders.new"]
    assert new["allOf"][1]["required"] == [
        "customer", "country_code", "currency_code", "language_code",
        "status", "amount", "paid", "ordered_on"]
    fields = document.root["components"]["schemas"]["db.orders.fields"]
    assert fields["properties"]["customer"]["maxLength"] == 60


def test_a_document_may_be_cut(read, client, demo):
    whole = read("demo", "db/_spec")
    compact = read("demo", "db/_spec?compact=true")
    assert compact.ids == whole.ids
    assert len(json.dumps(compact.root)) < len(json.dumps(whole.root)) / 2
    orders = read("demo", "db/_spec?tables=orders")
    paths = {op.path for op in orders.operations}
    assert "/_table/orders" in paths and "/_table/country" not in paths
    tables = read("demo", "db/_spec?resource_name=_table")
    assert {op.path.split("/")[1] for op in tables.operations} == {"_table"}
    headers = lines(key=demo.keys["demo"])
    for query, words in (("openapi=2.0", "3.0 or 3.1"),
                         ("format=yaml", "json")):
        check_error(client.call(f"/api/v2/db/_spec?{query}",
                                headers=headers), 400, words)
    check_error(client.call("/api/v2/db/_spec?resource_name=nosuch",
                            headers=headers), 404, "nosuch")


def test_a_database_has_a_model(client, demo):
    answer = client.call("/api/v2/db/_spec?model=true",
                         headers=lines(key=demo.keys["few"]))
    assert answer.headers["Cache-Control"] == "no-store"
    tables = answer.json["tables"]
    assert set(tables) == {"orders", "country", "currency"}
    assert tables["orders"]["access"] == ["GET"]
    assert tables["orders"]["fields"]["amount"] == "decimal"
    assert tables["orders"]["relations"][
        "country_by_country_code"] == "country"
    check_error(client.call("/api/v2/cache/_spec?model=true",
                            headers=lines(key=demo.keys["few"])), 400)


@pytest.fixture(name="wide", scope="module")
def a_database_of_many_tables(tmp_path_factory):
    """Whose document would be three times what is answered."""
    site = Installation(tmp_path_factory.mktemp("wide"))
    columns = ", ".join(f"column_{i} text" for i in range(6))
    tables = [f"CREATE TABLE t{i} (id integer PRIMARY KEY, {columns});"
              for i in range(1200)]
    with contextlib.closing(sqlite3.connect(site.path("wide.db"))) as base:
        base.executescript("\n".join(["BEGIN;", *tables, "COMMIT;"]))
    site.add_service("wide", "sqlite", database=site.path("wide.db"))
    site.add_role("all")
    site.grant("all", "wide", "*", "all")
    headers = {"X-DreamFactory-API-Key": site.add_key("all", "all")}
    server = site.serve()

    def get(query):
        with server.connect() as client:
            return client.call(f"/api/v2/wide/_spec?{query}", "GET", headers)
    get.server = server
    yield get
    server.stop()


def test_a_document_has_an_end(wide):
    refused = wide("")
    check_error(refused, 400, "8 MiB", "tables=", "resource_name=",
                "compact=true")
    part = json.loads(wide("tables=t1,t2").body)
    assert "/_table/t2" in part["paths"]
    model = json.loads(wide("model=true").body)
    assert len(model["tables"]) == 1200


def test_documents_asked_for_at_once_take_the_memory_of_one(wide):
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        with holding_little(wide.server, 96 * 1024):
            answers = list(threads.map(wide, ["", "model=true"] * 4))
    assert {answer.status for answer in answers} <= {200, 400, 503}


def test_a_schema_that_changes_is_another_document(demo, client, read):
    before = read("demo", "db/_spec")
    etag = client.call("/api/v2/db/_spec",
                       headers=lines(key=demo.keys["demo"])).headers["ETag"]
    again = lines(key=demo.keys["demo"]) | {"If-None-Match": etag}
    assert client.call("/api/v2/db/_spec", headers=again).status == 304
    subprocess.run(["sqlite3", demo.path("demo.sqlite"),
                    'CREATE TABLE "späte {Dinge}" (k TEXT PRIMARY KEY);'
                    'CREATE TABLE "." (k TEXT PRIMARY KEY);'
                    'CREATE TABLE ".." (k TEXT PRIMARY KEY)'],
                   check=True, timeout=60)
    assert client.call("/api/v2/db/_spec?refresh=true",
                       headers=again).status == 200
    after = read("demo", "db/_spec")
    more = after.ids - before.ids
    assert "db.sp-C3-A4te-20-7BDinge-7D.list" in more
    op = after.named("db.sp-C3-A4te-20-7BDinge-7D.list")
    assert op.path == "/_table/sp%C3%A4te%20%7BDinge%7D"
    for path in ("/_table/.", "/_table/.."):  # no path of any call
        assert path not in after.root["paths"]
    assert json.dumps(after.root).count('".."') == 0
    subprocess.run(["sqlite3", demo.path("demo.sqlite"),
                    'DROP TABLE "späte {Dinge}"; DROP TABLE ".";'
                    'DROP TABLE ".."'], check=True, timeout=60)
    client.call("/api/v2/db/_spec?refresh=true", headers=again)
    assert read("demo", "db/_spec").ids == before.ids


# -- what they say is so ------------------------------------------------------

def ends_sessions(op):
    return op.method != "get" and op.path.endswith(("/session", "/password"))


def test_each_operation_answers_as_it_says(read, client):
    document = read("boss", "api_docs")
    boss = accounts.enter(client, BOSS, path="system/admin/session")
    driver = Driver(client, document, lines(token=boss.token))
    driver.drive_all(op for op in document.operations
                     if not ends_sessions(op))
    driver.drive_all(op for op in document.operations if ends_sessions(op))
    missed = {op.id: driver.seen[op.id] for op in document.operations
              if op.method == "get" and driver.seen[op.id] != 200}
    assert not missed
    done = [name for name, status in driver.seen.items() if status < 300]
    assert len(done) > len(driver.seen) * 0.6
    assert set(driver.seen.values()) <= {200, 201, 400, 401, 404, 501}


def test_few_rights_show_what_they_allow_and_nothing_else(
        demo, read, client, boss):
    headers = lines(key=demo.keys["few"])
    whole = read("boss", "api_docs")
    few = read("few", "api_docs")
    driver = Driver(client, few, headers)
    shown = [op for op in few.operations if not op.needs_token]
    driver.drive_all(op for op in shown if not ends_sessions(op))
    assert not {401, 403} & set(driver.seen.values()), driver.seen
    everything = Driver(client, whole, headers)
    others = [op for op in whole.operations if op.id not in few.ids]
    assert len(others) > 100
    for op in others:
        answer = call(client, op, headers, everything.values(op),
                      sample(whole, op.body_schema)
                      if op.body_schema else None)
        assert answer.status == 401, (op, answer)


def test_few_rights_are_these(read):
    assert {op.id for op in read("few", "db/_spec").operations} == {
        "db.document", "db.orders.list", "db.orders.get", "db.country.list",
        "db.country.create", "db.currency.updateOne._table.currency.eur",
        "db._schema.list", "db._schema.describe"}
    described = read("few", "db/_spec").named("db._schema.describe")
    assert described.parameters[0]["schema"]["enum"] == ["language"]
    assert {(op.method, op.path)
            for op in read("few", "cache/_spec").operations} == {
        ("get", "/user/{key}"), ("put", "/user/{key}"),
        ("get", "/user"), ("put", "/user"),
        ("delete", "/one"), ("get", "/_spec")}
    assert {(op.method, op.path)
            for op in read("few", "files/_spec").operations} == {
        *(("get", path) for path in (
            "/docs", "/docs/", "/docs/{path}", "/docs/{path}/", "/_spec")),
        ("put", "/docs"), ("put", "/docs/{path}")}
    assert {op.id for op in read("few", "system/_spec").operations} >= {
        "system.role.list", "system.document", "system.status.get"}
    assert "db.orders.fields" not in read(
        "few", "db/_spec").root["components"]["schemas"]


def test_row_filters_take_away_what_they_would_deny(
        demo, client, read):
    paid = [{"name": "paid", "operator": "=", "value": "true"}]
    demo.add_role("some")
    demo.grant("some", "db", "_table/orders/*", "all", filters=paid)
    demo.grant("some", "db", "_schema/*", "all", filters=paid)
    demo.grant("some", "cache", "*", "all", filters=paid)
    demo.grant("some", "system", "role/*", "GET", filters=paid)
    demo.keys["some"] = demo.add_key("some", "some")
    headers = lines(key=demo.keys["some"])
    assert wait_until(lambda: client.call(
        "/api/v2/db/_table/orders", headers=headers).status == 200)
    database = read("some", "db/_spec")
    assert {op.id for op in database.operations} >= {
        "db.orders.list", "db.orders.create", "db.orders.updateOne",
        "db._schema.describe"}
    assert not [op for op in database.operations
                if "_schema" in op.path and op.method != "get"]
    assert read("some", "cache/_spec").ids == {"cache.document"}
    assert "system.role.list" not in read("some", "system/_spec").ids
    driver = Driver(client, database, headers)
    driver.drive_all(database.operations)
    assert not {401, 403} & {status for id, status in driver.seen.items()
                             if id != "db.orders.create"}, driver.seen


def test_no_rights_show_nothing(demo, read, client):
    assert read("none", "db/_spec") is None
    assert read("none", "api_docs") is None
    assert client.call("/api/v2/db/_spec").status == 401
    answer = client.call("/api/v2/api_docs/nosuch",
                         headers=lines(key=demo.keys["few"]))
    check_error(answer, 403, "You do not have access to API Docs")
    answer = client.call("/api/v2/api_docs", "POST",
                         headers=lines(key=demo.keys["few"]))
    assert answer.status == 401


@pytest.mark.parametrize("path", ["db/_spec", "api_docs", "api_docs/db"])
def test_documents_are_only_read(boss, path):
    answer = boss.call("POST", path, {})
    check_error(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    answer = boss.call("OPTIONS", path)
    assert (answer.status, answer.headers["Allow"]) == (
        200, "GET, HEAD, OPTIONS")
    assert boss.call("HEAD", path).body == b""


def test_a_row_may_keep_the_document(demo, client, read):
    demo.add_role("kept")
    demo.grant("kept", "db", "*", "GET")
    demo.grant("kept", "db", "_spec", "POST")
    demo.keys["kept"] = demo.add_key("kept", "kept")
    headers = lines(key=demo.keys["kept"])
    assert wait_until(lambda: client.call(
        "/api/v2/db/_table", headers=headers).status == 200)
    assert read("kept", "db/_spec") is None


def test_a_key_of_that_name_is_read_among_keys(client, boss):
    headers = lines(token=boss.token) | {"Content-Type": "application/json"}
    answer = client.call("/api/v2/cache/_spec", "PUT", headers=headers,
                         body=b'{"value":1}')
    assert answer.status == 200
    assert "openapi" in client.call("/api/v2/cache/_spec",
                                    headers=headers).json
    assert client.call("/api/v2/cache?keys=_spec", headers=headers).rows == [
        {"key": "_spec", "value": 1}]


def test_it_is_explained_as_a_call_that_nobody_keeps(client, boss):
    headers = lines(token=boss.token) | {"X-Weir-Explain": "1"}
    told = client.call("/api/v2/db/_spec", headers=headers).json
    assert (told["verdict"], told["refusal"], told["sql"]) == (
        "uncacheable", None, [])


# -- other tools --------------------------------------------------------------

@pytest.mark.full
def test_redocly_finds_nothing_wrong(kept, tmp_path):
    """With every document of the tests above."""
    documents = sorted(kept.iterdir())
    assert documents
    assert shutil.which("npm"), "npm is not installed"
    done = subprocess.run(
        ["npm", "install", "--no-save", "--no-audit", "--no-fund",
         "--ignore-scripts", "--cache", tmp_path / "cache", "--prefix",
         tmp_path, PACKAGE], cwd=tmp_path, capture_output=True, text=True,
        timeout=300, check=False)
    assert done.returncode == 0, (
        f"npm could not install {PACKAGE}: {done.stderr[-2000:]}")
    done = subprocess.run(
        [tmp_path / "node_modules/.bin/redocly", "lint",
         "--format=summary",
         "--skip-rule=no-path-trailing-slash",  # it makes a path a folder's
         *documents], cwd=tmp_path, capture_output=True,
        text=True, timeout=600, check=False,
        env=os.environ | {"REDOCLY_TELEMETRY": "off"})
    assert done.returncode == 0, done.stdout + done.stderr
