"""Services, apps and roles by the System API: made, changed and removed."""

import pytest

from support import accounts
from support.answer import check_error
from support.offices import MASK

SYSTEMS = ("sqlite", "mysql")
SETTINGS = {"LOG_LEVEL": "debug"}
ACCESS = "role_service_access_by_role_id"
READS = {"component": "_table/*", "verb_mask": 1}


@pytest.fixture(scope="module")
def shop_id(office):
    return office.get("service?filter=name=shop&fields=id")["resource"][0][
        "id"]


@pytest.fixture
def role(office, shop_id):
    """The id of a role that reads the shop."""
    return office.make("role", name=office.name("role"), is_active=True,
                       **{ACCESS: [READS | {"service_id": shop_id}]})


def add_app(office, **record):
    """The id and the key of a new app that is active."""
    record = {"name": office.name("app"), "is_active": True} | record
    answer = office.call("POST", "app", {"resource": [record]})
    assert answer.status == 201, answer
    return answer.rows[0]["id"], answer.rows[0]["api_key"]


@pytest.fixture
def app(office, role):
    return add_app(office, role_id=role)


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


class TestApps:
    def test_shows_the_key_once(self, office, app, role):
        id, key = app
        assert len(key) == 64
        assert office.orders(key) == 200
        record = office.get(f"app/{id}?related=role_by_role_id")
        assert record["api_key"] == key[:6] + "…"
        assert record["role_by_role_id"]["id"] == role
        assert key not in office.site.read("weir.log")

    def test_shows_the_key_among_other_fields(self, office):
        answer = office.call("POST", "app?fields=name", {"resource": [{
            "name": office.name("app")}]})
        assert set(answer.rows[0]) == {"name", "api_key"}
        assert len(answer.rows[0]["api_key"]) == 64

    def test_is_not_active_unless_that_is_said(self, office, role):
        id, key = add_app(office, role_id=role, is_active=False)
        check_error(office.clients[0].call(
            "/api/v2/shop", headers={accounts.KEY: key}), 403)
        office.change(f"app/{id}", is_active=True)
        assert office.orders(key) == 200
        assert office.get(f"app/{office.make('app', name=office.name('a'))}")[
            "is_active"] is False

    def test_takes_a_key_that_clients_have(self, office, role):
        key = "0123456789" * 4 + office.name("key")
        id, shown = add_app(office, role_id=role, api_key=key)
        assert shown == key
        assert office.orders(key) == 200
        other = key[::-1]
        answer = office.change(f"app/{id}", api_key=other)
        assert answer == {"id": id, "api_key": other}
        assert [office.orders(k) for k in (key, other)] == [401, 200]

    def test_takes_back_what_it_shows(self, office, app):
        id, key = app
        record = office.get(f"app/{id}")
        assert office.change(f"app/{id}", **record) == {"id": id}
        assert office.orders(key) == 200

    def test_rotates_at_once(self, office, app):
        id, key = app
        fresh = office.change(f"app/{id}?regenerate=true")["api_key"]
        assert [office.orders(k) for k in (key, fresh)] == [401, 200]

    def test_rotates_with_grace(self, office, app):
        id, key = app
        fresh = office.change(f"app/{id}?regenerate=true&grace=60")["api_key"]
        assert [office.orders(k) for k in (key, fresh)] == [200, 200]
        keys = office.get(f"app/{id}?related=app_key_by_app_id")[
            "app_key_by_app_id"]
        assert keys[0]["expires"] and not keys[1]["expires"]

    def test_rotates_without_a_body(self, office, app):
        answer = office.call("PATCH", f"app/{app[0]}?regenerate=true")
        assert answer.status == 200 and len(answer.json["api_key"]) == 64

    def test_revokes_all_keys_and_gives_another(self, office, app):
        id, key = app
        other = office.change(f"app/{id}?regenerate=true&grace=60")["api_key"]
        office.change(f"app/{id}?revoke=true")
        assert [office.orders(k) for k in (key, other)] == [401, 401]
        assert office.get(f"app/{id}")["api_key"] is None
        third = office.change(f"app/{id}?regenerate=true")["api_key"]
        assert office.orders(third) == 200

    def test_revokes_one_key(self, office, app):
        id, key = app
        other = office.change(f"app/{id}?regenerate=true&grace=60")["api_key"]
        office.change(f"app/{id}?revoke=true&key={key[:6]}")
        assert [office.orders(k) for k in (key, other)] == [401, 200]
        check_error(office.call("PATCH", f"app/{id}?revoke=true&key=zzzzzz"),
                    400, "key")

    def test_lets_keys_expire(self, office, app):
        id, key = app
        office.change(f"app/{id}?expires_in=60")
        [row] = office.get(f"app/{id}?related=app_key_by_app_id")[
            "app_key_by_app_id"]
        assert row["expires"]
        office.change(f"app/{id}?expires_in=0")
        [row] = office.get(f"app/{id}?related=app_key_by_app_id")[
            "app_key_by_app_id"]
        assert row["expires"] is None
        assert office.orders(key) == 200

    def test_changes_its_role_at_once(self, office, app):
        id, key = app
        office.change(f"app/{id}", role_id=None)
        assert office.orders(key) == 401
        assert office.get(f"app/{id}")["role_id"] is None

    def test_has_lookups(self, office, app):
        path = f"app/{app[0]}?related=lookup_by_app_id"
        office.change(path, lookup_by_app_id=[
            {"name": "colour", "value": "red"}])
        [row] = office.get(path)["lookup_by_app_id"]
        assert (row["name"], row["value"]) == ("colour", "red")
        office.change(path, lookup_by_app_id=[
            {"id": row["id"], "app_id": None}])
        assert office.get(path)["lookup_by_app_id"] == []

    def test_goes_with_its_keys(self, office, app):
        id, key = app
        assert office.remove(f"app/{id}") == {"id": id}
        assert office.orders(key) == 401
        check_error(office.call("DELETE", f"app/{id}"), 404,
                    f"Record with identifier '{id}' not found.")

    @pytest.mark.parametrize("record, status, word", [
        ({"api_key": "short"}, 400, "key"),
        ({"role_id": 99999}, 400, "role_id"),
        ({"role_id": "x"}, 400, "role_id"),
        ({"name": ""}, 400, "name"),
        ({"name": "admin"}, 409, "admin"),
        ({"expires_in": -1}, 400, "expires_in"),
    ])
    def test_refuses_what_is_wrong(self, office, record, status, word):
        record = {"name": "wrong"} | record
        check_error(office.call("POST", "app", {"resource": [record]}),
                    status, word)
        assert not office.get("app?filter=name=wrong")["resource"]


