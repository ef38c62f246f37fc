"""Reading what the platform keeps: /system/{resource}."""

import pytest

from support import accounts
from support.answer import check_error
from support.offices import BOSS, MASK
from support.process import wait_until

SYSTEMS = ("sqlite", "mysql")


@pytest.fixture(scope="module")
def filled(office):
    """The office, with a record of each kind made by commands."""
    site = office.site
    if office.user_id and not site.listed("role"):
        site.add_role("clerk")
        site.grant("clerk", "shop", "_table/orders/*", "GET", [
            {"name": "id", "operator": ">", "value": 0}])
        office.key = site.add_key("desk", "clerk")
        accounts.grant(site, "joe@x.org", "desk", "clerk")
        site.weir("service", "add", "locked", "--type", "mysql",
                  "--config", '{"database":"x","username":"u",'
                  '"password":"very secret"}')
        site.add_limit("slow", 5, "hour", role="clerk")
        site.weir("lookup", "add", "open", "--value", "to see")
        with open(site.path("word"), "w", encoding="utf-8") as out:
            out.write("not to see\n")
        site.weir("lookup", "add", "closed", "--private", "--value-file",
                  site.path("word"))
        wait_until(lambda: office.orders(office.key) == 200)
    return office


def by_name(answer):
    return {row["name"]: row for row in answer["resource"]}


def test_lists_its_resources(office):
    names = [row["name"] for row in office.get("")["resource"]]
    assert names == sorted(names)
    assert {"admin", "admin/session", "app", "audit", "cors", "limit",
            "lookup", "role", "service", "user"} <= set(names)
    assert office.get("?as_list=true") == {"resource": names}


def test_shows_services_with_their_configs_and_masks_secrets(filled):
    services = by_name(filled.get("service"))
    assert services["shop"]["config"]["database"] == filled.shop["database"]
    assert services["shop"]["config"]["cache_enabled"] is False
    assert services["shop"]["is_active"] is True
    assert services["locked"]["config"]["password"] == MASK
    assert services["locked"]["config"]["database"] == "x"
    assert "service_cache_config_by_service_id" not in services["shop"]


def test_shows_a_config_with_id_and_type_only(filled):
    row = filled.get("service?fields=id,type&limit=1")["resource"][0]
    assert set(row) == {"id", "type", "config"}
    row = filled.get("service?fields=name,type&limit=1")["resource"][0]
    assert set(row) == {"name", "type"}


def test_shows_keys_as_hints(filled):
    apps = by_name(filled.get("app?related=app_key_by_app_id"))
    assert apps["desk"]["api_key"] == filled.key[:6] + "…"
    keys = apps["desk"]["app_key_by_app_id"]
    assert [row["hint"] for row in keys] == [filled.key[:6]]
    assert "hash" not in keys[0]
    assert keys[0]["expires"] is None
    assert "app_key_by_app_id" not in by_name(filled.get("app"))["desk"]
    assert list(filled.get("app?fields=api_key&limit=1")["resource"][0]) == [
        "api_key"]


def test_shows_roles_with_what_they_may_do(filled):
    role = by_name(filled.get(
        "role?related=role_service_access_by_role_id,"
        "app_by_role_id,service_doc_by_service_id"))["clerk"]
    [row] = role["role_service_access_by_role_id"]
    assert row["verb_mask"] == 1
    assert row["filters"] == [{"name": "id", "operator": ">", "value": 0}]
    assert [app["name"] for app in role["app_by_role_id"]] == ["desk"]
    assert "service_doc_by_service_id" not in role


def test_masks_what_is_related_too(filled):
    role = by_name(filled.get(
        "role?related=service_by_role_service_access,lookup_by_role_id"))
    [service] = role["clerk"]["service_by_role_service_access"]
    assert isinstance(service["config"], dict)


def test_parts_users_from_administrators(filled):
    users = filled.get("user")["resource"]
    admins = filled.get("admin")["resource"]
    assert [row["email"] for row in users] == ["joe@x.org"]
    assert [row["email"] for row in admins] == [BOSS]
    for row in users + admins:
        assert row["confirmed"] is True
        assert not {"password", "security_answer", "confirm_code",
                    "is_sys_admin"} & set(row)
    assert filled.call("GET", f"user/{filled.boss_id}").status == 404
    assert filled.get("user?filter=is_sys_admin=0")["resource"] == users


def test_shows_the_roles_of_users(filled):
    user = filled.get(f"user/{filled.user_id}"
                      "?related=user_to_app_to_role_by_user_id")
    [row] = user["user_to_app_to_role_by_user_id"]
    assert {"app_id", "role_id"} <= set(row)


def test_masks_private_lookups(filled):
    lookups = by_name(filled.get("lookup"))
    assert lookups["open"]["value"] == "to see"
    assert lookups["closed"]["value"] == MASK
    assert lookups["closed"]["private"] is True


def test_shows_a_lookup_masked_whose_privacy_is_not_asked_for(filled):
    rows = filled.get("lookup?fields=value")["resource"]
    assert {row["value"] for row in rows} == {"to see", MASK}


