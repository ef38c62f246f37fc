"""Types both ways: what is written is what is read (dreamfactory.md 7.7).

support/extremes.py has the columns and values. All texts are compared letter
by letter: as numbers 0.1 and 0.1000 would be the same.
"""

import json
import urllib.parse

import pytest

from support import extremes
from support.answer import check_error
from support.extremes import COLUMNS, TABLE
from support.openapi import Document

ENGINES = ("sqlite", "mysql")

KEYS = {
    "sqlite": [
        ("BIGINT", ["-9223372036854775808", "9223372036854775807"],
         ["9223372036854775808", "18446744073709551615", "x", "1.0"]),
        ("DECIMAL(20,5)", ["1.5", "-99999.99999"], ["1.51", "x"]),
        ("DOUBLE", ["0.1", "1e+300", "5e-324"], ["0.2", "x", "1e400"]),
        ("DATE", ['"2024-02-29"', "1700000000", "2460369.5"],
         ["2024-02-28", "x", "2023-02-29"]),
        ("BLOB", ['"AP8="', '"//+/"'], ["AP4=", "x", "!"]),
        ("VARCHAR(9)", ['"a/b"', '"é 漢"', '"a%b+c"', '"0"'], ["A", "é"]),
        ("", ["5", '"x"'], ["6", "y"]),
    ],
    "mysql": [
        ("BIGINT UNSIGNED", ["0", "18446744073709551615"],
         ["18446744073709551616", "-1", "x", "1.0"]),
        ("BIGINT", ["-9223372036854775808", "9223372036854775807"],
         ["9223372036854775808", "x"]),
        ("DECIMAL(40,20)",
         ["12345678901234567890.12345678901234567890",
          "-0.00000000000000000001"], ["1.51", "x"]),
        ("FLOAT", ["0.1", "3.4028235e+38", "1e-45"], ["0.2", "x"]),
        ("DOUBLE", ["0.1", "1e+300", "5e-324"], ["0.2", "x", "1e400"]),
        ("DATE", ['"2024-02-29"', '"0000-00-00"', '"9999-12-31"'],
         ["2024-02-28", "x", "2023-02-29"]),
        ("DATETIME(6)", ['"2024-02-29 12:30:15.123456"'],
         ["2024-02-29 12:30:15", "x"]),
        ("TIME", ['"-838:59:59"'], ["838:59:59", "x"]),
        ("YEAR", ["2024", "0"], ["24", "x"]),
        ("BINARY(4)", ['"AP8AAA=="', '"//+//w=="'], ["AP4=", "x", "!"]),
        ("VARBINARY(9)", ['"AP8="', '"//+/"'], ["AP8A", "x", "!"]),
        ("BIT(64)", ["18446744073709551615"], ["1", "x"]),
        ("ENUM('a','2')", ['"a"', '"2"'], ["1", "x"]),
        ("VARCHAR(9)", ['"a/b"', '"é 漢"', '"a%b+c"', '"0"'], ["A", "é"]),
        ("VARCHAR(9) CHARACTER SET latin1", ['"é"'], ["z"]),
        ("UUID", ['"123e4567-e89b-12d3-a456-426655440000"'], ["x"]),
    ],
}


LOOSE = ("day", "clock", "moment", "stamp", "document")


def keys_sql(engine):
    return "".join(f"CREATE TABLE keys{i} (k {key[0]} NOT NULL PRIMARY KEY, "
                   "v INTEGER);\n"
                   for i, key in enumerate(KEYS[engine.type]))


