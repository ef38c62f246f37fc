"""Changes take effect: at once where they are made, in a second elsewhere."""

import time

import pytest

from support import accounts
from support.answer import check_error
from support.offices import ACCESS
from support.process import wait_until

SYSTEMS = ("sqlite", "mysql")
SECOND = 1.0
SLACK = 3  # for a machine with other things to do


@pytest.fixture
def role(office):
    return office.add_role()


@pytest.fixture
def app(office, role):
    return office.add_app(role_id=role)


@pytest.fixture
def sees(office):
    """Fails unless both processes answer so: the first at once."""
    def sees(status, key, service="shop"):
        began = time.monotonic()
        def ask(process):
            return office.clients[process].call(
                f"/api/v2/{service}/_table/orders?limit=1",
                headers={accounts.KEY: key}).status
        assert ask(0) == status
        assert wait_until(lambda: ask(1) == status, timeout=5)
        assert time.monotonic() - began < SECOND + SLACK
    return sees


def test_a_key_is_made_revoked_and_rotated(office, app, sees):
    id, key = app
    sees(200, key)
    fresh = office.change(f"app/{id}?regenerate=true")["api_key"]
    sees(401, key)
    sees(200, fresh)
    office.change(f"app/{id}?revoke=true")
    sees(401, fresh)


def test_an_app_is_switched_off_and_removed(office, app, sees):
    id, key = app
    sees(200, key)
    office.change(f"app/{id}", is_active=False)
    sees(403, key)
    office.remove(f"app/{id}")
    sees(401, key)


def test_a_role_is_changed(office, role, app, sees):
    _, key = app
    sees(200, key)
    [row] = office.get(f"role/{role}?related={ACCESS}")[ACCESS]
    office.change(f"role/{role}", **{ACCESS: [
        {"id": row["id"], "verb_mask": 2}]})
    sees(401, key)
    office.change(f"role/{role}", **{ACCESS: [
        {"id": row["id"], "verb_mask": 1}]})
    sees(200, key)
    office.change(f"role/{role}", is_active=False)
    sees(403, key)


def test_a_service_is_added_changed_switched_off_and_removed(
        office, role, app, sees):
    _, key = app
    name = office.name("service")
    id = office.make("service", name=name, type="sqlite", config=office.shop)
    office.change(f"role/{role}", **{ACCESS: [
        {"service_id": id, "component": "*", "verb_mask": 31}]})
    sees(200, key, name)
    office.change(f"service/{id}", config={"database": "/nowhere/x.sqlite"})
    sees(503, key, name)
    office.change(f"service/{id}", config=office.shop)
    sees(200, key, name)
    office.change(f"service/{id}", is_active=False)
    sees(403, key, name)
    office.change(f"service/{id}", is_active=True)
    sees(200, key, name)
    office.change(f"service/{id}", name=name + "b")
    sees(200, key, name + "b")
    office.remove(f"service/{id}?force=true")
    sees(401, key, name + "b")


def test_a_limit_is_changed(office, role, app, sees):
    _, key = app
    id = office.make("limit", name=office.name("limit"), rate=1,
                     type="instance.role", role_id=role, period="hour")
    assert office.orders(key) == 200
    sees(429, key)
    office.change(f"limit/{id}", rate=1000)
    sees(200, key)
    office.change(f"limit/{id}", rate=1)
    sees(429, key)
    office.remove(f"limit/{id}")
    sees(200, key)


def test_what_one_process_wrote_the_other_shows(office):
    id = office.make("role", name=office.name("role"))
    other = accounts.Person(office.clients[1], office.boss.token)
    assert other.get(f"system/role/{id}").status == 200
    assert other.call("PATCH", f"system/role/{id}",
                      {"description": "theirs"}).status == 200
    assert office.get(f"role/{id}")["description"] == "theirs"


def test_both_write_at_once(office):
    """Each of many writes of both processes is done once."""
    other = accounts.Person(office.clients[1], office.boss.token)
    names = [office.name("both") for _ in range(20)]
    for i, name in enumerate(names):
        person = other if i % 2 else office.boss
        assert person.call("POST", "system/role", {
            "resource": [{"name": name}]}).status == 201
    found = office.get("role?fields=name&filter=name starts with both")[
        "resource"]
    assert sorted(row["name"] for row in found) == sorted(names)
    check_error(other.call("POST", "system/role", {
        "resource": [{"name": names[0]}]}), 409, names[0])
