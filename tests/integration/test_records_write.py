"""Writing records: dreamfactory.md 7.2, on every engine alike; and what the
cache answers after each kind of write."""

import pytest

from support.answer import check_error
from support.desk import SMALL, SMALL_MAX, UPSERT

ENGINES = ("sqlite", "mysql")


def column(desk, name, table="tasks"):
    return [row[name] for row in desk.get(table, fields=name).rows]


@pytest.mark.parametrize("body, answer", [
    ({"resource": [{"id": 8, "name": "a"}, {"id": 9, "name": "b"}]},
     {"resource": [{"id": 8}, {"id": 9}]}),
    ([{"id": 8, "name": "a"}], {"resource": [{"id": 8}]}),
    ({"resource": {"id": 8, "name": "a"}}, {"resource": [{"id": 8}]}),
    ({"id": 8, "name": "a"}, {"id": 8}),
])
def test_records_are_made_however_they_are_wrapped(desk, body, answer):
    made = desk.call("POST", "tasks", body)
    assert (made.status, made.json) == (200, answer)
    assert 8 in desk.ids("tasks")


def test_new_records_are_shown_as_asked(desk):
    made = desk.call("POST", "tasks", [{"name": "a"}, {"name": "b"}],
                     fields="id,name,done")
    first, second = made.rows
    assert (first["name"], second["name"]) == ("a", "b")
    assert second["id"] > first["id"] > 0
    assert desk.get(f"tasks/{second['id']}").json["name"] == "b"
    made = desk.call("POST", "tasks", [{"id": 99, "name": "c"}],
                     as_list="true", wrap="false")
    assert made.json == [99]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "MERGE"])
def test_one_record_is_changed_by_its_path(desk, method):
    answer = desk.call(method, "tasks/1", {"rank": 7})
    assert (answer.status, answer.json) == (200, {"id": 1})
    assert desk.get("tasks/1").json["rank"] == 7
    assert desk.get("tasks/1").json["name"] == "one"
    answer = desk.call(method, "tasks/1", {"resource": [{"rank": 7}]},
                       fields="rank,name")
    assert answer.json == {"rank": 7, "name": "one"}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_records_that_carry_their_ids_are_changed(desk, method):
    answer = desk.call(method, "tasks", {"resource": [
        {"id": 2, "rank": 1}, {"id": "1", "name": "uno"}]})
    assert answer.json == {"resource": [{"id": 2}, {"id": 1}]}
    assert desk.get("tasks/1").json["name"] == "uno"
    assert desk.get("tasks/2").json["rank"] == 1
    answer = desk.call(method, "pairs", [{"a": 3, "b": "p,q", "v": 0}],
                       fields="*")
    assert answer.rows == [{"a": 3, "b": "p,q", "v": 0}]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("how", [
    {"body": {"resource": [{"rank": 0}]}, "ids": "3,1"},
    {"body": {"rank": 0}, "ids": "3,1"},
    {"body": {"resource": {"rank": 0}, "ids": [3, 1]}},
])
def test_one_record_is_for_all_ids(desk, method, how):
    answer = desk.call(method, "tasks", **how)
    assert answer.json == {"resource": [{"id": 3}, {"id": 1}]}
    assert column(desk, "rank") == [0, 20, 0, None, 50]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_one_record_is_for_all_that_a_filter_finds(desk, method):
    answer = desk.call(method, "tasks", {"done": True}, filter="done = false",
                       fields="id,done")
    assert answer.rows == [{"id": 1, "done": True}, {"id": 2, "done": True}]
    assert desk.ids("tasks", filter="done = true") == [1, 2, 3, 4]
    answer = desk.call(method, "tasks", {
        "resource": [{"rank": 1}], "filter": "name = :n",
        "params": {":n": "five"}})
    assert answer.rows == [{"id": 5}]
    answer = desk.call(method, "tasks", {"rank": 1}, filter="id > 99")
    assert (answer.status, answer.rows) == (200, [])


def test_a_change_of_keys_by_a_filter_is_followed(desk):
    answer = desk.call("PATCH", "pairs", {"a": 7}, filter="a = 1",
                       fields="*")
    assert answer.rows == [{"a": 7, "b": "x", "v": 10},
                           {"a": 7, "b": "y", "v": 11}]


def test_every_match_is_written_however_many_are_shown(desk):
    answer = desk.call("PATCH", "tasks", {"rank": 1}, filter="id > 0",
                       service=SMALL)
    assert len(answer.rows) == SMALL_MAX
    assert answer.json["meta"] == {"count": 5}
    assert column(desk, "rank") == [1] * 5
    answer = desk.call("DELETE", "tasks", filter="id > 0", service=SMALL)
    assert len(answer.rows) == SMALL_MAX
    assert answer.json["meta"] == {"count": 5}
    assert column(desk, "rank") == []


