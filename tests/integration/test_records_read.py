"""Reading records: dreamfactory.md 7.2 and 7.4, on every engine alike."""

import pytest

from support.answer import check_error
from support.desk import ROWS, SMALL, SMALL_MAX

ENGINES = ("sqlite", "mysql")
TUNNEL = {"X-HTTP-Method": "GET"}


def check_batch(answer, message, *failed):
    """A batch error of these places; its results."""
    assert answer.status == 400, answer
    error = answer.error
    assert (error["code"], error["status_code"]) == (1000, 400)
    assert error["message"].startswith(message)
    assert error["context"]["error"] == list(failed)
    return error["context"]["resource"]


@pytest.mark.parametrize("path, row", [
    ("tasks/2", ROWS["tasks"][1]),
    ("pairs/(1,y)", ROWS["pairs"][1]),
    ("pairs/1,y", ROWS["pairs"][1]),
    ("pairs/(3,p,q)", ROWS["pairs"][3]),
    ("pairs/(3,p%2Cq)", ROWS["pairs"][3]),
    ("codes/a%2Cb", ROWS["codes"][2]),
    ("codes/O'B", ROWS["codes"][3]),
])
def test_a_record_is_named_by_its_key(desk, path, row):
    answer = desk.get(path)
    assert answer.status == 200, answer
    assert answer.json == row


@pytest.mark.parametrize("id", ["9", "x", "1x", "1.5", "0", "-1", "1%200"])
def test_what_is_no_key_names_nothing(desk, id):
    check_error(desk.get("tasks/" + id), 404, "not found")


def test_other_fields_name_a_record(desk):
    assert desk.get("tasks/two", id_field="name").json["id"] == 2
    assert desk.get("keyless/1", id_field="k").json == {"k": 1, "v": 10}
    answer = desk.get("pairs/(y,1)", id_field="b,a", fields="v")
    assert answer.json == {"v": 11}
    check_error(desk.get("tasks/none", id_field="name"), 404)
    check_error(desk.get("keyless/2", id_field="k"), 400,
                "Identifier '2' names more than one record.")
    check_error(desk.get("tasks/1", id_field="no"), 400, "id_field")


def test_ids_are_answered_in_their_order(desk):
    assert desk.ids("tasks", ids="3,1,2") == [3, 1, 2]
    assert desk.ids("tasks", ids="3, 1 ,3") == [3, 1, 3]
    assert [row["id"] for row in desk.get("tasks?ids=5,4").rows] == [5, 4]
    assert desk.ids("tasks", ids="two,one", id_field="name") == [2, 1]


def test_ids_of_texts_and_pairs(desk):
    rows = desk.get("pairs?ids=(3,p%2Cq),(1,x)").rows
    assert rows == [ROWS["pairs"][3], ROWS["pairs"][0]]
    assert desk.get("pairs", ids="(3,p,q),(1,x)").rows == rows
    assert [row["v"] for row in desk.get("codes?ids=b,a%2Cb").rows] == [2, 3]
    assert [row["v"] for row in desk.get("codes", ids="b,a").rows] == [2, 1]


def test_the_database_says_which_texts_are_equal(desk):
    def found(ids):
        return [row["v"] for row in desk.get("words", ids=ids).rows]

    assert found("ABC,def") == [1, 2]
    assert found("abc,ABC,Def") == [1, 1, 2]
    check_batch(desk.get("words", ids="abc,ABC,x"), "Batch Error", 2)


def test_many_ids_are_found(desk):
    rows = [{"code": f"c{i}", "v": i} for i in range(600)]
    assert desk.call("POST", "codes", rows).status == 200
    wanted = [row["code"] for row in reversed(rows)]
    answer = desk.call("POST", "codes", {"ids": wanted, "fields": "v"},
                       headers=TUNNEL)
    assert [row["v"] for row in answer.rows] == list(reversed(range(600)))


def test_a_missing_id_stops_the_list(desk):
    answer = desk.get("tasks", ids="1,9,2,8", fields="id")
    first, missing = check_batch(
        answer, "Batch Error: Not all requested records could be retrieved.",
        1)
    assert first == {"id": 1}
    assert missing == {"code": 404, "context": None, "status_code": 404,
                       "message": "Record with identifier '9' not found."}


def test_continue_collects_every_missing_id(desk):
    answer = desk.get("tasks", ids="1,9,2,8", fields="id",
                      **{"continue": "true"})
    results = check_batch(answer, "Batch Error", 1, 3)
    assert results[2] == {"id": 2}


def test_a_filter_chooses_rows(desk):
    assert desk.ids("tasks", filter="done = true") == [3, 4]
    assert desk.ids("tasks", where="rank > 10 and rank < 50") == [2, 3]
    assert desk.get("tasks", filter="rank > 10", count_only=1).json == 3
    assert desk.ids("tasks", filter="name = :n", **{"params[:n]": "two"}) == [
        2]
    check_error(desk.get("tasks", filter="no = 1"), 400, "'no'")
    check_error(desk.get("tasks", filter="id = 1", ids="1"), 400, "ids")