MORE = {
    "sqlite": """
CREATE TABLE loose (id INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT,
    b BOOLEAN, d DATE, x BLOB, c DECIMAL(10,2));
INSERT INTO loose VALUES (1, 'text', 9e999, x'6162', 2, 'some day', 'ab', 'x'),
    (2, 1.5, -9e999, 5, 'true', 20240229, 5, '1.10'),
    (3, x'00ff', 'text', 'a', x'01', 2460369.5, 1.5, 9e999);
CREATE TABLE strict_ (id INTEGER PRIMARY KEY, i INT, r REAL, t TEXT, b BLOB,
    a ANY) STRICT;
CREATE TABLE made (id INTEGER PRIMARY KEY, v INTEGER,
    twice INTEGER AS (2 * v) VIRTUAL, stored INTEGER AS (3 * v) STORED);
CREATE TABLE unchecked (id INTEGER PRIMARY KEY, document JSON);
INSERT INTO unchecked VALUES (1, 'no JSON'), (2, '{"a": 1'), (3, x'7b7d'),
    (4, ' [1]');
""",
    "mysql": """
CREATE TABLE made (id INTEGER PRIMARY KEY AUTO_INCREMENT, v INTEGER,
    twice INTEGER AS (2 * v) VIRTUAL, stored INTEGER AS (3 * v) STORED);
CREATE TABLE counted (id BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT,
    v INTEGER) AUTO_INCREMENT = 18446744073709551610;
CREATE TABLE latin (id INTEGER PRIMARY KEY, t VARCHAR(9), u TEXT)
    CHARACTER SET latin1;
INSERT INTO latin VALUES (1, 'é€', 'ÿ');
CREATE TABLE wide (id INTEGER PRIMARY KEY, t VARCHAR(9), u TEXT)
    CHARACTER SET utf16;
INSERT INTO wide VALUES (1, 'é漢😀', 'ÿ');
""",
}


@pytest.fixture(name="client", scope="module")
def client_of_types(site, engine):
    config = engine.create(
        "types", extremes.sql(engine) + keys_sql(engine) + MORE[engine.type])
    site.add_service("types", engine.type, **config)
    site.add_service("objects", engine.type, json_as_object=True, **config)
    zones = {"east": "+05:00", "west": "-05:00"}
    for name, zone in zones.items() if engine.type == "mysql" else ():
        site.add_service(name, engine.type, timezone=zone, **config)
        site.grant("owner", name, "*", "all")
    for name in ("types", "objects"):
        site.grant("owner", name, "*", "all")
    server = site.serve("types")
    with server.connect() as client:
        yield client
    server.stop()


@pytest.fixture(name="ask")
def ask_as_owner(client, key):
    """Calls with a body that is JSON text, and parameters."""
    def ask(method, path, body="", **options):
        query = urllib.parse.urlencode(options)
        return client.call(f"{path}?{query}", method, key, body.encode())
    return ask


@pytest.fixture(name="table")
def path_of_table():
    return lambda name, service="types": f"/api/v2/{service}/_table/{name}"


def value_of(answer, name):
    """The text of the only field but id."""
    assert answer.status == 200, answer
    body = answer.body.decode()
    start = body.index(f'"{name}":') + len(name) + 3
    return body[start:-1]


def written(ask, column, sent):
    """A record with that value: its id, and how it was answered."""
    body = f'{{"{column.name}":{sent}}}'
    answer = ask("POST", TABLE, body, fields=f"id,{column.name}")
    assert answer.status == 200, (column.name, sent, answer)
    return answer.json["id"], value_of(answer, column.name)


def literal_of(text):
    """JSON text as a value of a filter."""
    if not text.startswith('"'):
        return text
    return "'" + json.loads(text).replace("'", "''") + "'"


def test_what_is_written_is_read(ask, engine):
    wrong = []
    for column in COLUMNS[engine.type]:
        for sent, want in column.pairs:
            id, told = written(ask, column, sent)
            got = value_of(ask("GET", f"{TABLE}/{id}", fields=column.name),
                           column.name)
            if (told, got) != (want, want):
                wrong.append((column.name, sent[:60], told[:60], got[:60]))
    assert wrong == []


