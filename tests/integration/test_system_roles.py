"""Roles by the System API, with what they may do."""

import pytest

from support import accounts
from support.answer import check_error
from support.offices import ACCESS, MASK, READS


SYSTEMS = ("sqlite", "mysql")


@pytest.fixture(scope="module")
def shop_id(office):
    return office.shop_id


@pytest.fixture
def role(office):
    return office.add_role()


@pytest.fixture
def app(office, role):
    return office.add_app(role_id=role)


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
