"""CORS records by the System API: made, changed, removed, and in force."""

import pytest

from support.answer import check_error
from support.process import wait_until

SYSTEMS = ("sqlite", "mysql")
PAGE = "https://app.example"


@pytest.fixture
def path(office):
    """One that no record has; with a star and the API before it."""
    return f"api/v2/{office.name('open')}/*"


@pytest.fixture
def allowed(office):
    """What a preflight of a page for a GET of the path is told."""
    def allowed(path, process=0):
        answer = office.clients[process].call(
            "/" + path.replace("*", "x"), "OPTIONS", headers={
                "Origin": PAGE, "Access-Control-Request-Method": "GET"})
        return answer.headers.get("Access-Control-Allow-Origin")
    return allowed


def add(office, **record):
    answer = office.call("POST", "cors?fields=*", {"resource": [record]})
    assert answer.status == 201, answer
    return answer.rows[0]


def test_is_in_force_at_once(office, path, allowed):
    assert allowed(path) is None
    id = add(office, path=path, origin=PAGE)["id"]
    assert allowed(path) == PAGE
    wait_until(lambda: allowed(path, 1) == PAGE, timeout=5)
    office.change(f"cors/{id}", enabled=False)
    assert allowed(path) is None
    office.change(f"cors/{id}", enabled=True, origin="*")
    assert allowed(path) == "*"
    assert office.remove(f"cors/{id}") == {"id": id}
    assert allowed(path) is None
    wait_until(lambda: allowed(path, 1) is None, timeout=5)
    check_error(office.call("DELETE", f"cors/{id}"), 404)
    check_error(office.call("PATCH", f"cors/{id}", {"origin": "*"}), 404)


def test_what_is_not_said_is_open(office, path):
    row = add(office, path=path, origin=PAGE)
    assert sorted(row["method"]) == sorted([
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    assert (row["header"], row["exposed_header"]) == ("*", None)
    assert (row["max_age"], row["enabled"]) == (3600, True)
    assert row["supports_credentials"] is False
    assert row["created_by_id"] == office.boss_id


@pytest.mark.parametrize("method, stored", [
    (["GET", "post"], ["GET", "POST"]), (3, ["GET", "POST"]),
    ("GET,DELETE", ["GET", "DELETE"]), ([], []), (None, []),
])
def test_methods_are_a_list_or_a_mask(office, path, method, stored):
    assert add(office, path=path, origin=PAGE, method=method)[
        "method"] == stored


def test_takes_back_what_it_shows(office, path):
    row = add(office, path=path, origin=PAGE, description="A page",
              header="X-A", exposed_header="ETag", max_age=60,
              method=["GET"], supports_credentials=True)
    assert office.call("PUT", f"cors/{row['id']}", row).json == {
        "id": row["id"]}
    again = office.get(f"cors/{row['id']}")
    for name in ("last_modified_date", "last_modified_by_id"):
        del row[name], again[name]
    assert again == row


def test_another_has_the_path(office, path):
    add(office, path=path, origin=PAGE)
    answer = office.call("POST", "cors", {"path": path, "origin": "*"})
    check_error(answer, 409, path, "already")
    assert "`" not in answer.error["message"]
    id = add(office, path=path + "/x", origin=PAGE)["id"]
    check_error(office.call("PATCH", f"cors/{id}", {"path": path}), 409)


@pytest.mark.parametrize("record, word", [
    ({"path": None}, "path"), ({"path": "a b"}, "path"),
    ({"path": "^("}, "regular expression"), ({"path": 5}, "path"),
    ({"origin": None}, "origin"), ({"origin": "app.example"}, "origin"),
    ({"method": ["FETCH"]}, "FETCH"), ({"method": [1]}, "method"),
    ({"method": 128}, "method"), ({"method": {}}, "method"),
    ({"max_age": -1}, "max_age"), ({"max_age": "soon"}, "max_age"),
    ({"header": "a b"}, "header"), ({"enabled": []}, "enabled"),
])
def test_refuses_what_is_wrong(office, record, word):
    record = {"path": "api/wrong", "origin": PAGE} | record
    check_error(office.call("POST", "cors", {"resource": [record]}), 400,
                word)
    assert not office.get("cors?filter=path=api/wrong")["resource"]


def test_changes_are_in_the_audit(office, path):
    id = add(office, path=path, origin=PAGE)["id"]
    office.change(f"cors/{id}", origin="*")
    office.remove(f"cors/{id}")
    rows = office.get(f"audit?filter=(resource=cors) and (record_id={id})"
                      "&order=id")["resource"]
    assert [row["action"] for row in rows] == ["create", "update", "delete"]
    assert {row["actor"] for row in rows} == {"boss@x.org"}
    assert rows[1]["before"] == {"origin": PAGE}
    assert rows[1]["after"] == {"origin": "*"}
