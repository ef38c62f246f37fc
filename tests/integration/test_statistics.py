"""/system/statistics: what /metrics tells, in JSON, for administrators."""

import pytest

from support import accounts
from support.answer import check_error
from support.offices import ACCESS, BOSS, Office
from support.process import wait_until
from support.weir import Installation

PATH = "/api/v2/system/statistics"
ORDERS = "/api/v2/shop/_table/orders"
SETTINGS = {"ACCESS_LOG": "off"}
GAUGES = ("processes", "workers", "queue", "queue_limit", "connections_taken",
          "connections_idle", "connections_limit")


@pytest.fixture(name="house", scope="module")
def an_office(tmp_path_factory):
    house = Office(tmp_path_factory.mktemp("office"), SETTINGS)
    yield house
    house.stop()


@pytest.fixture(name="key", scope="module")
def a_key(house):
    service = house.shop_id
    house.change(f"service/{service}", config={"cache_enabled": True,
                                               "cache_ttl": 60})
    _, key = house.add_app(role_id=house.add_role())
    lines = {accounts.KEY: key}
    assert wait_until(lambda: all(
        client.call(ORDERS + "/1", headers=lines).status == 200
        for client in house.clients))
    return lines


def told(house):
    return house.get("statistics")


def calls(statistics, **wanted):
    return sum(row["count"] for row in statistics["requests"]
               if row | wanted == row)


def route(statistics, **wanted):
    found = [row for row in statistics["routes"] if row | wanted == row]
    assert len(found) <= 1
    return found[0] if found else {"count": 0, "misses": 0, "sum_us": 0}


def test_calls_are_counted_in_both_processes(house, key):
    before = told(house)
    for client in house.clients:
        for _ in range(3):
            assert client.call(ORDERS + "?limit=2", headers=key).status == 200
        assert client.call(ORDERS, "DELETE", headers=key).status == 401
    after = told(house)
    assert after["counted"] is True
    assert after["time_ms"] > before["time_ms"]
    for status, count in ((200, 6), (401, 2)):
        wanted = {"service": "shop", "status": status}
        assert calls(after, **wanted) - calls(before, **wanted) == count
    assert after["cache"]["hit"] - before["cache"]["hit"] == 5
    assert after["cache"]["miss"] - before["cache"]["miss"] == 1
    assert after["bytes"] > before["bytes"]
    assert len(after["duration"]["counts"]) == len(after["bounds_us"]) + 1
    assert (sum(after["duration"]["counts"])
            - sum(before["duration"]["counts"])) >= 8
    assert set(after["stages"]) == {"store", "queue", "enter", "wait",
                                    "upstream"}


def test_routes_are_told_apart(house, key):
    wanted = {"service": "shop", "verb": "GET", "resource": "_table/orders"}
    before = route(told(house), **wanted)
    client = house.clients[0]
    for path in ("?limit=3", "?limit=3", "/2", "?limit=3&filter=id%3E1"):
        assert client.call(ORDERS + path, headers=key).status == 200
    for path in ("/9999999", "x", "?limit=no"):
        assert client.call(ORDERS + path, headers=key).status >= 400
    after = route(told(house), **wanted)
    assert after["count"] - before["count"] == 4
    assert after["misses"] - before["misses"] == 3
    assert after["sum_us"] > before["sum_us"]
    assert 0 < after["max_us"] <= after["sum_us"]
    assert not [row for row in told(house)["routes"]
                if row["service"] == "system"]


def test_paths_of_files_are_no_routes(house, tmp_path):
    for name in ("_a", "_b", "c"):
        (tmp_path / name).write_text(name)
    service = house.make("service", name="docs", type="local_file",
                         is_active=True, config={"root": str(tmp_path)})
    row = {"service_id": service, "component": "*", "verb_mask": 31,
           "requestor_mask": 3}
    role = house.make("role", name="filing", is_active=True, **{ACCESS: [row]})
    _, key = house.add_app(role_id=role)
    client = house.clients[0]
    for name in ("_a", "_b", "c"):
        path = "/api/v2/docs/" + name
        assert wait_until(lambda: client.call(
            path, headers={accounts.KEY: key}).status == 200)
    rows = [row for row in told(house)["routes"] if row["service"] == "docs"]
    assert [row["resource"] for row in rows] == [""]
    assert rows[0]["count"] >= 3


def test_how_things_stand_is_told(house):
    statistics = told(house)
    assert {name: statistics[name] >= 0 for name in GAUGES} == dict.fromkeys(
        GAUGES, True)
    assert statistics["processes"] == 2
    assert statistics["ready"] is True
    checks = {(check["kind"], check["name"]): check["answers"]
              for check in statistics["checks"]}
    assert checks["service", "shop"] is True
    assert checks["database", "system"] is True


def test_it_is_for_administrators_and_who_has_a_row(house, key):
    check_error(house.clients[0].call(PATH), 401)
    check_error(house.clients[0].call(PATH, headers=key), 401)
    system = house.get("service?filter=name=system&fields=id")["resource"][0]
    role = house.add_role()
    house.change(f"role/{role}", **{ACCESS: [{
        "service_id": system["id"], "component": "statistics",
        "verb_mask": 1}]})
    _, other = house.add_app(role_id=role)
    answer = house.clients[0].call(PATH, headers={accounts.KEY: other})
    assert answer.status == 200
    assert answer.json["counted"] is True


def test_it_is_only_read(house):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        check_error(house.call(method, "statistics", {}), 405)


@pytest.mark.parametrize("settings, counted", [
    ({"METRICS": "off", "CONSOLE": "false"}, False),
    ({"METRICS": "unix", "CONSOLE": "false"}, True),
    ({"METRICS": "off", "CONSOLE": "true"}, True)])
def test_metrics_and_console_say_whether_anything_is_counted(
        tmp_path, settings, counted):
    site = Installation(tmp_path, **accounts.SETTINGS | settings)
    accounts.add(site, BOSS, "admin")
    server = site.serve()
    with server.connect() as client:
        boss = accounts.enter(client, BOSS, path="system/admin/session")
        statistics = boss.call("GET", "system/statistics").json
    server.stop()
    assert statistics["counted"] is counted
    assert ("requests" in statistics) is counted
    assert statistics["ready"] is True
