"""Batches that fail (dreamfactory.md 1.10), on every engine alike."""

import threading

import pytest

from support.answer import check_error
from support.desk import SMALL, UPSERT, Desk

ENGINES = ("sqlite", "mysql")

DONE = {"POST": "created", "PUT": "updated", "PATCH": "patched",
        "DELETE": "deleted"}


def check_batch(answer, method, *failed, rolled_back=False):
    """A batch error of these places; its results."""
    message = (f"Batch Error: Not all requested records could be "
               f"{DONE[method]}.")
    if rolled_back:
        message += " All changes rolled back."
    assert answer.status == 400, answer
    error = answer.error
    assert list(error)[:4] == ["code", "context", "message", "status_code"]
    assert (error["code"], error["status_code"]) == (1000, 400)
    assert error["message"] == message
    assert error["context"]["error"] == list(failed)
    for place, result in enumerate(error["context"]["resource"]):
        assert ("status_code" in result) == (place in failed)
    return error["context"]["resource"]


NEW = [{"id": 11, "name": "a"}, {"id": 12, "name": "one"},
       {"id": 13, "name": "b"}, {"id": 14}]
CHANGED = [{"id": 1, "rank": 0}, {"id": 9, "rank": 0}, {"id": 2, "rank": 0},
           {"id": 3, "rank": "x"}]
GONE = [{"id": 1}, {"id": 9}, {"id": 2}, {"name": "x"}]
BATCHES = [("POST", NEW), ("PUT", CHANGED), ("PATCH", CHANGED),
           ("DELETE", GONE)]


def changed(desk, method):
    """How many records the batch has written."""
    if method == "POST":
        return len(desk.ids("tasks", filter="id > 10"))
    if method == "DELETE":
        return 5 - len(desk.ids("tasks"))
    return len(desk.ids("tasks", filter="rank = 0"))


@pytest.mark.parametrize("method, body", BATCHES)
def test_a_failure_stops_and_keeps_what_was_done(desk, method, body):
    results = check_batch(desk.call(method, "tasks", body), method, 1)
    assert len(results) == 2
    assert results[0] == {"id": body[0]["id"]}
    assert changed(desk, method) == 1


def odd_record(i):
    """Not all of them name the same fields, nor in one order."""
    record = {"name": f"n{i}", "rank": i}
    if i % 50 == 7:
        record["done"] = True
    if i % 70 == 11:
        record = dict(reversed(record.items()))
    return record


def test_many_new_records_are_answered_in_order(desk):
    records = [odd_record(i) for i in range(300)]
    answer = desk.call("POST", "tasks", records)
    assert answer.status == 200, answer
    ids = [row["id"] for row in answer.rows]
    assert len(set(ids)) == 300
    stored = {row["id"]: row for row in desk.get("tasks", limit=1000).rows}
    for id, record in zip(ids, records):
        assert record.items() <= stored[id].items()


@pytest.mark.parametrize("place", [0, 1, 127, 128, 199])
def test_the_failure_among_many_is_found(desk, place):
    records = [{"name": f"n{i}"} for i in range(200)]
    records[place] = {"name": "one"}
    answer = desk.call("POST", "tasks", records)
    results = check_batch(answer, "POST", place)
    assert len(results) == place + 1
    assert len(desk.ids("tasks", filter="name like 'n%'")) == place
    records[place] = {"name": 5 * "too long " * 9, "rank": "x"}
    check_batch(desk.call("POST", "tasks", records[place:], rollback=True),
                "POST", 0, rolled_back=True)


@pytest.mark.parametrize("method, body", BATCHES)
def test_continue_goes_on_after_failures(desk, method, body):
    answer = desk.call(method, "tasks", body, **{"continue": "true"})
    results = check_batch(answer, method, 1, 3)
    assert results[2] == {"id": body[2]["id"]}
    assert changed(desk, method) == 2


@pytest.mark.parametrize("method, body", BATCHES)
def test_rollback_keeps_nothing(desk, method, body):
    desk.get("tasks")
    answer = desk.call(method, "tasks", {"resource": body, "rollback": True})
    check_batch(answer, method, 1, rolled_back=True)
    assert changed(desk, method) == 0
    answer = desk.call(method, "tasks", body[:1], rollback="true")
    assert answer.status == 200
    assert changed(desk, method) == 1


@pytest.mark.parametrize("method, body", BATCHES)
def test_rollback_and_continue_exclude_each_other(desk, method, body):
    answer = desk.call(method, "tasks", body, rollback="1",
                       **{"continue": "1"})
    check_error(answer, 400, "Rollback and continue operations can not be "
                             "requested at the same time.")
    assert changed(desk, method) == 0


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_ids_that_are_missing_fail_alike(desk, method):
    body = None if method == "DELETE" else {"rank": 0}
    answer = desk.call(method, "tasks", body, ids="9,1")
    (missing,) = check_batch(answer, method, 0)
    assert missing == {"code": 404, "context": None, "status_code": 404,
                       "message": "Record with identifier '9' not found."}
    assert changed(desk, method) == 0
    answer = desk.call(method, "tasks", body, ids="9,1",
                       **{"continue": "yes"})
    check_batch(answer, method, 0)
    assert changed(desk, method) == 1


