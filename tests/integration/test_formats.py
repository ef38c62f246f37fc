"""JSON, CSV and XML out, JSON and CSV in, on every engine alike."""

import csv
import io
import itertools
import json
import subprocess
import threading
import urllib.parse
from xml.etree import ElementTree

import pytest

from support import fcgi, things
from support.answer import check_error
from support.http import Caller

ENGINES = ("sqlite", "mysql")
SETTINGS = {"MAX_BODY": "1m", "WORKERS": "4"}
SERVICE = "/api/v2/things"
TABLE = SERVICE + "/_table/things"
TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8",
         "xml": "application/xml"}
ASKED = {"json": "application/json", "csv": "text/csv",
         "xml": "application/xml"}
UNIQUE = itertools.count(1)
MORE = """
CREATE TABLE kept (id INTEGER PRIMARY KEY, text VARCHAR(40), n INTEGER,
                   must VARCHAR(40) NOT NULL DEFAULT 'x');
CREATE VIEW odd AS SELECT id AS "1st", name AS "a b", small AS "x&y" FROM
    things WHERE id <= 3;
"""


@pytest.fixture(scope="module")
def rows():
    return things.rows()


@pytest.fixture(scope="module")
def client(site, engine, rows, owner):
    """A raw client of a service with the things in it."""
    config = engine.create("things", MORE.replace(
        "CREATE TABLE kept", things.SQL.format(
            by_bytes=things.BY_BYTES[engine.type]) + "CREATE TABLE kept", 1))
    site.add_service("things", engine.type, cache_enabled=True, **config)
    site.add_service("store", "cache_local")
    for service in ("things", "store"):
        site.grant("owner", service, "*", "all")
    server = site.serve("formats")
    with server.connect() as client:
        client.server = server
        client.key = {"X-API-Key": owner}
        answer = client.call(TABLE, "POST", client.key, json.dumps(
            {"resource": rows}, default=str).encode())
        assert answer.status == 200, answer
        yield client
    server.stop()


@pytest.fixture
def get(client):
    def get(path, wanted=None, method="GET", **options):
        headers = dict(client.key)
        if wanted:
            headers["Accept"] = wanted
        if options:
            path += "?" + urllib.parse.urlencode(options)
        return client.call(path, method, headers)
    return get


@pytest.fixture
def send(client):
    """Sends CSV."""
    def send(method, path, text, type="text/csv", **headers):
        body = text if isinstance(text, bytes) else text.encode()
        headers = {name.replace("_", "-"): value
                   for name, value in headers.items()}
        return client.call(f"{SERVICE}/_table/{path}", method, client.key |
                           {"Content-Type": type} | headers, body)
    return send


@pytest.fixture
def kept(client):
    """A table to write to, empty."""
    answer = client.call(SERVICE + "/_table/kept?force=true", "DELETE",
                         client.key)
    assert answer.status == 200, answer

    def kept(**options):
        path = SERVICE + "/_table/kept?" + urllib.parse.urlencode(
            {"fields": "id,text,n", "order": "id"} | options)
        return client.call(path, "GET", client.key).rows
    return kept


def check_type(answer, format, status=200):
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == TYPES[format]


def table_of(answer):
    """The lines of CSV, of which every one ends as RFC 4180 has it."""
    text = answer.body.decode()
    assert not text or text.endswith("\r\n")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def tree_of(answer):
    """The XML, which others can read too."""
    subprocess.run(["xmllint", "--noout", "-"], input=answer.body, check=True,
                   timeout=30)
    root = ElementTree.fromstring(answer.body)
    assert root.tag == "dfapi"
    return root