def test_a_change_of_nothing_is_fine(desk):
    same = {"name": "one", "rank": 10}
    assert desk.call("PATCH", "tasks/1", same).json == {"id": 1}
    assert desk.call("PATCH", "tasks", same, ids="1").rows == [{"id": 1}]
    answer = desk.call("PATCH", "tasks", same, filter="id = 1")
    assert answer.rows == [{"id": 1}]


@pytest.mark.parametrize("how, answer", [
    ({"path": "tasks/2"}, {"id": 2}),
    ({"path": "tasks/2", "fields": "name"}, {"name": "two"}),
    ({"path": "tasks", "ids": "4,2"}, {"resource": [{"id": 4}, {"id": 2}]}),
    ({"path": "tasks", "body": {"ids": [2]}}, {"resource": [{"id": 2}]}),
    ({"path": "tasks", "body": [{"id": 2}]}, {"resource": [{"id": 2}]}),
    ({"path": "tasks", "body": {"resource": [{"id": 2, "name": "x"}]}},
     {"resource": [{"id": 2}]}),
    ({"path": "tasks", "filter": "rank = 20", "fields": "id,rank"},
     {"resource": [{"id": 2, "rank": 20}]}),
    ({"path": "tasks", "body": {"filter": "rank = 20"}},
     {"resource": [{"id": 2}]}),
    ({"path": "tasks", "ids": "two", "id_field": "name"},
     {"resource": [{"id": 2}]}),
])
def test_records_are_deleted_however_they_are_named(desk, how, answer):
    gone = desk.call("DELETE", **how)
    assert (gone.status, gone.json) == (200, answer)
    check_error(desk.get("tasks/2"), 404)
    assert desk.get("tasks/1").status == 200


def test_a_delete_may_travel_as_a_post(desk):
    answer = desk.call("POST", "tasks", {"ids": [1]},
                       headers={"X-Http-Method": "DELETE"})
    assert answer.json == {"resource": [{"id": 1}]}


def test_force_deletes_every_row(desk):
    answer = desk.call("DELETE", "tasks", force="true")
    assert (answer.status, answer.json) == (200, {"success": True})
    assert desk.get("tasks", count_only="true").json == 0
    check_error(desk.call("DELETE", "codes"), 400,
                "No filter or records given for delete request.")
    check_error(desk.call("DELETE", "codes", force="false"), 400)
    assert desk.get("codes", count_only="true").json == 4


@pytest.mark.parametrize("how", [
    {"ids": ""}, {"filter": " "}, {"body": {"ids": ""}},
    {"body": {"ids": []}}, {"body": {"filter": ""}}])
def test_what_came_out_empty_does_not_mean_every_row(desk, how):
    check_error(desk.call("DELETE", "tasks", force="true", **how), 400)
    assert len(desk.ids("tasks")) == 5


def test_force_deletes_all_or_nothing(desk):
    assert desk.call("POST", "strict_children", [
        {"id": 1, "task": 3}]).status == 200
    assert desk.call("DELETE", "tasks", force="true").status == 400
    assert desk.get("tasks", count_only="true").json == 5
    check_error(desk.call("DELETE", "tasks/3"), 400)


def test_upsert_makes_what_is_missing(desk):
    check_error(desk.call("PUT", "tasks/9", {"name": "nine"}), 404)
    answer = desk.call("PUT", "tasks/9", {"name": "nine"}, service=UPSERT)
    assert (answer.status, answer.json) == (200, {"id": 9})
    answer = desk.call("PATCH", "pairs", [
        {"a": 1, "b": "x", "v": 0}, {"a": 9, "b": "n,w", "v": 9}],
        service=UPSERT, fields="v")
    assert answer.rows == [{"v": 0}, {"v": 9}]
    answer = desk.call("PATCH", "tasks", {"name": "ten"}, ids="ten",
                       id_field="name", service=UPSERT)
    assert desk.get("tasks/ten", id_field="name").json["id"] == (
        answer.rows[0]["id"])
    check_error(desk.call("PUT", "tasks/77", {"rank": 1}, service=UPSERT),
                400, "Required field 'name' can not be NULL.")
    check_error(desk.call("PUT", "tasks/x", {"name": "x"}, service=UPSERT),
                404)