def test_each_failure_says_what_it_was(desk):
    answer = desk.call("POST", "tasks", [
        {"name": "one"}, {"rank": 1}, {"name": None}, {"no": 1},
        {"name": "x", "rank": 1.5}, {"name": "y"}], **{"continue": "1"})
    results = check_batch(answer, "POST", 0, 1, 2, 3, 4)
    assert [result.get("code") for result in results] == [
        409, 400, 400, 400, 400, None]
    assert [result.get("message") for result in results[1:5]] == [
        "Required field 'name' can not be NULL.",
        "Field 'name' can not be NULL.",
        "No valid fields were found in record.",
        "Field 'rank' must be a valid integer."]


def test_one_new_record_that_exists_is_a_conflict(desk):
    check_error(desk.call("POST", "tasks", {"name": "one"}), 409)
    check_error(desk.call("POST", "tasks", [{"name": "one"}]), 409)
    answer = desk.call("POST", "tasks", [{"name": "one"}],
                       **{"continue": "1"})
    check_batch(answer, "POST", 0)
    answer = desk.call("PATCH", "tasks", [{"id": 2, "name": "one"}])
    check_batch(answer, "PATCH", 0)
    check_error(desk.call("PATCH", "tasks/2", {"name": "one"}), 409)


def test_a_filter_fails_as_a_whole(desk):
    answer = desk.call("PATCH", "tasks", {"name": "same"}, filter="id > 0")
    check_error(answer, 409)
    assert desk.get("tasks/1").json["name"] == "one"


def test_the_number_of_records_is_bounded(desk):
    answer = desk.call("PATCH", "tasks",
                       [{"id": i, "rank": 0} for i in range(1, 5)],
                       service=SMALL)
    check_error(answer, 400, "at most 3 are allowed")
    answer = desk.call("DELETE", "tasks", ids="1,2,3,4", service=SMALL)
    check_error(answer, 400, "more than 3 records")
    assert len(desk.ids("tasks")) == 5


def test_upserts_fail_one_by_one(desk):
    answer = desk.call("PUT", "tasks", [
        {"id": 20, "name": "new"}, {"id": 21, "name": "one"}, {"id": 22}],
        service=UPSERT, **{"continue": "1"})
    check_batch(answer, "PUT", 1, 2)
    assert desk.get("tasks/20").status == 200


def test_a_failed_batch_leaves_no_old_answer_behind(desk):
    desk.get("tasks")
    assert desk.get("tasks").hit
    check_batch(desk.call("PATCH", "tasks", CHANGED), "PATCH", 1)
    assert desk.get("tasks").rows[0]["rank"] == 0


def test_an_unknown_name_in_a_batch_by_other_fields(desk):
    answer = desk.call("PATCH", "tasks", {"rank": 0}, ids="one,none",
                       id_field="name")
    results = check_batch(answer, "PATCH", 1)
    assert results[0] == {"id": 1}
    answer = desk.call("DELETE", "keyless", ids="1,2", id_field="k")
    results = check_batch(answer, "DELETE", 1)
    assert "more than one" in results[1]["message"]


def test_what_others_hold_is_unavailable(desk, engine):
    """Nothing of it is done, and it can be done again."""
    body = [{"id": 1, "rank": 0}, {"id": 2, "rank": 0}]
    with engine.held("tasks", "id > 1"):
        answer = desk.call("PATCH", "tasks", body)
    check_error(answer, 503)
    assert answer.headers["Retry-After"] == "1"
    assert changed(desk, "PATCH") == 0
    assert desk.call("PATCH", "tasks", body).status == 200


def while_changing(engine, sql, call):
    """The answer to a call that has to wait for a change of others."""
    answers = []
    caller = threading.Thread(target=lambda: answers.append(call()))
    with engine.changing(sql) as commit:
        caller.start()
        commit()
        caller.join(30)
    assert answers[0].status in (200, 400), answers[0]
    return answers[0]


def test_a_deleted_record_is_shown_as_it_was_last(desk, engine):
    answer = while_changing(
        engine, "UPDATE tasks SET cost = 99 WHERE id = 2",
        lambda: desk.call("DELETE", "tasks", ids="1,2", fields="id,cost"))
    assert answer.rows == [{"id": 1, "cost": 1.5}, {"id": 2, "cost": 99}]


def test_a_change_of_nothing_shows_what_others_changed(desk, engine):
    body = [{"id": 1, "rank": 0}, {"id": 2, "rank": 20}]
    answer = while_changing(
        engine, "UPDATE tasks SET cost = 99 WHERE id = 2",
        lambda: desk.call("PATCH", "tasks", body, fields="id,cost"))
    assert answer.rows == [{"id": 1, "cost": 1.5}, {"id": 2, "cost": 99}]


def test_a_record_that_others_rename_is_not_written(desk, engine):
    answer = while_changing(
        engine, "UPDATE tasks SET name = 'other' WHERE id = 2",
        lambda: desk.call("PATCH", "tasks", {"rank": 0}, ids="one,two",
                          id_field="name"))
    check_batch(answer, "PATCH", 1)
    assert changed(desk, "PATCH") == 1


def test_two_who_make_the_same_record_both_succeed(site, desk, key):
    """They meet in a deadlock, which is nobody's fault."""
    server = site.serve("two")
    failed = []

    def change(rank):
        with server.connect() as client:
            other = Desk(client, key)
            for id in range(100, 140):
                answer = other.call(
                    "PUT", f"tasks/{id}", {"name": f"n{id}", "rank": rank},
                    service=UPSERT)
                if answer.status != 200:
                    failed.append(answer)

    callers = [threading.Thread(target=change, args=(n,)) for n in (1, 2)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(60)
    server.stop()
    assert not failed
    assert len(desk.ids("tasks", filter="id >= 100")) == 40