class TestRoles:
    def test_writes_what_it_may_do_with_it(self, office, role, shop_id):
        [row] = office.get(f"role/{role}?related={ACCESS}")[ACCESS]
        assert row["service_id"] == shop_id
        assert row["component"] == "_table/*"
        assert row["requestor_mask"] == 1
        assert row["filter_op"] == "and"

    def test_adds_changes_and_removes_rows_by_their_ids(self, office, role,
                                                        shop_id):
        path = f"role/{role}?related={ACCESS}"
        [first] = office.get(path)[ACCESS]
        office.change(path, **{ACCESS: [
            {"id": first["id"], "verb_mask": 3, "component": "_table/a/*"},
            {"service_id": shop_id, "component": "_schema", "verb_mask": 1,
             "filters": [{"name": "a", "operator": "=", "value": 1}],
             "filter_op": "or"}]})
        one, other = office.get(path)[ACCESS]
        assert one["id"] == first["id"]
        assert (one["component"], one["verb_mask"]) == ("_table/a/*", 3)
        assert one["service_id"] == shop_id
        assert other["filters"] == [
            {"name": "a", "operator": "=", "value": 1}]
        assert other["filter_op"].lower() == "or"
        office.change(path, **{ACCESS: [{"id": one["id"], "role_id": None}]})
        assert [row["id"] for row in office.get(path)[ACCESS]] == [
            other["id"]]

    def test_takes_back_what_it_shows(self, office, role):
        path = f"role/{role}?related={ACCESS},lookup_by_role_id"
        record = office.get(path)
        office.change(path, **record)
        again = office.get(path)
        assert [row["id"] for row in again[ACCESS]] == [
            row["id"] for row in record[ACCESS]]

    def test_changes_take_effect_at_once(self, office, role, app):
        _, key = app
        [row] = office.get(f"role/{role}?related={ACCESS}")[ACCESS]
        for mask, status in ((0, 401), (1, 200), (2, 401)):
            office.change(f"role/{role}", **{ACCESS: [
                {"id": row["id"], "verb_mask": mask}]})
            assert office.orders(key) == status
        office.change(f"role/{role}", **{ACCESS: [
            {"id": row["id"], "verb_mask": 1}]}, is_active=False)
        check_error(office.clients[0].call(
            "/api/v2/shop/_table/orders", headers={accounts.KEY: key}), 403)

    def test_has_lookups(self, office, role):
        path = f"role/{role}?related=lookup_by_role_id"
        office.change(path, lookup_by_role_id=[
            {"name": "open", "value": "1"},
            {"name": "shut", "value": "hidden", "private": True}])
        rows = {row["name"]: row
                for row in office.get(path)["lookup_by_role_id"]}
        assert rows["open"]["value"] == "1"
        assert rows["shut"]["value"] == MASK
        office.change(path, lookup_by_role_id=[
            {"id": rows["open"]["id"], "value": "2"},
            {"id": rows["shut"]["id"], "role_id": None}])
        [row] = office.get(path)["lookup_by_role_id"]
        assert (row["name"], row["value"]) == ("open", "2")

    def test_keeps_what_is_in_use(self, office, role, app):
        name = office.get(f"app/{app[0]}")["name"]
        check_error(office.call("DELETE", f"role/{role}"), 409, name)
        office.remove(f"app/{app[0]}")
        assert office.remove(f"role/{role}") == {"id": role}

    @pytest.mark.parametrize("row, word", [
        ({"service_id": 99999}, "service_id"),
        ({"verb_mask": 4096}, "verb_mask"),
        ({"requestor_mask": 0}, "requestor_mask"),
        ({"component": "a*b"}, "component"),
        ({"id": 99999}, "99999"),
        ({"filters": [{"name": "a"}]}, ""),
        ({"filters": "x"}, "filters"),
        ("x", "object"),
    ])
    def test_refuses_a_wrong_row_and_all_with_it(self, office, shop_id, row,
                                                 word):
        if isinstance(row, dict):
            row = READS | {"service_id": shop_id} | row
        answer = office.call("POST", "role", {"resource": [
            {"name": "wrong", ACCESS: [row]}]})
        check_error(answer, 400, ACCESS, word)
        assert not office.get("role?filter=name=wrong")["resource"]