def test_upsert_makes_and_keeps_records_of_nothing_but_a_key(desk):
    for _ in range(2):
        answer = desk.call("PUT", "pairs", [{"a": 8, "b": "x"}],
                           service=UPSERT, fields="*")
        assert answer.rows == [{"a": 8, "b": "x", "v": None}], answer
        answer = desk.call("PATCH", "parents/8", {"id": 8}, service=UPSERT)
        assert (answer.status, answer.json) == (200, {"id": 8})
        answer = desk.call("PUT", "parents", [{"id": 9}, {"id": 1}],
                           service=UPSERT, fields="*")
        assert answer.rows == [{"id": 9, "v": None}, {"id": 1, "v": 1}]
    assert desk.call("PUT", "words", [{"word": "ABC"}], service=UPSERT,
                     fields="*").rows == [{"word": "abc", "v": 1}]
    check_error(desk.call("PUT", "tasks/77", {"id": 77}, service=UPSERT),
                400, "Required field 'name' can not be NULL.")
    for body in ({}, {"no": 1}):
        check_error(desk.call("PUT", "parents/10", body, service=UPSERT),
                    400, "No valid fields were found in record.")
    check_error(desk.call("PUT", "parents/10", {"id": 1}, service=UPSERT),
                400, "No valid fields were found in record.")
    check_error(desk.call("PUT", "parents/x", {"id": 1}, service=UPSERT),
                400, "No valid fields were found in record.")
    check_error(desk.call("PUT", "parents/10", {"id": 10}), 400,
                "No valid fields were found in record.")
    assert desk.ids("parents") == [1, 2, 8, 9]


@pytest.mark.parametrize("how", [
    {"method": "POST", "path": "tasks/1"},
    {"method": "POST", "path": "tasks", "filter": "id = 1"},
    {"method": "POST", "path": "tasks", "ids": "1"},
    {"method": "PATCH", "path": "tasks"},
    {"method": "PATCH", "path": "tasks", "ids": "1", "filter": "id = 1"},
    {"method": "PATCH", "path": "tasks", "filter": "id = 1", "limit": "1"},
    {"method": "PATCH", "path": "tasks/1", "filter": "id = 1"},
    {"method": "PATCH", "path": "tasks", "filter": "no = 1"},
    {"method": "PUT", "path": "tasks", "ids": "1", "force": "true"},
])
def test_what_makes_no_sense_is_refused(desk, how):
    check_error(desk.call(body={"rank": 99}, **how), 400)
    assert 99 not in column(desk, "rank")


def test_members_that_are_no_columns_are_dropped(desk):
    answer = desk.call("PATCH", "tasks/1", {"rank": 3, "no": 1})
    assert answer.json == {"id": 1}
    check_error(desk.call("PATCH", "tasks/1", {"no": 1}), 400,
                "No valid fields were found in record.")
    check_error(desk.call("PATCH", "tasks/1", {"id": 7}), 400,
                "No valid fields were found in record.")
    check_error(desk.call("PATCH", "tasks/1", {"rank": "many"}), 400,
                "Field 'rank' must be a valid integer.")
    check_error(desk.call("PATCH", "tasks/1", {"name": None}), 400,
                "Field 'name' can not be NULL.")


WRITES = [
    {"method": "POST", "path": "tasks", "body": [{"name": "new"}]},
    {"method": "PUT", "path": "tasks/1", "body": {"rank": 77}},
    {"method": "PATCH", "path": "tasks", "body": [{"id": 1, "rank": 77}]},
    {"method": "PATCH", "path": "tasks", "body": {"rank": 77}, "ids": "1"},
    {"method": "PATCH", "path": "tasks", "body": {"rank": 77},
     "filter": "id = 1"},
    {"method": "PUT", "path": "tasks/77", "body": {"name": "new"},
     "service": UPSERT},
    {"method": "DELETE", "path": "tasks/1"},
    {"method": "DELETE", "path": "tasks", "ids": "1"},
    {"method": "DELETE", "path": "tasks", "body": [{"id": 1}]},
    {"method": "DELETE", "path": "tasks", "filter": "id = 1"},
    {"method": "DELETE", "path": "tasks", "force": "true"},
]


@pytest.mark.parametrize("write", WRITES)
def test_no_write_leaves_an_old_answer_behind(desk, write):
    reads = [{"path": "tasks"}, {"path": "tasks", "filter": "id > 0"},
             {"path": "tasks", "count_only": "1", "filter": "rank = 10"},
             {"path": "tasks", "as_list": "true"}, {"path": "open_tasks"},
             {"path": "tasks", "service": SMALL}]
    for read in reads:
        desk.get(**read)
        assert desk.get(**read).hit
    codes = desk.get("codes")
    assert desk.call(**write).status == 200
    for read in reads:
        answer = desk.get(**read)
        assert answer.status == 200 and not answer.hit
        assert answer.json == desk.get(refresh="true", **read).json
    assert desk.get("codes").hit
    assert desk.get("codes").json == codes.json


def test_what_a_cascade_deleted_is_not_answered(desk):
    desk.get("children")
    assert desk.get("children").hit
    assert desk.call("DELETE", "parents", filter="id = 1").status == 200
    assert desk.ids("children") == [2]
    assert desk.call("DELETE", "parents", force="true").status == 200
    assert desk.ids("children") == []


def test_what_a_trigger_wrote_is_answered(desk):
    assert desk.ids("log") == []
    assert desk.get("log", fields="id").hit
    assert desk.call("POST", "logged", [{"v": 5}, {"v": 6}]).status == 200
    assert column(desk, "v", "log") == [5, 6]
