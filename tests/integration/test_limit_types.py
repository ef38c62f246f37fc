"""Limits of every type, by whom and what they apply to (dreamfactory.md 4)."""

import itertools

import pytest

from support import accounts
from support.offices import ACCESS, BOSS
from support.process import wait_until

ORDERS = "shop/_table/orders?limit=1"
ORDER = "shop/_table/orders/1"
NOTES = "shop/_table/notes?limit=1"
OTHER = "other/_table/orders?limit=1"
NAMES = itertools.count(1)


class Callers:
    """Two users and a bare key with one role, and a key with another."""

    def __init__(self, office):
        self.office = office
        site = office.site
        if "other" not in [row["name"] for row in site.listed("service")]:
            site.add_service("other", "sqlite", **office.shop)
        self.other_id = office.get("service?filter=name=other&fields=id")[
            "resource"][0]["id"]
        self.role = self.add_role()
        self.app, key = office.add_app(role_id=self.role)
        self.app2, key2 = office.add_app(role_id=self.add_role())
        client = office.clients[0]
        self.by = {
            "key": accounts.Person(client, key=key),
            "key2": accounts.Person(client, key=key2),
            "boss": accounts.enter(client, BOSS, key,
                                   path="system/admin/session")}
        self.ids = {}
        for name in ("ann", "ben"):
            address = f"{name}{next(NAMES)}@x.org"
            self.ids[name] = office.make(
                "user", email=address, password=accounts.WORD)
            self.by[name] = accounts.enter(client, address, key)

    def add_role(self):
        return self.office.make(
            "role", name=self.office.name("role"), is_active=True,
            **{ACCESS: [{"service_id": id, "component": "_table/*",
                         "verb_mask": 31}
                        for id in (self.office.shop_id, self.other_id)]})

    def call(self, who, path=ORDERS, verb="GET"):
        """An answer; a PATCH changes nothing."""
        body = {"resource": []} if verb == "PATCH" else None
        return self.by[who].call(verb, path, body)

    def passes(self, *calls):
        """Which of the calls, each (who, path, verb), no limit refuses."""
        return [self.call(*call).status != 429 for call in calls]


@pytest.fixture(scope="module", name="callers")
def callers_of(office):
    return Callers(office)


@pytest.fixture(name="limit")
def make_limits_that_go(office, callers):
    """Makes a limit of one call a day, unless told otherwise: its id."""
    ids = []
    names = {"ann": callers.ids["ann"], "ben": callers.ids["ben"],
             "role": callers.role, "app": callers.app,
             "shop": office.shop_id}

    def limit(type, **members):
        members = {"rate": 1, "period": "day"} | members
        ids.append(office.make(
            "limit", name=office.name("limit"), type=type,
            **{name: names.get(value, value) if name.endswith("_id")
               else value for name, value in members.items()}))
        return ids[-1]

    yield limit
    for id in ids:
        office.remove(f"limit/{id}")


ANN = {"user_id": "ann"}
SHOP = {"service_id": "shop"}
AT = {"endpoint": "/_table/orders/"}
YES, NO = True, False