def test_what_is_read_is_what_the_document_says(ask, engine):
    """But for what SQLite keeps in a date or JSON, which may be a number."""
    document = Document(ask("GET", "/api/v2/types/_spec").body)
    names = ["id"]
    for column in COLUMNS[engine.type]:
        if engine.type == "mysql" or column.name not in LOOSE:
            names.append(column.name)
        for sent, _ in column.pairs:
            written(ask, column, sent)
    answer = ask("GET", TABLE, fields=",".join(names))
    assert len(answer.rows) > len(names)
    for row in answer.rows:
        document.fits({"$ref": "#/components/schemas/types.extremes"}, row)
    document.named("types.extremes.list").check(answer)


def test_what_is_read_can_be_written(ask, engine):
    """A change takes what a read gave, and changes nothing by it."""
    wrong = []
    for column in COLUMNS[engine.type]:
        id, _ = written(ask, column, "null")
        for value in {want for _, want in column.pairs}:
            body = f'{{"{column.name}":{value}}}'
            answer = ask("PATCH", f"{TABLE}/{id}", body, fields=column.name)
            got = value_of(answer, column.name)
            if got != value:
                wrong.append((column.name, value[:60], got[:60]))
    assert wrong == []


def test_null_is_null_of_every_type(ask, engine):
    names = [column.name for column in COLUMNS[engine.type]]
    body = json.dumps(dict.fromkeys(names))
    id = ask("POST", TABLE, body).json["id"]
    row = ask("GET", f"{TABLE}/{id}").json
    assert row == {"id": id} | dict.fromkeys(names)


def test_what_would_not_be_kept_is_refused(ask, engine):
    """Each names its field, and its place in a batch."""
    before = ask("GET", TABLE, count_only="true").json
    wrong = []
    for column in COLUMNS[engine.type]:
        for sent, why in column.refused:
            body = f'[{{"id":null,"{column.name}":null}},' \
                   f'{{"{column.name}":{sent}}}]'
            answer = ask("POST", TABLE, body, rollback="true")
            context = answer.json.get("error", {}).get("context")
            said = context and context["resource"][-1].get("message")
            if said != f"Field '{column.name}' {why}" or (
                    context["error"] != [1]):
                wrong.append((column.name, sent[:60], said))
    assert wrong == []
    assert ask("GET", TABLE, count_only="true").json == before


def test_filters_find_what_was_read(ask, engine):
    wrong = []
    for column in COLUMNS[engine.type]:
        for sent, want in column.pairs:
            if len(want) > 1000 or "\\u0000" in want or want.startswith("{"):
                continue
            id, _ = written(ask, column, sent)
            answer = ask("GET", TABLE, fields="id", filter=
                         f"id = {id} and {column.name} = {literal_of(want)}")
            if answer.status != 200 or answer.rows != [{"id": id}]:
                wrong.append((column.name, want, answer.body))
    assert wrong == []


def test_a_filter_may_ask_for_what_no_column_holds(ask, engine):
    id, _ = written(ask, next(column for column in COLUMNS[engine.type]
                              if column.name == "short_text"), '"a"')
    asked = ["short_text = 'much longer than eight'", "price > 99999999999",
             "price < -99999999999", "tiny = 99999"]
    if engine.type == "mysql":
        asked += ["choice = 'nosuch'", "single > 1e39", "year_ = 5",
                  "clock > '900:00:00'", "fixed = 'AAECAwQF'"]
    for filter in asked:
        answer = ask("GET", TABLE, filter=f"id = {id} and {filter}")
        assert (answer.status, answer.rows) == (200, []), answer


