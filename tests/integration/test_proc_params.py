"""Parameters of procedures and functions: where they stand, what they hold."""

import pytest

from support import routines
from support.answer import check_error
from support.routines import SERVICE

ENGINES = ("mysql",)


@pytest.mark.parametrize("params", [
    {"first": 2, "most": 1}, {"FIRST": "2", "Most": "1"}, [2, 1], ["2", 1],
    [{"name": "first", "value": 2}, {"name": "most", "value": 1}],
    [{"name": "most", "value": 1, "param_type": "IN"},
     {"name": "first", "value": 2}],
    [{"value": 2}, 1], {"first": {"value": 2}, "most": 1}, "2,1", " 2 , '1' ",
])
def test_params_of_the_body(proc, params):
    assert proc.answer("notes_from", params) == {
        "resource": [{"id": 2, "note": "two"}]}


@pytest.mark.parametrize("path, query", [
    ("notes_from(2,1)", {}), ("notes_from(%202%2C'1')", {}),
    ("NOTES_from(2,1)", {}), ("notes_from", {"first": 2, "most": 1}),
    ("notes_from", {"First": 2, "MOST": 1, "other": 5}),
    ("notes_from", {"params": "2,1"}), ("notes_from()", {"params": "2,1"}),
    ("notes_from", {"params": '{"first":2,"most":1}'}),
    ("notes_from", {"params": "[2,1]"}),
    ("notes_from", {"params[first]": 2, "params[most]": 1}),
])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_params_of_the_url(proc, path, query, method):
    answer = proc.ask("_proc/" + path, method, **query)
    assert answer.status == 200, answer
    assert answer.rows == [{"id": 2, "note": "two"}]


def test_a_get_may_be_sent_as_post(proc):
    answer = proc.call("notes_from", [2, 1], headers={"X-HTTP-Method": "GET"})
    assert answer.rows == [{"id": 2, "note": "two"}]


def test_texts_in_the_path(proc):
    for text, value in (("'a,b'", "a,b"), ("'it''s'", "it's"),
                        ('"a(b)/c"', "a(b)/c"), ("''", ""), ("a b", "a b"),
                        ("é", "é"), ("'null'", "null"), ("", None)):
        path = "_func/greet(" + text.replace("/", "%2F") + ")"
        answer = proc.ask(path.replace(" ", "%20"))
        if value is None:
            check_error(answer, 400, "'name'", "missing")
        else:
            assert answer.json == "hi " + value, text
    assert proc.ask("_func/greet(null)").json is None
    assert proc.ask("_func/greet(a/b)").json == "hi a/b"


@pytest.mark.parametrize("path", [
    "_proc/notes_from('2,1)", "_proc/notes_from('2'1,1)",
    "_proc/notes_from(2,1", "_proc/notes_from(2,1)x", "_proc/notes_from(",
])
def test_malformed_params_of_the_path(proc, path):
    check_error(proc.ask(path), 400)


def test_out_params_need_no_value(proc):
    for params in ([5, 1], [5, None, 1], {"a": 5, "seen": 1},
                   {"a": 5, "seen": 1, "total": 99},
                   [{"name": "total", "param_type": "OUT"},
                    {"name": "a", "value": 5}, {"name": "seen", "value": 1}]):
        assert proc.answer("sum_up", params) == {"total": 7.5, "seen": 2}


@pytest.mark.parametrize("params, words", [
    ({"first": 1}, ["'most'", "missing", "notes_from"]),
    ({}, ["'first'", "missing"]), (None, ["'first'", "missing"]),
    ({"first": 1, "most": 1, "more": 2}, ["no parameter 'more'"]),
    ([{"name": "first", "value": 1}, {"name": "FIRST", "value": 1}],
     ["'FIRST'", "twice"]),
    ([1], ["takes 2 parameters, and 1 are given"]),
    ([1, 2, 3], ["and 3 are given"]),
    ([{"name": "first", "value": 1}, 2], ["all parameters have names"]),
    ([{"nome": 1}], ["'name'"]), ([{"name": 5}], ["'name'"]),
    ({"first": "x", "most": 1}, ["Parameter 'first' must be", "integer"]),
    ({"first": 1, "most": 1.5}, ["Parameter 'most' must be", "integer"]),
    ({"first": 1, "most": [1]}, ["Parameter 'most' must be"]),
    ({"first": 2147483648, "most": 1}, ["Parameter 'first' must be"]),
    (5, ["'params'"]), (True, ["'params'"]),
    ([1] * 1001, ["at most 1000"]),
])
def test_params_that_do_not_fit(proc, params, words):
    check_error(proc.call("notes_from", params), 400, *words)


