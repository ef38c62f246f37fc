"""Procedures and functions: how they answer, who may call, what they touch."""

import contextlib
import socket
import threading
import time

import pytest

from support import fcgi, routines
from support.answer import check_error
from support.openapi import Document
from support.process import wait_until
from support.routines import READ_ONLY, Routines, SERVICE

ENGINES = ("mysql",)
SETTINGS = {"STATEMENT_TIMEOUT": "2s", "REQUEST_TIMEOUT": "4s"}
NOTE = f"/api/v2/{SERVICE}/_table/notes/"


def note(routines, id):
    """A record, and whether the cache had it; None: there is none."""
    answer = routines.client.call(NOTE + str(id), headers=routines.key)
    return (answer.json["note"] if answer.status == 200 else None, answer.hit)


# -- what there is ------------------------------------------------------------

def test_the_document_has_each_with_its_parameters(proc):
    document = Document(proc.ask("_spec").body)
    op = document.named(f"{SERVICE}._proc.sum_up.callWith")
    assert (op.method, op.path) == ("post", "/_proc/sum_up")
    params = document.follow(op.body_schema)["properties"]["params"]
    assert set(params["properties"]) == {"a", "seen"}  # total goes out
    assert params["properties"]["a"]["type"] == ["integer", "null"]
    answer = proc.call("sum_up", {"a": 5, "seen": 1})
    op.check(answer)
    op = document.named(f"{SERVICE}._proc.quiet.call")
    assert op.item["description"] == "says nothing"
    op.check(proc.ask("_proc/quiet"))
    op = document.named(f"{SERVICE}._func.twice.call")
    op.check(proc.ask("_func/twice", **{"params[n]": 2}))
    assert not [op for op in document.operations if "{name}" in op.path]
    document = Document(proc.ask("_spec", service=READ_ONLY).body)
    assert {op.path for op in document.operations
            if op.path.startswith(("/_proc", "/_func"))} == {
                "/_proc", "/_func"}
    assert {op.method for op in document.operations} == {"get"}


# -- what comes back ----------------------------------------------------------

def test_rows_come_as_a_list(proc):
    assert proc.answer("notes_from", {"first": 2, "most": 2}) == {
        "resource": [{"id": 2, "note": "two"}, {"id": 3, "note": "three"}]}
    assert proc.answer("one_empty") == {"resource": []}
    assert proc.answer("quiet") == {"resource": []}


def test_wrap_and_wrapper(proc):
    rows = [{"id": 4, "note": "four"}]
    assert proc.answer("notes_from", [4, 9], wrap="false") == rows
    assert proc.answer("notes_from", [4, 9], headers={"wrap": "false"}) == rows
    assert proc.answer(
        "notes_from", [4, 9], options={"wrap": False}) == rows
    assert proc.answer("notes_from", [4, 9], wrapper='n"1') == {'n"1': rows}
    assert proc.answer(
        "notes_from", [4, 9], options={"wrapper": "n"}, wrap="false") == {
            "n": rows}
    assert proc.answer("one_empty", wrapper="n") == {"n": []}


def test_several_result_sets_are_lists_in_a_list(proc):
    assert proc.answer("two_sets") == {
        "resource": [[{"a": 1, "b": "x"}], [{"c": "y"}, {"c": "z"}]]}
    assert proc.answer("two_sets", wrap="false") == [
        [{"a": 1, "b": "x"}], [{"c": "y"}, {"c": "z"}]]
    assert proc.answer("first_is_empty") == {"resource": [[], [{"b": 2}]]}


def test_what_goes_out_stands_beside_the_rows(proc):
    assert proc.answer("sum_up", {"a": 5, "seen": 1}) == {
        "total": 7.5, "seen": 2}
    assert proc.answer("rows_and_outs", {"a": 1, "c": 21}) == {
        "resource": [{"id": 1, "note": "one"}], "b": "out", "c": 42}
    assert proc.answer("empty_and_out") == {"resource": [], "b": 5}
    assert proc.answer(
        "rows_and_outs", {"a": 1, "c": 21}, wrap="false", wrapper="n") == {
            "n": [{"id": 1, "note": "one"}], "b": "out", "c": 42}
    check_error(proc.call("clashes"), 400, "'resource'", "wrapper")
    assert proc.answer("clashes", wrapper="w") == {"resource": 1}


def test_the_last_of_columns_with_one_name_is_shown(proc):
    assert proc.call("doubled").body == b'{"resource":[{"b":2,"a":3}]}'