# A limit of one call; calls, and whether each passes.
ROWS = [
    ("instance", {}, [
        ("key", ORDERS, YES), ("ann", OTHER, NO), ("key2", NOTES, NO)]),
    ("instance.user", ANN, [
        ("ann", ORDERS, YES), ("ann", OTHER, NO), ("ben", ORDERS, YES),
        ("ben", ORDERS, YES), ("key", ORDERS, YES)]),
    ("instance.each_user", {}, [
        ("ann", ORDERS, YES), ("ann", OTHER, NO), ("ben", ORDERS, YES),
        ("ben", ORDERS, NO), ("key", ORDERS, YES), ("key", ORDERS, YES)]),
    ("instance.role", {"role_id": "role"}, [
        ("key", ORDERS, YES), ("key", ORDERS, NO), ("key2", ORDERS, YES),
        ("key2", ORDERS, YES)]),
    ("instance.service", SHOP, [
        ("key", ORDERS, YES), ("ann", NOTES, NO), ("key2", ORDERS, NO),
        ("key", OTHER, YES), ("key", OTHER, YES)]),
    ("instance.user.service", ANN | SHOP, [
        ("ann", ORDERS, YES), ("ann", NOTES, NO), ("ann", OTHER, YES),
        ("ann", OTHER, YES), ("ben", ORDERS, YES), ("ben", ORDERS, YES)]),
    ("instance.each_user.service", SHOP, [
        ("ann", ORDERS, YES), ("ann", NOTES, NO), ("ben", ORDERS, YES),
        ("ben", ORDERS, NO), ("ben", OTHER, YES), ("key", ORDERS, YES),
        ("key", ORDERS, YES)]),
    ("instance.service.endpoint", SHOP | AT, [
        ("key", ORDERS, YES), ("ann", ORDERS, NO), ("key", ORDER, YES),
        ("key", ORDER, YES), ("key", NOTES, YES), ("key", OTHER, YES)]),
    ("instance.service.endpoint", SHOP | {"endpoint": "_table/ord*"}, [
        ("key", ORDERS, YES), ("key", ORDER, NO), ("ann", ORDERS, NO),
        ("key", NOTES, YES), ("key", NOTES, YES)]),
    ("instance.service.endpoint", SHOP | {"endpoint": "*"}, [
        ("key", ORDERS, YES), ("key", NOTES, NO), ("key", OTHER, YES)]),
    ("instance.user.service.endpoint", ANN | SHOP | AT, [
        ("ann", ORDERS, YES), ("ann", ORDERS, NO), ("ann", NOTES, YES),
        ("ann", OTHER, YES), ("ben", ORDERS, YES), ("ben", ORDERS, YES)]),
    ("instance.each_user.service.endpoint", SHOP | AT, [
        ("ann", ORDERS, YES), ("ann", ORDERS, NO), ("ann", NOTES, YES),
        ("ben", ORDERS, YES), ("ben", ORDERS, NO), ("key", ORDERS, YES),
        ("key", ORDERS, YES)]),
    ("instance.app", {"app_id": "app"}, [
        ("key", ORDERS, YES), ("ann", ORDERS, NO), ("key2", ORDERS, YES),
        ("key2", ORDERS, YES)]),
    ("instance.app", {}, [
        ("key", ORDERS, YES), ("ann", ORDERS, NO), ("key2", ORDERS, YES),
        ("key2", ORDERS, NO)]),
    ("instance.app.service", {"app_id": "app"} | SHOP, [
        ("key", ORDERS, YES), ("key", ORDERS, NO), ("key", OTHER, YES),
        ("key2", ORDERS, YES), ("key2", ORDERS, YES)]),
]


@pytest.mark.parametrize("type, members, calls", ROWS)
def test_a_type_counts_what_it_is_about(callers, limit, type, members, calls):
    limit(type, **members)
    assert callers.passes(*[call[:2] for call in calls]) == [
        call[2] for call in calls]


@pytest.mark.parametrize("path", [
    "shop/_table/Orders", "SHOP/_table/orders/", "shop/%5Ftable/orders",
    "shop//_table/orders", "shop/_table//orders", "shop/_table/./orders",
    "shop/_TABLE/orders", "shop/_table/orders%2F", "shop/_table/orders%20",
    "shop/_table/%6Frders", "shop/_table/orders%00"])
def test_no_spelling_gets_around_a_limit(callers, limit, path):
    limit("instance.service.endpoint", **SHOP, **AT)
    assert callers.call("key").status == 200
    assert callers.call("key", path).status in (400, 404, 429)


def test_a_verb_counts_alone(callers, limit):
    limit("instance", verb="GET")
    assert callers.passes(
        ("key", ORDERS, "PATCH"), ("key", ORDERS), ("key", ORDERS, "PATCH"),
        ("key", ORDERS), ("key", ORDERS, "HEAD")) == [
            YES, YES, YES, NO, NO]


def test_a_limit_of_a_user_is_instead_of_each_users(callers, limit, office):
    limit("instance.each_user")
    nearer = limit("instance.user", rate=3, period="hour", **ANN)
    assert callers.passes(*[("ann",)] * 4, *[("ben",)] * 2) == [
        YES, YES, YES, NO, YES, NO]
    office.change(f"limit/{nearer}", is_active=False)
    assert callers.passes(("ann",)) == [NO]  # it counted all the while


def test_another_level_is_not_outranked(callers, limit):
    limit("instance.each_user.service", **SHOP)
    limit("instance.user", rate=3, **ANN)
    assert callers.passes(*[("ann",)] * 2) == [YES, NO]


def test_a_limit_of_a_verb_is_instead_of_all_verbs(callers, limit):
    limit("instance.role", role_id="role")
    limit("instance.role", role_id="role", verb="GET", rate=2)
    assert callers.passes(("key",), ("key",), ("key",)) == [YES, YES, NO]
    assert callers.passes(("key", ORDERS, "PATCH")) == [NO]  # both counted