def text_of(value):
    """A JSON value as it stands in a field or an element."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def records_of(root):
    return [[(child.tag, child.text or "") for child in record]
            for record in root.iter("resource")]


# What goes out.

@pytest.mark.parametrize("options", [
    {}, {"fields": "name,odd `name,id"}, {"filter": "truth = true"},
    {"ids": "3,1,2"}, {"limit": 3, "offset": 7}, {"wrap": "false"},
    {"include_count": "true", "limit": 2}, {"filter": "id < 0"},
    {"group": "truth", "fields": "truth,COUNT(*),SUM(small)",
     "order": "truth"},
])
def test_the_same_records_in_every_format(get, options):
    wanted = json.loads(get(TABLE, **options).body, parse_float=str,
                        parse_int=str)
    wanted = wanted if isinstance(wanted, list) else wanted["resource"]
    answer = get(TABLE, "text/csv", **options)
    check_type(answer, "csv")
    header, *lines = table_of(answer)
    assert lines == [[text_of(value) for value in row.values()]
                     for row in wanted]
    if wanted:
        assert header == list(wanted[0])
    answer = get(TABLE, "application/xml", **options)
    check_type(answer, "xml")
    names = [name.replace(" ", "_").replace("`", "_").replace("(*)", "___")
             for name in header]
    assert records_of(tree_of(answer)) == [
        list(zip(names, map(text_of, row.values()))) for row in wanted]


def test_a_single_record(get, rows):
    wanted = json.loads(get(TABLE + "/2").body, parse_float=str)
    assert wanted["name"] == rows[1]["name"]
    answer = get(TABLE + "/2", "text/csv")
    assert table_of(answer) == [
        list(wanted), [text_of(value) for value in wanted.values()]]
    root = tree_of(get(TABLE + "/2", "application/xml"))
    assert [child.text or "" for child in root] == [
        text_of(value) for value in wanted.values()]


def test_null_and_empty_differ_in_csv(get):
    rows = get(TABLE, fields="name").rows
    lines = get(TABLE, "text/csv", fields="name").body.split(b"\r\n")[1:-1]
    assert [line == b"" for line in lines] == [
        row["name"] is None for row in rows]
    assert [line == b'""' for line in lines] == [
        row["name"] == "" for row in rows]


def test_meta_is_in_xml(get):
    root = tree_of(get(TABLE, "text/xml", limit=2, include_count="true"))
    assert root.find("meta/count").text == str(things.ROWS)
    assert root.find("meta/next").text == "2"


@pytest.mark.parametrize("options", [{}, {"wrap": "false"}])
def test_names_that_are_no_names_in_xml(get, options):
    path = SERVICE + "/_table/odd"
    root = tree_of(get(path, "application/xml", order="1st", **options))
    assert [child.tag for child in root[0]] == ["_1st", "a_b", "x_y"]
    assert table_of(get(path, "text/csv", **options))[0] == [
        "1st", "a b", "x&y"]


@pytest.mark.parametrize("wrap", ["true", "false"])
def test_counts_and_lists_of_ids(get, wrap):
    count = str(things.ROWS)
    options = {"count_only": "true", "wrap": wrap}
    assert get(TABLE, "text/csv", **options).body == count.encode() + b"\r\n"
    assert tree_of(get(TABLE, "text/xml", **options)).text == count
    options = {"as_list": "true", "limit": 3, "wrap": wrap}
    assert table_of(get(TABLE, "text/csv", **options)) == [
        ["resource"], ["1"], ["2"], ["3"]]
    root = tree_of(get(TABLE, "text/xml", **options))
    assert [child.text for child in root] == ["1", "2", "3"]


@pytest.mark.parametrize("format", TYPES)
@pytest.mark.parametrize("options", [
    {}, {"wrap": "false"}, {"count_only": "1"}, {"wrap": "false", "ids": "1"},
    {"filter": "id < 0", "wrap": "false"}])
def test_a_head_says_what_a_get_would(get, format, options):
    whole = get(TABLE, ASKED[format], **options)
    head = get(TABLE, ASKED[format], "HEAD", **options)
    check_type(head, format)
    assert head.body == b""
    for name in ("Content-Length", "ETag", "Content-Type"):
        assert head.headers[name] == whole.headers[name]


def test_a_write_is_answered_in_the_format_too(client, kept):
    body = json.dumps({"resource": [{"id": 5, "text": "a,b"}]}).encode()
    answer = client.call(
        SERVICE + "/_table/kept?fields=id,text", "POST",
        client.key | {"Accept": "text/csv"}, body)
    check_type(answer, "csv")
    assert table_of(answer) == [["id", "text"], ["5", "a,b"]]
    assert kept() == [{"id": 5, "text": "a,b", "n": None}]


@pytest.mark.parametrize("path", ["/api/v2", SERVICE, SERVICE + "/_table"])
def test_lists_of_services_and_resources(get, path):
    check_type(get(path, "text/csv"), "csv")
    assert table_of(get(path, "text/csv"))
    check_type(get(path, "application/xml"), "xml")
    assert len(tree_of(get(path, "application/xml"))) > 0


def test_cache_services_answer_so_too(client, get):
    value = {"a": [1, 2], "b": "<x>"}
    body = json.dumps({"key": "k", "value": value}).encode()
    made = client.call("/api/v2/store", "POST",
                       client.key | {"Accept": "text/csv"}, body)
    assert made.status == 201
    assert table_of(made) == [["key", "success"], ["k", "true"]]
    root = tree_of(get("/api/v2/store/k", "application/xml"))
    assert [child.text for child in root.findall("value/a")] == ["1", "2"]
    assert root.find("value/b").text == "<x>"
    assert table_of(get("/api/v2/store?keys=k", "text/csv")) == [
        ["key", "value"], ["k", json.dumps(value)]]
    bare = get("/api/v2/store/k", "text/plain")
    assert bare.json == value


# How it is chosen.

@pytest.mark.parametrize("accept, options, format", [
    (None, {}, "json"), ("*/*", {}, "json"), ("text/xml", {}, "xml"),
    ("text/csv;q=0.5, application/json;q=0.4", {}, "csv"),
    ("text/csv;q=0.4, application/json;q=0.5", {}, "json"),
    ("text/html,application/xml;q=0.9,*/*;q=0.8", {}, "xml"),
    ("text/csv, application/json", {}, "csv"),
    ("application/json", {"accept": "text/csv"}, "csv"),
    ("application/json", {"accept": "xml"}, "xml"),
    ("text/csv", {"accept": "xml", "file": "a.json"}, "json"),
    ("text/csv", {"file": "true"}, "json"),
    ("text/csv", {"file": "name"}, "csv"),
    ("text/plain", {}, "json"), ("application/problem+json", {}, "json"),
])
def test_the_format_is_negotiated(get, accept, options, format):
    answer = get(TABLE, accept, limit=1, **options)
    check_type(answer, format)
    assert "accept" in answer.headers["Vary"].lower()


@pytest.mark.parametrize("accept, options, word", [
    ("image/png", {}, "acceptable content type"),
    ("text/csv;q=0", {}, "acceptable content type"),
    ("text/csv", {"accept": "text/html"}, "acceptable content type"),
    ("text/csv", {"file": "a.xlsx"}, "'file'"),
])
def test_what_nobody_could_read_is_not_done(client, get, kept, accept,
                                            options, word):
    check_error(get(TABLE, accept, **options), 400, word)
    path = SERVICE + "/_table/kept?" + urllib.parse.urlencode(options)
    answer = client.call(path, "POST", client.key | {"Accept": accept},
                         b'{"resource":[{"id":1}]}')
    check_error(answer, 400, word)
    assert kept() == []


@pytest.mark.parametrize("options, name", [
    ({"file": "report.csv"}, 'attachment; filename="report.csv"'),
    ({"file": "true"}, 'attachment; filename="things.json"'),
    ({"file": "../a\"b\r\nX-Evil: 1.xml"},
     'attachment; filename="a_b__X-Evil_ 1.xml"'),
    ({"file": "ü.csv"},
     'attachment; filename="__.csv"; filename*=UTF-8\'\'%C3%BC.csv'),
])
def test_an_answer_can_be_saved_by_a_name(get, options, name):
    for _ in range(2):  # a miss, and a hit
        answer = get(TABLE, limit=4, **options)
        assert answer.status == 200
        assert answer.headers["Content-Disposition"] == name
        assert "X-Evil" not in answer.headers
    assert "Content-Disposition" not in get(TABLE, limit=4).headers
    assert "Content-Disposition" not in get(TABLE, file="name").headers
    missing = get(TABLE + "/999999", file="a.csv")
    check_type(missing, "csv", 404)
    assert "Content-Disposition" not in missing.headers


# Errors.

def test_errors_come_in_the_format(get, client):
    path = SERVICE + "/_table/nothing"
    wanted = get(path).error
    answer = get(path, "text/csv")
    check_type(answer, "csv", 404)
    names, values = table_of(answer)
    assert names == list(wanted)
    assert dict(zip(names, values))["message"] == wanted["message"]
    answer = get(path, "application/xml")
    check_type(answer, "xml", 404)
    assert tree_of(answer).find("error/message").text == wanted["message"]
    answer = get(path, "application/problem+json, text/csv")
    assert answer.headers["Content-Type"] == "application/problem+json"
    answer = client.call(TABLE, headers={"Accept": "text/xml"})
    check_type(answer, "xml", 401)


def test_batch_errors_keep_their_context(get):
    wanted = get(TABLE, ids="1,-5").error["context"]
    names, values = table_of(get(TABLE, "text/csv", ids="1,-5"))
    assert json.loads(values[names.index("context")]) == wanted
    root = tree_of(get(TABLE, "text/xml", ids="1,-5"))
    assert root.find("error/context/error").text == "1"
    assert root.findall("error/context/resource")[1].find("code").text == \
        "404"


# The cache.

def test_each_format_has_an_entry_of_its_own(client, get):
    path = f"{TABLE}?limit=2&offset={next(UNIQUE)}"
    tags = set()
    for format, asked in ASKED.items():
        miss, hit = get(path, asked), get(path, asked)
        assert not miss.hit and hit.hit
        check_type(hit, format)
        assert hit.body == miss.body
        tags.add(hit.headers["ETag"])
        known = client.call(path, headers=client.key | {
            "Accept": asked, "If-None-Match": hit.headers["ETag"]})
        assert known.status == 304
    assert len(tags) == 3
    answer = client.call(SERVICE + "/_table/things/80", "PATCH", client.key,
                         b'{"small":4}')
    assert answer.status == 200
    assert not any(get(path, asked).hit for asked in ASKED.values())


@pytest.mark.parametrize("format, ways", [
    ("json", [(None, {}), ("*/*", {}), ("application/json", {}),
              ("text/csv", {"accept": "json"}), ("text/plain", {}),
              ("text/csv", {"ACCEPT": "application/json"}),
              ("text/csv", {"file": "a.json"}), (None, {"file": "true"})]),
    ("csv", [("text/csv", {}), (None, {"accept": "csv"}),
             ("text/xml", {"Accept": "text/csv"}), (None, {"file": "a.csv"}),
             ("text/csv;q=0.9, application/json;q=0.1", {}),
             ("text/xml", {"file": "b.csv", "accept": "json"})]),
    ("xml", [("text/xml", {}), ("application/xml", {}),
             (None, {"accept": "xml"}), (None, {"accept": "text/xml"}),
             (None, {"file": "a.xml"})]),
])
def test_ways_to_ask_for_a_format_share_an_entry(get, format, ways):
    at = next(UNIQUE)
    first, *others = ways
    miss = get(TABLE, first[0], limit=2, offset=at, **first[1])
    assert not miss.hit
    for accept, options in others:
        hit = get(TABLE, accept, limit=2, offset=at, **options)
        assert hit.hit, (accept, options)
        assert hit.body == miss.body
        assert hit.headers["ETag"] == miss.headers["ETag"]
        check_type(hit, format)


def test_the_wrap_header_has_an_entry_of_its_own(client):
    """As a client's own cache must keep them apart as well."""
    path = f"{TABLE}?limit=2&offset={next(UNIQUE)}"
    for lines, kind in (({}, dict), ({"Wrap": "false"}, list)):
        for hit in (False, True):
            answer = client.call(path, headers=client.key | lines)
            assert (answer.hit, type(answer.json)) == (hit, kind)
            assert "Wrap" in answer.headers["Vary"].split(", ")