def test_one_value_can_be_asked_for(proc):
    first = {"first": 3, "most": 9}
    assert proc.answer("notes_from", first, returns="integer") == 3
    assert proc.answer("notes_from", first, returns="string") == "3"
    assert proc.answer(
        "notes_from", first, options={"returns": "bool"}) is True
    assert proc.answer("notes_from", first, returns="int", wrapper="w") == {
        "w": 3}
    assert len(proc.answer(
        "notes_from", first, returns="table")["resource"]) == 2
    assert proc.answer("one_empty", returns="integer") is None
    assert proc.answer("rows_and_outs", {"a": 1, "c": 1}, returns="id") == {
        "resource": 1, "b": "out", "c": 2}
    assert proc.answer("sum_up", [5, 1], returns="int") == {
        "total": 7.5, "seen": 2}


def test_a_schema_gives_columns_other_types(proc):
    options = {"schema": {"id": "string", "note": "integer", "b": "bool",
                          "c": "string", "unknown": "int"}}
    assert proc.answer("rows_and_outs", {"a": 1, "c": 4}, options=options) == {
        "resource": [{"id": "1", "note": "one"}], "b": "out", "c": "8"}
    check_error(proc.call("quiet", options={"schema": "int"}), 400, "schema")
    check_error(proc.call("quiet", schema="int"), 400, "schema")


def test_functions_answer_their_value(proc):
    def func(name, params=None, **more):
        return proc.answer(name, params, kind="_func", **more)
    assert func("twice", {"n": 21}) == 42
    assert func("greet", ["O'Brien, é"]) == "hi O'Brien, é"
    assert func("nothing") is None
    assert func("twice", [2], wrapper="w") == {"w": 4}
    assert func("twice", [2], returns="string") == "4"
    assert func("twice", [2], returns="TABLE") == {
        "resource": [{"output": 4}]}
    assert func("abs", [-5]) == "ours"
    assert func("bits", [257]) == 257
    assert proc.ask("_func/twice(4)").body == b"8"


# -- lists --------------------------------------------------------------------

def names(answer):
    assert answer.status == 200, answer
    return [row["name"] for row in answer.rows]


def test_routines_are_listed(proc):
    assert names(proc.ask("")) == ["_schema", "_table", "_proc", "_func"]
    listed = names(proc.ask("_proc"))
    assert listed == sorted(listed) and "quiet" in listed
    assert "twice" not in listed and "twice" in names(proc.ask("_func"))
    assert proc.ask("_proc", as_list="true").rows == listed
    assert proc.ask("_func", ids="Twice,abs", wrap="false").json == [
        {"name": "twice"}, {"name": "abs"}]
    check_error(proc.ask("_func", ids="twice,gone"), 404,
                "Function 'gone' does not exist in the database.")
    assert {"_func/twice", "_func/abs"} < set(
        proc.ask("_func", as_access_list="true").rows)
    assert {"_proc/", "_func/*"} < set(proc.ask("", as_access_list="1").rows)
    assert proc.ask("_proc", "HEAD").status == 200
    assert proc.ask("_proc", "POST", {"ids": ["quiet"], "as_list": True},
                    {"X-HTTP-Method": "GET"}).rows == ["quiet"]


def test_a_routine_made_a_moment_ago_is_there(proc, engine):
    engine.run("CREATE PROCEDURE fresh() SELECT 1 AS a;")
    try:
        assert "fresh" in names(proc.ask("_proc", refresh="true"))
        assert proc.answer("fresh") == {"resource": [{"a": 1}]}
        engine.run("DROP PROCEDURE fresh; "
                   "CREATE PROCEDURE fresh(a INT) SELECT a;")
        assert proc.answer("fresh", [5]) == {"resource": [{"a": 5}]}
    finally:
        engine.run("DROP PROCEDURE fresh;")
    check_error(proc.call("fresh"), 404)


def test_a_name_that_no_path_can_have_is_called_as_none(proc, engine):
    """A role is asked about `_proc/quiet` for all that these paths say."""
    odd = ("quiet/er", "loud(er)")
    for name in odd:
        engine.run(f"CREATE PROCEDURE `{name}`() SELECT 1 AS a;")
    try:
        assert set(odd) < set(names(proc.ask("_proc")))
        for path in ("quiet/er", "quiet%2Fer", "loud(er)", "loud%28er%29",
                     "loud%28er%29()"):
            check_error(proc.ask("_proc/" + path), 404)
    finally:
        for name in odd:
            engine.run(f"DROP PROCEDURE `{name}`;")