class TestBatches:
    def names(self, office):
        return [office.name("batch") for _ in range(3)]

    def stored(self, office, names):
        found = office.get("role?fields=name")["resource"]
        return [name for name in names if {"name": name} in found]

    def records(self, names):
        return {"resource": [{"name": names[0]}, {"name": ""},
                             {"name": names[2]}]}

    def test_makes_several(self, office):
        names = self.names(office)
        answer = office.call("POST", "role?fields=name", {
            "resource": [{"name": name} for name in names]})
        assert answer.status == 201
        assert answer.rows == [{"name": name} for name in names]

    @pytest.mark.parametrize("option, kept, words", [
        ("", [0], "could be created."),
        ("?continue=true", [0, 2], "could be created."),
        ("?rollback=true", [], "created. All changes rolled back."),
    ])
    def test_tells_which_failed(self, office, option, kept, words):
        names = self.names(office)
        answer = office.call("POST", "role" + option, self.records(names))
        check_error(answer, 400, words)
        assert answer.error["code"] == 1000
        assert answer.error["context"]["error"] == [1]
        assert self.stored(office, names) == [names[i] for i in kept]

    def test_refuses_both_options(self, office):
        check_error(office.call("POST", "role?continue=true&rollback=true",
                                self.records(self.names(office))), 400,
                    "Rollback and continue")

    def test_changes_by_ids_filter_and_records(self, office):
        names = self.names(office)
        ids = [row["id"] for row in office.call("POST", "role", {
            "resource": [{"name": name} for name in names]}).rows]
        listed = ",".join(map(str, ids))
        def described():
            return [row["description"]
                    for row in office.get("role?ids=" + listed)["resource"]]
        answer = office.call("PATCH", "role?ids=" + listed, {
            "resource": [{"description": "a"}]})
        assert answer.rows == [{"id": id} for id in ids]
        assert described() == ["a"] * 3
        office.call("PUT", f"role?filter=id in ({ids[0]},{ids[1]})", {
            "resource": [{"description": "b"}]})
        assert described() == ["b", "b", "a"]
        office.call("PUT", "role", {"resource": [
            {"id": ids[2], "description": "c"}]})
        assert described() == ["b", "b", "c"]
        answer = office.call("DELETE", "role?ids=" + listed)
        assert answer.rows == [{"id": id} for id in ids]
        check_error(office.call("DELETE", "role?ids=" + listed), 400,
                    "could be deleted")

    def test_deletes_by_records(self, office):
        id = office.make("role", name=office.name("role"))
        answer = office.call("DELETE", "role", {"resource": [{"id": id}]})
        assert answer.rows == [{"id": id}]

    @pytest.mark.parametrize("method, path, body, word", [
        ("POST", "role", None, "No record(s)"),
        ("POST", "role", {"resource": []}, "No record(s)"),
        ("POST", "role", {"resource": [1]}, "object"),
        ("PATCH", "role", {"resource": [{"name": "x"}]}, "id"),
        ("PATCH", "role?ids=1,b", {"resource": [{"name": "x"}]}, "ids"),
        ("DELETE", "role", None, "No record(s)"),
        ("DELETE", "role/x", None, "number"),
        ("PATCH", "role/x", {}, "number"),
    ])
    def test_refuses_what_names_nothing(self, office, method, path, body,
                                        word):
        check_error(office.call(method, path, body), 400, word)

    def test_refuses_a_post_to_a_record(self, office):
        check_error(office.call("POST", "role/1", {"name": "x"}), 405)


def test_tells_who_did_it(office):
    name = office.name("role")
    id = office.make("role", name=name)
    office.change(f"role/{id}", description="for people")
    office.remove(f"role/{id}")
    rows = office.get(f"audit?filter=(resource=role) and (record_id={id})"
                      "&order=id")["resource"]
    assert [row["action"] for row in rows] == ["create", "update", "delete"]
    assert {row["actor"] for row in rows} == {"boss@x.org"}
    assert {row["actor_id"] for row in rows} == {office.boss_id}
    assert {row["source"] for row in rows} == {"127.0.0.1"}
    assert rows[1]["after"]["description"] == "for people"
