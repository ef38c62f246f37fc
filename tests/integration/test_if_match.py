"""Writes of one record on a condition: it is as the client saw it."""

import threading

import pytest

from support import fcgi
from support.answer import check_error
from support.desk import UPSERT, Desk
from support.process import wait_until

ENGINES = ("sqlite", "mysql")
TASK = "tasks/1"
BODY = {"rank": 99}


def tag_of(desk, path=TASK, **more):
    answer = desk.get(path, **more)
    assert answer.status == 200, answer
    return answer.headers["ETag"]


def write(desk, method, match, path=TASK, body=None, headers=None, **more):
    lines = {"If-Match": match} | (headers or {})
    body = BODY if body is None and method != "DELETE" else body
    return desk.call(method, path, body, lines, **more)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_the_tag_of_a_get_lets_the_write_pass_once(desk, method):
    tag = tag_of(desk)
    assert write(desk, method, tag).status == 200
    again = write(desk, method, tag)
    check_error(again, 412, "nothing has been written")
    assert desk.get(TASK).status == (404 if method == "DELETE" else 200)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("match", [
    '"0123456789abcdef0123456789abcdef"', "W/{tag}", "", ",", '""', "{bare}",
    '"*"'])
def test_any_other_tag_writes_nothing(desk, method, match):
    tag = tag_of(desk)
    before = desk.get("tasks").rows
    match = match.format(tag=tag, bare=tag.strip('"'))
    assert write(desk, method, match).status == 412
    assert desk.get("tasks", refresh="true").rows == before


def test_one_tag_of_several_is_enough(desk):
    tag = tag_of(desk)
    assert write(desk, "PATCH", f'"a", {tag} ,"b"').status == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_star_wants_that_there_is_a_record(desk, method):
    assert write(desk, method, "*").status == 200
    assert write(desk, method, "*", "tasks/77").status == 412
    assert write(desk, method, '"x"', "tasks/77").status == 412
    assert write(desk, method, "*", "tasks/77", service=UPSERT).status == 412
    assert desk.get("tasks/77").status == 404


@pytest.mark.parametrize("options, headers", [
    ({"fields": "id,name"}, {}), ({}, {"Accept": "text/csv"}),
    ({"id_field": "name"}, {})])
def test_the_tag_is_that_of_the_same_url(desk, options, headers):
    path = "tasks/one" if "id_field" in options else TASK
    tag = tag_of(desk, path, headers=headers, **options)
    assert write(desk, "PATCH", tag, "tasks/2").status == 412
    if "id_field" not in options:
        assert write(desk, "PATCH", tag, path).status == 412
    assert write(desk, "PATCH", tag, path, headers=headers,
                 **options).status == 200
    assert desk.get(TASK).json["rank"] == 99


def test_the_tag_covers_related_records(desk):
    options = {"related": "children_by_parent"}
    tag = tag_of(desk, "parents/1", **options)
    assert desk.call("PATCH", "children/1", {"parent": 2}).status == 200
    body = {"v": 5}
    assert write(desk, "PATCH", tag, "parents/1", body,
                 **options).status == 412
    tag = tag_of(desk, "parents/1", **options)
    assert write(desk, "PATCH", tag, "parents/1", body,
                 **options).status == 200


def test_what_was_written_past_weir_counts(desk, engine):
    """The GET may be a hit; the write looks at the record itself."""
    tag_of(desk)
    tag = tag_of(desk)
    engine.run("UPDATE tasks SET `rank` = 11 WHERE id = 1;")
    assert tag_of(desk) == tag
    assert write(desk, "PATCH", tag).status == 412


def test_what_is_wrong_otherwise_is_said_first(desk):
    check_error(write(desk, "PATCH", '"x"', body={"rank": "much"}), 400,
                "rank")


@pytest.mark.parametrize("method, path, body", [
    ("POST", "tasks", [{"name": "n"}]),
    ("PATCH", "tasks", [{"id": 1, "rank": 5}]),
    ("DELETE", "tasks?ids=1", None),
    ("DELETE", "tasks?filter=id=1", None)])
def test_other_writes_know_no_if_match(desk, method, path, body):
    check_error(write(desk, method, "*", path, body), 400, "If-Match")
    assert desk.get(TASK).status == 200


def test_a_record_is_made_only_where_there_is_none(desk):
    lines = {"If-None-Match": "*"}
    body = {"name": "new"}
    for status in (200, 412):
        answer = desk.call("PUT", "tasks/50", body, lines, service=UPSERT)
        assert answer.status == status, answer
    assert desk.call("PATCH", TASK, BODY, lines).status == 412
    tag = tag_of(desk)
    assert desk.call("PATCH", TASK, BODY,
                     {"If-None-Match": tag}).status == 412
    assert desk.call("PATCH", TASK, BODY,
                     {"If-None-Match": '"x"'}).status == 200


def test_who_may_not_read_has_no_tag(desk, site):
    """It would tell what the record holds."""
    tag = tag_of(desk, fields="id")
    if "writer" not in site.keys:
        site.add_role("writer")
        site.grant("writer", "desk", "_table/tasks/*", "PATCH")
        site.keys["writer"] = site.add_key("writer", "writer")
    key = {"X-DreamFactory-API-Key": site.keys["writer"]}

    def patch(match):
        return write(desk, "PATCH", match, headers=key, fields="id").status
    assert wait_until(lambda: patch("*") == 200, 10)
    assert patch(tag) == 412
    assert write(desk, "PATCH", tag, fields="id").status == 200


def test_of_many_who_saw_the_same_one_writes(desk, key):
    """Each adds 1 to what it read: none of them is lost."""
    address = desk.client.socket.getpeername()
    wins = []

    def count():
        with fcgi.Client(address) as client:
            count_on(Desk(client, key))

    def count_on(mine):
        while len(wins) < 40:
            seen = mine.get("tasks/2")
            answer = mine.call(
                "PATCH", "tasks/2", {"rank": seen.json["rank"] + 1},
                {"If-Match": seen.headers["ETag"]})
            assert answer.status in (200, 412), answer
            if answer.status == 200:
                wins.append(1)

    before = desk.get("tasks/2").json["rank"]
    crowd = [threading.Thread(target=count) for _ in range(4)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert desk.get("tasks/2").json["rank"] == before + len(wins)