def test_records_are_found_by_keys_of_every_type(ask, engine, table):
    for i, (type, values, others) in enumerate(KEYS[engine.type]):
        path = table(f"keys{i}")
        for n, value in enumerate(values):
            answer = ask("POST", path, f'{{"k":{value},"v":{n}}}')
            assert answer.body.decode() == f'{{"k":{value}}}', (type, answer)
            plain = value.strip('"')
            id = urllib.parse.quote(plain, safe="")
            shown = f'{{"k":{value},"v":{n}}}'
            assert ask("GET", f"{path}/{id}").body.decode() == shown, type
            assert ask("GET", path, ids=plain).body.decode() == \
                f'{{"resource":[{shown}]}}', type
            body = f'{{"resource":[{{"k":{value},"v":{n + 1}}}]}}'
            answer = ask("PATCH", path, body, fields="v")
            assert answer.rows == [{"v": n + 1}], type
            answer = ask("PATCH", f"{path}/{id}", f'{{"v":{n}}}')
            assert answer.body.decode() == f'{{"k":{value}}}', type
        for other in others:
            id = urllib.parse.quote(other, safe="")
            check_error(ask("GET", f"{path}/{id}"), 404, f"'{other}'")
        for value in values:
            id = urllib.parse.quote(value.strip('"'), safe="")
            assert ask("DELETE", f"{path}/{id}").status == 200, type
        assert ask("GET", path).rows == []


def test_computed_columns_are_read_and_never_written(ask, table):
    made = ask("POST", table("made"), '{"v":5,"twice":1,"stored":1}',
               fields="*")
    assert made.json.pop("id") > 0
    assert (made.json["twice"], made.json["stored"]) == (10, 15)
    path = f"{table('made')}/{made.json['id']}"
    check_error(ask("PATCH", path, '{"twice":1}'), 400,
                "No valid fields were found in record.")
    assert ask("PATCH", path, '{"v":6,"twice":1}', fields="twice").json == {
        "twice": 12}


def test_a_default_that_is_computed_fills_a_column(ask):
    made = [ask("POST", TABLE, "[{}]".replace("{}", '{"big":1}'),
                fields="given").rows[0]["given"] for _ in range(2)]
    assert len(set(made)) == 2 and all(made)


@pytest.mark.parametrize("name, least, most", [
    ("truth", "false", "true"),
    ("big", "-9223372036854775808", "9223372036854775807"),
    ("short_text", '""', '"éééééééé"'), ("bytes", '""', '"/+7d"')])
def test_the_least_and_the_most_are_values_of_the_column(
        ask, engine, name, least, most):
    column = next(column for column in COLUMNS[engine.type]
                  if column.name == name)
    for sent, _ in column.pairs:
        written(ask, column, sent)
    answer = ask("GET", TABLE, fields=f"MIN({name}),MAX({name})")
    assert answer.body.decode() == (
        f'{{"resource":[{{"MIN_{name}":{least},"MAX_{name}":{most}}}]}}')


@pytest.mark.parametrize("name", ["big", "truth", "price", "double_", "day",
                                  "clock", "moment", "blob_", "text_"])
def test_sql_expressions_are_not_offered(ask, name):
    body = f'{{"resource":[{{"{name}":{{"expression":"NOW()"}}}}]}}'
    answer = ask("POST", TABLE, body)
    assert answer.status == 400
    assert answer.error["context"]["resource"][0]["message"] == \
        f"Field '{name}' must be a value: SQL expressions are not offered."


def test_counters_without_sign_go_beyond_64_bits_with_one(ask, engine, table):
    if engine.type == "sqlite":
        return
    answer = ask("POST", table("counted"), '{"v":1}')
    assert answer.body == b'{"id":18446744073709551610}'
    answer = ask("POST", table("counted"), '[{"v":2},{"v":3}]')
    assert answer.body == b'{"resource":[{"id":18446744073709551611},' \
                          b'{"id":18446744073709551612}]}'
    assert ask("GET", table("counted") + "/18446744073709551611").json == {
        "id": 18446744073709551611, "v": 2}
    answer = ask("PATCH", table("counted"), '{"v":9}', filter=
                 "id > 18446744073709551610")
    assert answer.body == b'{"resource":[{"id":18446744073709551611},' \
                          b'{"id":18446744073709551612}]}'


def test_tables_of_other_character_sets_are_read_as_utf_8(
        ask, engine, table):
    if engine.type == "sqlite":
        return
    for name, text in (("latin", "é€"), ("wide", "é漢😀")):
        assert ask("GET", table(name) + "/1").json == {
            "id": 1, "t": text, "u": "ÿ"}
        assert ask("GET", table(name), filter=f"t = '{text}'",
                   fields="id").rows == [{"id": 1}]