def test_administrators_are_not_counted(callers, limit):
    limit("instance")
    answers = [callers.call("boss") for _ in range(3)]
    assert [answer.status for answer in answers] == [200] * 3
    assert "X-RateLimit-Limit" not in answers[0].headers


def test_a_refused_call_is_counted_by_none(callers, limit):
    limit("instance", rate=3)
    limit("instance.service", **SHOP)
    assert callers.passes(*[("key",)] * 3, *[("key", OTHER)] * 3) == [
        YES, NO, NO, YES, YES, NO]


def test_the_refusal_shows_the_record(callers, limit, office):
    limit("instance", rate=9)
    id = limit("instance.user.service.endpoint", verb="GET",
               endpoint="_table/ord*", description="why", **ANN, **SHOP)
    callers.call("ann")
    answer = callers.call("ann")
    assert answer.status == 429
    record = office.get(f"limit/{id}")
    [told] = answer.error["context"]
    assert (told["id"], told["name"]) == (id, record["name"])
    assert told["object"] | {
        name: value for name, value in record.items()
        if "date" not in name and "by_id" not in name} == told["object"]
    assert answer.error["message"] == "API limit(s) exceeded. "
    assert answer.error["code"] == answer.error["status_code"] == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 86400


@pytest.mark.parametrize("members", [
    {}, {"algorithm": "gcra"}, {"algorithm": "gcra", "burst": 1}])
def test_the_refusal_shows_the_burst_of_the_record(
        callers, limit, office, members):
    record = office.get(f"limit/{limit('instance', **members)}")
    assert callers.call("key").status == 200
    [told] = callers.call("key").error["context"]
    assert told["object"]["burst"] == record["burst"] == members.get("burst")


def test_every_limit_that_is_used_up_is_told(callers, limit):
    ids = {limit("instance", period="hour"),
           limit("instance.service", **SHOP)}
    limit("instance.role", role_id="role", rate=9)
    callers.call("key")
    answer = callers.call("key")
    assert {told["id"] for told in answer.error["context"]} == ids
    assert int(answer.headers["Retry-After"]) > 3600
    assert answer.headers["X-RateLimit-Remaining"] == "0"


def test_a_changed_rate_lets_out_who_is_locked_out(callers, limit, office):
    id = limit("instance", lockout=True)
    assert callers.passes(("key",), ("key",)) == [YES, NO]
    office.change(f"limit/{id}", rate=2)
    assert callers.passes(*[("key",)] * 3) == [YES, YES, NO]


@pytest.mark.parametrize("members", [
    {"algorithm": "sliding"}, {"algorithm": "gcra"}, {"lockout": True}])
def test_another_way_to_count_begins_anew(callers, limit, office, members):
    id = limit("instance")
    assert callers.passes(("key",), ("key",)) == [YES, NO]
    office.change(f"limit/{id}", **members)
    assert callers.passes(("key",), ("key",)) == [YES, NO]


def test_a_burst_is_the_quota(callers, limit):
    limit("instance", rate=100, burst=2, algorithm="gcra")
    answers = [callers.call("key") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"]
            for answer in answers] == ["1", "0", "0"]
    assert answers[0].headers["X-RateLimit-Limit"] == "2"
    assert 860 < int(answers[2].headers["Retry-After"]) <= 864


def verdicts(office, ids):
    return [line["limit"] for line in office.site.access_lines()
            if line["request_id"] in ids]


def test_a_dry_run_counts_and_tells_the_log(callers, limit, office):
    id = limit("instance", dry_run=True)
    answers = [callers.call("key") for _ in range(3)]
    assert [answer.status for answer in answers] == [200] * 3
    for answer in answers:
        assert "X-RateLimit-Limit" not in answer.headers
        assert "RateLimit-Policy" not in answer.headers
    name = office.get(f"limit/{id}")["name"]
    line = (f'limit "{name}" is a dry run: it would have refused 1 request '
            "since it last said so")
    assert wait_until(lambda: line in office.site.read("weir.log"), 5)
    ids = [answer.headers["X-Request-Id"] for answer in answers]
    assert wait_until(lambda: len(verdicts(office, ids)) == 3, 5)
    assert verdicts(office, ids) == ["pass", "dry_run", "dry_run"]
    office.change(f"limit/{id}", dry_run=False)
    assert callers.passes(("key",)) == [NO]  # it has counted