@pytest.mark.parametrize("body, ids", [
    ({"ids": [3, 1]}, [3, 1]),
    ({"ids": "2,1"}, [2, 1]),
    ({"filter": "rank > :r", "params": {":r": 20}}, [3, 5]),
    ({"resource": [{"id": 4}, {"id": "2", "name": "x"}]}, [4, 2]),
    ([{"id": 1}], [1]),
    ({"limit": 2, "offset": 1, "order": "id desc"}, [4, 3]),
    ({"top": 2, "skip": 1, "sort": "id desc"}, [4, 3]),
])
@pytest.mark.parametrize("verb", [
    {"X-HTTP-Method": "GET"}, {"X-Method-Override": "get"},
    {"X-HTTP-Method-Override": "GET"}])
def test_a_read_may_travel_as_a_post(desk, body, ids, verb):
    answer = desk.call("POST", "tasks", body, headers=verb, fields="id")
    assert [row["id"] for row in answer.rows] == ids


@pytest.mark.parametrize("name", ["method", "_method"])
def test_the_verb_may_stand_in_the_query(desk, name):
    answer = desk.call("POST", f"tasks?{name}=get", {"ids": [1]})
    assert answer.rows == [ROWS["tasks"][0]]


def test_the_url_wins_over_the_body(desk):
    answer = desk.call(
        "POST", "tasks", {"fields": "name", "limit": 3, "ids": [1, 2]},
        headers=TUNNEL, select="id", ids="3")
    assert answer.rows == [{"id": 3}]


def test_the_count_alone_is_a_number(desk):
    answer = desk.get("tasks", count_only="true")
    assert answer.body == b"5"


def test_the_count_and_the_next_page(desk):
    answer = desk.get("tasks", limit=2, include_count="true", fields="id")
    assert answer.json == {"resource": [{"id": 1}, {"id": 2}],
                           "meta": {"count": 5, "next": 2}}
    answer = desk.get("tasks", limit=2, offset=3, include_count=1)
    assert answer.json["meta"] == {"count": 5}
    assert "meta" not in desk.get("tasks", limit=2).json


@pytest.mark.parametrize("limit", ["0", "-1", "99", ""])
def test_what_the_service_cuts_off_is_told(desk, limit):
    answer = desk.get("tasks", service=SMALL, limit=limit, fields="id")
    assert len(answer.rows) == SMALL_MAX
    assert answer.json["meta"] == {"count": 5, "next": SMALL_MAX}
    answer = desk.get("tasks", service=SMALL, limit=limit, filter="id < 4")
    assert "meta" not in answer.json


def test_too_many_ids_are_refused(desk):
    check_error(desk.get("tasks", service=SMALL, ids="1,2,3,4"), 400,
                "more than 3 records")


@pytest.mark.parametrize("order, ids", [
    ("rank desc nulls last", [5, 3, 2, 1, 4]),
    ("rank nulls first", [4, 1, 2, 3, 5]),
    ("done desc nulls first,id desc", [5, 4, 3, 2, 1]),
    ("name asc", [5, 4, 1, 3, 2]),
])
def test_rows_are_ordered(desk, order, ids):
    assert desk.ids("tasks", order=order) == ids


def test_fields_and_their_alias(desk):
    assert desk.get("tasks/1", fields="name,id").json == {
        "name": "one", "id": 1}
    assert desk.get("tasks/1", select="id").json == {"id": 1}
    assert desk.get("tasks/1", fields="").json == {"id": 1}
    assert desk.get("tasks/1", fields="*").json == ROWS["tasks"][0]


def test_a_list_of_identifiers(desk):
    answer = desk.get("tasks", as_list="true", limit=2)
    assert answer.json == {"resource": [1, 2]}
    answer = desk.get("pairs", as_list="true", limit=2)
    assert answer.json == {"resource": ["(1,x)", "(1,y)"]}
    answer = desk.get("tasks", ids="2,1", as_list="true")
    assert answer.json == {"resource": [2, 1]}


def test_a_list_without_its_wrapper(desk):
    assert desk.get("tasks", limit=1, fields="id", wrap="false").json == [
        {"id": 1}]
    answer = desk.get("tasks", limit=1, fields="id",
                      headers={"wrap": "false"})
    assert answer.json == [{"id": 1}]
    answer = desk.get("tasks", limit=1, fields="id", wrap="true",
                      headers={"wrap": "false"})
    assert answer.json == {"resource": [{"id": 1}]}
    answer = desk.get("tasks", limit=1, fields="id", wrap="false",
                      include_count="1")
    assert answer.json["meta"]["count"] == 5


def test_a_view_is_read_and_follows_its_table(desk):
    assert desk.ids("open_tasks") == [1, 2]
    assert desk.get("open_tasks", fields="id").hit
    desk.call("PATCH", "tasks/1", {"done": True})
    assert desk.ids("open_tasks") == [2]
    check_error(desk.call("DELETE", "open_tasks", force="true"), 405)
    check_error(desk.call("POST", "open_tasks", [{"id": 9}]), 405)
    check_error(desk.call("PATCH", "open_tasks/1", {"name": "x"}), 405)


def test_spellings_of_one_question_share_an_answer(desk):
    desk.get("tasks", filter="rank > 10", limit=2, fields="id")
    again = desk.get("tasks", where="(RANK gt 10)", top=2, select="ID")
    assert again.hit
    assert not desk.get("tasks", filter="rank > 11", limit=2,
                        fields="id").hit
    desk.get("tasks", ids="1,2")
    assert desk.get("tasks?ids=1,2").hit
    assert not desk.get("tasks", ids="2,1").hit
    assert not desk.get("tasks", ids="1,2", wrap="false").hit