@pytest.mark.parametrize("asked", ["t = '漢'", "t contains 漢",
                                   "t in ('a', '😀')"])
def test_what_a_character_set_lacks_cannot_be_asked_for(
        ask, engine, table, asked):
    if engine.type == "sqlite":
        return
    check_error(ask("GET", table("latin"), filter=asked), 400,
                "the character set of its column lacks")


@pytest.mark.parametrize("value", [
    '{"a":[1,2.50,{"b":null}],"é":"漢 \\" \\u0000"}', "[]", "{}", '"text"',
    '"{}"', '""', "true", "7", '[12345678901234567890.10]', '{"a": 1 }',
    "[" * 30 + "]" * 30])
def test_json_is_itself_where_the_service_says_so(ask, engine, table, value):
    path = table("extremes", "objects")
    body = f'{{"document":{value}}}'
    made = ask("POST", path, body, fields="id,document")
    assert value_of(made, "document") == value
    path = f"{path}/{made.json['id']}"
    assert ask("GET", path, fields="document").body.decode() == body
    answer = ask("PATCH", path, body, fields="document")
    assert answer.body.decode() == body
    if value != "7" or engine.type == "mysql":
        text = ask("GET", f"{TABLE}/{made.json['id']}",
                   fields="document").json["document"]
        assert text == value
    assert ask("PATCH", path, '{"document":null}',
               fields="document").json == {"document": None}


def test_a_text_that_is_no_json_stays_a_text(ask, engine, table):
    if engine.type == "mysql":
        return
    body = ask("GET", table("unchecked", "objects")).body.decode()
    assert body == (
        '{"resource":[{"id":1,"document":"no JSON"},'
        '{"id":2,"document":"{\\"a\\": 1"},{"id":3,"document":"e30="},'
        '{"id":4,"document": [1]}]}')
    answer = ask("GET", table("unchecked", "objects"), fields="id",
                 filter="document = 'no JSON'")
    assert answer.rows == [{"id": 1}]


def test_timestamps_are_of_the_time_zone_of_the_service(ask, engine, table):
    if engine.type == "sqlite":
        return
    id = ask("POST", table("extremes", "east"), json.dumps({
        "stamp": "2024-03-31 02:30:00", "moment": "2024-03-31 02:30:00"}),
        fields="id").json["id"]
    for service, stamp in (("east", "2024-03-31 02:30:00"),
                           ("west", "2024-03-30 16:30:00")):
        assert ask("GET", f"{table('extremes', service)}/{id}",
                   fields="stamp,moment").json == {
            "stamp": stamp, "moment": "2024-03-31 02:30:00"}


def test_values_of_other_types_than_their_columns_are_read(
        ask, engine, table):
    """JSON has no infinity: it is null."""
    if engine.type == "mysql":
        return
    body = ask("GET", table("loose")).body.decode()
    assert body == (
        '{"resource":[{"id":1,"i":"text","r":null,"t":"YWI=","b":2,'
        '"d":"some day","x":"YWI=","c":"x"},'
        '{"id":2,"i":1.5,"r":null,"t":"5","b":"true","d":20240229,"x":5,'
        '"c":1.1},'
        '{"id":3,"i":"AP8=","r":"text","t":"a","b":"AQ==","d":2460369.5,'
        '"x":1.5,"c":null}]}')


def test_strict_tables_keep_their_types(ask, engine, table):
    if engine.type == "mysql":
        return
    row = '"i":5,"r":0.5,"t":"007","b":"AP8=","a":"007"'
    made = ask("POST", table("strict_"), f"{{{row}}}", fields="*")
    assert made.body.decode() == f'{{"id":1,{row}}}'
    assert ask("PATCH", table("strict_") + "/1", '{"a":7}',
               fields="a").body == b'{"a":7}'
    answer = ask("PATCH", table("strict_") + "/1", '{"i":"x"}')
    check_error(answer, 400, "Field 'i' must be a valid integer.")