def test_details_of_routines(proc):
    (quiet, sum_up) = proc.ask(
        "_proc", ids="quiet,sum_up", fields="*").rows
    assert quiet == {"name": "quiet", "label": "Quiet", "returns": None,
                     "description": "says nothing", "params": [],
                     "access": 31}
    assert [(p["name"], p["position"], p["param_type"], p["type"],
             p["precision"], p["scale"], p["required"])
            for p in sum_up["params"]] == [
                ("a", 1, "IN", "integer", None, None, True),
                ("total", 2, "OUT", "decimal", 10, 2, False),
                ("seen", 3, "INOUT", "integer", None, None, True)]
    types = [(p["type"], p["db_type"]) for row in proc.ask(
        "_proc", fields="*", ids="through_json,through_ubigint").rows
             for p in row["params"]]
    assert types == [("longtext", "longtext")] * 3 + [
        ("bigint", "bigint(20) unsigned")] * 3
    (greet,) = proc.ask("_func", ids="greet", fields="returns,params").rows
    assert greet["returns"] == "string"
    assert greet["params"][0]["length"] == 20
    assert greet["params"][0]["db_type"] == "varchar(20)"
    check_error(proc.ask("_proc", fields="nome"), 400, "'nome'")


# -- roles --------------------------------------------------------------------

@pytest.fixture(name="clerk", scope="module")
def a_role_with_few_rights(site, routine_servers):
    site.add_role("clerk")
    for component, verbs in (("_proc", "GET"), ("_proc/quiet", "POST"),
                             ("_proc/notes_*", "GET"),
                             ("_func/twice", "GET,POST")):
        site.grant("clerk", SERVICE, component, verbs)
    key = site.add_key("clerk", "clerk")
    with routine_servers[0].connect() as client:
        clerk = Routines(client, {"X-DreamFactory-API-Key": key})
        wait_until(lambda: clerk.ask("_proc").status == 200)
        yield clerk


def test_a_role_sees_what_it_may_call(clerk):
    assert names(clerk.ask("_proc")) == ["notes_from", "quiet"]
    check_error(clerk.ask("_proc", ids="two_sets"), 404, "'two_sets'")
    check_error(clerk.ask("_func"), 401)


@pytest.mark.parametrize("method, path, status", [
    ("POST", "_proc/quiet", 200), ("POST", "_proc/QUIET", 200),
    ("POST", "_proc/quiet()", 200), ("GET", "_proc/quiet", 401),
    ("GET", "_proc/notes_from(1,2)", 200),
    ("POST", "_proc/notes_from(1,2)", 401),
    ("GET", "_func/twice(1)", 200), ("GET", "_func/greet('x')", 401),
    ("GET", "_proc/two_sets", 401), ("GET", "_proc/two_sets()", 401),
    # Nothing in a path makes it another routine than the role was asked of.
    ("POST", "_proc/two_sets(/quiet)", 401),
    ("POST", "_proc/two_sets(/../quiet)", 400),
    ("POST", "_proc/quiet()/two_sets", 400),
    ("POST", "_proc/quiet/two_sets", 401),
    ("POST", "_proc/quiet%2Ftwo_sets", 401),
    ("POST", "_proc/%2Fquiet", 401), ("POST", "_proc//quiet", 401),
    ("POST", "_proc%2Fquiet", 404), ("POST", "_PROC/quiet", 404),
    ("POST", "_proc/two_sets%00quiet", 400),
    ("POST", "_proc/(quiet", 401), ("POST", "_proc/", 401),
    ("GET", "_proc/(1)", 404), ("POST", "_func/quiet", 401),
])
def test_a_role_calls_nothing_else(clerk, method, path, status):
    answer = clerk.ask(path, method)
    assert answer.status == status, answer


# -- what a call touches ------------------------------------------------------