def test_shows_limits_in_words(filled):
    [limit] = filled.get("limit?related=role_by_role_id,"
                         "limit_cache_by_limit_id")["resource"]
    assert limit["period"] == "hour"
    assert limit["type"] == "instance.role"
    assert limit["role_by_role_id"]["name"] == "clerk"


def test_shows_who_changed_what(filled):
    rows = filled.get("audit?order=id%20desc&filter=resource=lookup")[
        "resource"]
    assert rows[0]["action"] == "create"
    assert rows[0]["before"] is None
    assert rows[0]["after"]["name"] == "closed"
    assert "not to see" not in str(rows)


def test_reads_as_the_data_api_does(filled):
    answer = filled.get("service?filter=(type in (\"mysql\",\"sqlite\"))"
                        "&order=name&limit=1&offset=1&include_count=true"
                        "&fields=name")
    assert answer == {"resource": [{"name": "shop"}], "meta": {"count": 2}}
    assert filled.call("GET", "service?count_only=true").json == 5
    ids = filled.get("role?as_list=true")["resource"]
    assert filled.get(f"role?ids={ids[0]}&fields=name") == {
        "resource": [{"name": "clerk"}]}
    assert filled.get(f"role/{ids[0]}?fields=name") == {"name": "clerk"}
    assert filled.get(f"role/{ids[0]}?fields=") == {"id": ids[0]}


def test_reads_what_a_post_asks_for(filled):
    answer = filled.call("POST", "service", {"filter": "name='shop'",
                                             "fields": ["name"]},
                         X_HTTP_Method="GET")
    assert answer.rows == [{"name": "shop"}], answer


@pytest.mark.parametrize("path, status, word", [
    ("role/abc", 400, "number"),
    ("role/0", 400, "number"),
    ("role/-1", 400, "number"),
    ("role/99999", 404, "Record with identifier '99999' not found."),
    ("role/1/2", 404, "not found for service 'system'"),
    ("config", 404, "Resource 'config' not found for service 'system'."),
    ("role?fields=secret", 400, "secret"),
    ("user?fields=password", 400, "password"),
    ("user?filter=password%20is%20null", 400, "password"),
    ("user?order=password", 400, "password"),
    ("role?filter=((", 400, "filter"),
    ("role?limit=many", 400, "limit"),
    ("role?ids=1,x", 400, ""),
])
def test_refuses_what_is_wrong(filled, path, status, word):
    check_error(filled.call("GET", path), status, word)


def test_refuses_other_methods(filled):
    answer = filled.call("DELETE", "audit")
    check_error(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_lets_only_administrators_in(filled):
    client = filled.clients[0]
    joe = accounts.enter(client, "joe@x.org", key=filled.key)
    check_error(joe.get("system/role"), 403)
    check_error(accounts.Person(client, key=filled.key).get("system/role"),
                401)
    check_error(accounts.Person(client).get("system/role"), 401)
    check_error(accounts.enter(client, "joe@x.org").get("system/role"), 401)


def person_of(office, component, filters=()):
    """Somebody whose role may GET that of the service system."""
    [system] = office.get("service?filter=name=system&fields=id")["resource"]
    role = office.make("role", name=office.name("role"), is_active=True,
                       role_service_access_by_role_id=[{
                           "service_id": system["id"], "verb_mask": 1,
                           "component": component, "filters": filters}])
    key = office.call("POST", "app?fields=api_key", {"resource": [{
        "name": office.name("app"), "role_id": role,
        "is_active": True}]}).rows[0]["api_key"]
    return accounts.Person(office.clients[0], key=key)


def test_lets_in_whose_role_allows_it(filled):
    person = person_of(filled, "role/*")
    assert person.get("system/role").status == 200
    check_error(person.get("system/user"), 401)
    check_error(person.call("PATCH", "system/role/1", {"name": "x"}), 401)


def test_shows_what_is_related_to_whom_may_read_it(filled):
    person = person_of(filled, "role/*")
    answer = person.get("system/role?related=*")
    assert answer.status == 200, answer
    row = answer.rows[0]
    assert "role_service_access_by_role_id" in row
    assert "lookup_by_role_id" in row
    assert not {"app_by_role_id", "service_by_role_service_access",
                "user_to_app_to_role_by_role_id"} & set(row)
    for path in ("role?related=app_by_role_id",
                 "role?related=user_by_user_to_app_to_role",
                 "role?filter=app_by_role_id.name='desk'"):
        check_error(person.get("system/" + path), 403)
    one = filled.get("app?limit=1&fields=id")["resource"][0]["id"]
    person = person_of(filled, f"app/{one}")
    answer = person.get(f"system/app/{one}")
    assert answer.status == 200 and "api_key" in answer.json


def test_shows_services_to_whom_they_are_open(filled):
    person = person_of(filled, "service/*")
    assert [row["name"] for row in person.get("system/service").rows] == [
        "system"]
    shop = by_name(filled.get("service?fields=id,name"))["shop"]["id"]
    check_error(person.get(f"system/service/{shop}"), 404)


def test_opens_nothing_by_row_filters(filled):
    person = person_of(filled, "role/*", [
        {"name": "name", "operator": "=", "value": "clerk"}])
    check_error(person.get("system/role"), 403, "row filters")
