"""Keys of an app by the System API, beside apps and keys that look alike."""

import pytest

from support.answer import check_error

SYSTEMS = ("sqlite", "mysql")


@pytest.fixture(scope="module")
def role(office):
    [shop] = office.get("service?filter=name=shop&fields=id")["resource"]
    return office.make("role", name=office.name("role"), is_active=True,
                       role_service_access_by_role_id=[{
                           "service_id": shop["id"], "component": "_table/*",
                           "verb_mask": 1}])


@pytest.fixture
def alike(office, role):
    """Two apps, the name of one of which is how the key of the other one
    begins: their ids and keys."""
    hint = office.name("hint0")[-6:]
    def add(name, key):
        id = office.make("app", name=name, is_active=True, role_id=role,
                         api_key=key)
        assert office.orders(key) == 200
        return id, key
    return add(hint, office.name("other") + "x" * 40), add(
        office.name("app"), hint + "y" * 40)


def test_a_hint_is_no_name(office, alike):
    """Of another app: its keys stay, and that of this one ends."""
    (_, others), (id, key) = alike
    office.change(f"app/{id}?revoke=true&key={key[:6]}")
    assert [office.orders(k) for k in (others, key)] == [200, 401]


def test_nor_is_it_where_it_expires(office, alike):
    (other, _), (id, key) = alike
    path = "?fields=id&related=app_key_by_app_id"
    office.change(f"app/{id}?expires_in=60&key={key[:6]}")
    [row] = office.get(f"app/{id}{path}")["app_key_by_app_id"]
    assert row["expires"]
    [row] = office.get(f"app/{other}{path}")["app_key_by_app_id"]
    assert row["expires"] is None


def test_nor_is_it_where_it_is_rotated(office, alike):
    (other, others), (id, key) = alike
    fresh = office.change(f"app/{id}?regenerate=true&key={key[:6]}")[
        "api_key"]
    assert [office.orders(k) for k in (others, key, fresh)] == [200, 401, 200]
    keys = office.get(f"app/{other}?related=app_key_by_app_id")[
        "app_key_by_app_id"]
    assert len(keys) == 1


def test_a_hint_of_none_is_refused(office, alike):
    (other, others), (id, key) = alike
    for word in ("revoke=true", "regenerate=true", "expires_in=60"):
        check_error(office.call("PATCH", f"app/{id}?{word}&key={others[:6]}"),
                    400, "key")
    assert [office.orders(k) for k in (others, key)] == [200, 200]


def test_a_name_that_is_a_hint_means_all_its_own_keys(office, alike):
    (other, others), (_, key) = alike
    office.change(f"app/{other}?revoke=true")
    assert [office.orders(k) for k in (others, key)] == [401, 200]


def test_its_own_key_is_no_change(office, alike):
    (other, others), (id, key) = alike
    assert office.change(f"app/{id}", api_key=key, description="x") == {
        "id": id}
    assert office.get(f"app/{id}")["description"] == "x"
    assert [office.orders(k) for k in (others, key)] == [200, 200]
    check_error(office.call("PATCH", f"app/{id}", {"api_key": others}), 409,
                "key")
    office.change(f"app/{id}?revoke=true")
    check_error(office.call("PATCH", f"app/{id}", {"api_key": key}), 409)
