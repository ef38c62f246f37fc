"""The system database goes away: what is known serves, administration waits."""

import pytest

from support import accounts
from support.answer import check_error
from support.process import wait_until

SYSTEMS = ("mysql",)


@pytest.fixture
def key(office):
    shop = office.get("service?filter=name=shop&fields=id")["resource"][0]
    role = office.make("role", name=office.name("role"), is_active=True,
                       role_service_access_by_role_id=[{
                           "service_id": shop["id"], "component": "*",
                           "verb_mask": 31}])
    return office.call("POST", "app?fields=api_key", {"resource": [{
        "name": office.name("app"), "is_active": True, "role_id": role}]}
    ).rows[0]["api_key"]


@pytest.fixture
def away(office, mariadb, key):
    """While it is not there."""
    assert office.orders(key) == 200
    mariadb.kill()
    yield key
    mariadb.restart()
    assert wait_until(lambda: office.call("GET", "role").status == 200)


def test_serves_what_is_known_and_refuses_the_rest(office, away):
    for _ in range(3):
        assert office.orders(away) == 200
        for method, path, body in (
                ("GET", "role", None),
                ("GET", "user/1", None),
                ("POST", "role", {"resource": [{"name": "late"}]}),
                ("PATCH", "service/1", {"label": "late"}),
                ("DELETE", "app/1", None)):
            answer = office.call(method, path, body)
            check_error(answer, 503, "database")
            assert answer.headers["Retry-After"]
            assert "Failed to" not in answer.error["message"]
    status = office.clients[0].call("/status")
    assert status.status == 200
    assert status.json["resources"]["app"] is None
    nobody = accounts.Person(office.clients[0])
    assert nobody.get("system/environment").status == 200
    assert office.get("service_type?as_list=true")


def test_goes_on_when_it_is_back(office, key):
    name = office.name("role")
    id = office.make("role", name=name)
    assert office.get(f"role/{id}")["name"] == name
    assert office.orders(key) == 200
