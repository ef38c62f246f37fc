"""What stands in the counters of limits: /system/limit_cache."""

import pytest

from support import accounts
from support.answer import check_error
from support.process import wait_until

SYSTEMS = ("sqlite", "mysql")
RELATED = "limit_cache_by_limit_id"
PATH = "/api/v2/shop/_table/orders?limit=1"


class Limited:
    """A role with a limit, and an app whose calls count upon it."""

    def __init__(self, office, **limit):
        self.office = office
        self.role = office.add_role()
        self.app, self.key = office.add_app(role_id=self.role)
        self.limit = office.make("limit", **{
            "name": office.name("limit"), "type": "instance.role",
            "role_id": self.role, "rate": 3, "period": "hour"} | limit)
        wait_until(lambda: self.call().headers.get("X-RateLimit-Limit"))

    def call(self):
        return self.office.clients[0].call(
            PATH, headers={accounts.KEY: self.key})

    def row(self):
        return self.office.get(f"limit_cache/{self.limit}")

    def attempts(self):
        return self.row()["attempts"]


@pytest.fixture(name="limited")
def limited_role(office):
    """Its first calls are counted: reset, it stands at 0."""
    limited = Limited(office)
    office.remove(f"limit_cache/{limited.limit}")
    yield limited
    office.remove(f"limit/{limited.limit}")


def test_shows_what_is_counted_and_what_is_left(limited):
    assert limited.row() == {
        "id": limited.limit, "key": f"instance.role:{limited.role}.hour",
        "max": 3, "attempts": 0, "remaining": 3}
    assert limited.call().status == 200
    assert limited.row()["attempts"] == 1
    assert limited.row()["remaining"] == 2
    for _ in range(5):
        limited.call()
    assert limited.row()["attempts"] == 3
    assert limited.row()["remaining"] == 0


def test_a_reset_lets_calls_pass_again(limited):
    assert [limited.call().status for _ in range(4)] == [200] * 3 + [429]
    assert limited.office.remove(f"limit_cache/{limited.limit}") == {
        "id": limited.limit}
    assert limited.attempts() == 0
    assert limited.call().status == 200


@pytest.mark.parametrize("algorithm", ["sliding", "gcra"])
def test_other_algorithms_are_shown_and_reset(office, algorithm):
    limited = Limited(office, algorithm=algorithm, burst=2, lockout=True)
    quota = 2 if algorithm == "gcra" else 3
    for _ in range(4):
        limited.call()
    row = limited.row()
    assert (row["max"], row["attempts"], row["remaining"]) == (
        quota, quota, 0)
    office.remove(f"limit_cache/{limited.limit}")
    assert limited.attempts() == 0
    assert limited.call().status == 200
    office.remove(f"limit/{limited.limit}")


def test_lists_counters_of_active_limits(limited):
    office = limited.office
    rows = {row["id"]: row for row in office.get("limit_cache")["resource"]}
    assert rows[limited.limit] == limited.row()
    office.change(f"limit/{limited.limit}", is_active=False)
    rows = office.get("limit_cache?include_count=true")
    assert limited.limit not in [row["id"] for row in rows["resource"]]
    assert rows["meta"]["count"] == len(rows["resource"])
    [row] = office.get(f"limit_cache?ids={limited.limit}")["resource"]
    assert row["id"] == limited.limit


def test_each_user_has_a_counter(office):
    other = accounts.add(office.site, "eve@x.org") if office.user_id else None
    limit = office.make("limit", name=office.name("limit"), rate=7,
                        type="instance.each_user.service", period="day",
                        service_id=office.shop_id)
    try:
        rows = office.get(f"limit_cache?ids={limit}")["resource"]
        keys = [row["key"] for row in rows]
        assert (f"instance.each_user:{office.user_id}.service:"
                f"{office.shop_id}.day") in keys
        assert (f"instance.each_user:{other}.service:"
                f"{office.shop_id}.day") in keys
        assert not [key for key in keys if f":{office.boss_id}." in key]
        [page] = office.get(
            f"limit_cache?ids={limit}&limit=1&offset=1")["resource"]
        assert page == rows[1]
        assert office.get(f"limit_cache/{limit}") == rows[0]
    finally:
        office.remove(f"limit/{limit}")