@pytest.mark.parametrize("how", ["write_note", "claims_to_read"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_call_is_seen_at_once_by_both(proc, proc_other, how, method):
    for caller in (proc, proc_other):
        note(caller, 2)
        assert note(caller, 2)[1]
    text = f"by {how} {method}"
    assert proc.ask(f"_proc/{how}(2,'{text.replace(' ', '%20')}')",
                    method).status == 200
    assert note(proc_other, 2) == (text, False)
    assert note(proc, 2)[0] == text
    proc.answer("write_note", [2, "two"])


def test_a_function_is_taken_for_a_write(proc, proc_other):
    assert note(proc_other, 70)[0] is None
    assert proc.ask("_func/write_one(70)").json == 70
    assert note(proc_other, 70)[0] == "by function"
    assert proc.answer("note_of", [70], kind="_func") == "by function"


def test_what_a_call_did_before_it_failed_is_seen(proc, proc_other):
    for name, params, id in (("halfway", [71], 71), ("refuses", ["why"], 50)):
        note(proc_other, id)
        assert proc.call(name, params).status >= 400
        assert note(proc_other, id)[0] is not None
    proc.answer("write_note", [50, None])


@pytest.mark.parametrize("call, kept", [
    ("_proc/write_note(1080,told)", {"strict_notes"}),
    ("_proc/halfway(1081)", set()),
    ("_proc/quiet", {"notes", "strict_notes", "shown_notes"}),
    ("_proc/claims_to_read(1082,untold)", set()),
    ("_func/write_one(1083)", set()),
])
def test_a_call_outdates_what_the_config_says(proc, proc_other, call, kept):
    """The tags are those of the database: both services have them."""
    tables = ("notes", "strict_notes", "shown_notes")

    def hit(table):
        answer = proc_other.ask(f"_table/{table}", order="id desc")
        assert answer.status == 200, answer
        return answer.hit

    for table in tables:
        wait_until(lambda t=table: hit(t))
    proc.ask(call, service=routines.TOLD)
    assert {table for table in tables if hit(table)} == kept


def test_a_call_is_never_cached(proc):
    for _ in range(3):
        answer = proc.ask("_proc/notes_from(1,1)")
        assert not answer.hit
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
    answer = proc.ask("_proc/notes_from(1,1)", headers={"If-None-Match": "*"})
    assert answer.status == 200


def test_a_transaction_left_open_is_rolled_back(proc, engine):
    proc.answer("leaves_open", [72])
    assert engine.ask("SELECT count(*) FROM notes WHERE id = 72") == ("0",)
    engine.run("INSERT INTO notes VALUES (72, 'free');"
               "DELETE FROM notes WHERE id = 72;")


def test_the_session_is_clean_after_a_call(proc):
    before = proc.answer("looks")
    for _ in range(20):
        assert proc.answer("messes") == {"resource": []}
        assert proc.answer("looks") == before
        assert proc.answer("notes_from", [4, 1]) == {
            "resource": [{"id": 4, "note": "four"}]}
    assert before["resource"][0]["l"] is None


# -- what is refused ----------------------------------------------------------

def test_what_does_not_exist(proc):
    check_error(proc.call("gone"), 404,
                "Procedure 'gone' does not exist in the database.")
    check_error(proc.ask("_func/gone(1)"), 404,
                "Function 'gone' does not exist in the database.")
    check_error(proc.call("twice"), 404)
    check_error(proc.call("quiet", kind="_func"), 404)
    check_error(proc.ask("_proc/quïet"), 404)


def test_methods(proc):
    for method in ("PUT", "PATCH", "DELETE", "HEAD"):
        answer = proc.ask("_proc/quiet", method)
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET, POST, OPTIONS"
    for method in ("POST", "PUT", "DELETE"):
        assert proc.ask("_proc", method).status == 405
    assert proc.ask("_proc/quiet", "OPTIONS").status == 200


def test_a_read_only_service_calls_nothing(proc, engine):
    service = routines.READ_ONLY
    for path in ("_proc/quiet", "_proc/write_note(80,'x')", "_func/twice(1)"):
        check_error(proc.ask(path, service=service), 405, "read-only")
    assert engine.ask("SELECT count(*) FROM notes WHERE id = 80") == ("0",)
    assert "quiet" in names(proc.ask("_proc", service=service))


def test_the_author_of_a_routine_speaks_to_the_client(proc):
    answer = proc.call("refuses", ["not on <Sunday> é"])
    check_error(answer, 400)
    assert answer.error["message"] == (
        "Failed to call database stored procedure.\nnot on <Sunday> é")
    answer = proc.call("refuse", [1], kind="_func")
    check_error(answer, 400, "stored function.\nnot that")


def test_the_database_speaks_of_no_values(proc, site):
    answer = proc.call("halfway", [73])
    check_error(answer, 500, "Failed to call database stored procedure.\n",
                "exists already")
    assert "'7'" not in answer.error["message"]
    check_error(proc.call("fails_late"), 500, "nowhere")
    assert "procedure fails_late" in site.read("weir.log")


def test_answers_have_bounds(proc, engine):
    small = {"service": routines.SMALL}
    assert len(proc.answer("many", [3], **small)["resource"]) == 3
    check_error(proc.call("many", [4], **small), 400, "max_records", "3")
    check_error(proc.call("many_and_writes", [50, 74], **small), 400,
                "max_records", "is done")
    assert engine.ask("SELECT note FROM notes WHERE id = 74") == ("behind",)
    assert len(proc.answer("two_sets", **small)["resource"]) == 2
    check_error(proc.call("endless_sets"), 400, "1000 result sets")
    assert proc.answer("many", [50], returns="int", **small) == 1


def sleeping(engine):
    """How many calls of sleeps() the server is running."""
    return int(engine.ask(
        "SELECT count(*) FROM information_schema.processlist "
        "WHERE info LIKE '%SLEEP(s%' AND id <> CONNECTION_ID()")[0])


def test_a_call_past_the_deadline_ends(proc, engine):
    began = time.monotonic()
    check_error(proc.call("sleeps", [30]), 504, "too long", "not known")
    assert time.monotonic() - began < 15
    wait_until(lambda: sleeping(engine) == 0)
    assert engine.ask("SELECT count(*) FROM notes WHERE id = 60") == ("0",)
    assert proc.answer("quiet") == {"resource": []}


def test_a_call_goes_on_when_its_client_goes(routine_servers, key, engine):
    with routine_servers[0].connect() as client:
        client.send(fcgi.request(
            f"/api/v2/{SERVICE}/_proc/sleeps(1)", headers=key))
        wait_until(lambda: sleeping(engine) == 1)
        client.socket.shutdown(socket.SHUT_RDWR)
    wait_until(lambda: engine.ask(
        "SELECT count(*) FROM notes WHERE id = 60") == ("1",))
    engine.run("DELETE FROM notes WHERE id = 60")


INJECTIONS = [
    "1); DROP TABLE notes; --", "1' OR '1'='1", "`); DROP TABLE notes; --",
    "1 UNION SELECT 1", "1/**/", "0x31", "\\'; DROP TABLE notes; --",
    "'+SLEEP(9)+'", "@@version", "?", "%s%n", "1,2); CALL quiet(", "\"", "'", "\\", ";",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_injections_have_no_effect(proc, engine, text):
    began = time.monotonic()
    if len(text) <= 20:
        assert proc.answer("greet", [text], kind="_func") == "hi " + text
    check_error(proc.call("notes_from", {"first": text, "most": 1}), 400)
    assert proc.call("notes_from", {text: 1}).status == 400
    for name in (text, f"quiet`{text}", f"quiet {text}"):
        with contextlib.suppress(UnicodeError):
            answer = proc.call(fcgi_quote(name))
            assert answer.status in (400, 404), answer
    for option in ("wrapper", "returns"):
        assert proc.call("many", [1], **{option: text}).status == 200
    assert proc.call("many", [1],
                     options={"schema": {text: text}}).status == 200
    assert time.monotonic() - began < 8
    assert engine.ask("SELECT count(*) > 3 FROM notes") == ("1",)


def fcgi_quote(text):
    return "".join(f"%{byte:02X}" for byte in text.encode())


def test_calls_side_by_side(routine_servers, key):
    """Many callers, few connections: each gets its own answer."""
    wrong = []

    def run(number):
        with routine_servers[number % 2].connect() as client:
            mine = Routines(client, key)
            for i in range(15):
                value = number * 1000 + i
                got = mine.answer("sum_up", {"a": 2 * value, "seen": value})
                if got != {"total": 3 * value, "seen": value + 1}:
                    wrong.append((value, got))
    threads = [threading.Thread(target=run, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_sqlite_has_no_routines(site, proc, tmp_path):
    site.add_database("lite", "CREATE TABLE t (a INTEGER PRIMARY KEY);")
    site.grant("owner", "lite", "*", "all")
    wait_until(lambda: proc.ask("", service="lite").status == 200)
    assert names(proc.ask("", service="lite")) == ["_schema", "_table"]
    for path in ("_proc", "_func", "_proc/x", "_func/x(1)"):
        for method in ("GET", "POST"):
            check_error(proc.ask(path, method, service="lite"), 501,
                        "sqlite", "no stored")
