"""Apps by the System API, and their keys."""

import pytest

from support import accounts
from support.answer import check_error


SYSTEMS = ("sqlite", "mysql")


@pytest.fixture
def role(office):
    return office.add_role()


@pytest.fixture
def app(office, role):
    return office.add_app(role_id=role)


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
        id, key = office.add_app(role_id=role, is_active=False)
        check_error(office.clients[0].call(
            "/api/v2/shop", headers={accounts.KEY: key}), 403)
        office.change(f"app/{id}", is_active=True)
        assert office.orders(key) == 200
        assert office.get(f"app/{office.make('app', name=office.name('a'))}")[
            "is_active"] is False

    def test_takes_a_key_that_clients_have(self, office, role):
        key = "0123456789" * 4 + office.name("key")
        id, shown = office.add_app(role_id=role, api_key=key)
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