def test_an_administrator_with_roles_has_a_counter(office):
    helper = accounts.add(office.site, "aid@x.org", "admin")
    role = office.add_role()
    app, _ = office.add_app(role_id=role)
    limit = office.make("limit", name=office.name("limit"), rate=7,
                        type="instance.each_user", period="day")
    key = f"instance.each_user:{helper}.day"

    def keys():
        return [row["key"] for row in
                office.get(f"limit_cache?ids={limit}")["resource"]]

    assert key not in keys()
    office.change(f"admin/{helper}", user_to_app_to_role_by_user_id=[
        {"app_id": app, "role_id": role}])
    assert key in keys()
    office.remove(f"limit/{limit}")
    office.remove(f"admin/{helper}")


def test_comes_with_the_limits_where_it_is_asked_for(limited):
    office = limited.office
    limited.call()
    [row] = office.get(
        f"limit?ids={limited.limit}&related={RELATED}")["resource"]
    assert row[RELATED] == [limited.row()]
    assert row[RELATED][0]["attempts"] == 1
    one = office.get(f"limit/{limited.limit}?fields=name&related={RELATED}")
    assert set(one) == {"name", RELATED}
    assert RELATED not in office.get(f"limit/{limited.limit}")
    office.change(f"limit/{limited.limit}", is_active=False)
    [row] = office.get(
        f"limit?ids={limited.limit}&related={RELATED}")["resource"]
    assert len(row[RELATED]) == 1  # clients look at it unasked


def test_several_are_reset_by_their_ids(limited):
    office = limited.office
    second = Limited(office)
    for one in limited, second:
        one.call()
    ids = [limited.limit, second.limit]
    assert office.remove(
        "limit_cache?ids=" + ",".join(map(str, ids))) == {
            "resource": [{"id": one} for one in ids]}
    assert (limited.attempts(), second.attempts()) == (0, 0)
    office.remove(f"limit/{second.limit}")


def test_all_are_reset_only_where_that_is_meant(limited):
    office = limited.office
    limited.call()
    check_error(office.call("DELETE", "limit_cache"), 400,
                "No record(s) detected in request. Name limits with ?ids=, "
                "or all with ?allow_delete=true.")
    assert limited.attempts() == 1
    assert office.remove("limit_cache?allow_delete=true") == {
        "success": True}
    assert limited.attempts() == 0
    limited.call()
    assert office.remove("limit_cache?force=true") == {"success": True}
    assert limited.attempts() == 0


def test_a_reset_is_audited(limited):
    office = limited.office
    office.remove(f"limit_cache/{limited.limit}")
    [row] = office.get("audit?order=id%20desc&limit=1"
                       "&filter=resource=limit_cache")["resource"]
    assert row["record_id"] == limited.limit
    assert row["actor"] == "boss@x.org"


@pytest.mark.parametrize("method, path, status, message", [
    ("GET", "limit_cache/999999", 404,
     "Record with identifier '999999' not found."),
    ("DELETE", "limit_cache?ids=999999", 404,
     "Record with identifier '999999' not found."),
    ("GET", "limit_cache/none", 400,
     "The identifier of a limit must be a number above 0."),
    ("GET", "limit_cache?ids=1,-2", 400,
     "The identifier of a limit must be a number above 0."),
    ("GET", "limit_cache?limit=1001", 400,
     "limit must be a number from 0 to 1000."),
])
def test_refuses_what_names_nothing(office, method, path, status, message):
    check_error(office.call(method, path), status, message)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_counters_cannot_be_written(office, method):
    assert office.call(method, "limit_cache", {}).status == 405
