"""Resources that no table holds: types, environment, status, cache, events."""

import pytest

from support import accounts
from support.accounts import Person
from support.answer import check_error
from support.process import wait_until
from support.weir import PLATFORM

SYSTEMS = ("sqlite", "mysql")


@pytest.fixture(scope="module")
def nobody(office):
    return Person(office.clients[0])


@pytest.fixture(scope="module")
def cached(office):
    """The name of a service whose answers are cached."""
    name = office.name("cached")
    office.make("service", name=name, type="sqlite", config=office.shop | {
        "cache_enabled": True, "cache_ttl": 300})
    return name


class TestTypes:
    def test_lists_all_with_their_fields(self, office):
        types = {row["name"]: row
                 for row in office.get("service_type")["resource"]}
        assert {"sqlite", "mysql", "cache_redis", *PLATFORM} <= set(types)
        assert types["sqlite"]["group"] == "Database"
        assert types["system"]["singleton"] is True
        fields = {row["name"]: row for row in types["mysql"]["config_schema"]}
        assert fields["password"]["type"] == "password"
        assert fields["database"]["required"] is True
        assert fields["tls"]["type"] == "picklist"
        assert {"label": "off", "name": "off"} in fields["tls"]["values"]
        assert fields["cache_enabled"]["default"] is False
        assert fields["max_records"]["default"] == 1000

    def test_every_field_can_be_sent(self, office):
        fields = office.get("service_type/sqlite")["config_schema"]
        config = office.shop | {
            row["name"]: row["default"] for row in fields
            if row["default"] is not None}
        office.make("service", name=office.name("full"), type="sqlite",
                    config=config)

    def test_takes_group_and_fields(self, office):
        rows = office.get("service_type?group=cache&fields=name,group")[
            "resource"]
        assert {row["group"] for row in rows} == {"Cache"}
        assert set(rows[0]) == {"name", "group"}
        assert "sqlite" in office.get("service_type?as_list=true")["resource"]
        assert office.get("service_type/mysql?fields=label") == {
            "label": "MySQL"}
        assert list(office.get("service_type/mysql?fields=config_schema")
                    ) == ["config_schema"]

    def test_refuses_what_there_is_not(self, office):
        check_error(office.call("GET", "service_type/oracle10"), 404,
                    "oracle10")
        check_error(office.call("POST", "service_type", {}), 405)


class TestEnvironment:
    def test_tells_everybody_how_to_log_in(self, nobody):
        answer = nobody.get("system/environment")
        assert answer.status == 200
        assert set(answer.json) == {"authentication", "apps"}
        admin = answer.json["authentication"]["admin"]
        assert admin["path"] == "system/admin/session"
        assert admin["payload"]["email"] == "string"
        assert answer.json["authentication"]["allow_open_registration"] is False

    def test_tells_who_has_logged_in_more(self, office):
        joe = accounts.enter(office.clients[0], "joe@x.org")
        assert "db_driver" not in joe.get("system/environment").json[
            "platform"]
        found = office.get("environment")
        assert found["platform"]["db_driver"] in ("sqlite", "mysql")
        assert found["server"]["server_os"] == "Linux"
        assert found["client"]["ip_address"] == "127.0.0.1"

    def test_is_only_read(self, nobody):
        check_error(nobody.call("POST", "system/environment", {}), 401)


class TestStatus:
    def test_is_for_everybody(self, office):
        answer = office.clients[0].call("/status")
        assert answer.status == 200
        assert answer.json["resources"]["admin"] == 1
        assert answer.json["resources"]["user"] == 1
        assert answer.json["last_admin_login"] is None
        assert answer.json["managed"] is False

    def test_tells_administrators_when_one_came(self, office):
        answer = office.clients[0].call("/status", headers={
            accounts.TOKEN: office.boss.token})
        assert answer.json["last_admin_login"]

    def test_is_only_read(self, office):
        check_error(office.clients[0].call("/status", "POST"), 405)


class TestCache:
    def hit(self, office, name, table="orders"):
        answer = office.boss.get(f"{name}/_table/{table}?limit=2")
        assert answer.status == 200
        return answer.hit

    @pytest.mark.parametrize("path, tables", [
        ("cache", ("orders", "notes")),
        ("cache/{}", ("orders", "notes")),
        ("cache/{}/orders", ("orders",)),
    ])
    def test_flushes(self, office, cached, path, tables):
        for table in ("orders", "notes"):
            wait_until(lambda t=table: self.hit(office, cached, t))
        assert office.remove(path.format(cached)) == {"success": True}
        for table in ("orders", "notes"):
            assert self.hit(office, cached, table) == (table not in tables)
        [told] = office.get("audit?order=id desc&limit=1")["resource"]
        assert (told["resource"], told["action"]) == ("cache", "delete")
        assert told["before"].get("service", "*") in (cached, "*")
        assert told["before"].get("table", "orders") == "orders"

    def test_leaves_sessions_alone(self, office):
        office.remove("cache")
        assert office.boss.get("system/admin/session").status == 200

    def test_lists_what_can_be_flushed(self, office, cached):
        rows = office.get("cache")["resource"]
        assert {"name": cached} in rows
        assert {"name": "shop"} in rows
        row = office.get("cache?fields=*")["resource"][0]
        assert {"name", "label", "description", "type"} < set(row)

    def test_refuses_what_there_is_not(self, office, cached):
        check_error(office.call("DELETE", "cache/nothing"), 404)
        check_error(office.call("DELETE", f"cache/{cached}/nothing"), 404)
        check_error(office.call("DELETE", "cache/system"), 501,
                    "does not implement")
        check_error(office.call("POST", "cache", {}), 405)


@pytest.mark.parametrize("name", ["event", "constant"])
def test_has_no_events(office, name):
    assert office.get(f"{name}?limit=50&offset=0&as_list=true") == {
        "resource": []}
    assert office.get(name + "?include_count=true")["meta"] == {"count": 0}


def test_lists_them_all(office):
    names = office.get("?as_list=true")["resource"]
    assert {"cache", "environment", "event", "limit",
            "service_type"} <= set(names)
