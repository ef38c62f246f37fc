"""Services by the System API: made, changed and removed."""

import os

import pytest

from support.answer import check_error
from support.offices import ACCESS, MASK, READS


SYSTEMS = ("sqlite", "mysql")


@pytest.fixture(scope="module")
def shop_id(office):
    return office.shop_id


@pytest.fixture
def role(office):
    return office.add_role()


class TestServices:
    def test_makes_one_that_serves_at_once(self, office):
        name = office.name("Shop")
        answer = office.call("POST", "service", {"resource": [{
            "name": name, "label": "A shop", "type": "sqlite",
            "is_active": True, "config": office.shop | {
                "cache_enabled": True, "cache_ttl": 60}}]})
        assert answer.status == 201, answer
        [row] = answer.rows
        assert set(row) == {"id"}
        record = office.get(f"service/{row['id']}")
        assert record["name"] == name.lower()
        assert record["config"]["cache_ttl"] == 60
        assert record["created_by_id"] == office.boss_id
        assert office.boss.get(name + "/_table/orders?limit=1").status == 200
        assert office.boss.get(name + "/_table/orders?limit=1").hit

    def test_answers_with_what_is_asked_for(self, office):
        answer = office.call("POST", "service?fields=name,config", {
            "resource": [{"name": office.name("all"), "type": "sqlite",
                          "config": office.shop}]})
        assert set(answer.rows[0]) == {"name", "config"}

    def test_answers_one_that_stands_alone_as_such(self, office):
        answer = office.call("POST", "service", {
            "name": office.name("bare"), "type": "sqlite",
            "config": office.shop})
        assert answer.status == 201
        assert set(answer.json) == {"id"}

    def test_takes_several_changes(self, office):
        name = office.name("changed")
        id = office.make("service", name=name, type="sqlite",
                         config=office.shop)
        assert office.change(f"service/{id}", label="Other",
                             config={"max_records": 5}) == {"id": id}
        record = office.get(f"service/{id}")
        assert record["label"] == "Other"
        assert record["config"]["max_records"] == 5
        assert record["config"]["database"] == office.shop["database"]
        assert len(office.boss.get(name + "/_table/orders").rows) == 5
        office.change(f"service/{id}", config={"max_records": None})
        assert office.get(f"service/{id}")["config"]["max_records"] == 1000

    def test_is_switched_off_and_on_at_once(self, office):
        name = office.name("switched")
        id = office.make("service", name=name, type="sqlite",
                         config=office.shop)
        path = name + "/_table/orders?limit=1"
        for _ in range(3):
            office.change(f"service/{id}", is_active=False)
            check_error(office.boss.get(path), 403, "deactivated")
            office.change(f"service/{id}", is_active=True)
            assert office.boss.get(path).status == 200
        office.remove(f"service/{id}")
        check_error(office.boss.get(path), 404)

    def test_keeps_a_secret_that_comes_back_masked(self, office):
        config = {"host": "127.0.0.1", "port": 1, "database": "d",
                  "username": "u", "password": "a very secret word"}
        id = office.make("service", name=office.name("db"), type="mysql",
                         config=config)
        record = office.get(f"service/{id}")
        assert record["config"]["password"] == MASK
        before = self.stored(office, id)
        assert "a very secret word" not in before
        office.change(f"service/{id}", config=record["config"])
        assert self.opened(office, id)
        office.change(f"service/{id}", name=office.name("renamed"))
        assert self.opened(office, id)
        assert office.get(f"service/{id}")["config"]["password"] == MASK
        office.change(f"service/{id}", config={"password": "another"})
        assert self.opened(office, id)

    def stored(self, office, id):
        """What the row before and after says, as the audit has it."""
        return str(office.get(f"audit?filter=record_id={id}"))

    def opened(self, office, id):
        """Can the secrets be opened? The server there is none, but is
        looked for."""
        name = office.get(f"service/{id}?fields=name")["name"]
        error = office.boss.get(name + "/_table").error["message"]
        return "decrypted" not in error

    @pytest.mark.parametrize("record, words", [
        ({"config": {"databose": "x"}}, ["databose", '"database"']),
        ({"config": {"colour": "red"}}, ["colour", "is not known"]),
        ({"config": {"database": ["x"]}}, ["database"]),
        ({"config": {"database": "/x", "max_records": "many"}},
         ["max_records"]),
        ({"config": {}}, ["database", "required"]),
        ({"config": "x"}, ["config"]),
        ({"type": "oracle10"}, ["oracle10"]),
        ({"type": None}, ["type"]),
        ({"name": "a b"}, ["service name"]),
        ({"name": "system"}, ["reserved"]),
        ({"name": None}, ["name"]),
        ({"name": 5}, ["name"]),
        ({"is_active": []}, ["is_active"]),
        ({"label": "x" * 81}, ["label"]),
    ])
    def test_refuses_what_is_wrong(self, office, record, words):
        record = {"name": "wrong", "type": "sqlite",
                  "config": office.shop} | record
        answer = office.call("POST", "service", {"resource": [record]})
        check_error(answer, 400, *words)
        assert not office.get("service?filter=name=wrong")["resource"]

    def test_refuses_another_type(self, office, shop_id):
        check_error(office.call("PATCH", f"service/{shop_id}",
                                {"type": "mysql"}), 400, "type")

    def test_refuses_a_name_that_is_taken(self, office, shop_id):
        answer = office.call("POST", "service", {"resource": [{
            "name": "SHOP", "type": "sqlite", "config": office.shop}]})
        check_error(answer, 409, "shop")
        id = office.make("service", name=office.name("other"), type="sqlite",
                         config=office.shop)
        check_error(office.call("PATCH", f"service/{id}", {"name": "shop"}),
                    409, "shop")
        check_error(office.call("PATCH", f"service/{shop_id}",
                                {"name": "system"}), 400, "reserved")

    @pytest.mark.parametrize("type", ["system", "user"])
    def test_refuses_a_second_one_of_a_single_type(self, office, type):
        answer = office.call("POST", "service", {"resource": [{
            "name": "second", "type": type}]})
        check_error(answer, 409, "one service of type " + type)

    def test_refuses_the_system_database(self, office, shop_id):
        path = office.site.settings["DB_DATABASE"]
        if not os.path.exists(path):
            pytest.skip("the system database is on a server")
        config = {"database": path}
        check_error(office.call("POST", "service", {"resource": [{
            "name": "self", "type": "sqlite", "config": config}]}),
            400, "DB_DATABASE")
        check_error(office.call("PATCH", f"service/{shop_id}",
                                {"config": config}), 400, "DB_DATABASE")

    def test_keeps_what_is_in_use(self, office, role):
        id = office.make("service", name=office.name("used"), type="sqlite",
                         config=office.shop)
        name = office.get(f"role/{role}")["name"]
        office.change(f"role/{role}", **{ACCESS: [
            READS | {"service_id": id}]})
        check_error(office.call("DELETE", f"service/{id}"), 409, name)
        assert office.get(f"service/{id}")["id"] == id
        assert office.remove(f"service/{id}?force=true") == {"id": id}

    def test_keeps_those_of_the_platform(self, office):
        [row] = office.get("service?filter=name=system&fields=id")["resource"]
        check_error(office.call(
            "DELETE", f"service/{row['id']}?force=true"), 400, "system")