def test_a_null_is_given_and_not_missing(proc):
    assert proc.answer("notes_from", {"first": None, "most": 9}) == {
        "resource": []}


def test_params_in_two_places(proc):
    check_error(proc.call("notes_from(1,2)", [1, 2]), 400, "one place")
    check_error(proc.call("notes_from", [1, 2], first=1), 400, "one place")
    check_error(proc.ask("_proc/notes_from(1,2)", params="1,2"), 400)


def test_names_that_are_options_elsewhere(proc):
    odd = 'wi th`"('
    expected = {"resource": [{"f": 1, 'w"x': 2}]}
    assert proc.answer("odd_names", {"fields": 1, odd: 2}) == expected
    check_error(proc.ask("_proc/odd_names", fields=1, **{odd: 2}), 400,
                "'fields'", "missing")
    assert proc.ask("_proc/odd_names", **{
        "params[fields]": 1, f"params[{odd}]": 2}).json == expected


def test_a_body_that_is_no_object(proc):
    check_error(proc.ask("_proc/quiet", "POST", [1, 2]), 400, "object")
    check_error(proc.ask("_proc/quiet", "POST", {"wrapper": 5}), 400,
                "'wrapper'")
    answer = proc.client.call(f"/api/v2/{SERVICE}/_proc/quiet", "POST",
                              proc.key, b"{")
    check_error(answer, 400)


SAME = object()


@pytest.mark.parametrize("name, value, expected", [
    ("tinyint", -128, SAME), ("tinyint", 127, SAME),
    ("smallint", -32768, SAME), ("mediumint", 8388607, SAME),
    ("int", -2147483648, SAME), ("uint", 4294967295, SAME),
    ("bigint", -2**63, SAME), ("bigint", 2**63 - 1, SAME),
    ("ubigint", 2**64 - 1, SAME), ("bool", True, SAME), ("bool", False, SAME),
    ("bool", "yes", True), ("bit1", True, SAME), ("bit1", False, SAME),
    ("bit9", 257, SAME), ("bit9", 0, SAME), ("bit64", 2**64 - 1, SAME),
    ("decimal", 0, SAME), ("decimal", -1.5, SAME), ("float", 0.1, SAME),
    ("double", 0.1, SAME), ("double", 1e300, SAME), ("char", "abc", SAME),
    ("varchar", "", SAME), ("varchar", "é𝄞\"\\\n", SAME),
    ("text", "x" * 60000, SAME), ("longtext", "x" * 300000, SAME),
    ("json", {"a": [1, None]}, '{"a": [1, null]}'), ("json", "[1]", SAME),
    ("enum", "b", SAME), ("set", "a,c", SAME), ("date", "2024-02-29", SAME),
    ("date", "0000-00-00", SAME), ("time", "-838:59:59.000", SAME),
    ("time", "12:00:00.123", SAME),
    ("datetime", "9999-12-31 23:59:59.999999", SAME),
    ("timestamp", "2024-01-01 01:02:03", SAME), ("year", 2155, SAME),
    ("binary", "AAH/", SAME), ("varbinary", "AP8=", SAME),
    ("varbinary", "", SAME), ("blob", "AAAA" * 20000, SAME),
])
def test_values_of_every_type_go_through(proc, name, value, expected):
    expected = value if expected is SAME else expected
    assert proc.answer(f"through_{name}", {"i": value, "io": value}) == {
        "o": expected, "io": expected}


@pytest.mark.parametrize("name, value", [
    ("tinyint", 128), ("uint", -1), ("ubigint", 2**64), ("char", "abcdef"),
    ("decimal", 1e16), ("enum", "c"), ("set", "a,d"), ("date", "2024-02-30"),
    ("time", "839:00:00"), ("binary", "AAAAAAA="), ("year", 1900),
])
def test_values_beyond_their_type(proc, name, value):
    check_error(proc.call(f"through_{name}", {"i": value, "io": None}), 400,
                "Parameter 'i' ")


def test_digits_are_kept(proc):
    body = b'{"params":{"i":-123456789012345.67891,"io":0.10000}}'
    answer = proc.client.call(
        f"/api/v2/{SERVICE}/_proc/through_decimal", "POST", proc.key, body)
    assert answer.body == (
        b'{"o":-123456789012345.67891,"io":0.10000}')


@pytest.mark.parametrize("name", routines.TYPES)
def test_null_of_every_type_goes_through(proc, name):
    assert proc.answer(f"through_{name}", {"i": None, "io": None}) == {
        "o": None, "io": None}