def test_who_asks_at_once_gets_his_own_format(client):
    """Of a view that takes a second, so that they wait for each other."""
    path = f"/api/v2/shop/_table/slow?offset={next(UNIQUE)}&limit=1"
    answers = {}

    def ask(format, n):
        answers[format, n] = fcgi.call(
            client.server.address, path,
            headers=client.key | {"Accept": ASKED[format]})

    threads = [threading.Thread(target=ask, args=(format, n))
               for format in ASKED for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(threads)
    for (format, _), answer in answers.items():
        check_type(answer, format)


# What comes in.

def test_csv_goes_the_way_of_json(send, kept):
    answer = send("POST", "kept",
                  'id,text,n\r\n1,"a,""b""\r\nc",5\r\n2,,\r\n3,"",-1\r\n')
    assert answer.json == {"resource": [{"id": 1}, {"id": 2}, {"id": 3}]}
    assert kept() == [{"id": 1, "text": 'a,"b"\r\nc', "n": 5},
                      {"id": 2, "text": None, "n": None},
                      {"id": 3, "text": "", "n": -1}]
    assert send("PATCH", "kept", "id,n\n1,6\n3,7").status == 200
    assert [row["n"] for row in kept()] == [6, None, 7]
    assert send("PUT", "kept/2", "text\nnew\n").json == {"id": 2}
    assert send("PATCH", "kept?ids=1,3", "text\nsame\n").status == 200
    assert [row["text"] for row in kept()] == ["same", "new", "same"]
    assert send("PATCH", "kept?filter=n%20=%207", "n\n8\n").status == 200
    assert [row["n"] for row in kept()] == [6, None, 8]
    assert send("DELETE", "kept", "id\n1\n2\n").status == 200
    assert [row["id"] for row in kept()] == [3]


def test_what_was_read_as_csv_can_be_written(client, get, send):
    """All things there and back again, byte by byte."""
    before = get(TABLE, order="id")
    text = get(TABLE, "text/csv", order="id").body
    answer = client.call(TABLE + "?force=true", "DELETE", client.key)
    assert answer.status == 200
    answer = send("POST", "things", text)
    assert len(answer.rows) == things.ROWS
    assert get(TABLE, order="id").body == before.body
    assert get(TABLE, "text/csv", order="id").body == text


@pytest.mark.parametrize("text, fault", [
    ('id,text\n1,"x\n', "line 2 column 3: a field in quotes has no end"),
    ('id,text\n1,"x"y\n', "line 2 column 6: expected a comma"),
    ('id,text\n1,x"y\n', "line 2 column 4: a quote within a field"),
    ("id,text\n1,a\n2\n", "line 3 column 1: 1 fields"),
    ("id,text\n1,a,b\n", "line 2 column 1: 3 fields"),
    ("id,id\n1,2\n", "line 1 column 4: a second column"),
    (",text\n1,2\n", "line 1 column 1: a column without a name"),
    (b"id,text\n1,\xe9\n", "line 2 column 3: not valid UTF-8"),
    ("id,text\n", "No record(s) detected"),
    ("id,text\r1,a\r", "line 1 column 8: expected a comma"),
])
def test_csv_with_a_fault_writes_nothing(send, kept, text, fault):
    check_error(send("POST", "kept", text), 400, fault)
    assert kept() == []


def test_values_are_judged_by_their_columns(send, kept):
    answer = send("POST", "kept?rollback=true", "id,n\n1,5\n2,many\n")
    assert answer.status == 400
    failed = answer.error["context"]
    assert failed["error"] == [1]
    assert "'n'" in failed["resource"][1]["message"]
    answer = send("POST", "kept", "id,must\n1,\n")
    assert "'must' can not be NULL" in str(answer.error["context"])
    assert send("POST", "kept", 'id,must\n1,""\n').status == 200
    assert [row["id"] for row in kept()] == [1]


def test_csv_is_bounded(send, kept):
    lines = "".join(f"{id}\n" for id in range(1001))
    check_error(send("POST", "kept", "id\n" + lines), 400, "1000")
    check_error(send("POST", "kept", "n" * 2000 + ",id\n" + ",1\n" * 900),
                413, "MAX_BODY")
    check_error(send("POST", "kept", ",".join(
        f"c{n}" for n in range(5000))), 400, "4096 columns")
    assert kept() == []


@pytest.mark.parametrize("type, status", [
    ("text/csv; charset=utf-8", 200), ('text/csv; charset="UTF-8"', 200),
    ("Text/CSV;header=present", 200), ("application/csv", 200),
    ("text/csv; charset=iso-8859-1", 415), ("text/csv; header=absent", 415),
    ("text/tab-separated-values", 415), ("application/xml", 415),
])
def test_the_type_of_the_body_is_heeded(send, kept, type, status):
    answer = send("POST", "kept", "id,text\n1,a\n", type)
    assert answer.status == status, answer
    assert len(kept()) == (status == 200)


def test_csv_is_for_records_alone(client):
    answer = client.call("/api/v2/store", "POST",
                         client.key | {"Content-Type": "text/csv"},
                         b"key,value\nk,1\n")
    assert answer.status == 415
    answer = client.call(TABLE, "POST", client.key | {
        "Content-Type": "text/csv", "X-HTTP-Method": "GET"}, b"id\n1\n")
    assert answer.status == 415


# Through a web server.

def test_formats_travel_through_nginx(pair, owner, site, client):
    del client  # its services exist before
    with Caller(pair.kept[0], owner) as caller:
        answer = caller.get("/api/v2/shop/_table/orders?limit=2&file=a.csv")
        check_type(answer, "csv")
        assert len(table_of(answer)) == 3
        answer = caller.call("GET", "/api/v2/shop/_table/orders/1",
                             headers={"Accept": "application/xml"})
        assert tree_of(answer).find("id").text == "1"
    assert not site.read("weir.log").count("error")
